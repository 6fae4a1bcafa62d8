// The optimizers' updates as operations: one node a parameter, so that a whole step is one plan.
//
// Inputs   parameter, gradient, numbers (n,) f64, and the slots of state
// Outputs  the next values of the parameter and of the slots
//
// Numbers that change per step (learning rate, what follows from the step count) are inputs, worked
// out in double by the optimizer's Rule; never attributes, or every step would be a new plan.
// Weight decay comes as two numbers where an optimizer has both forms: `decay` is added to the
// gradient as decay * parameter, `keep` multiplies the parameter; without either they are 0 and 1.
#pragma once
#include "fathom/core/tensor.h"
#include "fathom/ops/row_sums.h"

namespace fathom {

namespace op {
/// Numbers {lr, decay, momentum, 1 - dampening}; slots none, or the momentum buffer.
struct SgdUpdate {
  bool nesterov;
  bool first;  // the buffer becomes the gradient, undampened
  static bool fits(std::size_t slots) { return slots <= 1; }
};
/// Numbers {keep, eta, mu, decay}; slot: the average of the parameter.
struct AsgdUpdate {
  static bool fits(std::size_t slots) { return slots == 1; }
};
/// Numbers {eta-, eta+, smallest step, largest step}; slots: last gradient, step sizes.
struct RpropUpdate {
  static bool fits(std::size_t slots) { return slots == 2; }
};
/// Numbers {1 - beta1, beta2, 1 - beta2, epsilon, decay, keep, lr / (1 - beta1^t),
/// 1 / sqrt(1 - beta2^t)}; slots m, v and, for AMSGrad, the largest v so far.
struct AdamUpdate {
  bool amsgrad;
  bool fits(std::size_t slots) const { return slots == 2 + std::size_t{amsgrad}; }
};
/// Numbers {1 - beta1, 1 - beta2, epsilon, lr sqrt(1 - beta2^t) / (1 - beta1^t)}; slots m, v. A row
/// whose gradient is all 0 stays as it is.
struct SparseAdamUpdate {
  static bool fits(std::size_t slots) { return slots == 2; }
};
/// Numbers {1 - beta1, beta2, epsilon, decay, lr / (1 - beta1^t)}; slots: m, infinity norm.
struct AdamaxUpdate {
  static bool fits(std::size_t slots) { return slots == 2; }
};
/// Numbers {1 - beta1, beta2, 1 - beta2, 1 - beta2^t, epsilon, decay, keep, lr, mu, next mu};
/// slots m, v and the product of all mu, an f64 number.
struct NAdamUpdate {
  static bool fits(std::size_t slots) { return slots == 3; }
};
/// Numbers {1 - beta1, beta2, 1 - beta2, epsilon, decay, keep, lr / (1 - beta1^t), rectification
/// times sqrt(1 - beta2^t) or 0 where there is none}; slots m, v.
struct RAdamUpdate {
  static bool fits(std::size_t slots) { return slots == 2; }
};
/// Numbers {beta1, 1 - beta1, beta1 - beta2, lr, keep}; slot m.
struct LionUpdate {
  static bool fits(std::size_t slots) { return slots == 1; }
};
/// Numbers {lr, epsilon, decay}; slot: sum of squares.
struct AdagradUpdate {
  static bool fits(std::size_t slots) { return slots == 1; }
};
/// Numbers {lr, rho, 1 - rho, epsilon, decay}; slots: averages of squared gradients and steps.
struct AdadeltaUpdate {
  static bool fits(std::size_t slots) { return slots == 2; }
};
/// Numbers {lr, alpha, 1 - alpha, epsilon, decay, momentum}; slots: square average, then the mean
/// gradient if centered, then the momentum buffer if there is momentum.
struct RmsPropUpdate {
  bool centered, momentum;
  bool fits(std::size_t slots) const {
    return slots == 1 + std::size_t{centered} + std::size_t{momentum};
  }
};
/// Numbers {1 - beta2, lr of a parameter of scale 1, keep, epsilon1 or -1 for the type's, epsilon2,
/// d}; slots: means of squares by row and by column (the other axis has extent 1), or, below two
/// axes, by element.
struct AdafactorUpdate {
  static bool fits(std::size_t slots) { return slots == 1 || slots == 2; }
};
/// Numbers {beta2, 1 - beta2, lr, weight decay, epsilon1, epsilon2, clip threshold, beta1,
/// 1 - beta1}; slots as AdafactorUpdate's, then m if there is a first moment.
struct HfAdafactorUpdate {
  bool scaled, first_moment;
  bool fits(std::size_t slots) const {
    return slots == 1 + std::size_t{first_moment} || slots == 2 + std::size_t{first_moment};
  }
};
/// Numbers {momentum, 1 - momentum, lr, keep, the polynomial's a, b and c, epsilon}; slot: the
/// momentum buffer. `adjust` is Muon::AdjustLr.
struct MuonUpdate {
  bool nesterov;
  std::int64_t iterations;
  int adjust;
  static bool fits(std::size_t slots) { return slots == 1; }
};

/// An update of a table whose gradient is op::RowSums and never written out. Inputs: parameter,
/// rows, numbers, slots, then what else RowSums takes: from, to, and weights if it is weighted.
template <class Update> struct ByRows {
  Update update;
  RowSums sums;
  bool weighted;
};
/// The updates that take their gradient so, where it comes so.
template <class Update> inline constexpr bool takes_rows = false;
template <> inline constexpr bool takes_rows<SgdUpdate> = true;
template <> inline constexpr bool takes_rows<AdamUpdate> = true;
template <> inline constexpr bool takes_rows<SparseAdamUpdate> = true;
template <> inline constexpr bool takes_rows<AdagradUpdate> = true;
}  // namespace op

namespace optim {
/// Replaces the parameter and its slots by their next values: lazy, and without a second handle to
/// the old ones, whose memory the new ones can then take over.
template <class Op>
void update(const Op& attributes, Tensor& parameter, const Tensor& gradient, const Tensor& numbers,
            std::span<Tensor> slots);
}  // namespace optim

}  // namespace fathom
