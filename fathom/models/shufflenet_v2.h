// ShuffleNet V2 (Ma et al. 2018): shufflenet_v2_x0_5, x1_0, x1_5, x2_0.
#pragma once
#include "fathom/models/blocks.h"

namespace fathom::models {

/// Half of the channels go through branch2, the others around it, or where the extents are halved
/// all go through both; then they are shuffled.
struct ShuffleUnit {
  std::optional<nn::Sequential> branch1;
  nn::Sequential branch2;
  Tensor operator()(const Tensor& x) const;
};

/// Shapes: (B, 3, H, W) -> logits (B, classes); published at 224.
struct ShuffleNetV2 {
  nn::Sequential conv1, stage2, stage3, stage4, conv5;
  nn::Linear fc;
  Tensor operator()(const Tensor& x) const;
};

/// `channels`: of the stem, of the three stages, of the end.
ShuffleNetV2 shufflenet_v2(const std::array<std::int64_t, 5>& channels,
                           std::int64_t classes = 1000);
/// What models::create knows of this file.
Entries shufflenet_v2_entries();

}  // namespace fathom::models
