// MNASNet B1 (Tan et al. 2019): mnasnet0_5, mnasnet0_75, mnasnet1_0, mnasnet1_3.
#pragma once
#include "fathom/models/blocks.h"

namespace fathom::models {

/// Inverted residual without squeeze-and-excitation.
struct MnasBlock {
  nn::Sequential layers;
  Residual residual;
  Tensor operator()(const Tensor& x) const;
};

/// Shapes: (B, 3, H, W) -> logits (B, classes); published at 224.
struct MNASNet {
  nn::Sequential layers, classifier;
  Tensor operator()(const Tensor& x) const;
};

/// `alpha` multiplies the channels.
MNASNet mnasnet(double alpha, std::int64_t classes = 1000, double dropout = 0.2);
/// What models::create knows of this file.
Entries mnasnet_entries();

}  // namespace fathom::models
