// Private to fathom/text: the normaliser that has a file of its own.
#pragma once
#include "fathom/text/parts.h"

namespace fathom::text {

/// SentencePiece's rules, a double-array trie of what is replaced by what.
std::unique_ptr<Normalizer> read_precompiled(const Field& field);

}  // namespace fathom::text
