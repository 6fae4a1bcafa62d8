// MobileNetV2 (Sandler et al. 2018).
#pragma once
#include "fathom/models/blocks.h"

namespace fathom::models {

/// 1x1 to more channels, depthwise 3x3, 1x1 to few, without an activation; x is added.
struct InvertedResidualV2 {
  nn::Sequential conv;
  Residual residual;
  Tensor operator()(const Tensor& x) const;
};

/// Shapes: (B, 3, H, W) -> logits (B, classes); published at 224.
struct MobileNetV2 {
  nn::Sequential features, classifier;
  Tensor operator()(const Tensor& x) const;
};

/// `width` multiplies the channels.
MobileNetV2 mobilenet_v2(double width = 1.0, std::int64_t classes = 1000, double dropout = 0.2);
/// What models::create knows of this file.
Entries mobilenet_v2_entries();

}  // namespace fathom::models
