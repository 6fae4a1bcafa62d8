// Pictures, signals and volumes at another size.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// One axis resampled from `in` to `out` elements, each a weighted sum of few. `scale` is how many
/// elements of the input one of the output is, 0 for what the extents say.
struct Resample {
  enum class Filter : std::uint8_t { linear, cubic };
  Filter filter;
  bool align_corners;
  bool antialias;
  bool transposed;  // from `out` to `in` elements, by the transpose: the gradient
  int axis;
  std::int64_t in, out;
  double scale;
};
}  // namespace op

/// How the elements between elements are made. `nearest` takes the one at or before, as older
/// versions of other libraries do; `nearest_exact` the one that is nearest; `area` the average.
enum class InterpolateMode : std::uint8_t {
  nearest,
  nearest_exact,
  linear,
  bilinear,
  bicubic,
  trilinear,
  area
};

/// Options of interpolate: either `size` or `scale_factor`, one number for all axes or one each.
struct InterpolateOptions {
  std::vector<std::int64_t> size = {};
  std::vector<double> scale_factor = {};
  InterpolateMode mode = InterpolateMode::nearest;
  /// Of the linear and cubic modes: the corners' centres stay where they are, not the edges.
  std::optional<bool> align_corners = {};
  /// Positions from the extents, which are rounded down, not from scale_factor itself.
  bool recompute_scale_factor = false;
  bool antialias = false;  ///< bilinear and bicubic: average what shrinks together
};

/// x at another size: torch.nn.functional.interpolate. Shapes: (B, C, L) for linear, (B, C, H, W)
/// for bilinear and bicubic, (B, C, D, H, W) for trilinear, any of them for the others. Dtypes: any
/// for the nearest, else floating. Gradient: any number of times. Errors: ShapeError, ValueError.
Tensor interpolate(const Operand& x, const InterpolateOptions& options);

namespace ops {
/// What each element of a resampled axis is made of: element i of index[begin[i]] ... index[begin[i
/// + 1] - 1] by these weights, which are computed in f32, or in f64 if `wide`.
struct ResampleTaps {
  std::vector<std::int64_t> begin, index;
  std::vector<double> weight;
};
ResampleTaps resample_taps(const op::Resample& a, bool wide);
}  // namespace ops

}  // namespace fathom
