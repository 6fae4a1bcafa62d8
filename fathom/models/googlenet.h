// GoogLeNet (Szegedy et al. 2015) with batch norm, as torchvision has it.
#pragma once
#include "fathom/models/blocks.h"

namespace fathom::models {

/// Four branches side by side; what is 5x5 in the paper is 3x3 in the published weights.
struct Inception {
  BasicConv2d branch1;
  nn::Sequential branch2, branch3, branch4;
  Tensor operator()(const Tensor& x) const;
};
/// Logits from halfway, for training.
struct GoogLeNetAux {
  BasicConv2d conv;
  nn::Linear fc1, fc2;
  nn::Dropout dropout;
  Tensor operator()(const Tensor& x) const;
};

/// Shapes: (B, 3, H, W) from 15 on -> logits (B, classes); published at 224.
struct GoogLeNet {
  BasicConv2d conv1, conv2, conv3;
  Inception inception3a, inception3b;
  Inception inception4a, inception4b, inception4c, inception4d, inception4e;
  Inception inception5a, inception5b;
  std::optional<GoogLeNetAux> aux1, aux2;
  nn::Dropout dropout;
  nn::Linear fc;

  Tensor operator()(const Tensor& x) const;
  /// What all heads say: of the end, then of aux2 and aux1 where they are there.
  struct Outputs {
    Tensor logits, aux2, aux1;
  };
  Outputs outputs(const Tensor& x) const;

  // The way to the first other head, on to the second, and to the end.
  Tensor third(const Tensor& x) const;
  Tensor two_thirds(const Tensor& third) const;
  Tensor end(const Tensor& two_thirds) const;
};

/// Options of googlenet.
struct GoogLeNetConfig {
  std::int64_t classes = 1000;
  bool aux_logits = true;
  double dropout = 0.2;
  double dropout_aux = 0.7;
};
/// A GoogLeNet with fresh weights.
GoogLeNet googlenet(const GoogLeNetConfig& config = {});
/// What models::create knows of this file.
Entries googlenet_entries();

}  // namespace fathom::models
