// The optimizers' updates as operations: one node a parameter, so that a whole step is one plan. Numbers
// that change per step (learning rate, step count) are inputs, never attributes.
#pragma once
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// Inputs parameter, gradient, rates {lr, weight decay, momentum, dampening} and, with momentum, the
/// momentum buffer; outputs the parameter's and the buffer's next values.
struct SgdUpdate {
  bool nesterov;
  bool first;  // the buffer becomes the gradient, undampened
};
/// Inputs parameter, gradient, m, v, rates {beta1, beta2, epsilon, weight decay, lr, step}; outputs the
/// next parameter, m and v.
struct AdamUpdate {
  bool decoupled;  // AdamW: the decay does not go through m and v
};
/// Inputs parameter, gradient, square, rates {lr, alpha, epsilon, weight decay}.
struct RmsPropUpdate {};
/// Inputs parameter, gradient, sum, rates {lr, lr decay, epsilon, weight decay, step}.
struct AdagradUpdate {};
}  // namespace op

namespace optim {
std::vector<Tensor> sgd_update(const Tensor& parameter, const Tensor& gradient, const Tensor& rates,
                               const Tensor& momentum_buffer, bool nesterov, bool first);
std::vector<Tensor> adam_update(const Tensor& parameter, const Tensor& gradient, const Tensor& m, const Tensor& v,
                                const Tensor& rates, bool decoupled);
std::vector<Tensor> rmsprop_update(const Tensor& parameter, const Tensor& gradient, const Tensor& square_average,
                                   const Tensor& rates);
std::vector<Tensor> adagrad_update(const Tensor& parameter, const Tensor& gradient, const Tensor& sum,
                                   const Tensor& rates);
}  // namespace optim

}  // namespace fathom
