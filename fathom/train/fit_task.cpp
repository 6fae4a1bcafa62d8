#include "fathom/train/fit_task.h"

#include <cmath>

#include "fathom/core/error.h"
#include "fathom/graph/check.h"
#include "fathom/graph/context.h"
#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/loss.h"
#include "fathom/ops/reduce.h"

namespace fathom::train::detail {

Tensor row_weights(const Outputs& out, const Tensor& weights, const Tensor& class_weight,
                   const Call& call) {
  if (!class_weight.defined()) return weights;
  const graph::CallScope scope("train::fit: class_weight", call.where, "label");
  if (!out.target.defined() || out.target.rank() != 1)
    throw ValueError({.operation = call.operation,
                      .problem = "class weights need a label for each row",
                      .hint = "a batch with a field `labels`, or train::Outputs with a target"});
  const Tensor of_class = take(class_weight, out.target, 0);
  return weights.defined() ? cast(weights, of_class.dtype()) * of_class : of_class;
}

MeanLoss mean_loss(const Tensor& loss, const Tensor& weights, WeightedLoss rule, const Call& call) {
  const graph::CallScope scope(call.where);
  if (!weights.defined()) return {loss.rank() == 0 ? loss : mean(loss), {}};
  if (loss.rank() != 1)
    throw ValueError({.operation = call.operation,
                      .problem = "weights need a loss for each row",
                      .received = {{"loss", graph::describe(loss)}},
                      .expected = "(B,)",
                      .hint = "give the loss Reduction::none: the mean is taken here"});
  if (weights.shape() != loss.shape())
    throw ShapeError(
        {.operation = call.operation,
         .problem = "the weights do not fit the rows",
         .received = {{"weights", graph::describe(weights)}, {"loss", graph::describe(loss)}},
         .expected = "a weight a row"});
  const Tensor w = cast(weights, loss.dtype());
  if (rule == WeightedLoss::sum_over_batch_size) return {mean(loss * w), {}};
  const Tensor total = sum(w);
  return {sum(loss * w) / total, total};
}

Tensor default_loss(const Tensor& prediction, const Tensor& target, const Call& call) {
  // Numbers to come near to are the likelier mistake than rows of probabilities.
  if (is_floating(target.dtype()) && (target.rank() < 2 || target.shape() != prediction.shape()))
    throw DTypeError({.operation = call.operation,
                      .problem = "the loss is cross entropy, and the targets are no classes",
                      .received = {{"prediction", graph::describe(prediction)},
                                   {"target", graph::describe(target)}},
                      .expected = "class indices of type i64, or a probability for each class",
                      .hint = "give .loss: nn::MSELoss(), or a function of (prediction, target)"});
  return cross_entropy(Operand(prediction, call.where), target, {.reduction = Reduction::none});
}

void require_at_least(std::int64_t least, const char* option, std::int64_t value) {
  if (value < least)
    throw ValueError({.operation = "train::fit",
                      .problem = std::string(option) + " is " + std::to_string(value),
                      .expected = "at least " + std::to_string(least)});
}

Tensor class_weights(const std::vector<double>& weights) {
  for (const double w : weights)
    if (!(w >= 0 && std::isfinite(w)))
      throw ValueError({.operation = "train::fit",
                        .problem = "a class weight is " + graph::number_text(w),
                        .expected = "finite numbers of at least 0"});
  return weights.empty() ? Tensor() : Tensor::from(weights);
}

void scale_gradients(void (*visit)(void*, nn::Visitor&), void* gradients, double factor) {
  class Scale final : public nn::Visitor {
   public:
    explicit Scale(double factor) : factor_(factor) {}
    void param(const nn::Path&, Param& p) override {
      if (p.defined()) p = p * factor_;
    }
    void buffer(const nn::Path&, Buffer&) override {}

   private:
    double factor_;
  } scale(factor);
  visit(gradients, scale);
}

void refuse_optimizer() {
  throw ValueError({.operation = "train::fit",
                    .problem = "a checkpoint cannot keep this optimizer",
                    .expected = "a member `optim::State state`, or archive(train::Archive&, net)"});
}

void refuse_null_optimizer(const Where& where) {
  throw ValueError({.operation = "train::fit",
                    .problem = "the optimizer is a null pointer",
                    .expected = "the address of an optimizer, or an optimizer",
                    .where = to_string(where)});
}

void Meters::reset() {
  for (metrics::Metric& m : plain_) m.reset();
  for (metrics::Metric& m : weighted_) m.reset();
}

void Meters::update(const Outputs& out, const Tensor& weights, const Call& call) {
  if (empty()) return;
  const graph::CallScope scope(call.where);
  if (!out.prediction.defined() || !out.target.defined())
    throw ValueError({.operation = call.operation,
                      .problem = "the loss gives no predictions for the metrics",
                      .hint = "return train::Outputs{loss, prediction, target}, or give a loss of "
                              "(prediction, target)"});
  for (metrics::Metric& m : plain_) m.update(out.prediction, out.target);
  for (metrics::Metric& m : weighted_) m.update(out.prediction, out.target, weights);
}

Values Meters::values() const {
  Values values;
  for (const auto* list : {&plain_, &weighted_})
    for (const metrics::Metric& m : *list) {
      if (m.state().empty()) continue;
      const std::vector<double> numbers = m.compute().to_vector<double>();
      for (std::size_t i = 0; i < numbers.size(); ++i)
        values.emplace_back(numbers.size() == 1 ? m.name() : m.name() + "_" + std::to_string(i),
                            numbers[i]);
    }
  return values;
}

void Meters::archive(Archive& a) {
  const auto scope = a.inside("metrics");
  std::int64_t i = 0;
  for (auto* list : {&plain_, &weighted_})
    for (metrics::Metric& m : *list) {
      metrics::Metric::State state = m.state();
      a(std::to_string(i++), state);
      m.restore(std::move(state));
    }
}

std::int64_t rows_to_train_on(std::int64_t rows, double validation_split) {
  const auto left =
      static_cast<std::int64_t>(std::floor(static_cast<double>(rows) * (1 - validation_split)));
  if (rows < 1)
    throw ValueError({.operation = "train::fit",
                      .problem = "there are no rows to train on",
                      .expected = "at least one"});
  if (!(validation_split >= 0 && validation_split < 1) || left < 1 || left > rows ||
      (validation_split > 0 && left == rows))
    throw ValueError({.operation = "train::fit",
                      .problem = "validation_split leaves nothing to train on or to validate with",
                      .received = {{"validation_split", std::to_string(validation_split)},
                                   {"rows", std::to_string(rows)}},
                      .expected = "a share from 0 on and below 1"});
  return left;
}

void require_one(const char* a, bool has_a, const char* b, bool has_b) {
  if (has_a && has_b)
    throw ValueError({.operation = "train::fit",
                      .problem = std::string(a) + " and " + b + " exclude each other",
                      .expected = "one of them"});
}

}  // namespace fathom::train::detail
