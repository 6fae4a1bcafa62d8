// EfficientNet (Tan and Le 2019), efficientnet_b0 to b7, and EfficientNetV2 (Tan and Le 2021),
// efficientnet_v2_s, v2_m, v2_l.
#pragma once
#include "fathom/models/blocks.h"

namespace fathom::models {

/// Blocks of one kind, one after the other.
struct EfficientNetStage {
  bool fused;  ///< a convolution of all channels instead of a pointwise and a depthwise one
  std::int64_t expansion, kernel, stride, in, out;
  int blocks;
};
/// The shape of an EfficientNet.
struct EfficientNetConfig {
  std::vector<EfficientNetStage> stages;
  std::int64_t last_channels = 0;
  nn::BatchNormOptions norm = {};
  double dropout = 0.2;
  double stochastic_depth = 0.2;  ///< of the last block
  std::int64_t classes = 1000;
};

/// Inverted residual with squeeze-and-excitation, or fused without.
struct MBConv {
  nn::Sequential block;
  Residual residual;
  Tensor operator()(const Tensor& x) const;
};

/// Shapes: (B, 3, H, W) -> logits (B, classes).
struct EfficientNet {
  nn::Sequential features, classifier;
  Tensor operator()(const Tensor& x) const;
};

/// An EfficientNet with fresh weights.
EfficientNet efficientnet(const EfficientNetConfig& config);
/// What models::create knows of this file.
Entries efficientnet_entries();

}  // namespace fathom::models
