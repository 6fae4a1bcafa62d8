#include "fathom/ops/norm.h"

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/norm_shapes.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/scan.h"
#include "fathom/ops/shape.h"
#include "fathom/ops/sort.h"

namespace fathom {

using namespace ops::rules;

namespace {

void require_floating(const char* operation, const Tensor& x) {
  if (is_floating(x.dtype())) return;
  throw DTypeError({.operation = operation,
                    .problem = "needs floating-point numbers",
                    .received = {{"x", describe(x)}},
                    .hint = "cast(x, DType::f32)"});
}

}  // namespace

namespace graph {

template <> struct Rules<op::Softmax> {
  static constexpr std::string_view name = "softmax";
  static Specs infer(const op::Softmax&, Inputs in) {
    require_floating("softmax", in[0]);
    return Spec{in[0].dtype(), in[0].shape()};
  }
  static Tensors lower(const op::Softmax& a, Inputs in) {
    const Tensor& x = in[0];
    if (x.size() == 0) return {x};
    const Tensor shifted = x - stop_gradient(max(x, -1, true));
    const Tensor e = exp(shifted);
    const Tensor total = sum(e, -1, true);
    return {a.logarithm ? shifted - log(total) : e / total};
  }
  static Tensors vjp(const op::Softmax& a, const Vjp& v) {
    return {apply(op::SoftmaxBackward{a.logarithm}, {v.cotangent(), v.output()}, {})};
  }
};

template <> struct Rules<op::SoftmaxBackward> {
  static constexpr std::string_view name = "softmax_backward";
  static Specs infer(const op::SoftmaxBackward&, Inputs in) {
    return Spec{in[1].dtype(), in[1].shape()};
  }
  static Tensors lower(const op::SoftmaxBackward& a, Inputs in) {
    const Tensor& dy = in[0];
    const Tensor& y = in[1];
    if (a.logarithm) return {dy - exp(y) * sum(dy, -1, true)};
    return {y * (dy - sum(dy * y, -1, true))};
  }
};

template <> struct Rules<op::Sparsemax> {
  static constexpr std::string_view name = "sparsemax";
  static Specs infer(const op::Sparsemax&, Inputs in) {
    require_floating("sparsemax", in[0]);
    return Spec{in[0].dtype(), in[0].shape()};
  }
  static Tensors lower(const op::Sparsemax&, Inputs in) {
    const Tensor& x = in[0];
    if (x.size() == 0) return {x};
    const Tensor shifted = x - max(x, -1, true);
    const Tensor sorted = sort(shifted, -1, true).values;
    const Tensor k = arange(1, x.shape().back() + 1);
    const Tensor above = 1 + k * sorted > cumsum(sorted, -1);  // the first so many
    const Tensor count = cast(sum(above, -1, true), x.dtype());
    const Tensor threshold = (sum(where(above, sorted, 0), -1, true) - 1) / count;
    return {maximum(shifted - threshold, 0)};
  }
  static Tensors vjp(const op::Sparsemax&, const Vjp& v) {
    const Tensor above = v.output() > 0;
    const Tensor dy = where(above, v.cotangent(), 0);
    const Tensor mean = sum(dy, -1, true) / cast(sum(above, -1, true), dy.dtype());
    return {where(above, dy - mean, 0)};
  }
};

template <> struct Rules<op::LayerNorm> {
  static constexpr std::string_view name = "layer_norm";
  static Specs infer(const op::LayerNorm&, Inputs in) {
    require_floating("layer_norm", in[0]);
    if (in[0].rank() < 1)
      throw ShapeError({.operation = "layer_norm",
                        .problem = "x is a scalar",
                        .received = {{"x", describe(in[0])}}});
    const std::int64_t width = in[0].shape().back();
    ops::require_channels("layer_norm", in[0], width, "weight", in[1], {});
    ops::require_channels("layer_norm", in[0], width, "bias", in[2], {});
    const Spec row{in[0].dtype(), in[0].shape().with(in[0].rank() - 1, 1)};
    return {Spec{in[0].dtype(), in[0].shape()}, row, row};
  }
  static Tensors lower(const op::LayerNorm& a, Inputs in) {
    const Tensor& x = in[0];
    const Tensor m = mean(x, -1, true);
    const Tensor rstd = 1 / sqrt(var(x, -1, 0, true) + a.epsilon);
    return {(x - m) * rstd * in[1] + in[2], m, rstd};
  }
  static Tensors vjp(const op::LayerNorm&, const Vjp& v) {
    // Only y's gradient: mean and rstd are not visible to users.
    return apply_all(op::LayerNormBackward{},
                     {v.cotangent(), v.inputs[0], v.outputs[1], v.outputs[2], v.inputs[1]}, {});
  }
};

template <> struct Rules<op::LayerNormBackward> {
  static constexpr std::string_view name = "layer_norm_backward";
  static Specs infer(const op::LayerNormBackward&, Inputs in) {
    const Spec channel{in[4].dtype(), in[4].shape()};
    return {Spec{in[1].dtype(), in[1].shape()}, channel, channel};
  }
  static Tensors lower(const op::LayerNormBackward&, Inputs in) {
    const Tensor& dy = in[0];
    const Tensor normal = (in[1] - in[2]) * in[3];
    const Tensor g = dy * in[4];
    const Tensor dx = in[3] * (g - mean(g, -1, true) - normal * mean(g * normal, -1, true));
    return {dx, ops::sum_to(dy * normal, in[4].shape()), ops::sum_to(dy, in[4].shape())};
  }
};

/// x as rows of channels, and rows as x again.
Tensor rows_of_channels(const Tensor& x, bool channels_last) {
  if (x.rank() == 2) return x;
  return flatten(channels_last ? x : ops::channels_last(x), 0, -2);
}
Tensor from_rows(const Tensor& rows, const Shape& shape, bool channels_last) {
  if (shape.rank() == 2 || channels_last) return reshape(rows, shape);
  Shape last{shape[0]};
  for (int i = 2; i < shape.rank(); ++i) last.push_back(shape[i]);
  last.push_back(shape[1]);
  return ops::channels_first(reshape(rows, last));
}

template <> struct Rules<op::BatchNorm> {
  static constexpr std::string_view name = "batch_norm";
  static Specs infer(const op::BatchNorm& a, Inputs in) {
    require_floating("batch_norm", in[0]);
    const Shape& s = in[0].shape();
    const std::int64_t channels = s[a.channels_last ? s.rank() - 1 : 1];
    ops::require_channels("batch_norm", in[0], channels, "weight", in[1], {});
    ops::require_channels("batch_norm", in[0], channels, "bias", in[2], {});
    if (s.size() < 2 * channels)
      throw ShapeError({.operation = "batch_norm",
                        .problem = "one value per channel has no variance",
                        .received = {{"x", describe(in[0])}},
                        .expected = "more than one value per channel in training",
                        .hint = "use a larger batch, or inference mode"});
    const Spec channel{in[0].dtype(), Shape{channels}};
    Specs specs{Spec{in[0].dtype(), s}, channel, channel};
    for (std::size_t i = 3; i < in.size(); ++i) {
      if (!(in[i].shape() == channel.shape && in[i].dtype() == channel.dtype))
        throw ShapeError({.operation = "batch_norm",
                          .problem = "the running statistics do not fit x",
                          .received = {{"x", describe(in[0])}, {"running", describe(in[i])}}});
      specs.push_back(channel);
    }
    return specs;
  }
  static Tensors lower(const op::BatchNorm& a, Inputs in) {
    const Tensor x = rows_of_channels(in[0], a.channels_last);
    const Tensor m = mean(x, {0});
    const Tensor v = mean(square(x - m), {0});
    const Tensor rstd = 1 / sqrt(v + a.epsilon);
    const Tensor y = (x - m) * rstd * in[1] + in[2];
    Tensors out{from_rows(y, in[0].shape(), a.channels_last), m, rstd};
    if (in.size() > 3) {
      const auto n = static_cast<double>(x.shape()[0]);
      out.push_back(in[3] * (1 - a.momentum) + m * a.momentum);
      out.push_back(in[4] * (1 - a.momentum) + v * (n / (n - 1) * a.momentum));
    }
    return out;
  }
  static Tensors vjp(const op::BatchNorm& a, const Vjp& v) {
    // Only y's gradient: the statistics are not differentiated by.
    Tensors g =
        apply_all(op::BatchNormBackward{a.channels_last},
                  {v.cotangent(), v.inputs[0], v.outputs[1], v.outputs[2], v.inputs[1]}, {});
    g.resize(v.inputs.size());
    return g;
  }
};

template <> struct Rules<op::BatchNormBackward> {
  static constexpr std::string_view name = "batch_norm_backward";
  static Specs infer(const op::BatchNormBackward&, Inputs in) {
    const Spec channel{in[4].dtype(), in[4].shape()};
    return {Spec{in[1].dtype(), in[1].shape()}, channel, channel};
  }
  static Tensors lower(const op::BatchNormBackward& a, Inputs in) {
    const Tensor dy = rows_of_channels(in[0], a.channels_last);
    const Tensor normal = (rows_of_channels(in[1], a.channels_last) - in[2]) * in[3];
    const auto n = static_cast<double>(dy.shape()[0]);
    const Tensor dbias = sum(dy, {0});
    const Tensor dweight = sum(dy * normal, {0});
    const Tensor dx = in[4] * in[3] * (dy - dbias / n - normal * (dweight / n));
    return {from_rows(dx, in[1].shape(), a.channels_last), dweight, dbias};
  }
};

template <> struct Rules<op::BatchNormInference> {
  static constexpr std::string_view name = "batch_norm_inference";
  static Specs infer(const op::BatchNormInference&, Inputs in) {
    return Spec{in[0].dtype(), in[0].shape()};
  }
  /// A factor and a summand a channel: what the plan can fold into a convolution before.
  static Tensors lower(const op::BatchNormInference& a, Inputs in) {
    // (C, 1, ...), which leaves x's axes to whoever lays them out.
    Shape each{in[1].size()};
    while (each.rank() < in[0].rank() - 1) each.push_back(1);
    const Tensor& variance = in[2];
    const Tensor deviation = sqrt(variance + constant(a.epsilon, {}, variance.dtype()));
    const Tensor scale = a.weight ? in[3] / deviation : 1 / deviation;
    const Tensor moved = -(in[1] * scale);
    const Tensor shift = a.bias ? in.back() + moved : moved;
    return {cast(in[0] * reshape(scale, each) + reshape(shift, each), in[0].dtype())};
  }
};

template <> constinit const OpDef OpEntry<op::Softmax>::def = make_op_def<op::Softmax>();
template <>
constinit const OpDef OpEntry<op::SoftmaxBackward>::def = make_op_def<op::SoftmaxBackward>();
template <> constinit const OpDef OpEntry<op::Sparsemax>::def = make_op_def<op::Sparsemax>();
template <> constinit const OpDef OpEntry<op::LayerNorm>::def = make_op_def<op::LayerNorm>();
template <>
constinit const OpDef OpEntry<op::LayerNormBackward>::def = make_op_def<op::LayerNormBackward>();
template <> constinit const OpDef OpEntry<op::BatchNorm>::def = make_op_def<op::BatchNorm>();
template <>
constinit const OpDef OpEntry<op::BatchNormInference>::def = make_op_def<op::BatchNormInference>();
template <>
constinit const OpDef OpEntry<op::BatchNormBackward>::def = make_op_def<op::BatchNormBackward>();

}  // namespace graph

namespace {
/// An operation over the last axis, over another.
template <class Op> Tensor along(const Op& attributes, const Operand& x, int axis) {
  const Tensor t =
      ops::as_tensor(x, ops::floating(ops::common_dtype({&x}, graph::Rules<Op>::name.data())));
  if (t.rank() == 0) return reshape(along(attributes, reshape(t, Shape{1}), 0), Shape{});
  const int a = ops::normalize_axis(graph::Rules<Op>::name.data(), axis, t.rank(), x.where());
  const int last = t.rank() - 1;
  if (a == last) return graph::apply(attributes, {t}, x.where());
  return transpose(graph::apply(attributes, {transpose(t, a, last)}, x.where()), a, last);
}
}  // namespace

Tensor softmax(const Operand& x, int axis) { return along(op::Softmax{false}, x, axis); }
Tensor log_softmax(const Operand& x, int axis) { return along(op::Softmax{true}, x, axis); }
Tensor sparsemax(const Operand& x, int axis) { return along(op::Sparsemax{}, x, axis); }

Tensor layer_norm(const Operand& x, const Tensor& weight, const Tensor& bias, double epsilon) {
  const Tensor t = ops::as_tensor(x, "layer_norm");
  const bool fits = weight.defined() && bias.defined() && weight.dtype() == t.dtype() &&
                    bias.dtype() == t.dtype();
  if (!fits || !is_half(t.dtype()))  // the operation's rule refuses what does not fit
    return graph::apply(op::LayerNorm{epsilon}, {t, weight, bias}, x.where());
  return ops::rounded_once(Operand(t, x.where()), [&](const Tensor& wide) {
    return layer_norm(Operand(wide, x.where()), ops::wide(weight), ops::wide(bias), epsilon);
  });
}

Tensor layer_norm(const Operand& x, const Shape& normalized, const Tensor& weight,
                  const Tensor& bias, double epsilon) {
  const Tensor t = ops::as_tensor(x, "layer_norm");
  const std::int64_t width = ops::require_last_axes("layer_norm", t, normalized, weight, x.where());
  ops::require_last_axes("layer_norm", t, normalized, bias, x.where());
  const Tensor w = ops::or_constant(weight, 1, normalized, t.dtype());
  const Tensor b = ops::or_constant(bias, 0, normalized, t.dtype());
  if (normalized.rank() == 1) return layer_norm(Operand(t, x.where()), w, b, epsilon);
  const Tensor rows = flatten(t, t.rank() - normalized.rank(), -1);
  return reshape(layer_norm(Operand(rows, x.where()), reshape(w, Shape{width}),
                            reshape(b, Shape{width}), epsilon),
                 t.shape());
}

BatchNormResult batch_norm(const Operand& x, const Tensor& weight, const Tensor& bias,
                           const Tensor& running_mean, const Tensor& running_variance,
                           double momentum, double epsilon) {
  const Tensor t = ops::as_tensor(x, "batch_norm");
  if (is_half(t.dtype())) {  // in f32, the statistics that the gradient reads too
    const BatchNormResult r =
        batch_norm(Operand(ops::wide(t), x.where()), ops::wide(weight), ops::wide(bias),
                   ops::wide(running_mean), ops::wide(running_variance), momentum, epsilon);
    const bool tracked = running_mean.defined();
    return {ops::rounded(r.y, t.dtype()),
            tracked ? ops::rounded(r.running_mean, running_mean.dtype()) : Tensor(),
            tracked ? ops::rounded(r.running_variance, running_variance.dtype()) : Tensor()};
  }
  const Shape channels{ops::require_positions("batch_norm", t, x.where())};
  Tensors inputs{t, ops::or_constant(weight, 1, channels, t.dtype()),
                 ops::or_constant(bias, 0, channels, t.dtype())};
  const bool tracked = running_mean.defined();
  if (tracked) {
    inputs.push_back(running_mean);
    inputs.push_back(running_variance);
  }
  const Tensors out =
      graph::apply_all(op::BatchNorm{epsilon, momentum}, std::move(inputs), x.where());
  return {out[0], tracked ? out[3] : Tensor(), tracked ? out[4] : Tensor()};
}

Tensor batch_norm_inference(const Operand& x, const Tensor& mean, const Tensor& variance,
                            const Tensor& weight, const Tensor& bias, double epsilon) {
  const graph::CallScope call("batch_norm_inference", x.where());
  const Tensor t = ops::as_tensor(x);
  const std::int64_t channels = ops::require_positions("batch_norm", t, x.where());
  for (const auto& [name, vector] : {std::pair{"mean", mean}, std::pair{"variance", variance},
                                     std::pair{"weight", weight}, std::pair{"bias", bias}})
    ops::require_channels("batch_norm", t, channels, name, vector, x.where());
  const Tensor wide = is_floating(t.dtype()) ? t : cast(t, DType::f32);
  Tensors inputs{wide, mean, variance};
  if (weight.defined()) inputs.push_back(weight);
  if (bias.defined()) inputs.push_back(bias);
  return graph::apply(op::BatchNormInference{epsilon, weight.defined(), bias.defined()},
                      std::move(inputs), x.where());
}

}  // namespace fathom
