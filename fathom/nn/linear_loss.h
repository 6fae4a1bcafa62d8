// A linear layer and the loss of what it gives.
#pragma once
#include "fathom/nn/linear.h"
#include "fathom/ops/loss_classes.h"

namespace fathom::nn {

/// Options of LinearCrossEntropyLoss.
struct LinearCrossEntropyLossOptions {
  Shape out_features = {};  ///< extents behind the classes: a loss for each of them
  bool bias = false;
  Tensor weight;  ///< per class, (C)
  std::int64_t ignore_index = -100;
  double label_smoothing = 0;
  Reduction reduction = Reduction::mean;
};

/// cross_entropy of a linear layer, torch.nn.LinearCrossEntropyLoss.
///
/// Shapes      x (B, in) or (in), targets as cross_entropy's for logits (B, C, out_features...)
/// Parameters  linear.weight (C * out_features, in), linear.bias
class LinearCrossEntropyLoss {
 public:
  /// Errors: ValueError for extents below 1.
  LinearCrossEntropyLoss(std::int64_t in_features, std::int64_t classes,
                         LinearCrossEntropyLossOptions options = {},
                         Where where = Where::current());
  Tensor operator()(const Tensor& x, const Tensor& target, Where where = Where::current()) const;

  Linear linear;
  std::int64_t classes;
  LinearCrossEntropyLossOptions options;
  static constexpr auto members() { return fathom::members<&LinearCrossEntropyLoss::linear>(); }
};

}  // namespace fathom::nn
