// How sequences are generated: names and meanings of Hugging Face Transformers' GenerationConfig.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace fathom::generate {

/// When a beam search gives up on sequences that are still running.
enum class EarlyStopping : std::uint8_t {
  no,    ///< when their scores at the length they have now cannot beat those that ended
  yes,   ///< as soon as as many have ended as there are beams
  never  ///< when their scores at no length can beat those that ended
};

/// What is generated, and how. Scores pass through the parts below in the order in which they
/// stand here.
struct Options {
  std::int64_t max_new_tokens = 20;            ///< a sequence ends there at the latest
  std::vector<std::int64_t> stop_tokens = {};  ///< a sequence ends behind one of these

  /// Scores of tokens that are there already (prompt included) are divided by this if positive,
  /// else multiplied (Keskar et al. 2019); 1: as they are.
  double repetition_penalty = 1;
  std::int64_t no_repeat_ngram_size = 0;  ///< no run of so many tokens comes twice; 0: may
  std::int64_t min_new_tokens = 0;        ///< no stop token before
  /// Anything else: changes the scores of what may follow `tokens`; -infinity forbids.
  std::function<void(std::span<const std::int64_t> tokens, std::span<float> scores)> processor = {};

  bool do_sample = false;  ///< draw tokens by their probabilities; else take the likeliest
  double temperature = 1;  ///< divides the scores
  std::int64_t top_k = 0;  ///< of the k likeliest alone; 0: of all
  double top_p = 1;  ///< of the fewest that together have this probability (Holtzman et al. 2020)
  double min_p =
      0;  ///< of those with this part of the likeliest's probability (Nguyen et al. 2024)
  std::uint64_t seed = 0;  ///< a draw is a function of (seed, sequence, place)

  std::int64_t num_beams = 1;  ///< more: beam search, with do_sample drawing without replacement
  double length_penalty = 1;   ///< a sum of log-probabilities is divided by length^length_penalty
  EarlyStopping early_stopping = EarlyStopping::no;
  std::int64_t num_return_sequences = 1;  ///< of each prompt: draws, or the best beams

  /// Told of each token as it comes, without beams; `sequence` is prompt * num_return_sequences +
  /// copy. A sequence for which it returns false ends there.
  std::function<bool(std::int64_t sequence, std::int64_t token)> on_token = {};
};

/// What followed a prompt.
struct Sequence {
  std::vector<std::int64_t> tokens;  ///< without the prompt, with the stop token if one came
  /// Sum of the tokens' log-probabilities among those that were left to choose from. Of a beam
  /// search: of the processed log-probabilities of all, divided by length^length_penalty.
  double score = 0;
  bool stopped = false;  ///< by a stop token or on_token, not by max_new_tokens
};

}  // namespace fathom::generate
