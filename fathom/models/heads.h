// The heads that some networks have on their way, for training alone.
#pragma once
#include <vector>

#include "fathom/nn/sequential.h"

namespace fathom::models {

/// What one head of a network says, and its share in the loss.
struct Head {
  Tensor logits;      ///< (B, classes)
  double weight = 1;  ///< of its cross entropy in the sum
};

/// The heads of a network that models::create made: its own first, then those of GoogLeNet (0.3
/// each) or Inception v3 (0.4), where they are there. Others have the one.
///
/// Shapes  as of the network
/// Source  the papers of the two; the loss that torchvision's recipes train them with
std::vector<Head> training_heads(const nn::Layer& network, const Tensor& x);

}  // namespace fathom::models
