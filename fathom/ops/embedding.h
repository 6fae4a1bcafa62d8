// Rows of a table, one for each index.
#pragma once
#include <cstdint>
#include <optional>

#include "fathom/core/tensor.h"

namespace fathom {

/// Rows of `weight` at `index`, torch.nn.functional.embedding. The row `padding_idx` (negative ones
/// count from the end) gets no gradient. Shapes: index (...) i64 or i32, weight (count, dim) ->
/// (..., dim). Errors: IndexError for an index outside [0, count), when evaluated, or a padding_idx
/// outside the table; ShapeError, DTypeError.
Tensor embedding(const Tensor& index, const Operand& weight,
                 std::optional<std::int64_t> padding_idx = {});

/// How embedding_bag joins the rows of a bag.
enum class BagMode : std::uint8_t { mean, sum, max };
/// Options of embedding_bag().
struct EmbeddingBagOptions {
  Tensor offsets;  ///< (bags): where each bag begins, if the index has one axis
  BagMode mode = BagMode::mean;
  Tensor per_sample_weights;                     ///< of the index' shape, for BagMode::sum
  bool include_last_offset = false;              ///< the last offset is the end of the last bag
  std::optional<std::int64_t> padding_idx = {};  ///< indices that are left out of their bag
};
/// Sum, mean or maximum of the rows of each bag, torch.nn.functional.embedding_bag; an empty bag
/// gives zeros. Offsets are evaluated when the rest is. Shapes: index (bags, n), or (n) with
/// offsets; weight (count, dim) -> (bags, dim). Errors: as embedding; ValueError for options that
/// contradict each other.
Tensor embedding_bag(const Tensor& index, const Operand& weight,
                     const EmbeddingBagOptions& options = {});

}  // namespace fathom
