#include "fathom/nn/adaptive_softmax.h"

#include <cmath>

#include "fathom/graph/context.h"
#include "fathom/graph/op.h"
#include "fathom/nn/require.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/join.h"
#include "fathom/ops/norm.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom::nn {

using graph::ModuleScope;

namespace {

constexpr const char* self = "nn::AdaptiveLogSoftmaxWithLoss";

std::vector<std::int64_t> checked(std::vector<std::int64_t> cutoffs, std::int64_t classes,
                                  const Where& where) {
  std::int64_t last = 0;
  for (const std::int64_t cutoff : cutoffs) {
    if (cutoff <= last || cutoff >= classes)
      throw ValueError({.operation = self,
                        .problem = "the cutoff " + std::to_string(cutoff) + " does not fit",
                        .received = {{"classes", std::to_string(classes)}},
                        .expected = "rising numbers above 0 and below the classes",
                        .where = to_string(where)});
    last = cutoff;
  }
  if (cutoffs.empty())
    throw ValueError(
        {.operation = self, .problem = "there are no cutoffs", .where = to_string(where)});
  cutoffs.push_back(classes);
  return cutoffs;
}

}  // namespace

AdaptiveLogSoftmaxWithLoss::AdaptiveLogSoftmaxWithLoss(std::int64_t in_features,
                                                       std::int64_t classes,
                                                       std::vector<std::int64_t> cutoffs,
                                                       AdaptiveSoftmaxOptions options, Where where)
    : head(in_features,
           checked(cutoffs, classes, where).front() + static_cast<std::int64_t>(cutoffs.size()),
           options.head_bias),
      cutoffs(checked(cutoffs, classes, where)) {
  for (std::size_t i = 0; i + 1 < this->cutoffs.size(); ++i) {
    const auto width = static_cast<std::int64_t>(
        std::floor(static_cast<double>(in_features) /
                   std::pow(options.div_value, static_cast<double>(i) + 1)));
    require_positive(self, "in_features / div_value^i", width, where);
    tail.push_back(Sequential{Linear(in_features, width, false),
                              Linear(width, this->cutoffs[i + 1] - this->cutoffs[i], false)});
  }
}

Tensor AdaptiveLogSoftmaxWithLoss::log_prob(const Tensor& x, Where where) const {
  const ModuleScope scope(this, self, where);
  const Tensor first = log_softmax(head(x, where), -1);
  const std::int64_t frequent = cutoffs.front();
  std::vector<Tensor> parts{slice(first, -1, 0, frequent)};
  for (std::size_t i = 0; i < tail.size(); ++i) {
    const auto entry = frequent + static_cast<std::int64_t>(i);
    parts.push_back(slice(first, -1, entry, entry + 1) + log_softmax(tail[i](x, where), -1));
  }
  return scope.result(concat(parts, -1));
}

AdaptiveSoftmaxResult AdaptiveLogSoftmaxWithLoss::operator()(const Tensor& x, const Tensor& target,
                                                             Where where) const {
  if (x.rank() < 1 || x.rank() > 2 || target.shape() != x.shape().without(x.rank() - 1))
    ops::fail<ShapeError>(
        {.operation = self,
         .problem = "x and targets do not fit",
         .received = {{"x", graph::describe(x)}, {"target", graph::describe(target)}},
         .expected = "x (B, in) with targets (B), or (in) with ()"},
        where);
  const Tensor all = log_prob(x, where);
  const Tensor output = squeeze(take_along(all, unsqueeze(target, -1), -1), -1);
  return {output, mean(-output)};
}

Tensor AdaptiveLogSoftmaxWithLoss::predict(const Tensor& x, Where where) const {
  return argmax(log_prob(x, where), -1);
}

}  // namespace fathom::nn
