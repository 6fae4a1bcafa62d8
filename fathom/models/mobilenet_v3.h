// MobileNetV3 (Howard et al. 2019): mobilenet_v3_large, mobilenet_v3_small.
#pragma once
#include "fathom/models/blocks.h"

namespace fathom::models {

/// Inverted residuals with squeeze-and-excitation between depthwise and last convolution.
struct InvertedResidualV3 {
  nn::Sequential block;
  Residual residual;
  Tensor operator()(const Tensor& x) const;
};

/// Shapes: (B, 3, H, W) -> logits (B, classes); published at 224.
struct MobileNetV3 {
  nn::Sequential features, classifier;
  Tensor operator()(const Tensor& x) const;
};

/// The small one, or the large one.
MobileNetV3 mobilenet_v3(bool large, std::int64_t classes = 1000, double dropout = 0.2);
/// What models::create knows of this file.
Entries mobilenet_v3_entries();

}  // namespace fathom::models
