// Resizing as a layer.
#pragma once
#include "fathom/nn/linear.h"
#include "fathom/ops/interpolate.h"

namespace fathom::nn {

/// x at another size; see interpolate. Shapes: (B, C, ...) -> (B, C, ...).
class Upsample {
 public:
  explicit Upsample(InterpolateOptions options) : options(std::move(options)) {}
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  InterpolateOptions options;
  static constexpr auto members() { return fathom::members<>(); }
};
/// Each element repeated: torch's UpsamplingNearest2d. Shapes: (B, C, H, W) -> (B, C, H', W').
class UpsamplingNearest2d {
 public:
  explicit UpsamplingNearest2d(double scale_factor) : scale_factor(scale_factor) {}
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  double scale_factor;
  static constexpr auto members() { return fathom::members<&UpsamplingNearest2d::scale_factor>(); }
};
/// Bilinear with the corners where they are: torch's UpsamplingBilinear2d. Shapes: (B, C, H, W) ->
/// (B, C, H', W').
class UpsamplingBilinear2d {
 public:
  explicit UpsamplingBilinear2d(double scale_factor) : scale_factor(scale_factor) {}
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  double scale_factor;
  static constexpr auto members() { return fathom::members<&UpsamplingBilinear2d::scale_factor>(); }
};

}  // namespace fathom::nn
