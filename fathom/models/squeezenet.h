// SqueezeNet 1.0 and 1.1 (Iandola et al. 2016): squeezenet1_0, squeezenet1_1.
#pragma once
#include "fathom/models/blocks.h"

namespace fathom::models {

/// Few channels, from which 1x1 and 3x3 make many, side by side.
struct Fire {
  nn::Conv2d squeeze, expand1x1, expand3x3;
  Tensor operator()(const Tensor& x) const;
};

/// Shapes: (B, 3, H, W) from 21 (1.0) or 17 (1.1) on -> logits (B, classes); published at 224.
struct SqueezeNet {
  nn::Sequential features, classifier;
  Tensor operator()(const Tensor& x) const;
};

/// Version 1.0, or 1.1, which needs less than half of the work.
SqueezeNet squeezenet(bool version_1_1, std::int64_t classes = 1000, double dropout = 0.5,
                      std::int64_t classifier_padding = 0);
/// What models::create knows of this file.
Entries squeezenet_entries();

}  // namespace fathom::models
