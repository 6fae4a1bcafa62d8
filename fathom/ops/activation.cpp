#include "fathom/ops/activation.h"

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/index.h"
#include "fathom/ops/norm.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom {

using graph::describe;

namespace graph {
template <> struct Rules<op::Gelu> {
  static constexpr std::string_view name = "gelu";
  static Specs infer(const op::Gelu&, Inputs in) { return Spec{in[0].dtype(), in[0].shape()}; }
  static Tensors lower(const op::Gelu&, Inputs in) { return {in[0] * gelu_gate(in[0])}; }
  static Tensors vjp(const op::Gelu&, const Vjp& v) {  // shares the gate, which is slow
    const Tensor& x = v.inputs[0];
    return {v.cotangent() * gelu_slope(x, gelu_gate(x))};
  }
};
template <> constinit const OpDef OpEntry<op::Gelu>::def = make_op_def<op::Gelu>();
}  // namespace graph

namespace {

Tensor floating_tensor(const Operand& x) {
  return ops::as_tensor(x, ops::floating(ops::common_dtype({&x})));
}

/// What the branch of negative numbers of elu and its kin sees: where x is positive, 0. A large
/// number would make 0 * inf of the gradient.
Tensor negative_part(const Tensor& x) { return where(x > 0, 0, x); }

/// log(1 + exp(x)), the scalar function.
Tensor plain_softplus(const Operand& x) { return ops::elementwise(fn::id_of<fn::Softplus>, x); }

/// gate(first, second) of the two halves of x along an axis.
template <class F> Tensor gated(const char* operation, const Operand& x, int axis, F gate) {
  const Tensor t = floating_tensor(x);
  const int a = ops::normalize_axis(operation, axis, t.rank(), x.where());
  const std::int64_t extent = t.shape()[a];
  if (extent % 2 != 0)
    ops::fail<ShapeError>({.operation = operation,
                           .problem = "the axis cannot be halved",
                           .received = {{"x", describe(t)}},
                           .expected = "an even extent on axis " + std::to_string(a)},
                          x.where());
  return ops::rounded_once(Operand(t, x.where()), [&](const Tensor& wide) {
    return gate(slice(wide, a, 0, extent / 2), slice(wide, a, extent / 2, extent));
  });
}

}  // namespace

Tensor leaky_relu(const Operand& x, double negative_slope) {
  const graph::CallScope call("leaky_relu", x.where());
  const Tensor t = floating_tensor(x);
  return where(t > 0, t, t * negative_slope);
}

Tensor prelu(const Operand& x, const Tensor& weight) {
  const graph::CallScope call("prelu", x.where());
  const Tensor t = floating_tensor(x);
  Tensor slope = weight;
  if (weight.size() == 1) {
    slope = reshape(weight, Shape{});
  } else {
    const std::int64_t channels = t.rank() < 2 ? 1 : t.shape()[1];
    if (weight.shape() != Shape{channels})
      ops::fail<ShapeError>({.operation = "prelu",
                             .problem = "the weight does not fit x",
                             .received = {{"x", describe(t)}, {"weight", describe(weight)}},
                             .expected = "one weight, or one for each channel (axis 1)"},
                            x.where());
    Shape shape{channels};
    for (int i = 2; i < t.rank(); ++i) shape.push_back(1);
    slope = reshape(weight, shape);
  }
  return where(t > 0, t, negative_part(t) * slope);
}

Tensor rrelu(const Operand& x, double lower, double upper, const Tensor& key, std::int64_t site) {
  const graph::CallScope call("rrelu", x.where());
  ops::require_option(lower <= upper, "rrelu", "lower", lower, "at most upper", x.where());
  if (!key.defined()) return leaky_relu(x, (lower + upper) / 2);
  const Tensor t = floating_tensor(x);
  const Tensor uniform =
      graph::apply(op::Random{op::Random::Kind::uniform, t.shape(), site}, {key}, x.where());
  return where(t >= 0, t, t * cast(uniform * (upper - lower) + lower, t.dtype()));
}

Tensor elu(const Operand& x, double alpha) {
  const graph::CallScope call("elu", x.where());
  return ops::rounded_once(
      x, [&](const Tensor& t) { return where(t > 0, t, alpha * expm1(negative_part(t))); });
}

Tensor selu(const Operand& x) {
  const graph::CallScope call("selu", x.where());
  return ops::rounded_once(x, [](const Tensor& t) {
    return 1.0507009873554804934193349852946 * elu(t, 1.6732632423543772848170429916717);
  });
}

Tensor celu(const Operand& x, double alpha) {
  const graph::CallScope call("celu", x.where());
  ops::require_option(alpha != 0, "celu", "alpha", alpha, "a number that is not 0", x.where());
  return ops::rounded_once(
      x, [&](const Tensor& t) { return where(t > 0, t, alpha * expm1(negative_part(t) / alpha)); });
}

