// VGG (Simonyan and Zisserman 2015) with 11 to 19 layers, with batch norm or without: vgg11 to
// vgg19_bn.
#pragma once
#include "fathom/models/blocks.h"

namespace fathom::models {

/// Shapes: (B, 3, H, W) from 32 on -> logits (B, classes); published at 224.
struct VGG {
  nn::Sequential features, classifier;
  Tensor operator()(const Tensor& x) const;
};

/// `depth` is 11, 13, 16 or 19. Errors: ValueError for another.
VGG vgg(int depth, bool batch_norm = false, std::int64_t classes = 1000, double dropout = 0.5,
        Where where = Where::current());
/// What models::create knows of this file.
Entries vgg_entries();

}  // namespace fathom::models
