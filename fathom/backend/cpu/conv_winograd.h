// Convolution of 3x3 windows by Winograd's minimal filtering.
#pragma once
#include <cstdint>

#include "fathom/backend/conv_geometry.h"
#include "fathom/backend/cpu/part_done.h"

namespace fathom::cpu {

/// How a convolution of 3x3 taps, or its gradient by the input, is cut into tiles.
struct WinogradConv {
  std::int64_t batch, channels, outputs;  // read, and written
  std::int64_t in[2], out[2], low[2];
  std::int64_t read_step, write_step;  // from a channel to the next, in the weight
  bool flipped;                        // the taps count backwards
  int side;                            // of a tile of outputs: 2 or 4

  /// Whether it can be computed so: two axes, 3x3 taps, stride, dilation and groups 1.
  static bool serves(const backend::ConvGeometry& g);
  static WinogradConv forward(const backend::ConvGeometry& g, int side);
  static WinogradConv backward_input(const backend::ConvGeometry& g, int side);

  std::int64_t places() const { return (side + 2) * (side + 2); }
  std::int64_t tiles_along(int axis) const { return (out[axis] + side - 1) / side; }
  std::int64_t tiles() const { return batch * tiles_along(0) * tiles_along(1); }
};

/// How many numbers the transformed weights are.
std::int64_t winograd_weight_size(const WinogradConv& conv);
/// The weights (O, C, 3, 3) as the products read them, for this instruction set.
void winograd_transform_weight(const WinogradConv& conv, const float* weight, float* transformed);

/// Bytes of working memory that a call needs.
std::size_t winograd_scratch(const WinogradConv& conv);
/// y (B, positions, written) of x (B, positions, read) and transformed weights; bias may be null.
/// A sum over the channels read is one chain of fused multiply-adds for each 16 of them, and these
/// are added up in order. If `relu`, what is not above 0 becomes 0 then.
void winograd_conv(const WinogradConv& conv, const float* x, const float* transformed,
                   const float* bias, float* y, void* scratch, const PartDone* done = nullptr,
                   bool relu = false);

}  // namespace fathom::cpu
