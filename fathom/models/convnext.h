// ConvNeXt (Liu et al. 2022): convnext_tiny, small, base, large.
#pragma once
#include "fathom/models/blocks.h"

namespace fathom::models {

/// The shape of a ConvNeXt.
struct ConvNeXtConfig {
  std::vector<std::int64_t> widths;  ///< of the stages
  std::vector<int> depths;
  double stochastic_depth = 0;  ///< of the last block
  std::int64_t classes = 1000;
};

/// Layer norm over the channels. Shapes: (B, C, H, W) -> same.
struct LayerNorm2d {
  Param weight, bias;
  Tensor operator()(const Tensor& x) const;
};
/// Depthwise 7x7, then a perceptron at each position, scaled channel by channel; x is added.
struct ConvNeXtBlock {
  nn::Sequential block;
  Param layer_scale;
  StochasticDepth stochastic_depth;
  Tensor operator()(const Tensor& x) const;
};

/// Shapes: (B, 3, H, W) from 32 on -> logits (B, classes); published at 224.
struct ConvNeXt {
  nn::Sequential features, classifier;
  Tensor operator()(const Tensor& x) const;
};

/// A ConvNeXt with fresh weights.
ConvNeXt convnext(const ConvNeXtConfig& config);
/// What models::create knows of this file.
Entries convnext_entries();

}  // namespace fathom::models
