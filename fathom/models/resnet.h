// ResNet (He et al. 2016), ResNeXt (Xie et al. 2017) and Wide ResNet (Zagoruyko and Komodakis
// 2016), by torchvision's names: resnet18, resnext50_32x4d, wide_resnet50_2 and so on.
#pragma once
#include "fathom/models/blocks.h"

namespace fathom::models {

/// The shape of a ResNet.
struct ResNetConfig {
  std::vector<int> depths;  ///< blocks of the four stages
  bool bottleneck = true;
  std::int64_t groups = 1;
  std::int64_t width_per_group = 64;
  std::int64_t classes = 1000;
};

/// Two 3x3 convolutions around which x goes, through a projection where the shape changes.
struct BasicBlock {
  nn::Conv2d conv1;
  nn::BatchNorm bn1;
  nn::Conv2d conv2;
  nn::BatchNorm bn2;
  std::optional<nn::Sequential> downsample;
  Tensor operator()(const Tensor& x) const;
};
/// 1x1 to fewer channels, 3x3, 1x1 to more; the 3x3 has the stride.
struct Bottleneck {
  nn::Conv2d conv1;
  nn::BatchNorm bn1;
  nn::Conv2d conv2;
  nn::BatchNorm bn2;
  nn::Conv2d conv3;
  nn::BatchNorm bn3;
  std::optional<nn::Sequential> downsample;
  Tensor operator()(const Tensor& x) const;
};

/// Shapes: (B, 3, H, W) -> logits (B, classes); published at 224.
struct ResNet {
  nn::Conv2d conv1;
  nn::BatchNorm bn1;
  nn::Sequential layer1, layer2, layer3, layer4;
  nn::Linear fc;
  Tensor operator()(const Tensor& x) const;
};

/// A ResNet with fresh weights.
ResNet resnet(const ResNetConfig& config);
/// What models::create knows of this file.
Entries resnet_entries();

}  // namespace fathom::models
