#include "fathom/ops/loss_regression.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "fathom/graph/op.h"
#include "fathom/ops/check.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom {

using namespace ops::rules;

namespace graph {

template <> struct Rules<op::MeanSquaredError> {
  static constexpr std::string_view name = "mse_loss";
  static Specs infer(const op::MeanSquaredError&, Inputs in) {
    Shape shape;
    if (!broadcast(in[0].shape(), in[1].shape(), shape))
      throw ShapeError(
          {.operation = "mse_loss",
           .problem = "shapes do not broadcast",
           .received = {{"prediction", describe(in[0])}, {"target", describe(in[1])}}});
    return Spec{in[0].dtype(), {}};
  }
  static Tensors lower(const op::MeanSquaredError&, Inputs in) {
    return {mean(square(in[0] - in[1]))};
  }
};

template <>
constinit const OpDef OpEntry<op::MeanSquaredError>::def = make_op_def<op::MeanSquaredError>();

}  // namespace graph

namespace ops {
Tensor reduce_loss(const char* operation, const Tensor& losses, Reduction reduction, DType dtype,
                   const std::source_location& where) {
  switch (reduction) {
    case Reduction::none:
      return rounded(losses, dtype);
    case Reduction::sum:
      return rounded(sum(losses), dtype);
    case Reduction::mean:
      return rounded(mean(losses), dtype);
    case Reduction::batch_mean:
      break;
  }
  fail<ValueError>({.operation = operation,
                    .problem = "Reduction::batch_mean is for kl_div alone",
                    .hint = "Reduction::mean"},
                   where);
}
}  // namespace ops

namespace {

struct FloatingPair {
  Tensor a, b;
  DType dtype;  // of the result
};
/// Both operands in the floating type that they promote to, halves in f32.
FloatingPair floating_pair(const Operand& a, const Operand& b) {
  const DType dtype = ops::floating(ops::common_dtype({&a, &b}));
  const DType wide = ops::widened(dtype);
  return {ops::as_tensor(a, wide), ops::as_tensor(b, wide), dtype};
}

/// t log t, and 0 where t is 0.
Tensor entropy_of(const Tensor& t) { return where(t == 0, 0, t * log(where(t == 0, 1, t))); }

}  // namespace

Tensor mse_loss(const Operand& prediction, const Operand& target, Reduction reduction) {
  const graph::CallScope call("mse_loss", prediction.where());
  const FloatingPair p = floating_pair(prediction, target);
  if (reduction == Reduction::mean)
    return ops::rounded(graph::apply(op::MeanSquaredError{}, {p.a, p.b}, prediction.where()),
                        p.dtype);
  return ops::reduce_loss("mse_loss", square(p.a - p.b), reduction, p.dtype, prediction.where());
}

Tensor l1_loss(const Operand& prediction, const Operand& target, Reduction reduction) {
  const graph::CallScope call("l1_loss", prediction.where());
  const FloatingPair p = floating_pair(prediction, target);
  return ops::reduce_loss("l1_loss", abs(p.a - p.b), reduction, p.dtype, prediction.where());
}

Tensor smooth_l1_loss(const Operand& prediction, const Operand& target, Reduction reduction,
                      double beta) {
  const graph::CallScope call("smooth_l1_loss", prediction.where());
  const std::source_location at = prediction.where();
  ops::require_option(beta >= 0, "smooth_l1_loss", "beta", beta, "a number that is not negative",
                      at);
  const FloatingPair p = floating_pair(prediction, target);
  const Tensor d = abs(p.a - p.b);
  if (beta == 0) return ops::reduce_loss("smooth_l1_loss", d, reduction, p.dtype, at);
  return ops::reduce_loss("smooth_l1_loss",
                          where(d < beta, square(d) * (0.5 / beta), d - 0.5 * beta), reduction,
                          p.dtype, at);
}

