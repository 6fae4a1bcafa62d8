// Attention: what each query sees of the values, weighted by how its key answers.
#pragma once
#include <cstdint>
#include <optional>

#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// Which keys a query may look at, and what becomes of scores and weights. `before` and `after`
/// bound the distance of a key in front of and behind the query's own position; -1: no bound. Each
/// weight is dropped out with a probability, by the number of its place among weights whose rows
/// are filled up to a multiple of 64.
struct AttentionForm {
  double scale;
  std::int64_t before, after;
  bool masked;
  double dropout;
  std::int64_t site;
};
/// Inputs q (B, H, L, D), k (B, G, S, D), v (B, G, S, E); if it is masked, a mask that is added to
/// the scores, its axes those of (B, H, L, S), or 1 except the last; with dropout the step's key; G
/// divides H. Outputs y (B, H, L, E) and the logarithm of each query's sum of exponentials
/// (B, H, L).
struct Attention {
  AttentionForm form;
};
/// Inputs dy, q, k, v, the logarithms, sum(dy y) of each query, mask and key; outputs dq, dk, dv.
struct AttentionBackward {
  AttentionForm form;
};
}  // namespace op

/// Options of scaled_dot_product_attention().
struct AttentionOptions {
  Tensor mask = {};     ///< broadcasts to (..., L, S): bool, true where a query may look; or added
  bool causal = false;  ///< query i looks at keys 0 ... i
  std::optional<double> scale = {};  ///< of the products; 1 / sqrt(D) if it is not given
  /// A sliding window: query i looks at keys i - before ... i + after; -1: all.
  std::int64_t before = -1, after = -1;
  /// Weights are dropped out with this probability; key and site name them, as in dropout().
  double dropout = 0;
  Tensor key = {};
  std::int64_t site = 0;
};

/// softmax(q k^T scale + mask) v (Vaswani et al. 2017) without a matrix of all queries and keys in
/// memory (Dao et al. 2022), as torch's function of that name. A query that may look at nothing
/// gives 0. Shapes: q (..., H, L, D), k (..., G, S, D), v (..., G, S, E) -> (..., H, L, E), where G
/// divides H: each key and value serves H / G heads side by side (Ainslie et al. 2023). What stands
/// before is equal. Gradients: of q, k, v and an added mask, whose own takes a matrix. Errors:
/// ShapeError, DTypeError, ValueError.
Tensor scaled_dot_product_attention(const Operand& q, const Operand& k, const Operand& v,
                                    const AttentionOptions& options = {});
/// The weights that it gives the values, (..., H, L, S), before any is dropped out. Shapes, errors:
/// as there.
Tensor attention_weights(const Operand& q, const Operand& k, const AttentionOptions& options = {});

}  // namespace fathom
