// Convolution over one to three axes of positions. B batch, C channels, O output channels; k, s, p,
// d are the kernel's size, the stride, the padding and the dilation along an axis.
#pragma once
#include <cstdint>

#include "fathom/core/tensor.h"
#include "fathom/ops/per_axis.h"

namespace fathom {

/// Padding told by its purpose.
enum class ConvPadding : std::uint8_t {
  valid,  ///< none
  same,   ///< as many positions as before; the odd one at the end. For stride 1.
};
/// Zeros at both ends of N axes: so many, or as many as ConvPadding says.
template <int N> struct ConvPaddings {
  PerAxis<N> widths = 0;
  ConvPadding rule = ConvPadding::valid;

  constexpr ConvPaddings(std::int64_t all) : widths(all) {}  // NOLINT(google-explicit-constructor)
  constexpr ConvPaddings(PerAxis<N> each) : widths(each) {}  // NOLINT(google-explicit-constructor)
  constexpr ConvPaddings(ConvPadding of_rule)
      : rule(of_rule) {}  // NOLINT(google-explicit-constructor)
  template <class... Rest>
  requires(sizeof...(Rest) + 1 == N && N > 1) constexpr ConvPaddings(std::int64_t first,
                                                                     Rest... rest)
      : widths(first, rest...) {}
};

namespace op {
/// How windows lie on N axes of positions; `low` and `high` count the zeros at the ends.
struct ConvWindows {
  Shape stride, low, high, dilation;
  std::int64_t groups = 1;
};
// Positions are (B, positions..., channels) in these three, the weight is (O, C / groups,
// kernel...). Each is linear in both inputs, and the gradients of each are the other two.

/// Inputs x, weight and perhaps a bias (O).
struct Conv {
  ConvWindows windows;
};
/// Inputs dy, weight; the gradient by x, which has `positions`.
struct ConvBackwardInput {
  ConvWindows windows;
  Shape positions;
};
/// Inputs x, dy; the gradient by the weight, whose kernel is given.
struct ConvBackwardWeight {
  ConvWindows windows;
  Shape kernel;
};
}  // namespace op

/// Options of the convolutions.
template <int N> struct ConvOptions {
  PerAxis<N> stride = 1;
  ConvPaddings<N> padding = 0;
  PerAxis<N> dilation = 1;
  std::int64_t groups = 1;
};
/// Options of the transposed convolutions; `output_padding` is added at one end of an axis.
template <int N> struct ConvTransposeOptions {
  PerAxis<N> stride = 1;
  PerAxis<N> padding = 0;
  PerAxis<N> output_padding = 0;
  std::int64_t groups = 1;
  PerAxis<N> dilation = 1;
};

/// Cross-correlation of x with a kernel per output channel, plus bias: torch.nn.functional.conv1d.
/// Shapes: x (B, C, n) or (C, n), weight (O, C / groups, k), bias (O) or undefined ->
/// (B, O, 1 + (n + 2 p - d (k - 1) - 1) / s). Every output is one chain of fused multiply-adds over
/// the kernel's positions and, innermost, channels (3x3 windows: or by Winograd); then the bias.
/// Gradient: of all inputs, and of gradients. Errors: ShapeError, ValueError for options,
/// DTypeError.
Tensor conv1d(const Operand& x, const Tensor& weight, const Tensor& bias = {},
              const ConvOptions<1>& options = {});
/// The same over height and width. Shapes: x (B, C, h, w) or (C, h, w), weight (O, C / groups, kh,
/// kw).
Tensor conv2d(const Operand& x, const Tensor& weight, const Tensor& bias = {},
              const ConvOptions<2>& options = {});
/// The same over depth, height and width.
Tensor conv3d(const Operand& x, const Tensor& weight, const Tensor& bias = {},
              const ConvOptions<3>& options = {});

/// The gradient of conv1d by its input, as a layer of its own:
/// torch.nn.functional.conv_transpose1d. Shapes: x (B, C, n) or (C, n), weight (C, O / groups, k),
/// bias (O) or undefined -> (B, O, (n - 1) s - 2 p + d (k - 1) + output_padding + 1). Errors:
/// ShapeError; ValueError, also for an output_padding that is not below the stride or the dilation.
Tensor conv_transpose1d(const Operand& x, const Tensor& weight, const Tensor& bias = {},
                        const ConvTransposeOptions<1>& options = {});
/// The same over height and width.
Tensor conv_transpose2d(const Operand& x, const Tensor& weight, const Tensor& bias = {},
                        const ConvTransposeOptions<2>& options = {});
/// The same over depth, height and width.
Tensor conv_transpose3d(const Operand& x, const Tensor& weight, const Tensor& bias = {},
                        const ConvTransposeOptions<3>& options = {});

}  // namespace fathom
