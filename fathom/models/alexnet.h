// AlexNet, in the form with one column (Krizhevsky 2014), as torchvision has it.
#pragma once
#include "fathom/models/blocks.h"

namespace fathom::models {

/// Shapes: (B, 3, H, W) from 63 on -> logits (B, classes); published at 224.
struct AlexNet {
  nn::Sequential features, classifier;
  Tensor operator()(const Tensor& x) const;
};

/// An AlexNet with fresh weights.
AlexNet alexnet(std::int64_t classes = 1000, double dropout = 0.5);
/// What models::create knows of this file.
Entries alexnet_entries();

}  // namespace fathom::models
