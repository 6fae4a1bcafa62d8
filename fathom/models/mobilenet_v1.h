// MobileNet (Howard et al. 2017): depthwise 3x3 and pointwise convolutions in turn.
#pragma once
#include "fathom/models/blocks.h"

namespace fathom::models {

/// Shapes: (B, 3, H, W) -> logits (B, classes); published at 224.
struct MobileNetV1 {
  nn::Sequential features, classifier;
  Tensor operator()(const Tensor& x) const;
};

/// `width` multiplies the channels.
MobileNetV1 mobilenet_v1(double width = 1.0, std::int64_t classes = 1000, double dropout = 0.001);
/// What models::create knows of this file.
Entries mobilenet_v1_entries();

}  // namespace fathom::models
