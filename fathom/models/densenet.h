// DenseNet (Huang et al. 2017): densenet121, densenet161, densenet169, densenet201.
#pragma once
#include "fathom/models/blocks.h"

namespace fathom::models {

/// The shape of a DenseNet.
struct DenseNetConfig {
  std::vector<int> depths;  ///< layers of the four blocks
  std::int64_t growth = 32;
  std::int64_t first_channels = 64;
  double dropout = 0;
  std::int64_t classes = 1000;
};

/// 1x1 to a few channels and 3x3 to `growth` new ones, which are put behind those of x.
struct DenseLayer {
  nn::BatchNorm norm1;
  nn::Conv2d conv1;
  nn::BatchNorm norm2;
  nn::Conv2d conv2;
  nn::Dropout dropout;
  Tensor operator()(const Tensor& x) const;
};
/// Half of the channels, half of the extents.
struct Transition {
  nn::BatchNorm norm;
  nn::Conv2d conv;
  Tensor operator()(const Tensor& x) const;
};

/// Shapes: (B, 3, H, W) from 29 on -> logits (B, classes); published at 224.
struct DenseNet {
  nn::NamedSequential features;
  nn::Linear classifier;
  Tensor operator()(const Tensor& x) const;
};

/// A DenseNet with fresh weights.
DenseNet densenet(const DenseNetConfig& config);
/// What models::create knows of this file.
Entries densenet_entries();

}  // namespace fathom::models
