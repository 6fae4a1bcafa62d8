// Attention: what each query sees of the values, weighted by how its key answers.
#pragma once
#include <cstdint>
#include <optional>

#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// Which keys a query may look at, and how scores are scaled. `before` and `after` bound the
/// distance of a key in front of and behind the query's own position; -1: no bound.
struct AttentionWindow {
  double scale;
  std::int64_t before, after;
};
/// Inputs q (B, H, L, D), k (B, G, S, D), v (B, G, S, E) and, if there is one, a mask that is added
/// to the scores, its axes those of (B, H, L, S), or 1 except the last; G divides H. Outputs
/// y (B, H, L, E) and the logarithm of each query's sum of exponentials (B, H, L).
struct Attention {
  AttentionWindow window;
};
/// Inputs dy, q, k, v, the logarithms, sum(dy y) of each query, and the mask; outputs dq, dk, dv.
struct AttentionBackward {
  AttentionWindow window;
};
}  // namespace op

/// Options of scaled_dot_product_attention().
struct AttentionOptions {
  Tensor mask = {};     ///< broadcasts to (..., L, S): bool, true where a query may look; or added
  bool causal = false;  ///< query i looks at keys 0 ... i
  std::optional<double> scale = {};  ///< of the products; 1 / sqrt(D) if it is not given
  /// A sliding window: query i looks at keys i - before ... i + after; -1: all.
  std::int64_t before = -1, after = -1;
};

/// softmax(q k^T scale + mask) v (Vaswani et al. 2017) without a matrix of all queries and keys in
/// memory (Dao et al. 2022), as torch's function of that name. A query that may look at nothing
/// gives 0. Shapes: q (..., H, L, D), k (..., G, S, D), v (..., G, S, E) -> (..., H, L, E), where G
/// divides H: each key and value serves H / G heads side by side (Ainslie et al. 2023). What stands
/// before is equal. Gradients: of q, k, v and an added mask, whose own takes a matrix. Errors:
/// ShapeError, DTypeError, ValueError.
Tensor scaled_dot_product_attention(const Operand& q, const Operand& k, const Operand& v,
                                    const AttentionOptions& options = {});
/// The weights that it gives the values, to look at or to drop out: (..., H, L, S). Shapes, errors:
/// as there.
Tensor attention_weights(const Operand& q, const Operand& k, const AttentionOptions& options = {});

}  // namespace fathom
