// A model that needs no training: the scores behind two tokens are rows of two tables.
#pragma once
#include "fathom/fathom.h"

namespace fathom::test {

struct Tables {
  Tensor last, before;  // (V, V)

  /// The state before the first token: it has token 0 before it.
  Tensor begin(std::int64_t rows) const { return zeros({rows}, DType::i64); }
  /// Scores (B, n, V) of what follows each of the tokens (B, n).
  Tensor operator()(const Tensor& tokens, Tensor& previous) const {
    const Tensor all = concat({unsqueeze(previous, 1), tokens}, 1);
    const std::int64_t n = tokens.size(1);
    previous = select(all, 1, n);
    return embedding(tokens, last) + embedding(slice(all, 1, 0, n), before);
  }
};

}  // namespace fathom::test
