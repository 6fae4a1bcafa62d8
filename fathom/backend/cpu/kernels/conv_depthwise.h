// The kernels of convolution with one filter per channel: what conv_depthwise.cpp in the folder
// above calls through a table, one table per instruction set and element type. Every output is one
// chain of fused multiply-adds over its taps in order.
#pragma once
#include <cstdint>

namespace fathom::cpu {

/// One filter per channel: a line of pixels, whose windows lie `x_step` apart in x and have `rows`
/// rows of `columns` taps side by side. Taps that lie outside are left out.
template <class T> struct DepthwiseArgs {
  const T* x;                   ///< where the first pixel's window begins
  const std::int64_t* row;      ///< where each row of taps begins in the window
  std::int64_t rows, columns;   ///< of taps
  std::int64_t column_step;     ///< from tap to tap, in numbers
  std::int64_t x_step, y_step;  ///< from pixel to pixel
  std::int64_t begin, end;      ///< of the line of inputs, from x on
  std::int64_t pixels, channels;
  const T* weight;             ///< the first tap's row of numbers, one a channel
  std::int64_t weight_column;  ///< from it to the next tap's,
  std::int64_t weight_row;     ///< and to that of the next row of taps
  T* y;
  const T* bias;  ///< `channels` numbers, or null
};
/// Its gradient by the weight: the sums of x times dy over the pixels, added to `sums`.
template <class T> struct DepthwiseWeightArgs {
  const T* x;
  const std::int64_t* row;
  std::int64_t rows, columns, column_step;
  std::int64_t x_step, dy_step;
  std::int64_t pixels, channels;
  const T* dy;
  T* sums;  ///< laid out as the weight
  std::int64_t sums_column, sums_row;
};

template <class T> struct DepthwiseKernels {
  int lanes;  ///< elements of a vector
  void (*line)(const DepthwiseArgs<T>&);
  void (*line_weight)(const DepthwiseWeightArgs<T>&);
};

namespace avx2 {
extern const DepthwiseKernels<float> depthwise_f32;
extern const DepthwiseKernels<double> depthwise_f64;
}  // namespace avx2
namespace avx512 {
extern const DepthwiseKernels<float> depthwise_f32;
extern const DepthwiseKernels<double> depthwise_f64;
}  // namespace avx512

}  // namespace fathom::cpu
