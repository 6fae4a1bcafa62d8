// The ResNets for pictures of 32x32 of section 4.2 of He et al. 2016, with shortcuts that have no
// weights: resnet20_cifar to resnet110_cifar. Names are those of akamaster/pytorch_resnet_cifar10.
#pragma once
#include "fathom/models/blocks.h"

namespace fathom::models {

/// Two 3x3 convolutions; where the shape changes x goes around with every other position and with
/// zeros for the new channels.
struct CifarBlock {
  nn::Conv2d conv1;
  nn::BatchNorm bn1;
  nn::Conv2d conv2;
  nn::BatchNorm bn2;
  std::int64_t new_channels = 0;  ///< 0: the shape stays
  Tensor operator()(const Tensor& x) const;
};

/// Shapes: (B, 3, 32, 32) -> logits (B, classes).
struct CifarResNet {
  nn::Conv2d conv1;
  nn::BatchNorm bn1;
  nn::Sequential layer1, layer2, layer3;
  nn::Linear linear;
  Tensor operator()(const Tensor& x) const;
};

/// `depth` is 6 n + 2 for n blocks a stage. Errors: ValueError for another.
CifarResNet resnet_cifar(int depth, std::int64_t classes = 10, Where where = Where::current());
/// What models::create knows of this file.
Entries resnet_cifar_entries();

}  // namespace fathom::models
