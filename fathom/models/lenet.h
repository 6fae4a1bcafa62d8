// LeNet-5 (LeCun et al. 1998) for digits of 28x28, with a plain last layer.
#pragma once
#include "fathom/models/blocks.h"

namespace fathom::models {

/// Shapes: (B, 1, 28, 28) -> logits (B, classes).
struct LeNet5 {
  nn::Conv2d conv1, conv2;
  nn::Linear fc1, fc2, fc3;
  Tensor operator()(const Tensor& x) const;
};

/// A LeNet-5 with fresh weights.
LeNet5 lenet5(std::int64_t classes = 10);
/// What models::create knows of this file.
Entries lenet_entries();

}  // namespace fathom::models
