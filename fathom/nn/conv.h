// Convolutions as layers.
#pragma once
#include <cstdint>
#include <optional>

#include "fathom/nn/module.h"
#include "fathom/ops/conv.h"
#include "fathom/ops/windows.h"

namespace fathom::nn {

/// Options of nn::Conv.
template <int N> struct ConvOptions {
  PerAxis<N> stride = 1;
  ConvPaddings<N> padding = 0;
  PerAxis<N> dilation = 1;
  std::int64_t groups = 1;
  bool bias = true;
  std::optional<PadMode> padding_mode = {};  ///< what stands around x; zeros unless it is given
};
/// Options of nn::ConvTranspose.
template <int N> struct ConvTransposeOptions {
  PerAxis<N> stride = 1;
  PerAxis<N> padding = 0;
  PerAxis<N> output_padding = 0;
  std::int64_t groups = 1;
  bool bias = true;
  PerAxis<N> dilation = 1;
};

/// Cross-correlation with a kernel per output channel over N axes of positions: conv1d, conv2d,
/// conv3d.
///
/// Shapes      (B, in, positions...) -> (B, out, positions'...), also without B
/// Parameters  weight (out, in / groups, kernel...) and bias (out), uniform in
///             +-1/sqrt(in / groups * kernel's size)
/// Errors      ValueError for channels that the groups do not divide, and for other options
template <int N> class Conv {
 public:
  Conv(std::int64_t in_channels, std::int64_t out_channels, PerAxis<N> kernel_size,
       const ConvOptions<N>& options = {}, Where where = Where::current());
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  Param weight;
  Param bias;  ///< undefined without bias
  ConvOptions<N> options;
  static constexpr auto members() { return fathom::members<&Conv::weight, &Conv::bias>(); }
};
/// Over one axis.
using Conv1d = Conv<1>;
/// Over height and width.
using Conv2d = Conv<2>;
/// Over depth, height and width.
using Conv3d = Conv<3>;

/// What a convolution's gradient by its input does, as a layer: conv_transpose1d and its kin.
///
/// Shapes      (B, in, positions...) -> (B, out, positions'...), also without B
/// Parameters  weight (in, out / groups, kernel...) and bias (out), uniform in
///             +-1/sqrt(out / groups * kernel's size)
/// Errors      as Conv
template <int N> class ConvTranspose {
 public:
  ConvTranspose(std::int64_t in_channels, std::int64_t out_channels, PerAxis<N> kernel_size,
                const ConvTransposeOptions<N>& options = {}, Where where = Where::current());
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  Param weight;
  Param bias;  ///< undefined without bias
  ConvTransposeOptions<N> options;
  static constexpr auto members() {
    return fathom::members<&ConvTranspose::weight, &ConvTranspose::bias>();
  }
};
/// Over one axis.
using ConvTranspose1d = ConvTranspose<1>;
/// Over height and width.
using ConvTranspose2d = ConvTranspose<2>;
/// Over depth, height and width.
using ConvTranspose3d = ConvTranspose<3>;

}  // namespace fathom::nn
