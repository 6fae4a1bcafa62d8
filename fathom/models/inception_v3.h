// Inception v3 (Szegedy et al. 2016), as torchvision has it.
#pragma once
#include "fathom/models/blocks.h"

namespace fathom::models {

/// 1x1, 5x5, two 3x3 and pooling side by side.
struct InceptionA {
  BasicConv2d branch1x1, branch5x5_1, branch5x5_2, branch3x3dbl_1, branch3x3dbl_2, branch3x3dbl_3,
      branch_pool;
  Tensor operator()(const Tensor& x) const;
};
/// Half of the extents.
struct InceptionB {
  BasicConv2d branch3x3, branch3x3dbl_1, branch3x3dbl_2, branch3x3dbl_3;
  Tensor operator()(const Tensor& x) const;
};
/// 7x7 as 1x7 and 7x1.
struct InceptionC {
  BasicConv2d branch1x1, branch7x7_1, branch7x7_2, branch7x7_3, branch7x7dbl_1, branch7x7dbl_2,
      branch7x7dbl_3, branch7x7dbl_4, branch7x7dbl_5, branch_pool;
  Tensor operator()(const Tensor& x) const;
};
/// Half of the extents.
struct InceptionD {
  BasicConv2d branch3x3_1, branch3x3_2, branch7x7x3_1, branch7x7x3_2, branch7x7x3_3, branch7x7x3_4;
  Tensor operator()(const Tensor& x) const;
};
/// 3x3 as 1x3 and 3x1 side by side.
struct InceptionE {
  BasicConv2d branch1x1, branch3x3_1, branch3x3_2a, branch3x3_2b, branch3x3dbl_1, branch3x3dbl_2,
      branch3x3dbl_3a, branch3x3dbl_3b, branch_pool;
  Tensor operator()(const Tensor& x) const;
};
/// Logits from halfway, for training. Extents: from 17 on at its place, 299 at the start.
struct InceptionAux {
  BasicConv2d conv0, conv1;
  nn::Linear fc;
  Tensor operator()(const Tensor& x) const;
};

/// Shapes: (B, 3, H, W) from 75 on -> logits (B, classes); published at 299.
struct InceptionV3 {
  BasicConv2d Conv2d_1a_3x3, Conv2d_2a_3x3, Conv2d_2b_3x3, Conv2d_3b_1x1, Conv2d_4a_3x3;
  InceptionA Mixed_5b, Mixed_5c, Mixed_5d;
  InceptionB Mixed_6a;
  InceptionC Mixed_6b, Mixed_6c, Mixed_6d, Mixed_6e;
  std::optional<InceptionAux> AuxLogits;
  InceptionD Mixed_7a;
  InceptionE Mixed_7b, Mixed_7c;
  nn::Dropout dropout;
  nn::Linear fc;

  Tensor operator()(const Tensor& x) const;
  /// What both heads say; `aux` is undefined if it is not there.
  struct Outputs {
    Tensor logits, aux;
  };
  Outputs outputs(const Tensor& x) const;

  // The way to where the other head is, and on from there.
  Tensor halfway(const Tensor& x) const;
  Tensor end(const Tensor& half) const;
};

/// Options of inception_v3.
struct InceptionV3Config {
  std::int64_t classes = 1000;
  bool aux_logits = true;
  double dropout = 0.5;
};
/// An Inception v3 with fresh weights.
InceptionV3 inception_v3(const InceptionV3Config& config = {});
/// What models::create knows of this file.
Entries inception_v3_entries();

}  // namespace fathom::models
