#include "fathom/metrics/metric.h"
#include "fathom/graph/context.h"

#include "fathom/core/error.h"
#include "fathom/graph/op.h"

namespace fathom::metrics {

void Metric::update(const Tensor& prediction, const Tensor& target, const Tensor& weight,
                    Where where) {
  const graph::CallScope call(where);
  if (prediction.rank() == 0 || target.rank() == 0 || prediction.size(0) != target.size(0))
    throw ShapeError({.operation = "metric " + name(),
                      .problem = "predictions and targets have different numbers of rows",
                      .received = {{"prediction", graph::describe(prediction)},
                                   {"target", graph::describe(target)}}});
  std::vector<double> weights;
  if (weight.defined()) {
    if (!(weight.shape() == Shape{target.size(0)}))
      throw ShapeError(
          {.operation = "metric " + name(),
           .problem = "the weights do not fit the rows",
           .received = {{"weight", graph::describe(weight)}, {"target", graph::describe(target)}},
           .expected = "one weight a row"});
    weights = weight.to_vector<double>();
  }
  if (target.size(0) > 0) rule_.update(state_, prediction, target, weights);
}

Tensor Metric::compute(Where where) const {
  const graph::CallScope call(where);
  if (state_.empty())
    throw ValueError({.operation = "metric " + name(),
                      .problem = "there is no value before the first row",
                      .hint = "call update(prediction, target) first"});
  return rule_.compute(state_);
}

Tensor Metric::operator()(const Tensor& prediction, const Tensor& target, const Tensor& weight,
                          Where where) const {
  Metric fresh(rule_);
  fresh.update(prediction, target, weight, where);
  return fresh.compute(where);
}

Metric Metric::named(std::string name) const {
  Metric other = *this;
  other.rule_.name = std::move(name);
  return other;
}

namespace detail {

std::vector<std::int64_t> integers(const char* metric, const Tensor& x) {
  if (is_floating(x.dtype()))
    throw DTypeError({.operation = std::string("metric ") + metric,
                      .problem = "labels are floating-point numbers",
                      .received = {{"labels", graph::describe(x)}},
                      .expected = "integers or booleans",
                      .hint = "cast(labels, DType::i64)"});
  return x.to_vector<std::int64_t>();
}

Tensor result(std::span<const double> values) {
  const auto n = static_cast<std::int64_t>(values.size());
  return Tensor::from(values, n == 1 ? Shape{} : Shape{n});
}

}  // namespace detail

}  // namespace fathom::metrics
