// The kernels of convolution: what conv.cpp in the folder above calls through a table, one table
// per instruction set and element type.
//
// Pixels lie channels-last. A window's numbers are `segments` runs of k numbers, each at a fixed
// distance from where the pixel's window begins. Every output is one chain of fused multiply-adds
// over them in order, so its bits depend on nothing else. A chain may be cut: what is stored in y
// goes on from there.
#pragma once
#include <cstdint>

namespace fathom::cpu {

/// Some pixels by a panel of output channels.
template <class T> struct ConvTileArgs {
  const T* x;
  const std::int64_t* x_pixel;  ///< where each pixel's window begins
  const std::int64_t* segment;  ///< where each run begins in the window
  std::int64_t segments, k;
  const T* weight;  ///< segments * k rows of whole vectors
  T* y;
  const std::int64_t* y_pixel;
  int columns;    ///< of the panel that exist
  bool from_y;    ///< chains start from y, else from 0
  const T* bias;  ///< whole vectors, added at the end, or null
};

/// Some rows (a tap's input channels) of the gradient by the weight by a panel of output channels,
/// over a run of pixels.
template <class T> struct ConvWeightTileArgs {
  const T* x;
  const std::int64_t* x_pixel;
  const T* dy;
  const std::int64_t* dy_pixel;
  std::int64_t pixels;
  int columns;  ///< of dy's panel that exist
  T* sums;      ///< rows of whole vectors, added to
  std::int64_t sums_stride;
};

template <class T> struct ConvKernels {
  static constexpr int kMaxRows = 8, kMaxWeightRows = 14, kVectors = 2;
  int lanes, rows, weight_rows;  ///< elements of a vector; rows of the largest tiles
  void (*tile[kVectors][kMaxRows])(const ConvTileArgs<T>&);
  void (*weight_tile[kVectors][kMaxWeightRows])(const ConvWeightTileArgs<T>&);
};

namespace avx2 {
extern const ConvKernels<float> conv_f32;
extern const ConvKernels<double> conv_f64;
}  // namespace avx2
namespace avx512 {
extern const ConvKernels<float> conv_f32;
extern const ConvKernels<double> conv_f64;
}  // namespace avx512

}  // namespace fathom::cpu
