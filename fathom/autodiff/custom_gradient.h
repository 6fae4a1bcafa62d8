// A gradient of one's own for a piece of a computation.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// Inputs a value, then what its gradient goes to; output the value.
struct CustomGradient {
  std::uintptr_t rule;  ///< a GradientRule
};
}  // namespace op

/// Gives the gradient of each input from the gradient that arrives at the output; an empty tensor
/// stands for zeros. A plain function, or a lambda that captures nothing: what it needs comes in
/// through the inputs, so that equal steps find their plan.
using GradientRule = std::vector<Tensor> (*)(std::span<const Tensor> inputs, const Tensor& output,
                                             const Tensor& cotangent);

/// `value`, however it was computed, with a gradient by `inputs` that `rule` gives; nothing flows
/// back the way that it was computed. What torch.autograd.Function is for.
///
///   using In = std::span<const Tensor>;
///   Tensor y = custom_gradient(x, {x}, [](In, const Tensor&, const Tensor& dy) {
///     return std::vector<Tensor>{clamp(dy, -1, 1)};  // the gradient, clipped on its way back
///   });
///
/// Errors: ValueError when differentiated, if the rule gives another number of gradients than there
/// are inputs; ShapeError if one has another shape than its input.
Tensor custom_gradient(const Tensor& value, const std::vector<Tensor>& inputs, GradientRule rule,
                       Where where = Where::current());

}  // namespace fathom
