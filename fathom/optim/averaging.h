// Averages of a model's weights over training, which often test better than the last weights.
//
//   optim::Ema ema{net};
//   ...  adam.step(net, gradients); ema.update(net);
//   evaluate(ema.model)
#pragma once
#include <algorithm>

#include "fathom/optim/optimizer.h"

namespace fathom::optim {

namespace detail {
/// average += share * (net - average) for parameters, and for buffers of floats if wanted; what is
/// not averaged is copied. Evaluates.
void move_average(Visit visit, void* average, void* net, double share, bool buffers);
void require_decay(double decay);
}  // namespace detail

/// Exponential moving average, torch.optim.swa_utils.AveragedModel with get_ema_multi_avg_fn: the
/// first update copies, later ones keep `decay` of the average.
template <class M> struct Ema {
  M model;  ///< the average; a network like any other
  double decay = 0.999;
  bool warm_up = false;  ///< keep at most (1 + n) / (10 + n) at update n, as TensorFlow does
  bool average_buffers = false;  ///< else they are copied
  std::int64_t updates = 0;

  /// Errors: ValueError for a decay outside [0, 1] or another model.
  void update(const M& net, Where where = Where::current()) {
    const graph::CallScope call(where);
    detail::require_decay(decay);
    const double n = static_cast<double>(updates);
    const double kept = warm_up ? std::min(decay, (1 + n) / (10 + n)) : decay;
    detail::move_average(nn::detail::visit_erased<M>, &model, nn::detail::erase(net),
                         updates++ == 0 ? 1 : 1 - kept, average_buffers);
  }
};
template <class M> Ema(M) -> Ema<M>;
template <class M> Ema(M, double) -> Ema<M>;

/// Stochastic weight averaging (Izmailov et al. 2018), torch.optim.swa_utils.AveragedModel: the
/// mean of all models that it was shown. Batch norm wants update_batch_norm() afterwards.
template <class M> struct Swa {
  M model;
  bool average_buffers = false;
  std::int64_t updates = 0;

  void update(const M& net, Where where = Where::current()) {
    const graph::CallScope call(where);
    ++updates;
    detail::move_average(nn::detail::visit_erased<M>, &model, nn::detail::erase(net),
                         1 / static_cast<double>(updates), average_buffers);
  }
};
template <class M> Swa(M) -> Swa<M>;

}  // namespace fathom::optim