Tensor hardtanh(const Operand& x, double low, double high) {
  const graph::CallScope call("hardtanh", x.where());
  ops::require_option(low <= high, "hardtanh", "low", low, "at most high", x.where());
  if (is_integer(ops::common_dtype({&x})))  // as PyTorch: the bounds adapt to x
    return clamp(x, static_cast<std::int64_t>(low), static_cast<std::int64_t>(high));
  return clamp(x, low, high);
}
Tensor relu6(const Operand& x) {
  const graph::CallScope call("relu6", x.where());
  return clamp(x, 0, 6);
}
Tensor hardsigmoid(const Operand& x) { return ops::elementwise(fn::id_of<fn::Hardsigmoid>, x); }
Tensor hardswish(const Operand& x) { return ops::elementwise(fn::id_of<fn::Hardswish>, x); }

Tensor softplus(const Operand& x, double beta, double threshold) {
  const graph::CallScope call("softplus", x.where());
  ops::require_option(beta != 0, "softplus", "beta", beta, "a number that is not 0", x.where());
  return ops::rounded_once(x, [&](const Tensor& t) {
    if (beta == 1) return where(t > threshold, t, plain_softplus(t));
    const Tensor scaled = t * beta;
    return where(scaled > threshold, t, plain_softplus(scaled) / beta);
  });
}

Tensor gelu(const Operand& x) {
  const graph::CallScope call("gelu", x.where());
  return ops::rounded_once(
      x, [&](const Tensor& t) { return graph::apply(op::Gelu{}, {t}, x.where()); });
}
Tensor mish(const Operand& x) {
  const graph::CallScope call("mish", x.where());
  return ops::rounded_once(x, [&](const Tensor& t) { return t * tanh(plain_softplus(t)); });
}
Tensor log_sigmoid(const Operand& x) {
  const graph::CallScope call("log_sigmoid", x.where());
  return -plain_softplus(-x);
}

Tensor softshrink(const Operand& x, double lambda) {
  const graph::CallScope call("softshrink", x.where());
  ops::require_option(lambda >= 0, "softshrink", "lambda", lambda, "a number that is not negative",
                      x.where());
  return ops::rounded_once(x, [&](const Tensor& t) {
    return where(abs(t) <= lambda, 0, t - lambda * sign(t));  // comparisons that keep NaN
  });
}
Tensor hardshrink(const Operand& x, double lambda) {
  const graph::CallScope call("hardshrink", x.where());
  const Tensor t = floating_tensor(x);
  return where(logical_and(t >= -lambda, t <= lambda), 0, t);
}
Tensor tanhshrink(const Operand& x) {
  const graph::CallScope call("tanhshrink", x.where());
  return ops::rounded_once(x, [&](const Tensor& t) { return t - tanh(t); });
}
Tensor softsign(const Operand& x) {
  const graph::CallScope call("softsign", x.where());
  return ops::rounded_once(x, [&](const Tensor& t) { return t / (1 + abs(t)); });
}
Tensor threshold(const Operand& x, double threshold, double value) {
  const graph::CallScope call("threshold", x.where());
  const Tensor t = ops::as_tensor(x);
  return where(t <= threshold, cast(ops::scalar(value, DType::f64), t.dtype()), t);
}

Tensor softmin(const Operand& x, int axis) {
  const graph::CallScope call("softmin", x.where());
  return softmax(-x, axis);
}

Tensor gumbel_softmax(const Operand& logits, const Tensor& key, double tau, bool hard, int axis,
                      std::int64_t site) {
  const graph::CallScope call("gumbel_softmax", logits.where());
  ops::require_option(tau > 0, "gumbel_softmax", "tau", tau, "a positive number", logits.where());
  const DType dtype = ops::floating(ops::common_dtype({&logits}));
  const Tensor t = ops::as_tensor(logits, ops::widened(dtype));
  const Tensor uniform =
      graph::apply(op::Random{op::Random::Kind::uniform, t.shape(), site}, {key}, logits.where());
  // -log of an exponential variate; a uniform 0 counts as half of the smallest step above it.
  const Tensor noise = -log(-log1p(-maximum(uniform, 0x1p-25)));
  const Tensor soft = softmax((t + cast(noise, t.dtype())) / tau, axis);
  if (!hard) return ops::rounded(soft, dtype);
  const int a = ops::normalize_axis("gumbel_softmax", axis, t.rank(), logits.where());
  const Tensor chosen = transpose(
      ops::class_hits(argmax(transpose(soft, a, -1), -1), t.shape()[a], t.dtype()), a, -1);
  return ops::rounded(stop_gradient(chosen - soft) + soft, dtype);
}

Tensor glu(const Operand& x, int axis) {
  const graph::CallScope call("glu", x.where());
  return gated("glu", x, axis, [](const Tensor& a, const Tensor& b) { return a * sigmoid(b); });
}
Tensor swiglu(const Operand& x, int axis) {
  const graph::CallScope call("swiglu", x.where());
  return gated("swiglu", x, axis, [](const Tensor& a, const Tensor& b) { return silu(a) * b; });
}
Tensor geglu(const Operand& x, int axis) {
  const graph::CallScope call("geglu", x.where());
  return gated("geglu", x, axis, [](const Tensor& a, const Tensor& b) { return gelu(a) * b; });
}

}  // namespace fathom
