// Xception (Chollet 2017). Names are those of the ports to PyTorch, whose last layer is `fc`.
#pragma once
#include "fathom/models/blocks.h"

namespace fathom::models {

/// Depthwise 3x3, then 1x1.
struct SeparableConv {
  nn::Conv2d conv1, pointwise;
  Tensor operator()(const Tensor& x) const;
};
/// Separable convolutions around which x goes, through a projection where the shape changes.
struct XceptionBlock {
  std::optional<nn::Conv2d> skip;
  std::optional<nn::BatchNorm> skipbn;
  nn::Sequential rep;
  Tensor operator()(const Tensor& x) const;
};

/// Shapes: (B, 3, H, W) -> logits (B, classes); published at 299.
struct Xception {
  nn::Conv2d conv1;
  nn::BatchNorm bn1;
  nn::Conv2d conv2;
  nn::BatchNorm bn2;
  XceptionBlock block1, block2, block3, block4, block5, block6, block7, block8, block9, block10,
      block11, block12;
  SeparableConv conv3;
  nn::BatchNorm bn3;
  SeparableConv conv4;
  nn::BatchNorm bn4;
  nn::Linear fc;
  Tensor operator()(const Tensor& x) const;
};

/// An Xception with fresh weights.
Xception xception(std::int64_t classes = 1000);
/// What models::create knows of this file.
Entries xception_entries();

}  // namespace fathom::models
