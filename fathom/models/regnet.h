// RegNet (Radosavovic et al. 2020): regnet_x_400mf to regnet_x_32gf, and with
// squeeze-and-excitation regnet_y_400mf to regnet_y_128gf.
#pragma once
#include "fathom/models/blocks.h"

namespace fathom::models {

/// The line that the blocks' widths lie on, and what it is rounded to.
struct RegNetConfig {
  int depth;
  double first_width, slope, step;
  std::int64_t group_width;
  bool squeezes = false;
  std::int64_t classes = 1000;
};

/// 1x1, 3x3 in groups, perhaps squeeze-and-excitation, 1x1.
struct RegNetTransform {
  nn::Sequential a, b;
  std::optional<SqueezeExcitation> se;
  nn::Sequential c;
  Tensor operator()(const Tensor& x) const;
};
/// The transform with x around it, through a projection where the shape changes.
struct RegNetBlock {
  std::optional<nn::Sequential> proj;
  RegNetTransform f;
  Tensor operator()(const Tensor& x) const;
};

/// Shapes: (B, 3, H, W) -> logits (B, classes); published at 224 and 384.
struct RegNet {
  nn::Sequential stem;
  nn::NamedSequential trunk_output;
  nn::Linear fc;
  Tensor operator()(const Tensor& x) const;
};

/// A RegNet with fresh weights.
RegNet regnet(const RegNetConfig& config);
/// What models::create knows of this file.
Entries regnet_entries();

}  // namespace fathom::models
