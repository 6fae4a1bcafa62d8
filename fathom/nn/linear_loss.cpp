#include "fathom/nn/linear_loss.h"

#include "fathom/graph/context.h"
#include "fathom/nn/require.h"
#include "fathom/ops/shape.h"

namespace fathom::nn {

namespace {
/// What the linear layer gives: a number for each class of each loss.
std::int64_t outputs_of(std::int64_t classes, const Shape& out_features, const Where& where) {
  require_positive("nn::LinearCrossEntropyLoss", "classes", classes, where);
  for (const std::int64_t extent : out_features)
    require_positive("nn::LinearCrossEntropyLoss", "an extent of out_features", extent, where);
  return classes * out_features.size();
}
}  // namespace

LinearCrossEntropyLoss::LinearCrossEntropyLoss(std::int64_t in_features, std::int64_t classes,
                                               LinearCrossEntropyLossOptions options, Where where)
    : linear(in_features, outputs_of(classes, options.out_features, where), options.bias, where),
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
