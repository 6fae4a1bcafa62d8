// Private to fathom/text: the normaliser that has a file of its own.
#pragma once
#include "fathom/text/parts.h"

namespace fathom::text {

/// SentencePiece's rules, a double-array trie of what is replaced by what.
std::unique_ptr<Normalizer> read_precompiled(const Field& field);
/// The same from the bytes of a SentencePiece model; `path` names them in errors.
std::unique_ptr<Normalizer> make_precompiled(std::string rules, const std::string& path);

}  // namespace fathom::text
