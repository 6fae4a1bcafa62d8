// Convolutions and pooling. Keras has the channels last and kernels as (positions..., in, out);
// Fathom has the channels second and kernels as (out, in, positions...).
#include <algorithm>
#include <limits>

#include "fathom/core/error.h"
#include "fathom/keras/layer.h"
#include "fathom/nn/conv.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/rearrange.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"
#include "fathom/ops/windows.h"

namespace fathom::keras::detail {
namespace {

using Function = std::function<Tensor(const Tensor&)>;
using Extents = std::vector<std::int64_t>;

// The windows of a layer along its axes of positions.
struct KerasWindows {
  Extents size, stride, dilation;
  std::string padding;  ///< "valid", "same", "causal"
  int first = 2;        ///< axis of positions
  Widths ends(const Tensor& x) const;
};

// TensorFlow's rule: as many positions as strides begin in x, the odd one at the end.
Widths KerasWindows::ends(const Tensor& x) const {
  Widths widths(static_cast<std::size_t>(x.rank()));
  for (std::size_t i = 0; i < size.size(); ++i) {
    const std::int64_t n = x.size(first + static_cast<int>(i));
    const std::int64_t reach = (size[i] - 1) * dilation[i] + 1;
    const std::int64_t outputs = (n + stride[i] - 1) / stride[i];
    const std::int64_t all = std::max<std::int64_t>((outputs - 1) * stride[i] + reach - n, 0);
    auto& [low, high] = widths[static_cast<std::size_t>(first) + i];
    if (padding == "same") low = all / 2, high = all - low;
    if (padding == "causal") low = reach - 1;
  }
  return widths;
}

KerasWindows windows_of(const LayerConfig& layer, const char* size, std::size_t axes, int first) {
  KerasWindows windows;
  windows.size = per_axis(layer.config.at(size), axes);
  const Json stride = layer.config.value("strides", Json());
  const Json dilation = layer.config.value("dilation_rate", Json(1));
  windows.stride = stride.is_null()
                       ? (std::string_view(size) == "pool_size" ? windows.size : Extents(axes, 1))
                       : per_axis(stride, axes);
  windows.dilation = per_axis(dilation, axes);
  windows.padding = layer.config.value("padding", "valid");
  windows.first = first;
  for (const Extents* numbers : {&windows.size, &windows.stride, &windows.dilation})
    if (std::ranges::any_of(*numbers, [](std::int64_t n) { return n < 1; }))
      bad_keras("layer " + layer.name, "a window of no size", layer.config.at(size).dump(),
                "sizes, strides and dilations from 1");
  return windows;
}

Function padded(KerasWindows windows) {
  if (windows.padding == "valid") return {};
  return [windows](const Tensor& x) { return pad(x, windows.ends(x)); };
}
Function channels_second(const LayerConfig& layer) {
  if (!channels_last(layer)) return {};
  return [](const Tensor& x) { return movedim(x, -1, 1); };
}
Function channels_back(const LayerConfig& layer) {
  if (!channels_last(layer)) return {};
  return [](const Tensor& x) { return movedim(x, 1, -1); };
}

template <int N> PerAxis<N> as_axes(const Extents& numbers) {
  PerAxis<N> axes(0);
  std::ranges::copy(numbers, axes.values.begin());
  return axes;
}

// (positions..., a, b) -> (b, a, positions...)
Tensor kernel_first(const Tensor& kernel) {
  const int axes = kernel.rank() - 2;
  std::vector<int> order{axes + 1, axes};
  for (int i = 0; i < axes; ++i) order.push_back(i);
  return permute(kernel, order).eval();
}
// (positions..., channels, multiplier) -> (channels * multiplier, 1, positions...)
Tensor depthwise_kernel(const Tensor& kernel) {
  const int axes = kernel.rank() - 2;
  std::vector<int> order{axes, axes + 1};
  Shape shape{kernel.size(axes) * kernel.size(axes + 1), 1};
  for (int i = 0; i < axes; ++i) order.push_back(i), shape.push_back(kernel.size(i));
  return reshape(permute(kernel, order), shape).eval();
}

bool with_bias(const LayerConfig& layer) {
  return layer.config.value("use_bias", Json(true)) != Json(false);
}

// A convolution of torch's weight (out, in / groups, positions...).
template <int N>
nn::Conv<N> conv_of(const Tensor& weight, const Tensor& bias, const KerasWindows& windows,
                    std::int64_t groups) {
  nn::Conv<N> conv(weight.size(1) * groups, weight.size(0), as_axes<N>(windows.size),
                   {.stride = as_axes<N>(windows.stride),
                    .dilation = as_axes<N>(windows.dilation),
                    .groups = groups,
                    .bias = bias.defined()});
  conv.weight = weight;
  if (bias.defined()) conv.bias = bias;
  return conv;
}

template <int N> Built convolution(const LayerConfig& layer, LayerWeights weights) {
  const KerasWindows windows = windows_of(layer, "kernel_size", N, 2);
  const bool depthwise = layer.type.starts_with("Depthwise");
  const Tensor kernel = weights.next("kernel", N + 2);
  const Tensor bias = with_bias(layer) ? weights.next("bias", 1) : Tensor();
  weights.end();
  const std::int64_t groups =
      depthwise ? kernel.size(N) : layer.config.value("groups", std::int64_t{1});
  Built built{.layer = conv_of<N>(depthwise ? depthwise_kernel(kernel) : kernel_first(kernel), bias,
                                  windows, groups)};
  built.step.before = then(channels_second(layer), padded(windows));
  built.step.after =
      then(channels_back(layer), activation(layer, layer.config.value("activation", Json())));
  return built;
}

/// A filter for each channel, then a mix of the channels.
template <int N> struct Separable {
  nn::Conv<N> depthwise, pointwise;
  Tensor operator()(const Tensor& x) const { return pointwise(depthwise(x)); }
};

template <int N> Built separable(const LayerConfig& layer, LayerWeights weights) {
  const KerasWindows windows = windows_of(layer, "kernel_size", N, 2);
  const Tensor depthwise = weights.next("depthwise_kernel", N + 2);
  const Tensor pointwise = weights.next("pointwise_kernel", N + 2);
  const Tensor bias = with_bias(layer) ? weights.next("bias", 1) : Tensor();
  weights.end();
  const KerasWindows one{Extents(N, 1), Extents(N, 1), Extents(N, 1), "valid", 2};
  Built built{
      .layer = Separable<N>{conv_of<N>(depthwise_kernel(depthwise), {}, windows, depthwise.size(N)),
                            conv_of<N>(kernel_first(pointwise), bias, one, 1)}};
  built.step.before = then(channels_second(layer), padded(windows));
  built.step.after =
      then(channels_back(layer), activation(layer, layer.config.value("activation", Json())));
  return built;
}

// Gives n * stride positions for "same": what the convolution it is the gradient of has padded is
// cut away.
template <int N> Built transposed(const LayerConfig& layer, LayerWeights weights) {
  const KerasWindows windows = windows_of(layer, "kernel_size", N, 2);
  if (!layer.config.value("output_padding", Json()).is_null() || windows.dilation != Extents(N, 1))
    throw UnsupportedError({.operation = "keras",
                            .problem = "a transposed convolution with output_padding or dilation",
                            .received = {{"layer", layer.name}}});
  const Tensor weight = kernel_first(weights.next("kernel", N + 2));
  const Tensor bias = with_bias(layer) ? weights.next("bias", 1) : Tensor();
  weights.end();
  Extents more(N);
  Widths cut(2);
  for (std::size_t i = 0; i < N; ++i) {
    const std::int64_t beyond = windows.size[i] - windows.stride[i];
    more[i] = std::max<std::int64_t>(-beyond, 0);
    const std::int64_t all = windows.padding == "same" ? std::max<std::int64_t>(beyond, 0) : 0;
    cut.push_back({-(all / 2), -(all - all / 2)});
  }
  nn::ConvTranspose<N> conv(weight.size(0), weight.size(1), as_axes<N>(windows.size),
                            {.stride = as_axes<N>(windows.stride),
                             .output_padding = as_axes<N>(more),
                             .bias = bias.defined()});
  conv.weight = weight;
  if (bias.defined()) conv.bias = bias;
  Built built{.layer = std::move(conv)};
  built.step.before = channels_second(layer);
  built.step.after =
      then([cut](const Tensor& x) { return pad(x, cut); },
           then(channels_back(layer), activation(layer, layer.config.value("activation", Json()))));
  return built;
}

// Windows one axis after the other: the largest of the largest, the sum of the sums.
Tensor over_windows(Tensor x, const KerasWindows& windows, bool average) {
  for (std::size_t i = 0; i < windows.size.size(); ++i) {
    const Tensor parts =
        unfold(x, windows.first + static_cast<int>(i), windows.size[i], windows.stride[i]);
    x = average ? sum(parts, -1) : max(parts, -1);
  }
  return x;
}

// Padding is never the largest and counts in no average.
Built pooling(const LayerConfig& layer, std::size_t axes, bool average) {
  const KerasWindows windows = windows_of(layer, "pool_size", axes, channels_last(layer) ? 1 : 2);
  Built built;
  built.step.after = [windows, average](const Tensor& x) {
    const Widths ends = windows.ends(x);
    const double outside = average ? 0.0 : -std::numeric_limits<double>::infinity();
    const Tensor y = over_windows(pad(x, ends, outside), windows, average);
    if (!average) return y;
    Shape plain;  // one example and one channel: how many numbers a window holds
    for (int axis = 0; axis < x.rank(); ++axis) {
      const bool position =
          axis >= windows.first && axis < windows.first + static_cast<int>(windows.size.size());
      plain.push_back(position ? x.size(axis) : 1);
    }
    return y / over_windows(pad(ones(plain, x.dtype()), ends), windows, true);
  };
  return built;
}

}  // namespace

std::optional<std::size_t> conv_weight_count(const LayerConfig& layer) {
  const std::string& type = layer.type;
  for (const std::string_view pool : {"MaxPooling", "AveragePooling"})
    if (axes_of(type, pool) > 0) return 0;
  if (axes_of(type, "SeparableConv") == 1 || axes_of(type, "SeparableConv") == 2)
    return 2 + with_bias(layer);
  const std::size_t depthwise = axes_of(type, "DepthwiseConv");
  if (axes_of(type, "Conv") > 0 || depthwise == 1 || depthwise == 2 || type == "Conv1DTranspose" ||
      type == "Conv2DTranspose" || type == "Conv3DTranspose")
    return 1 + with_bias(layer);
  return std::nullopt;
}

Built build_conv(const LayerConfig& layer, LayerWeights weights) {
  const std::string& type = layer.type;
  for (const bool average : {false, true})
    if (const auto axes = axes_of(type, average ? "AveragePooling" : "MaxPooling"))
      return pooling(layer, axes, average);
  const auto axes = type[type.find_first_of("123")];
  const bool back = type.ends_with("Transpose");
  if (type.starts_with("Separable"))
    return axes == '1' ? separable<1>(layer, std::move(weights))
                       : separable<2>(layer, std::move(weights));
  if (axes == '1')
    return back ? transposed<1>(layer, std::move(weights))
                : convolution<1>(layer, std::move(weights));
  if (axes == '2')
    return back ? transposed<2>(layer, std::move(weights))
                : convolution<2>(layer, std::move(weights));
  return back ? transposed<3>(layer, std::move(weights))
              : convolution<3>(layer, std::move(weights));
}

}  // namespace fathom::keras::detail
