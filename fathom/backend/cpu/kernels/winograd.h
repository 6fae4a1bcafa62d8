// The kernels of Winograd's minimal filtering for windows of 3x3: the three transforms. The
// products between them are those of gemm.h.
//
// F(m x m) computes a tile of m * m outputs from t * t inputs, t = m + 2. Inputs B^T x B and
// weights G w G^T are multiplied place by place and summed over the channels; A^T (sums) A are the
// outputs. Both sides are interpolated at 0, infinity and +-1 for m = 2, +-sqrt(1/2) and +-sqrt(2)
// for m = 4, which makes a quarter of the error of +-1 and +-2. Lanes are channels, and no sum
// crosses them, so every instruction set gives the same bits.
#pragma once
#include <cstdint>

namespace fathom::cpu {

/// One tile's inputs.
struct WinogradInputArgs {
  const float* const* pixel;  ///< t * t pixels of `channels` numbers
  std::int64_t next_tile;     ///< from a pixel to that of the tile to come, which is prefetched
  std::int64_t channels;
  float* to;                ///< whole vectors
  std::int64_t place_step;  ///< from one of the t * t results to the next
};

/// One tile's outputs of a panel of channels.
struct WinogradOutputArgs {
  const float* from;  ///< whole vectors
  std::int64_t place_step;
  float* const* pixel;          ///< m * m pixels
  std::int64_t next_tile;       ///< from a pixel to that of the tile to come, which is prefetched
  std::int64_t first, columns;  ///< where the panel begins in a pixel, and its channels
  const float* bias;            ///< of all channels, or null
};

/// The weights of a run of channels read, by a panel of channels written.
struct WinogradWeightArgs {
  const float* from;                   ///< of each pair of channels, nine taps one after the other
  std::int64_t read_step, write_step;  ///< from a channel to the next
  bool flipped;                        ///< the taps count backwards
  std::int64_t channels, columns;      ///< read, and written
  float* to;                           ///< for each place, rows of whole vectors
  std::int64_t place_step;
};

struct WinogradKernels {
  void (*input)(const WinogradInputArgs&);
  void (*output[2])(const WinogradOutputArgs&);  ///< plainly, and with ReLU
  void (*weight)(const WinogradWeightArgs&);
};

namespace avx2 {
extern const WinogradKernels winograd_2, winograd_4;
}
namespace avx512 {
extern const WinogradKernels winograd_2, winograd_4;
}

}  // namespace fathom::cpu
