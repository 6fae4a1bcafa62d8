#include "fathom/train/fit_task.h"

#include "fathom/core/error.h"
#include "fathom/graph/op.h"
#include "fathom/io/safetensors.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/loss.h"
#include "fathom/ops/reduce.h"

namespace fathom::train::detail {

MeanLoss mean_loss(const Outputs& out, const Tensor& weights, const Tensor& class_weight) {
  const Tensor& loss = out.loss;
  if (!weights.defined() && !class_weight.defined())
    return {loss.rank() == 0 ? loss : mean(loss), {}};
  if (loss.rank() != 1)
    throw ValueError({.operation = "train::fit",
                      .problem = "weights need a loss for each row",
                      .received = {{"loss", graph::describe(loss)}},
                      .expected = "(B,)",
                      .hint = "give the loss Reduction::none: fit takes the mean"});
  Tensor w = weights.defined() ? cast(weights, loss.dtype()) : Tensor();
  if (class_weight.defined()) {
    if (!out.target.defined() || out.target.rank() != 1)
      throw ValueError({.operation = "train::fit",
                        .problem = "class weights need a label for each row",
                        .hint = "a batch with a field `labels`, or train::Outputs with a target"});
    const Tensor of_class = cast(take(class_weight, out.target), loss.dtype());
    w = w.defined() ? w * of_class : of_class;
  }
  const Tensor total = sum(w);
  return {sum(loss * w) / total, total};
}

Tensor default_loss(const Tensor& prediction, const Tensor& target) {
  return cross_entropy(prediction, target, {.reduction = Reduction::none});
}

double sum_of(const Tensor& weights) { return sum(cast(weights, DType::f64)).item(); }

void require_positive(const char* option, std::int64_t value) {
  if (value < 1)
    throw ValueError({.operation = "train::fit",
                      .problem = std::string(option) + " is " + std::to_string(value),
                      .expected = "at least 1"});
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

void save_tensors(const std::string& path, const std::vector<nn::NamedTensor>& tensors) {
  std::vector<io::NamedTensor> named;
  for (const nn::NamedTensor& t : tensors) named.emplace_back(t.name, t.tensor);
  io::save_safetensors(path, named);
}

Values values_of(const std::vector<metrics::Metric>& metrics) {
  Values values;
  for (const metrics::Metric& m : metrics) {
    if (m.state().empty()) continue;
    const std::vector<double> numbers = m.compute().to_vector<double>();
    for (std::size_t i = 0; i < numbers.size(); ++i)
      values.emplace_back(numbers.size() == 1 ? m.name() : m.name() + "_" + std::to_string(i),
                          numbers[i]);
  }
  return values;
}

void update_metrics(std::vector<metrics::Metric>& metrics, const Outputs& out,
                    const Tensor& weights) {
  if (metrics.empty()) return;
  if (!out.prediction.defined() || !out.target.defined())
    throw ValueError({.operation = "train::fit",
                      .problem = "the loss gives no predictions for the metrics",
                      .hint = "return train::Outputs{loss, prediction, target}, or give a loss of "
                              "(prediction, target)"});
  for (metrics::Metric& m : metrics) m.update(out.prediction, out.target, weights);
}

}  // namespace fathom::train::detail
