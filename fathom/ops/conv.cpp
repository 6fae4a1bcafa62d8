#include "fathom/ops/conv.h"

#include <algorithm>

#include "fathom/graph/op.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/norm_shapes.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom {

using namespace ops::rules;

namespace {

int position_axes(const op::ConvWindows& w) { return w.stride.rank(); }

/// The result's positions along one axis. Errors: ShapeError if no window fits.
std::int64_t window_count(const op::ConvWindows& w, int axis, std::int64_t extent,
                          std::int64_t kernel) {
  const std::int64_t room =
      extent + w.low[axis] + w.high[axis] - w.dilation[axis] * (kernel - 1) - 1;
  if (room >= 0) return room / w.stride[axis] + 1;
  throw ShapeError({.operation = "conv" + std::to_string(position_axes(w)) + "d",
                    .problem = "the kernel is larger than the padded input",
                    .received = {{"positions", std::to_string(extent)},
                                 {"kernel", std::to_string(kernel)},
                                 {"padding", std::to_string(w.low[axis] + w.high[axis])},
                                 {"dilation", std::to_string(w.dilation[axis])}}});
}

/// (B, positions..., channels)
Shape with_channels(std::int64_t batch, const Shape& positions, std::int64_t channels) {
  Shape s{batch};
  for (const std::int64_t n : positions) s.push_back(n);
  s.push_back(channels);
  return s;
}
Shape kernel_of(const Shape& weight) { return Shape(std::span(weight.begin() + 2, weight.end())); }
Shape positions_of(const Shape& x) { return Shape(std::span(x.begin() + 1, x.end() - 1)); }

Tensor conv(const op::ConvWindows& w, const Tensor& x, const Tensor& weight) {
  return graph::apply(op::Conv{w}, {x, weight}, {});
}
/// The first outputs alone: a transposed convolution may have been given padding that a window of
/// the convolution back would fit into.
Tensor cropped_conv(const op::ConvWindows& w, const Tensor& x, const Tensor& weight,
                    const Shape& outputs) {
  Tensor y = conv(w, x, weight);
  for (int i = 1; i < outputs.rank() - 1; ++i)
    if (y.shape()[i] != outputs[i]) y = slice(y, i, 0, outputs[i]);
  return y;
}
Tensor backward_input(const op::ConvWindows& w, const Tensor& dy, const Tensor& weight,
                      const Shape& positions) {
  return graph::apply(op::ConvBackwardInput{w, positions}, {dy, weight}, {});
}
Tensor backward_weight(const op::ConvWindows& w, const Tensor& x, const Tensor& dy,
                       const Shape& kernel) {
  return graph::apply(op::ConvBackwardWeight{w, kernel}, {x, dy}, {});
}

}  // namespace

namespace graph {

template <> struct Rules<op::Conv> {
  static constexpr std::string_view name = "conv";
  static Specs infer(const op::Conv& a, Inputs in) {
    const Shape& x = in[0].shape();
    const Shape& weight = in[1].shape();
    Shape positions;
    for (int i = 0; i < position_axes(a.windows); ++i)
      positions.push_back(window_count(a.windows, i, x[i + 1], weight[i + 2]));
    return Spec{in[0].dtype(), with_channels(x[0], positions, weight[0])};
  }
  static Tensors vjp(const op::Conv& a, const Vjp& v) {
    const Tensor& x = v.inputs[0];
    const Tensor& weight = v.inputs[1];
    const Tensor& dy = v.cotangent();
    Tensors g(v.inputs.size());
    if (v.wants(0)) g[0] = backward_input(a.windows, dy, weight, positions_of(x.shape()));
    if (v.wants(1)) g[1] = backward_weight(a.windows, x, dy, kernel_of(weight.shape()));
    if (g.size() > 2 && v.wants(2)) g[2] = sum(flatten(dy, 0, -2), 0);
    return g;
  }
};

template <> struct Rules<op::ConvBackwardInput> {
  static constexpr std::string_view name = "conv_backward_input";
  static Specs infer(const op::ConvBackwardInput& a, Inputs in) {
    return Spec{in[0].dtype(),
                with_channels(in[0].shape()[0], a.positions, in[1].shape()[1] * a.windows.groups)};
  }
  static Tensors vjp(const op::ConvBackwardInput& a, const Vjp& v) {
    Tensors g(2);
    if (v.wants(0)) g[0] = cropped_conv(a.windows, v.cotangent(), v.inputs[1], v.inputs[0].shape());
    if (v.wants(1))
      g[1] = backward_weight(a.windows, v.cotangent(), v.inputs[0], kernel_of(v.inputs[1].shape()));
    return g;
  }
};

template <> struct Rules<op::ConvBackwardWeight> {
  static constexpr std::string_view name = "conv_backward_weight";
  static Specs infer(const op::ConvBackwardWeight& a, Inputs in) {
    Shape weight{in[1].shape().back(), in[0].shape().back() / a.windows.groups};
    for (const std::int64_t k : a.kernel) weight.push_back(k);
    return Spec{in[0].dtype(), weight};
  }
  static Tensors vjp(const op::ConvBackwardWeight& a, const Vjp& v) {
    Tensors g(2);
    if (v.wants(0))
      g[0] =
          backward_input(a.windows, v.inputs[1], v.cotangent(), positions_of(v.inputs[0].shape()));
    if (v.wants(1)) g[1] = cropped_conv(a.windows, v.inputs[0], v.cotangent(), v.inputs[1].shape());
    return g;
  }
};

template <> constinit const OpDef OpEntry<op::Conv>::def = make_op_def<op::Conv>();
template <>
constinit const OpDef OpEntry<op::ConvBackwardInput>::def = make_op_def<op::ConvBackwardInput>();
template <>
constinit const OpDef OpEntry<op::ConvBackwardWeight>::def = make_op_def<op::ConvBackwardWeight>();

}  // namespace graph

