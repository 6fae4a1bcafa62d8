// The searches behind generate::sequences(): prompts of one length go through them together.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "fathom/generate/generate.h"

namespace fathom::generate {

/// A model with the prompts of one length, of which it has seen all.
struct Search {
  Model& model;
  const Options& options;
  std::vector<std::int64_t> numbers;               ///< of the prompts among all
  std::vector<std::vector<std::int64_t>> prompts;  ///< their tokens
  std::vector<float> scores;                       ///< (prompts, vocabulary) of what comes first
  std::int64_t vocabulary;

  /// Scores (rows, vocabulary) of what follows one more token of each row.
  std::vector<float> next(const std::vector<std::int64_t>& tokens) const;
  /// What each row of the model becomes; there are `count` rows.
  void reorder(const std::vector<std::int64_t>& rows, std::int64_t count) const;
};

/// Row-major scores (rows, vocabulary) of what follows the last token; a vocabulary of 0 is any.
/// Errors: ShapeError for a result of another shape.
std::vector<float> last_scores(const Tensor& logits, std::int64_t rows, std::int64_t length,
                               std::int64_t vocabulary = 0);
/// Errors: NumericError that tells of the place.
[[noreturn]] void nothing_to_choose(std::int64_t prompt, std::int64_t place);
/// A number in (0, 1): a function of its arguments.
double draw(std::uint64_t seed, std::int64_t stream, std::uint64_t element);

/// Greedy search and sampling; num_return_sequences of each prompt.
std::vector<std::vector<Sequence>> token_by_token(const Search& search);
/// Beam search; the best num_return_sequences of each prompt.
std::vector<std::vector<Sequence>> beam_search(const Search& search);

}  // namespace fathom::generate
