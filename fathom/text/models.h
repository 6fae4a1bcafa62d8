// Private to fathom/text: the models, as their readers and trainers make them.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fathom/text/parts.h"
#include "fathom/text/vocabulary.h"

namespace fathom::text {

struct WordLevelOptions {
  std::string unk_token = "<unk>";
};
std::unique_ptr<Model> make_word_level(Vocabulary vocabulary, WordLevelOptions options);

struct WordPieceOptions {
  std::string unk_token = "[UNK]", continuing_subword_prefix = "##";
  std::uint32_t max_input_chars_per_word = 100;
};
std::unique_ptr<Model> make_word_piece(Vocabulary vocabulary, WordPieceOptions options);

struct BpeOptions {
  std::optional<double> dropout;
  std::optional<std::string> unk_token, continuing_subword_prefix, end_of_word_suffix;
  bool fuse_unk = false, byte_fallback = false, ignore_merges = false;
};
/// The ids of two tokens that become one; the lowest rank comes first, and the leftmost of one
/// rank.
struct Merge {
  std::uint32_t left, right, joined, rank = 0;
};
std::unique_ptr<Model> make_bpe(Vocabulary vocabulary, std::vector<Merge> merges,
                                BpeOptions options);
/// A merge of two tokens by their texts. Errors: FormatError, with the path of the list, if one of
/// them or what they make is not in the vocabulary.
Merge find_merge(const Vocabulary& vocabulary, const BpeOptions& options, const std::string& left,
                 const std::string& right, const std::string& path);

struct UnigramOptions {
  std::optional<std::uint32_t> unk_id;
  bool byte_fallback = false;
  bool single = false;                ///< sums are rounded to 32 bits, as SentencePiece keeps them
  std::vector<std::uint32_t> hidden;  ///< tokens that no text becomes
};
/// A token's score is the logarithm of its probability. Errors: FormatError for an unk_id out of
/// range and for a score that is not finite.
using ScoredTokens = std::vector<std::pair<std::string, double>>;
std::unique_ptr<Model> make_unigram(ScoredTokens tokens, UnigramOptions options);

std::unique_ptr<Model> read_bpe(const Field& field);
std::unique_ptr<Model> read_unigram(const Field& field);

/// Throws the ValueError of a model that met something unknown and has no token for it.
[[noreturn]] void no_unknown_token(const char* model, std::string_view piece,
                                   std::string_view unk_token);

}  // namespace fathom::text
