// Convolution and its two gradients. An output, and an element of the gradient by x, is one chain
// of fused multiply-adds, zeros around x included: that is the contract, so its bits are the
// definition. The gradient by the weight is one chain here; a fast backend may sum fixed parts of
// it.
#include <cmath>

#include "fathom/backend/conv_geometry.h"
#include "fathom/backend/reference/primitive.h"

namespace fathom::reference {
namespace {

using backend::ConvGeometry;
using Axes = ConvGeometry::Axes;

/// Calls f with each index of a box, the last axis fastest.
template <class F> void for_each(const Axes& extents, F&& f) {
  for (std::int64_t i = 0; i < extents[0]; ++i)
    for (std::int64_t j = 0; j < extents[1]; ++j)
      for (std::int64_t k = 0; k < extents[2]; ++k) f(Axes{i, j, k});
}
std::int64_t place(const Axes& extents, const Axes& index) {
  return (index[0] * extents[1] + index[1]) * extents[2] + index[2];
}
/// Where in x an output's window has a tap; -1 in the zeros around.
std::int64_t position(const ConvGeometry& g, const Axes& out, const Axes& tap) {
  Axes in;
  for (std::size_t a = 0; a < 3; ++a) {
    in[a] = out[a] * g.stride[a] + tap[a] * g.dilation[a] - g.low[a];
    if (in[a] < 0 || in[a] >= g.in[a]) return -1;
  }
  return place(g.in, in);
}
/// Which output has position `in` at this tap of its window; -1 if none.
std::int64_t output_at(const ConvGeometry& g, const Axes& in, const Axes& tap) {
  Axes out;
  for (std::size_t a = 0; a < 3; ++a) {
    const std::int64_t steps = in[a] + g.low[a] - tap[a] * g.dilation[a];
    if (steps < 0 || steps % g.stride[a] != 0) return -1;
    out[a] = steps / g.stride[a];
    if (out[a] >= g.out[a]) return -1;
  }
  return place(g.out, out);
}

template <class T> void conv(const Call& call) {
  const auto g = ConvGeometry::of(call.attributes<op::Conv>().windows, call.shape(0),
                                  call.out_shape(), call.shape(1), 2);
  const T *x = call.in<T>(0), *weight = call.in<T>(1);
  const T* bias = call.inputs.size() > 2 ? call.in<T>(2) : nullptr;
  T* y = call.out<T>();
  const std::int64_t channels = g.group_channels();
  for (std::int64_t b = 0; b < g.batch; ++b, x += g.in_positions() * g.channels)
    for_each(g.out, [&](const Axes& out) {
      for (std::int64_t o = 0; o < g.outputs; ++o) {
        const std::int64_t first = o / g.group_outputs() * channels;
        T sum = 0;
        for_each(g.kernel, [&](const Axes& tap) {
          const std::int64_t from = position(g, out, tap);
          for (std::int64_t c = 0; c < channels; ++c)
            sum = std::fma(from < 0 ? T(0) : x[from * g.channels + first + c],
                           weight[(o * channels + c) * g.taps() + place(g.kernel, tap)], sum);
        });
        *y++ = bias ? sum + bias[o] : sum;
      }
    });
}

template <class T> void conv_backward_input(const Call& call) {
  const auto g = ConvGeometry::of(call.attributes<op::ConvBackwardInput>().windows,
                                  call.out_shape(), call.shape(0), call.shape(1), 2);
  const T *dy = call.in<T>(0), *weight = call.in<T>(1);
  T* dx = call.out<T>();
  const std::int64_t channels = g.group_channels(), outputs = g.group_outputs();
  for (std::int64_t b = 0; b < g.batch; ++b, dy += g.out_positions() * g.outputs)
    for_each(g.in, [&](const Axes& in) {
      for (std::int64_t c = 0; c < g.channels; ++c) {
        const std::int64_t first = c / channels * outputs;
        T sum = 0;
        for_each(g.kernel, [&](const Axes& reverse) {  // taps backwards: outputs forwards
          Axes tap;
          for (std::size_t a = 0; a < 3; ++a) tap[a] = g.kernel[a] - 1 - reverse[a];
          const std::int64_t from = output_at(g, in, tap);
          if (from < 0) return;
          for (std::int64_t o = first; o < first + outputs; ++o)
            sum = std::fma(dy[from * g.outputs + o],
                           weight[(o * channels + c % channels) * g.taps() + place(g.kernel, tap)],
                           sum);
        });
        *dx++ = sum;
      }
    });
}

template <class T> void conv_backward_weight(const Call& call) {
  const auto& a = call.attributes<op::ConvBackwardWeight>();
  const auto g = ConvGeometry::of(a.windows, call.shape(0), call.shape(1), a.kernel, 0);
  const T *x = call.in<T>(0), *dy = call.in<T>(1);
  T* dw = call.out<T>();
  const std::int64_t channels = g.group_channels();
  for (std::int64_t o = 0; o < g.outputs; ++o)
    for (std::int64_t c = 0; c < channels; ++c) {
      const std::int64_t from_channel = o / g.group_outputs() * channels + c;
      for_each(g.kernel, [&](const Axes& tap) {
        T sum = 0;
        for (std::int64_t b = 0; b < g.batch; ++b)
          for_each(g.out, [&](const Axes& out) {
            const std::int64_t from = position(g, out, tap);
            if (from < 0) return;
            sum = std::fma(x[(b * g.in_positions() + from) * g.channels + from_channel],
                           dy[(b * g.out_positions() + place(g.out, out)) * g.outputs + o], sum);
          });
        *dw++ = sum;
      });
    }
}

bool serves_conv(const graph::Node& node) {
  return output_dtype(node) == DType::f32 || output_dtype(node) == DType::f64;
}

template <void (*f32)(const Call&), void (*f64)(const Call&)> void of_type(const Call& call) {
  return call.out_dtype() == DType::f32 ? f32(call) : f64(call);
}

constexpr Primitive conv_table[] = {
    {&graph::op_tag<op::Conv>, serves_conv, of_type<conv<float>, conv<double>>},
    {&graph::op_tag<op::ConvBackwardInput>, serves_conv,
     of_type<conv_backward_input<float>, conv_backward_input<double>>},
    {&graph::op_tag<op::ConvBackwardWeight>, serves_conv,
     of_type<conv_backward_weight<float>, conv_backward_weight<double>>},
};

}  // namespace

std::span<const Primitive> conv_primitives() { return conv_table; }

}  // namespace fathom::reference