namespace {

/// A call to one of the functions of this file, as its errors tell of it. Their texts are made when
/// something is wrong: networks of many small convolutions would notice.
struct ConvCall {
  const char* name;
  int axes;
  const std::source_location& where;

  [[noreturn]] void refuse(const std::string& problem, const std::string& expected) const {
    ops::fail<ValueError>({.operation = name, .problem = problem, .expected = expected}, where);
  }
  [[noreturn]] void refuse_shape(const char* problem, const Tensor& x, const Tensor& weight,
                                 const std::string& expected, const char* hint = "") const {
    ops::fail<ShapeError>({.operation = name,
                           .problem = problem,
                           .received = {{"x", describe(x)}, {"weight", describe(weight)}},
                           .expected = expected,
                           .hint = hint},
                          where);
  }
};

template <int N>
void require_each(const ConvCall& call, const char* what, const PerAxis<N>& n, std::int64_t least) {
  for (const std::int64_t each : n.values)
    if (each < least)
      call.refuse(std::string(what) + " is " + std::to_string(each),
                  std::to_string(least) + " or more");
}

/// What holds for both kinds.
void require_operands(const ConvCall& call, const Tensor& x, const Tensor& weight,
                      const Tensor& bias, std::int64_t groups, bool transposed) {
  const int rank = call.axes + 2;
  if (x.rank() != rank && x.rank() != rank - 1)
    call.refuse_shape("x has the wrong number of axes", x, weight,
                      "x with " + std::to_string(call.axes) +
                          " axes of positions behind (batch, channels) or (channels)");
  if (weight.rank() != rank)
    call.refuse_shape("the weight has the wrong number of axes", x, weight,
                      "a weight of rank " + std::to_string(rank));
  if (groups < 1) call.refuse("groups is " + std::to_string(groups), "1 or more");
  const std::int64_t channels = x.shape()[x.rank() - call.axes - 1];
  const std::int64_t needed = transposed ? weight.shape()[0] : weight.shape()[1] * groups;
  if (channels != needed)
    call.refuse_shape("the channels of x do not fit the weight", x, weight,
                      std::to_string(needed) + " channels, got " + std::to_string(channels),
                      !transposed && x.shape().back() == needed
                          ? "channels come before positions: permute(x, ...)"
                          : "");
  if (weight.shape()[0] % groups != 0)
    call.refuse_shape("the groups do not divide the weight's first axis", x, weight,
                      "a multiple of " + std::to_string(groups));
  if (weight.shape().size() == 0)
    call.refuse_shape("the weight is empty", x, weight, "at least one element");
  if (!is_floating(x.dtype()) || x.dtype() != weight.dtype())
    ops::fail<DTypeError>({.operation = call.name,
                           .problem = "needs two operands of one floating-point type",
                           .received = {{"x", describe(x)}, {"weight", describe(weight)}},
                           .hint = "cast one of them"},
                          call.where);
  const std::int64_t outputs = transposed ? weight.shape()[1] * groups : weight.shape()[0];
  if (bias.defined() && !(bias.shape() == Shape{outputs} && bias.dtype() == weight.dtype()))
    ops::fail<ShapeError>({.operation = call.name,
                           .problem = "the bias does not fit the weight",
                           .received = {{"weight", describe(weight)}, {"bias", describe(bias)}},
                           .expected = to_string(Shape{outputs})},
                          call.where);
}

template <int N> Shape as_shape(const PerAxis<N>& n) { return Shape(std::span(n.values)); }

template <int N>
Tensor convolve(const Operand& x, const Tensor& weight, const Tensor& bias,
                const ConvOptions<N>& o) {
  const ConvCall call{N == 1 ? "conv1d" : N == 2 ? "conv2d" : "conv3d", N, x.where()};
  const graph::CallScope scope(call.name, x.where());
  const Tensor t = ops::as_tensor(x);
  require_operands(call, t, weight, bias, o.groups, false);
  require_each(call, "stride", o.stride, 1);
  require_each(call, "dilation", o.dilation, 1);
  require_each(call, "padding", o.padding.widths, 0);
  op::ConvWindows w{as_shape(o.stride), as_shape(o.padding.widths), as_shape(o.padding.widths),
                    as_shape(o.dilation), o.groups};
  if (o.padding.rule == ConvPadding::same)
    for (int i = 0; i < N; ++i) {
      if (o.stride[i] != 1)
        call.refuse("padding is same, stride is " + std::to_string(o.stride[i]), "a stride of 1");
      const std::int64_t total = o.dilation[i] * (weight.shape()[i + 2] - 1);
      w.low[i] = total / 2;
      w.high[i] = total - total / 2;
    }
  const bool batched = t.rank() == N + 2;
  Tensors inputs{ops::channels_last(batched ? t : unsqueeze(t, 0)), weight};
  if (bias.defined()) inputs.push_back(bias);
  const Tensor y = ops::channels_first(graph::apply(op::Conv{w}, std::move(inputs), x.where()));
  return batched ? y : select(y, 0, 0);
}

template <int N>
Tensor convolve_transposed(const Operand& x, const Tensor& weight, const Tensor& bias,
                           const ConvTransposeOptions<N>& o) {
  const ConvCall call{N == 1   ? "conv_transpose1d"
                      : N == 2 ? "conv_transpose2d"
                               : "conv_transpose3d",
                      N, x.where()};
  const graph::CallScope scope(call.name, x.where());
  const Tensor t = ops::as_tensor(x);
  require_operands(call, t, weight, bias, o.groups, true);
  require_each(call, "stride", o.stride, 1);
  require_each(call, "dilation", o.dilation, 1);
  require_each(call, "padding", o.padding, 0);
  require_each(call, "output_padding", o.output_padding, 0);
  const bool batched = t.rank() == N + 2;
  const Tensor rows = ops::channels_last(batched ? t : unsqueeze(t, 0));
  Shape positions;
  for (int i = 0; i < N; ++i) {
    const std::int64_t extra = o.output_padding[i];
    if (extra >= std::max(o.stride[i], o.dilation[i]))
      call.refuse("output_padding is " + std::to_string(extra), "less than the stride or dilation");
    const std::int64_t n = (rows.shape()[i + 1] - 1) * o.stride[i] - 2 * o.padding[i] +
                           o.dilation[i] * (weight.shape()[i + 2] - 1) + extra + 1;
    if (rows.shape()[i + 1] <= 0 || n <= 0)
      call.refuse_shape("nothing is left of an axis", t, weight, "more positions, or less padding");
    positions.push_back(n);
  }
  const op::ConvWindows w{as_shape(o.stride), as_shape(o.padding), as_shape(o.padding),
                          as_shape(o.dilation), o.groups};
  Tensor y = graph::apply(op::ConvBackwardInput{w, positions}, {rows, weight}, x.where());
  if (bias.defined()) y = y + bias;
  y = ops::channels_first(y);
  return batched ? y : select(y, 0, 0);
}

}  // namespace

Tensor conv1d(const Operand& x, const Tensor& weight, const Tensor& bias,
              const ConvOptions<1>& options) {
  return convolve(x, weight, bias, options);
}
Tensor conv2d(const Operand& x, const Tensor& weight, const Tensor& bias,
              const ConvOptions<2>& options) {
  return convolve(x, weight, bias, options);
}
Tensor conv3d(const Operand& x, const Tensor& weight, const Tensor& bias,
              const ConvOptions<3>& options) {
  return convolve(x, weight, bias, options);
}
Tensor conv_transpose1d(const Operand& x, const Tensor& weight, const Tensor& bias,
                        const ConvTransposeOptions<1>& options) {
  return convolve_transposed(x, weight, bias, options);
}
Tensor conv_transpose2d(const Operand& x, const Tensor& weight, const Tensor& bias,
                        const ConvTransposeOptions<2>& options) {
  return convolve_transposed(x, weight, bias, options);
}
Tensor conv_transpose3d(const Operand& x, const Tensor& weight, const Tensor& bias,
                        const ConvTransposeOptions<3>& options) {
  return convolve_transposed(x, weight, bias, options);
}

}  // namespace fathom
