// Sums of chosen rows of a table: what a bag of embeddings reads, and what its gradient writes.
// Both are the same operation with the two lists exchanged.
#pragma once
#include <cstdint>
#include <optional>

#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// out[to[j]] += weight[j] * rows[from[j]], in order of j. Inputs: rows (m, dim), from and to i64
/// (n), and weights (n) or nothing.
struct RowSums {
  enum class Side : std::uint8_t { from, to };
  std::int64_t extent;  ///< rows of the result
  Side open;            ///< the list in which -1 leaves an entry out
};
}  // namespace op

namespace ops {

/// op::RowSums; `weights` may be undefined. Shapes: rows (m, dim) -> (extent, dim), f32 or f64.
/// Errors: IndexError when evaluated.
Tensor row_sums(const Tensor& rows, const Tensor& from, const Tensor& to, const Tensor& weights,
                const op::RowSums& attributes, const std::source_location& where = {});

/// What a gradient by a table is summed from.
struct RowSumsParts {
  Tensor rows, from, to, weights;
  op::RowSums attributes;
};
/// The parts of a gradient that is a pending sum of rows: whoever uses them need not have the whole
/// table computed.
std::optional<RowSumsParts> row_sums_parts(const Tensor& gradient);

}  // namespace ops
}  // namespace fathom
