#include "fathom/nn/conv.h"

#include <cmath>

#include "fathom/graph/context.h"
#include "fathom/nn/mode.h"
#include "fathom/nn/require.h"
#include "fathom/ops/creation.h"

namespace fathom::nn {

using graph::ModuleScope;

namespace {

template <int N>
constexpr const char* conv_name = N == 1   ? "nn::Conv1d"
                                  : N == 2 ? "nn::Conv2d"
                                           : "nn::Conv3d";
template <int N>
constexpr const char* transposed_name = N == 1   ? "nn::ConvTranspose1d"
                                        : N == 2 ? "nn::ConvTranspose2d"
                                                 : "nn::ConvTranspose3d";

/// Draws weight and bias of a layer whose kernels have `second` channels, as PyTorch does.
template <int N, class Layer>
void draw(Layer& layer, std::int64_t first, std::int64_t second, std::int64_t outputs,
          PerAxis<N> kernel) {
  Shape shape{first, second};
  for (const std::int64_t k : kernel.values) shape.push_back(k);
  const double bound = 1 / std::sqrt(static_cast<double>(shape.size() / first));
  layer.weight = random_uniform(shape, next_key(), -bound, bound);
  if (layer.options.bias) layer.bias = random_uniform({outputs}, next_key(), -bound, bound);
}

template <int N>
void require_conv(const char* layer, std::int64_t in, std::int64_t out, PerAxis<N> kernel,
                  std::int64_t groups, const Where& where) {
  require_positive(layer, "in_channels", in, where);
  require_positive(layer, "out_channels", out, where);
  for (const std::int64_t k : kernel.values) require_positive(layer, "kernel_size", k, where);
  require_positive(layer, "groups", groups, where);
  for (const auto& [what, n] : {std::pair{"in_channels", in}, std::pair{"out_channels", out}})
    if (n % groups != 0)
      throw ValueError({.operation = layer,
                        .problem = std::string("groups does not divide ") + what,
                        .received = {{what, std::to_string(n)}, {"groups", std::to_string(groups)}},
                        .where = to_string(where)});
}

}  // namespace

template <int N>
Conv<N>::Conv(std::int64_t in_channels, std::int64_t out_channels, PerAxis<N> kernel_size,
              const ConvOptions<N>& options, Where where)
    : options(options) {
  require_conv(conv_name<N>, in_channels, out_channels, kernel_size, options.groups, where);
  draw(*this, out_channels, in_channels / options.groups, out_channels, kernel_size);
}

template <int N> Tensor Conv<N>::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, conv_name<N>, where);
  fathom::ConvOptions<N> o{options.stride, options.padding, options.dilation, options.groups};
  Tensor around = x;
  if (options.padding_mode) {
    Widths widths;
    for (int i = 0; i < N; ++i) {
      const std::int64_t total =
          o.padding.rule == ConvPadding::same ? o.dilation[i] * (weight.shape()[i + 2] - 1) : 0;
      const std::int64_t each = o.padding.widths[i];
      widths.push_back({each + total / 2, each + total - total / 2});
    }
    around = pad(Operand(x, where), widths, *options.padding_mode);
    o.padding = 0;
  }
  const Operand operand(around, where);
  if constexpr (N == 1) return scope.result(conv1d(operand, weight, bias, o));
  if constexpr (N == 2) return scope.result(conv2d(operand, weight, bias, o));
  if constexpr (N == 3) return scope.result(conv3d(operand, weight, bias, o));
}

template <int N>
ConvTranspose<N>::ConvTranspose(std::int64_t in_channels, std::int64_t out_channels,
                                PerAxis<N> kernel_size, const ConvTransposeOptions<N>& options,
                                Where where)
    : options(options) {
  require_conv(transposed_name<N>, in_channels, out_channels, kernel_size, options.groups, where);
  draw(*this, in_channels, out_channels / options.groups, out_channels, kernel_size);
}

template <int N> Tensor ConvTranspose<N>::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, transposed_name<N>, where);
  const fathom::ConvTransposeOptions<N> o{options.stride, options.padding, options.output_padding,
                                          options.groups, options.dilation};
  const Operand operand(x, where);
  if constexpr (N == 1) return scope.result(conv_transpose1d(operand, weight, bias, o));
  if constexpr (N == 2) return scope.result(conv_transpose2d(operand, weight, bias, o));
  if constexpr (N == 3) return scope.result(conv_transpose3d(operand, weight, bias, o));
}

template class Conv<1>;
template class Conv<2>;
template class Conv<3>;
template class ConvTranspose<1>;
template class ConvTranspose<2>;
template class ConvTranspose<3>;

}  // namespace fathom::nn
