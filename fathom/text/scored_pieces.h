// Private to fathom/text: vocabularies of pieces with scores, as SentencePiece, llama2.c and GGUF
// carry them.
#pragma once
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
};

/// A tokenizer of such pieces: BPE joins, of two neighbours that make a piece, those of the best
/// one first.
Parts parts_of_pieces(const ScoredPieces& pieces, const SpmSettings& settings,
                      const std::string& path);

/// The second normaliser after the first; either may be absent.
std::unique_ptr<Normalizer> in_sequence(std::unique_ptr<Normalizer> first,
                                        std::unique_ptr<Normalizer> second);

}  // namespace fathom::text
