// Multilayer perceptron: linear layers with an activation between them.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "fathom/nn/layers.h"

namespace fathom::models {

/// The shape of an Mlp.
struct MlpConfig {
  std::int64_t in_features = 0;
  std::vector<std::int64_t> hidden = {100};  ///< none: a linear classifier
  std::int64_t classes = 0;
  bool batch_norm = true;
  bool relu = true;
  double dropout = 0;
};

/// One hidden layer: linear, batch norm, ReLU, dropout; what is not wanted is left out.
struct MlpBlock {
  nn::Linear linear;
  std::optional<nn::BatchNorm> norm;
  bool activated = true;
  std::optional<nn::Dropout> dropout;
  Tensor operator()(const Tensor& x) const;
};

/// Shapes: (B, in_features) -> logits (B, classes).
/// Names: hidden.0.linear.weight, hidden.0.norm.running_mean, out.bias.
struct Mlp {
  std::vector<MlpBlock> hidden;
  nn::Linear out;
  Tensor operator()(const Tensor& x) const;
};

/// Errors: ValueError for extents below 1 and a dropout outside [0, 1].
Mlp mlp(const MlpConfig& config);

}  // namespace fathom::models
