// Layers that move elements: nothing is computed.
#pragma once
#include <cstdint>
#include <source_location>
#include <vector>

#include "fathom/nn/linear.h"

namespace fathom::nn {

/// x itself.
struct Identity {
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// Merges axes [start_dim, end_dim] into one; all but the first by default.
struct Flatten {
  int start_dim = 1;
  int end_dim = -1;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// Splits an axis into several. Errors: ShapeError if the sizes do not fit.
struct Unflatten {
  int dim = 1;
  Shape unflattened_size;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// Channels into positions: (B, C r^2, H, W) -> (B, C, H r, W r) (Shi et al. 2016).
/// Errors: ShapeError if r^2 does not divide the channels.
struct PixelShuffle {
  std::int64_t upscale_factor = 2;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};
/// Positions into channels, the inverse: (B, C, H r, W r) -> (B, C r^2, H, W).
struct PixelUnshuffle {
  std::int64_t downscale_factor = 2;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};
/// Interleaves groups of channels: (B, C, ...) -> same (Zhang et al. 2018). Errors: ShapeError if
/// the groups do not divide the channels.
struct ChannelShuffle {
  std::int64_t groups = 2;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

}  // namespace fathom::nn
