// How a loss over a batch becomes one number.
#pragma once
#include <cstdint>
#include <source_location>

#include "fathom/core/tensor.h"

namespace fathom {

/// What becomes of the elements' losses.
enum class Reduction : std::uint8_t {
  mean,  ///< of all elements; of weights where the loss has weights
  sum,
  none,        ///< every element's or row's own
  batch_mean,  ///< the sum divided by the extent of axis 0: kl_div alone
};

namespace ops {
/// A loss's elements, reduced and rounded to `dtype`: losses of halves are computed in f32, and
/// rounded here alone. Errors: ValueError for batch_mean.
Tensor reduce_loss(const char* operation, const Tensor& losses, Reduction reduction, DType dtype,
                   const std::source_location& where);
}  // namespace ops

}  // namespace fathom
