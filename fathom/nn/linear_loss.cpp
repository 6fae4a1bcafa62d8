#include "fathom/nn/linear_loss.h"

#include "fathom/graph/context.h"
#include "fathom/ops/shape.h"

namespace fathom::nn {

LinearCrossEntropyLoss::LinearCrossEntropyLoss(std::int64_t in_features, std::int64_t classes,
                                               LinearCrossEntropyLossOptions options)
    : linear(in_features, classes * options.out_features.size(), options.bias),
      classes(classes),
      options(std::move(options)) {}

Tensor LinearCrossEntropyLoss::operator()(const Tensor& x, const Tensor& target,
                                          Where where) const {
  const graph::ModuleScope scope(this, "nn::LinearCrossEntropyLoss", where);
  Shape outputs{classes};
  for (const std::int64_t extent : options.out_features) outputs.push_back(extent);
  Shape weights = outputs;
  weights.push_back(linear.weight.shape().back());
  const Tensor bias = linear.bias.defined() ? reshape(linear.bias, outputs) : Tensor();
  return scope.result(linear_cross_entropy(Operand(x, where), reshape(linear.weight, weights),
                                           target,
                                           {.linear_bias = bias,
                                            .weight = options.weight,
                                            .ignore_index = options.ignore_index,
                                            .label_smoothing = options.label_smoothing,
                                            .reduction = options.reduction}));
}

}  // namespace fathom::nn