Tensor huber_loss(const Operand& prediction, const Operand& target, Reduction reduction,
                  double delta) {
  const graph::CallScope call("huber_loss", prediction.where());
  const std::source_location at = prediction.where();
  ops::require_option(delta > 0, "huber_loss", "delta", delta, "a positive number", at);
  const FloatingPair p = floating_pair(prediction, target);
  const Tensor d = abs(p.a - p.b);
  return ops::reduce_loss("huber_loss",
                          where(d < delta, 0.5 * square(d), delta * (d - 0.5 * delta)), reduction,
                          p.dtype, at);
}

Tensor pinball_loss(const Operand& prediction, const Operand& target,
                    const PinballOptions& options) {
  const std::source_location at = prediction.where();
  const double q = options.quantile;
  ops::require_option(q >= 0 && q <= 1, "pinball_loss", "quantile", q, "a number in [0, 1]", at);
  const FloatingPair p = floating_pair(prediction, target);
  const Tensor above = p.b - p.a;
  return ops::reduce_loss("pinball_loss", where(above > 0, above * q, above * (q - 1)),
                          options.reduction, p.dtype, at);
}

Tensor kl_div(const Operand& x, const Operand& target, const KlDivOptions& options) {
  const graph::CallScope call("kl_div", x.where());
  const std::source_location at = x.where();
  const FloatingPair p = floating_pair(x, target);
  const Tensor losses = options.log_target ? exp(p.b) * (p.b - p.a) : entropy_of(p.b) - p.b * p.a;
  if (options.reduction != Reduction::batch_mean)
    return ops::reduce_loss("kl_div", losses, options.reduction, p.dtype, at);
  const std::int64_t rows = p.a.rank() > 0 ? p.a.shape()[0] : 1;
  return ops::rounded(sum(losses) / static_cast<double>(rows), p.dtype);
}

Tensor poisson_nll_loss(const Operand& x, const Operand& target, const PoissonNllOptions& options) {
  const graph::CallScope call("poisson_nll_loss", x.where());
  const FloatingPair p = floating_pair(x, target);
  Tensor losses = options.log_input ? exp(p.a) - p.b * p.a : p.a - p.b * log(p.a + options.epsilon);
  if (options.full) {
    const Tensor counted = where(p.b > 1, p.b, 1);
    const Tensor stirling =
        counted * log(counted) - counted + 0.5 * log(2 * std::numbers::pi * counted);
    losses = losses + where(p.b > 1, stirling, 0);
  }
  return ops::reduce_loss("poisson_nll_loss", losses, options.reduction, p.dtype, x.where());
}

Tensor gaussian_nll_loss(const Operand& x, const Operand& target, const Tensor& variance,
                         const GaussianNllOptions& options) {
  const graph::CallScope call("gaussian_nll_loss", x.where());
  const std::source_location at = x.where();
  ops::require_option(options.epsilon > 0, "gaussian_nll_loss", "epsilon", options.epsilon,
                      "a positive number", at);
  const FloatingPair p = floating_pair(x, target);
  const Shape& shape = p.a.shape();
  Tensor v = ops::wide(variance);
  if (shape.rank() > 0 && v.shape() != shape && v.shape() == shape.without(shape.rank() - 1))
    v = unsqueeze(v, -1);
  const bool fits = v.size() == 1 || v.shape() == shape ||
                    (shape.rank() > 0 && v.shape() == shape.with(shape.rank() - 1, 1));
  if (!fits)
    ops::fail<ShapeError>({.operation = "gaussian_nll_loss",
                           .problem = "the variance does not fit x",
                           .received = {{"x", describe(p.a)}, {"variance", describe(variance)}},
                           .expected = "x's shape, or with a last axis of 1, or without that axis"},
                          at);
  v = ops::checked(
      v, Operand(v, at),
      {0, std::numeric_limits<double>::infinity(), "variance", "numbers of 0 and more"});
  v = v + stop_gradient(maximum(v, options.epsilon) - v);
  Tensor losses = 0.5 * (log(v) + square(p.a - p.b) / v);
  if (options.full) losses = losses + 0.5 * std::log(2 * std::numbers::pi);
  return ops::reduce_loss("gaussian_nll_loss", losses, options.reduction, p.dtype, at);
}

}  // namespace fathom
