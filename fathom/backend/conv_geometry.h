// The numbers of a convolution, whichever of its three operations asks: always three axes of
// positions, of which the first may have one position.
#pragma once
#include <array>
#include <cstdint>
#include <string>

#include "fathom/ops/conv.h"

namespace fathom::backend {

struct ConvGeometry {
  using Axes = std::array<std::int64_t, 3>;
  std::int64_t batch = 0, channels = 0, outputs = 0, groups = 1;
  Axes in{1, 1, 1}, out{1, 1, 1}, kernel{1, 1, 1};
  Axes stride{1, 1, 1}, dilation{1, 1, 1}, low{0, 0, 0};

  std::int64_t in_positions() const { return in[0] * in[1] * in[2]; }
  std::int64_t out_positions() const { return out[0] * out[1] * out[2]; }
  std::int64_t taps() const { return kernel[0] * kernel[1] * kernel[2]; }
  std::int64_t group_channels() const { return channels / groups; }
  std::int64_t group_outputs() const { return outputs / groups; }
  /// A kernel of one tap without zeros around is a product of matrices.
  bool is_product() const {
    for (std::size_t a = 0; a < 3; ++a)
      if (low[a] != 0 || (out[a] - 1) * stride[a] >= in[a]) return false;
    return groups == 1 && taps() == 1;
  }
  /// Whether a kernel of one tap reads every position.
  bool reads_all() const { return in == out && stride == Axes{1, 1, 1}; }

  /// "50x32x32x3 * 32x3x3", with what is special behind.
  std::string text() const {
    const auto axes = [](const Axes& n) {
      return (n[0] > 1 ? std::to_string(n[0]) + "x" : "") + std::to_string(n[1]) + "x" +
             std::to_string(n[2]);
    };
    std::string s = std::to_string(batch) + "x" + axes(in) + "x" + std::to_string(channels) +
                    " * " + std::to_string(outputs) + "x" + axes(kernel);
    if (stride != Axes{1, 1, 1}) s += " stride " + axes(stride);
    if (dilation != Axes{1, 1, 1}) s += " dilation " + axes(dilation);
    if (groups > 1) s += " groups " + std::to_string(groups);
    return s;
  }

  /// Of x (B, positions..., C), y (B, positions..., O) and the weight's kernel, which begins at
  /// axis `first` of `kernel_shape`.
  static ConvGeometry of(const op::ConvWindows& w, const Shape& x, const Shape& y,
                         const Shape& kernel_shape, int first) {
    ConvGeometry g;
    g.batch = x[0];
    g.channels = x.back();
    g.outputs = y.back();
    g.groups = w.groups;
    const int axes = w.stride.rank();
    for (int i = 0; i < axes; ++i) {
      const auto a = static_cast<std::size_t>(3 - axes + i);
      g.in[a] = x[i + 1];
      g.out[a] = y[i + 1];
      g.kernel[a] = kernel_shape[first + i];
      g.stride[a] = w.stride[i];
      g.dilation[a] = w.dilation[i];
      g.low[a] = w.low[i];
    }
    return g;
  }
};

}  // namespace fathom::backend
