// The optimizers' updates as operations: one node a parameter, so that a whole step is one plan.
// Numbers that change per step (learning rate, step count) are inputs, never attributes.
#pragma once
#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// Inputs parameter, gradient, rates {lr, weight decay, momentum, dampening} and, with momentum,
/// the momentum buffer; outputs the parameter's and the buffer's next values.
struct SgdUpdate {
  bool nesterov;
  bool first;  // the buffer becomes the gradient, undampened
};
/// Inputs parameter, gradient, rates {beta1, beta2, epsilon, weight decay, lr, step}, m, v; outputs
/// the next parameter, m and v.
struct AdamUpdate {
  bool decoupled;  // AdamW: the decay does not go through m and v
};
/// Inputs parameter, gradient, rates {lr, alpha, epsilon, weight decay}, square average.
struct RmsPropUpdate {};
/// Inputs parameter, gradient, rates {lr, lr decay, epsilon, weight decay, step}, sum of squares.
struct AdagradUpdate {};
}  // namespace op

namespace optim {
/// Replaces the parameter and its slots by their next values: lazy, and without a second handle to
/// the old ones, whose memory the new ones can then take over.
template <class Op>
void update(const Op& attributes, Tensor& parameter, const Tensor& gradient, const Tensor& rates,
            std::span<Tensor> slots);
}  // namespace optim

}  // namespace fathom
