// Rows of a table, one for each index.
#pragma once
#include <cstdint>
#include <optional>

#include "fathom/core/tensor.h"

namespace fathom {

/// Options of embedding().
struct EmbeddingOptions {
  std::optional<std::int64_t> padding_idx = {};  ///< this row gets no gradient; may be negative
  /// Rows whose norm is above this are read at this norm, see renorm(). PyTorch also shortens them
  /// in the table, here they stay there as they are. In both, the gradient by a row is that by what
  /// was read: it does not pass through the shortening.
  std::optional<double> max_norm = {};
  double norm_type = 2;             ///< the p of that norm
  bool scale_grad_by_freq = false;  ///< a row's gradient is divided by how often it is in the index
};
/// Rows of `weight` at `index`, torch.nn.functional.embedding. Shapes: index (...) i64 or i32,
/// weight (count, dim) -> (..., dim). The gradient by the table stays a list of rows until an
/// optimizer takes it, as PyTorch's with sparse=True, whatever the options. Errors: IndexError for
/// an index outside [0, count), when evaluated, or a padding_idx outside the table; ValueError
/// unless max_norm >= 0 and norm_type > 0; ShapeError, DTypeError.
Tensor embedding(const Tensor& index, const Operand& weight, const EmbeddingOptions& options = {});

/// How embedding_bag joins the rows of a bag.
enum class BagMode : std::uint8_t { mean, sum, max };
/// Options of embedding_bag().
struct EmbeddingBagOptions {
  Tensor offsets;  ///< (bags): where each bag begins, if the index has one axis
  BagMode mode = BagMode::mean;
  Tensor per_sample_weights;                     ///< of the index' shape, for BagMode::sum
  bool include_last_offset = false;              ///< the last offset is the end of the last bag
  std::optional<std::int64_t> padding_idx = {};  ///< indices that are left out of their bag
  std::optional<double> max_norm = {};           ///< as in EmbeddingOptions
  double norm_type = 2;
  bool scale_grad_by_freq = false;  ///< as in EmbeddingOptions; not with BagMode::max
};
/// Sum, mean or maximum of the rows of each bag, torch.nn.functional.embedding_bag; an empty bag
/// gives zeros. Offsets are evaluated when the rest is. Shapes: index (bags, n), or (n) with
/// offsets; weight (count, dim) -> (bags, dim). Gradient: a list of rows, as of embedding(); that
/// by per_sample_weights is not scaled. Errors: as embedding; ValueError for options that
/// contradict each other.
Tensor embedding_bag(const Tensor& index, const Operand& weight,
                     const EmbeddingBagOptions& options = {});

}  // namespace fathom
