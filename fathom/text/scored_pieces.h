// Private to fathom/text: vocabularies of pieces with scores, as SentencePiece, llama2.c and GGUF
// carry them.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fathom/text/tokenizer_parts.h"

namespace fathom::text {

/// SentencePiece's numbers, which are also GGUF's.
enum class PieceKind {
  normal = 1,
  unknown = 2,
  control = 3,
  user_defined = 4,
  unused = 5,
  byte = 6
};

struct ScoredPiece {
  std::string text;
  float score = 0;
  PieceKind kind = PieceKind::normal;
};
using ScoredPieces = std::vector<ScoredPiece>;

/// Whether a text is "<0x0A>" or the like.
bool is_byte_name(std::string_view text);

struct SpmSettings {
  bool unigram = false, byte_fallback = false;
  bool add_prefix = true;    ///< a blank before the text
  bool remove_extra = true;  ///< blanks at the ends go, several become one
  bool merges = true;        ///< else, where it is no unigram model, characters stay alone
  /// As SentencePiece's library does it, with these rules: user-defined symbols are found by the
  /// model. Else as Hugging Face and llama.cpp do: they are added tokens.
  std::optional<std::string> charsmap = std::nullopt;
};

/// A tokenizer of such pieces: BPE joins, of two neighbours that make a piece, those of the best
/// one first.
Parts parts_of_pieces(const ScoredPieces& pieces, const SpmSettings& settings,
                      const std::string& path);

/// `rules`: those of a CharsMap, or none; `json`: what comes nearest in a tokenizer.json.
std::unique_ptr<Normalizer> make_sentencepiece_normalizer(const SpmSettings& settings,
                                                          const std::vector<std::string>& symbols,
                                                          std::string rules,
                                                          const std::string& path,
                                                          OrderedJson json);

}  // namespace fathom::text
