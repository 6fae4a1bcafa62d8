// Why a loss is NaN or infinite: the step again, one operation at a time.
//
//   auto [loss, gradients] = value_and_grad(loss_fn)(net, batch);
//   if (!std::isfinite(loss.item())) train::explain_nan(loss_fn, net, batch);
//   adam.step(net, gradients);
#pragma once
#include <functional>

#include "fathom/data/fields.h"
#include "fathom/graph/check.h"
#include "fathom/nn/gradient.h"
#include "fathom/nn/mode.h"

namespace fathom::train {

namespace detail {
/// Refuses a model that already holds NaN or infinity, and data that do.
void require_finite_model(const std::vector<nn::NamedTensor>& tensors);
void require_finite_data(const Tensor& x, const graph::BatchRows& rows);
/// Repeats the training mode at hand with the same random key, from its first site on.
nn::ModeScope same_mode();
/// Builds the gradients one operation at a time and looks at each.
void check_gradients(const Tensor& loss, const std::vector<nn::NamedTensor>& tensors);

/// explain_nan for a batch whose rows have numbers.
template <class F, class M, class... Args>
void explain(const graph::BatchRows& rows, F&& loss, const M& net, const Args&... args) {
  const std::vector<nn::NamedTensor> tensors = nn::named_tensors(net);
  require_finite_model(tensors);
  const auto look = [&](const Tensor& t) { require_finite_data(t, rows); };
  (data::for_each_tensor(args, look), ...);
  const nn::ModeScope mode = same_mode();
  const nn::detail::LossScope recording(nn::detail::path_in<M>, &net);
  graph::FiniteCheck check(rows);
  const Tensor value = loss(net, args...);
  if (graph::find_bad(value, true) >= 0) check.require_no_infinity();
  check_gradients(value, tensors);
  check.require_no_infinity();
}

/// Where a run stands.
struct Place {
  std::int64_t epoch, batch, batches, step;  // finished ones
};
/// Throws what is known of a loss that is not finite.
[[noreturn]] void fail_on_loss(double loss, const Place& place,
                               const std::function<void()>& explain);
}  // namespace detail

/// Computes loss(net, args...) and its gradients again, in the scope of the step and before the
/// model changes, and finds the first operation that makes NaN or infinity of finite numbers. The
/// arguments are tensors or structs of them. Returns if there is none. Errors: NumericError that
/// names the operation, its module, the line and the element; or the parameter, or the row of the
/// data, that was not finite to begin with.
template <class F, class M, class... Args>
void explain_nan(F&& loss, const M& net, const Args&... args) {
  graph::BatchRows rows;
  ((rows.count = rows.count < 0 ? data::rows_in(args) : rows.count), ...);
  detail::explain(rows, loss, net, args...);
}

}  // namespace fathom::train
