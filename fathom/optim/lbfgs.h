// L-BFGS: a quasi-Newton method for smooth losses of whole data sets.
#pragma once
#include <span>
#include <utility>

#include "fathom/core/error.h"
#include "fathom/core/function_ref.h"
#include "fathom/nn/gradient.h"
#include "fathom/optim/optimizer.h"

namespace fathom::optim {

namespace detail {
struct Evaluation {
  double loss;
  Tensor gradient;  // flat, of all parameters that are not frozen
};
Tensor flat(Visit visit, void* net);
Tensor flat_gradient(Visit visit, void* net, void* gradients, bool negate);
void put_flat(Visit visit, void* net, const Tensor& x);
void copy_buffers(Visit visit, void* to, void* from);
}  // namespace detail

/// Limited-memory BFGS (Nocedal and Wright, Numerical Optimization, 7.2), torch.optim.LBFGS. A step
/// makes up to `max_iterations` moves and evaluates the loss at each.
///
///   optim::Lbfgs lbfgs{.line_search = optim::Lbfgs::LineSearch::strong_wolfe};
///   const double loss = lbfgs.step(net, [&](const Net& n) { return value_and_grad(f)(n, x, y); });
struct Lbfgs {
  enum class LineSearch : std::uint8_t { none, strong_wolfe };
  double learning_rate = 1;
  std::int64_t max_iterations = 20;
  std::int64_t max_evaluations = 0;  ///< 0: 5/4 of max_iterations
  double tolerance_gradient = 1e-7;
  double tolerance_change = 1e-9;
  std::int64_t history_size = 100;
  LineSearch line_search = LineSearch::none;
  bool maximize = false;

  /// What is remembered from move to move: a value, as other optimizers' state.
  struct State {
    std::int64_t iterations = 0, evaluations = 0;
    Tensor direction, gradient;                ///< of the last move
    std::vector<Tensor> differences, changes;  ///< of gradients and of parameters, oldest first
    double length = 0, scale = 1;              ///< of the last move; of the first Hessian
  };
  State state{};

  /// Moves the parameters; `closure(net)` gives the loss and its gradients. Returns the loss before
  /// the first move. Errors: ValueError for an option out of its range, DTypeError for parameters
  /// of several types, and those of the closure.
  template <class M, class F> double step(M& net, F closure, Where where = Where::current()) {
    constexpr detail::Visit visit = nn::detail::visit_erased<M>;
    const auto evaluate = [&](const Tensor& x) {
      detail::put_flat(visit, &net, x);
      LossAndGradients<M> result = closure(static_cast<const M&>(net));
      const double loss = result.loss.item();
      detail::copy_buffers(visit, &net, &result.gradients);
      return detail::Evaluation{maximize ? -loss : loss,
                                detail::flat_gradient(visit, &net, &result.gradients, maximize)};
    };
    return located(where, [&] {
      Tensor x = detail::flat(visit, &net);
      const double loss = minimise(x, evaluate);
      detail::put_flat(visit, &net, x);
      return loss;
    });
  }

  /// The state as tensors for a file, and back. Errors: FormatError if one is missing.
  std::vector<std::pair<std::string, Tensor>> named_state() const;
  void load_state(std::span<const std::pair<std::string, Tensor>> tensors);

 private:
  using Evaluate = FunctionRef<detail::Evaluation(const Tensor&)>;
  double minimise(Tensor& x, Evaluate evaluate);
};

using LBFGS = Lbfgs;  // as PyTorch writes it

}  // namespace fathom::optim
