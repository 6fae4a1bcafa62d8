// Learning a tokenizer's vocabulary from text, with the options of Hugging Face's trainers. For the
// same text BPE, WordLevel and Unigram learn their vocabulary; which of equally frequent tokens
// WordPiece learns there changes from run to run, here it is one of them.
//
//   const auto like = text::Tokenizer::load("gpt2/tokenizer.json");   // how texts are split
//   const auto tokenizer = text::train(like, text::ModelKind::bpe, {.vocab_size = 8000}, texts);
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fathom/text/tokenizer.h"

namespace fathom::text {

/// What makes tokens of the pieces of a text.
enum class ModelKind { bpe, word_piece, unigram, word_level };

/// Options of train().
struct TrainOptions {
  std::size_t vocab_size = 30000;
  std::uint64_t min_frequency = 0;         ///< rarer pairs (WordLevel: words) are left alone
  std::vector<AddedToken> special_tokens;  ///< get the first ids
  /// BPE, WordPiece: characters that are kept; none: all. Which of equally rare ones go is the
  /// order of code points.
  std::optional<std::size_t> limit_alphabet;
  std::u32string initial_alphabet;  ///< characters that are in, seen or not
  std::optional<std::string> continuing_subword_prefix, end_of_word_suffix;
  std::optional<std::size_t> max_token_length;  ///< BPE: in characters
  std::optional<std::string> unk_token;         ///< Unigram: gets a token if it is given
  double shrinking_factor = 0.75;               ///< Unigram: what a round of pruning leaves
  std::size_t max_piece_length = 16, n_sub_iterations = 2, seed_size = 1'000'000;  ///< Unigram
};

/// Learns a model of `kind` from texts, which `like` normalises and splits; the result has its
/// other parts. The same texts give the same tokenizer for any number of threads. Errors:
/// FormatError for a text that is not UTF-8; ValueError for options that do not fit, such as a
/// vocabulary smaller than the alphabet that Unigram needs.
Tokenizer train(const Tokenizer& like, ModelKind kind, const TrainOptions& options,
                std::span<const std::string> texts, Where where = Where::current());

/// The lines of a file with their ends, as Hugging Face's trainers read them; gzip too. Errors:
/// IoError; FormatError, also for a line that is not UTF-8.
std::vector<std::string> lines_of_file(const std::string& path, Where where = Where::current());

/// The character that stands for a byte in byte-level BPE: an initial alphabet has all 256.
char32_t byte_level_character(int byte);

}  // namespace fathom::text
