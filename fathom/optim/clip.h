// Clipping: what may be done to gradients between value_and_grad and a step. Lazy, so it becomes
// part of the step's plan.
#pragma once
#include "fathom/optim/optimizer.h"

namespace fathom::optim {

/// How a norm is taken.
struct NormOptions {
  double type = 2;                  ///< of the norm: any number above 0, or infinity
  bool error_if_nonfinite = false;  ///< evaluates the norm and throws if it is NaN or infinite
};

namespace detail {
Tensor gradient_norm(Visit visit, void* gradients, const NormOptions& options);
Tensor clip_norm(Visit visit, void* gradients, double most, const NormOptions& options);
void clip_value(Visit visit, void* gradients, double most);
}  // namespace detail

/// The norm of all gradients as one vector, torch.nn.utils.get_total_norm. Shape ().
/// Errors: ValueError for another type of norm; NumericError if asked for.
template <class M>
Tensor gradient_norm(const M& gradients, const NormOptions& options = {},
                     Where where = Where::current()) {
  const graph::CallScope call("gradient_norm", where);
  return detail::gradient_norm(nn::detail::visit_erased<M>, nn::detail::erase(gradients), options);
}

/// Scales all gradients so that their norm is at most `most`; returns the norm that they had:
/// torch.nn.utils.clip_grad_norm_. NaN and infinity spread to all gradients unless they are an
/// error. Errors: as gradient_norm(); ValueError for a negative bound.
template <class M>
Tensor clip_gradient_norm(M& gradients, double most, const NormOptions& options = {},
                          Where where = Where::current()) {
  const graph::CallScope call("clip_gradient_norm", where);
  return detail::clip_norm(nn::detail::visit_erased<M>, &gradients, most, options);
}

/// Puts every element of the gradients into [-most, most]: torch.nn.utils.clip_grad_value_.
/// Errors: ValueError for a negative bound.
template <class M>
void clip_gradient_value(M& gradients, double most, Where where = Where::current()) {
  const graph::CallScope call("clip_gradient_value", where);
  detail::clip_value(nn::detail::visit_erased<M>, &gradients, most);
}

}  // namespace fathom::optim
