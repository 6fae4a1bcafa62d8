#include "fathom/train/fit_parts.h"

#include "fathom/core/error.h"
#include "fathom/graph/op.h"
#include "fathom/io/safetensors.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/loss.h"
#include "fathom/ops/reduce.h"

namespace fathom::train::detail {

Tensor mean_loss(const Tensor& loss, const Tensor& target, const Tensor& weights,
                 const Tensor& class_weight) {
  const bool weighted = weights.defined() || class_weight.defined();
  if (!weighted) return loss.rank() == 0 ? loss : mean(loss);
  if (loss.rank() != 1)
    throw ValueError({.operation = "train::fit",
                      .problem = "weights need a loss for each row",
                      .received = {{"loss", graph::describe(loss)}},
                      .expected = "(B,)",
                      .hint = "give the loss Reduction::none: fit takes the mean"});
  Tensor w = weights.defined() ? cast(weights, loss.dtype()) : Tensor();
  if (class_weight.defined()) {
    if (!target.defined() || target.rank() != 1)
      throw ValueError({.operation = "train::fit",
                        .problem = "class weights need a label for each row",
                        .hint = "a batch with a field `labels`, or train::Outputs with a target"});
    const Tensor of_class = cast(take(class_weight, target), loss.dtype());
    w = w.defined() ? w * of_class : of_class;
  }
  return sum(loss * w) / sum(w);
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

namespace {

class Leaves final : public nn::Visitor {
 public:
  std::vector<Param*> params;
  std::vector<Buffer*> buffers;
  void param(const nn::Path&, Param& p) override { params.push_back(&p); }
  void buffer(const nn::Path&, Buffer& b) override { buffers.push_back(&b); }
};

}  // namespace

void add_gradients(void (*visit)(void*, nn::Visitor&), void* total, void* more) {
  Leaves to, from;
  visit(total, to);
  visit(more, from);
  std::vector<Tensor> sums;
  for (std::size_t i = 0; i < to.params.size(); ++i)
    if (Param& p = *to.params[i]; p.defined()) sums.push_back(p = p + *from.params[i]);
  for (std::size_t i = 0; i < to.buffers.size(); ++i) to.buffers[i]->value = from.buffers[i]->value;
  eval(sums);
}

void take_buffers(void (*visit)(void*, nn::Visitor&), void* net, void* gradients) {
  Leaves to, from;
  visit(net, to);
  visit(gradients, from);
  for (std::size_t i = 0; i < to.buffers.size(); ++i) to.buffers[i]->value = from.buffers[i]->value;
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
