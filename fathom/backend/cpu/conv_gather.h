// What the two directions of a convolution and its gradient by the weight share: each output pixel
// gathers, through a window of taps, numbers of pixels that lie at fixed distances. Internal.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "fathom/backend/conv_geometry.h"
#include "fathom/backend/cpu/gemm_parts.h"
#include "fathom/backend/cpu/kernels/conv.h"
#include "fathom/backend/cpu/part_done.h"
#include "fathom/backend/cpu/scratch.h"

namespace fathom::cpu {

using backend::ConvGeometry;

template <class T> const ConvKernels<T>& conv_kernels();
template <> inline const ConvKernels<float>& conv_kernels() {
  return isa() == Isa::avx512 ? avx512::conv_f32 : avx2::conv_f32;
}
template <> inline const ConvKernels<double>& conv_kernels() {
  return isa() == Isa::avx512 ? avx512::conv_f64 : avx2::conv_f64;
}

/// Outputs first, first + step, ... along an axis; output j reads inputs j * in_step + offset[t].
struct GatherAxis {
  int64_t first = 0, step = 1, count = 0, in_step = 1;
  std::vector<int64_t> offset;  // rising
  std::vector<int64_t> tap;     // of the kernel

  int64_t taps() const { return static_cast<int64_t>(tap.size()); }
  int64_t least() const { return offset.empty() ? 0 : offset.front(); }
  int64_t most() const { return offset.empty() ? 0 : offset.back(); }
  bool consecutive() const { return taps() < 2 || offset[1] - offset[0] == 1; }
};

struct Gather {
  int64_t batch, groups;
  ConvGeometry::Axes in, out;
  int64_t in_channels, out_channels;  // of a pixel
  int64_t k, n;                       // channels read and written by a group
  GatherAxis axis[3];
  // Element (group, tap, channel read, channel written) of the weight.
  int64_t group_stride, k_stride, n_stride;

  int64_t taps() const { return axis[0].taps() * axis[1].taps() * axis[2].taps(); }
  int64_t depth() const { return taps() * k; }
  /// One filter per channel over two axes: kernels of their own (conv_depthwise.cpp).
  bool depthwise() const { return k == 1 && n == 1 && groups > 1 && axis[0].taps() == 1; }
  /// Whether taps of the second axis are left out where they meet the zeros around: if those are
  /// more than an eighth, or lines would be taken apart for too little. By the geometry alone, as
  /// products of zero and infinite weights depend on it.
  bool skips_taps = false;

  /// Whether row `line` of outputs meets inputs by a tap of the second axis.
  bool meets(int64_t line, int64_t tap) const {
    const int64_t row = line * axis[1].in_step + axis[1].offset[static_cast<std::size_t>(tap)];
    return row >= 0 && row < in[1];
  }
  /// Whether it writes all pixels, one after another.
  bool writes_all() const {
    return axis[0].count * axis[1].count * axis[2].count == out[0] * out[1] * out[2];
  }
  int64_t written() const { return batch * out[0] * out[1] * out[2] * out_channels; }
  /// Taps side by side whose channels are one run of numbers count as one segment.
  bool runs() const { return groups == 1 && axis[2].consecutive(); }
  int64_t segments() const { return runs() ? axis[0].taps() * axis[1].taps() : taps(); }
  int64_t segment_size() const { return runs() ? axis[2].taps() * k : k; }
  /// The window's taps, in order, as the kernel counts.
  std::vector<int64_t> kernel_taps(const ConvGeometry::Axes& kernel) const {
    std::vector<int64_t> taps;
    for (const int64_t d : axis[0].tap)
      for (const int64_t h : axis[1].tap)
        for (const int64_t w : axis[2].tap) taps.push_back((d * kernel[1] + h) * kernel[2] + w);
    return taps;
  }

  static Gather forward(const ConvGeometry& g);
  /// One for each way in which positions of x lie among the strides.
  static std::vector<Gather> backward(const ConvGeometry& g);
};

/// Some lines of outputs of one plane, with the inputs that they read: where these lie, or a copy
/// of them with zeros around. Uses this thread's scratch for rows and lines.
template <class T> class GatherBlock {
 public:
  /// Lines [begin, end) of plane `plane` of sample `b`.
  GatherBlock(const Gather& g, const T* input, int64_t b, int64_t plane, int64_t begin,
              int64_t end);

  const T* x;
  int64_t lines, line_pixels;
  int64_t pixels() const { return lines * line_pixels; }
  int64_t *x_pixel, *y_pixel, *segment;

  /// The taps of the second axis that are computed in a line. Where some are skipped, their windows
  /// are in the zeros around, and their inputs are not there.
  Range taps_of(int64_t line) const;
  /// The lines in which such a tap meets inputs.
  Range lines_of(int64_t tap) const;
  /// Segments, and taps of the window, of one tap of the second axis.
  int64_t segments_of_tap() const { return g_.runs() ? 1 : g_.axis[2].taps(); }

 private:
  bool meets(int64_t line, int64_t tap) const { return g_.meets(begin_ + line, tap); }

  const Gather& g_;
  int64_t begin_;
};

/// Outputs of a depthwise gather; weight (taps, channels), bias (channels) or null.
template <class T>
void run_depthwise(const Gather& g, const T* x, const T* weight, const T* bias, T* y,
                   const PartDone* done);
/// Adds to sums (taps, channels) what lines [begin, end) of all planes' outputs give.
template <class T>
void add_depthwise_weight(const Gather& g, const T* x, const T* dy, int64_t begin, int64_t end,
                          T* sums);

/// How many lines of outputs make a block: so many pixels at most, and what they read.
template <class T> int64_t lines_of_block(const Gather& g, int64_t pixels, int64_t bytes);

}  // namespace fathom::cpu
