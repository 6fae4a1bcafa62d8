// The normalisations of each sample by its own: group, instance, root mean square, local response.
#include <limits>

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/norm.h"
#include "fathom/ops/norm_shapes.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom {

using graph::describe;
using ops::Inputs;
using ops::Spec;
using ops::Specs;
using ops::Tensors;
using ops::Vjp;

namespace {

// (B, C, L) as (B, groups, numbers of a group); statistics (B, groups) as (B, groups, 1).
Tensor by_group(const Tensor& x, std::int64_t groups) {
  const Shape& s = x.shape();
  return reshape(x, Shape{s[0], groups, s[1] / groups * s[2]});
}
Tensor per_group(const Tensor& v) { return unsqueeze(v, -1); }

}  // namespace

namespace graph {

template <> struct Rules<op::GroupNorm> {
  static constexpr std::string_view name = "group_norm";
  static Specs infer(const op::GroupNorm& a, Inputs in) {
    const Spec x{in[0].dtype(), in[0].shape()};
    const Spec statistics{x.dtype, Shape{x.shape[0], a.groups}};
    return {x, statistics, statistics};
  }
  static Tensors lower(const op::GroupNorm& a, Inputs in) {
    const Tensor x = by_group(in[0], a.groups);
    const Tensor m = mean(x, -1, true);
    const Tensor rstd = 1 / sqrt(var(x, -1, 0, true) + a.epsilon);
    const Tensor normal = reshape((x - m) * rstd, in[0].shape());
    return {normal * ops::per_channel(in[1]) + ops::per_channel(in[2]), squeeze(m, -1),
            squeeze(rstd, -1)};
  }
  static Tensors vjp(const op::GroupNorm& a, const Vjp& v) {
    // Only y's gradient: the statistics are not visible to users.
    return apply_all(op::GroupNormBackward{a.groups},
                     {v.cotangent(), v.inputs[0], v.outputs[1], v.outputs[2], v.inputs[1]}, {});
  }
};

template <> struct Rules<op::GroupNormBackward> {
  static constexpr std::string_view name = "group_norm_backward";
  static Specs infer(const op::GroupNormBackward&, Inputs in) {
    const Spec channel{in[4].dtype(), in[4].shape()};
    return {Spec{in[1].dtype(), in[1].shape()}, channel, channel};
  }
  static Tensors lower(const op::GroupNormBackward& a, Inputs in) {
    const Tensor& dy = in[0];
    const Tensor rstd = per_group(in[3]);
    const Tensor normal = (by_group(in[1], a.groups) - per_group(in[2])) * rstd;
    const Tensor g = by_group(dy * ops::per_channel(in[4]), a.groups);
    const Tensor dx = rstd * (g - mean(g, -1, true) - normal * mean(g * normal, -1, true));
    return {reshape(dx, dy.shape()), sum(dy * reshape(normal, dy.shape()), {0, 2}),
            sum(dy, {0, 2})};
  }
};

template <> constinit const OpDef OpEntry<op::GroupNorm>::def = make_op_def<op::GroupNorm>();
template <>
constinit const OpDef OpEntry<op::GroupNormBackward>::def = make_op_def<op::GroupNormBackward>();

}  // namespace graph

Tensor group_norm(const Operand& x, std::int64_t groups, const Tensor& weight, const Tensor& bias,
                  double epsilon) {
  const graph::CallScope call("group_norm", x.where());
  const Tensor t = ops::as_tensor(x);
  const Tensor rows = ops::with_positions("group_norm", t, x.where());
  const std::int64_t channels = rows.shape()[1];
  if (groups < 1 || channels % groups != 0)
    ops::fail<ValueError>(
        {.operation = "group_norm",
         .problem = std::to_string(groups) + " groups of " + std::to_string(channels) + " channels",
         .received = {{"x", describe(t)}},
         .expected = "groups that divide the channels"},
        x.where());
  ops::require_channels("group_norm", t, channels, "weight", weight, x.where());
  ops::require_channels("group_norm", t, channels, "bias", bias, x.where());
  const Tensor w = ops::or_constant(weight, 1, Shape{channels}, t.dtype());
  const Tensor b = ops::or_constant(bias, 0, Shape{channels}, t.dtype());
  return ops::rounded_once(Operand(t, x.where()), [&](const Tensor& wide) {
    const Tensor y =
        graph::apply(op::GroupNorm{groups, epsilon},
                     {reshape(wide, rows.shape()), ops::wide(w), ops::wide(b)}, x.where());
    return reshape(y, t.shape());
  });
}

Tensor instance_norm(const Operand& x, const Tensor& weight, const Tensor& bias, double epsilon) {
  const graph::CallScope call("instance_norm", x.where());
  const Tensor t = ops::as_tensor(x);
  if (t.rank() < 3 || t.size() == t.shape()[0] * t.shape()[1])
    ops::fail<ShapeError>({.operation = "instance_norm",
                           .problem = "one value per channel has no variance",
                           .received = {{"x", describe(t)}},
                           .expected = "x of shape (B, C, ...) with several positions"},
                          x.where());
  return group_norm(Operand(t, x.where()), t.shape()[1], weight, bias, epsilon);
}

Tensor rms_norm(const Operand& x, const Shape& normalized, const Tensor& weight,
                std::optional<double> epsilon) {
  const graph::CallScope call("rms_norm", x.where());
  const Tensor t = ops::as_tensor(x);
  if (!is_floating(t.dtype()))
    ops::fail<DTypeError>({.operation = "rms_norm",
                           .problem = "needs floating-point numbers",
                           .received = {{"x", describe(t)}},
                           .hint = "cast(x, DType::f32)"},
                          x.where());
  ops::require_last_axes("rms_norm", t, normalized, weight, x.where());
  std::vector<int> axes;
  for (int i = 0; i < normalized.rank(); ++i) axes.push_back(-1 - i);
  const double smallest = t.dtype() == DType::f64 ? std::numeric_limits<double>::epsilon()
                                                  : double{std::numeric_limits<float>::epsilon()};
  return ops::rounded_once(Operand(t, x.where()), [&](const Tensor& wide) {
    const Tensor y = wide * rsqrt(mean(square(wide), axes, true) + epsilon.value_or(smallest));
    return weight.defined() ? y * ops::wide(weight) : y;
  });
}

Tensor local_response_norm(const Operand& x, std::int64_t size, double alpha, double beta,
                           double k) {
  const graph::CallScope call("local_response_norm", x.where());
  const Tensor t = ops::as_tensor(x);
  if (size < 1)
    ops::fail<ValueError>({.operation = "local_response_norm",
                           .problem = "size is " + std::to_string(size),
                           .expected = "a positive number"},
                          x.where());
  if (t.rank() < 3)
    ops::fail<ShapeError>({.operation = "local_response_norm",
                           .problem = "x has no positions",
                           .received = {{"x", describe(t)}},
                           .expected = "x of shape (B, C, ...) with at least three axes"},
                          x.where());
  const std::int64_t channels = t.shape()[1];
  std::vector<std::array<std::int64_t, 2>> widths(static_cast<std::size_t>(t.rank()));
  widths[1] = {size / 2, (size - 1) / 2};
  return ops::rounded_once(Operand(t, x.where()), [&](const Tensor& wide) {
    const Tensor squares = pad(square(wide), widths);
    Tensor total = slice(squares, 1, 0, channels);
    for (std::int64_t i = 1; i < size; ++i) total = total + slice(squares, 1, i, i + channels);
    return wide / pow(total * (alpha / static_cast<double>(size)) + k, beta);
  });
}

}  // namespace fathom
