// Pictures and volumes read at positions that are data (Jaderberg et al. 2015).
#pragma once
#include <cstdint>

#include "fathom/core/tensor.h"

namespace fathom {

/// How elements between elements are made.
enum class GridMode : std::uint8_t { bilinear, nearest, bicubic };
/// What lies outside: zeros, the edge's element, or the picture mirrored at its edges.
enum class GridPadding : std::uint8_t { zeros, border, reflection };

/// Options of grid_sample.
struct GridSampleOptions {
  GridMode mode = GridMode::bilinear;  ///< trilinear for volumes, which have no bicubic
  GridPadding padding_mode = GridPadding::zeros;
  bool align_corners = false;  ///< -1 and 1 are the centres of the corners, not their edges
};

/// x read where the grid says, whose last axis holds places from -1 to 1, that of the last axis of
/// x first: torch.nn.functional.grid_sample. Shapes: x (B, C, H, W), grid (B, H', W', 2) -> (B, C,
/// H', W'); x (B, C, D, H, W), grid (B, D', H', W', 3) -> (B, C, D', H', W'). Dtypes: floating,
/// both the same. Gradient: by x and by the grid. Errors: ShapeError, DTypeError, ValueError.
Tensor grid_sample(const Operand& x, const Tensor& grid, const GridSampleOptions& options = {});

/// The places that affine maps send a regular grid to, for grid_sample: torch's affine_grid.
/// Shapes: theta (B, 2, 3), size (B, C, H, W) -> (B, H, W, 2); theta (B, 3, 4), size (B, C, D, H,
/// W)
/// -> (B, D, H, W, 3). Gradient: by theta. Errors: ShapeError, DTypeError.
Tensor affine_grid(const Operand& theta, const Shape& size, bool align_corners = false);

}  // namespace fathom
