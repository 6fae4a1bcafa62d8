#include "fathom/train/explain.h"

#include <limits>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/ops/creation.h"
#include "fathom/passes/passes.h"

namespace fathom::train::detail {

void require_finite_model(const std::vector<nn::NamedTensor>& tensors) {
  for (const nn::NamedTensor& t : tensors)
    if (const std::int64_t at = graph::find_bad(t.tensor, true); at >= 0)
      throw NumericError(
          {.operation = "train",
           .problem = t.name + " is not finite any more",
           .received = {{"element", graph::element_text(t.tensor.shape(), at)},
                        {"of", graph::describe(t.tensor)}},
           .hint = "the step before made it so: a smaller learning rate, or clipped gradients"});
}

void require_finite_data(const Tensor& x, const graph::BatchRows& rows) {
  if (!x.defined()) return;
  if (const std::int64_t at = graph::find_bad(x, true); at >= 0)
    throw NumericError({.operation = "train",
                        .problem = "the batch holds NaN or infinity",
                        .received = {{"element", graph::element_text(x.shape(), at, rows)},
                                     {"of", graph::describe(x)}},
                        .hint = "clean the data, or fill in what is missing"});
}

nn::ModeScope same_mode() {
  const graph::Context& c = graph::context();
  return nn::ModeScope(c.mode != graph::Context::Mode::inference, c.dropout_key);
}

void check_gradients(const Tensor& loss, const std::vector<nn::NamedTensor>& tensors) {
  graph::Tensors wrt;
  for (const nn::NamedTensor& t : tensors)
    if (t.trainable && is_floating(t.tensor.dtype())) wrt.push_back(t.tensor);
  graph::differentiate({loss}, {ones_like(loss)}, wrt);
}

void fail_on_loss(double loss, const Place& place, const std::function<void()>& explain) {
  const bool counted = place.batches != std::numeric_limits<std::int64_t>::max();
  ErrorInfo info{
      .operation = "train",
      .problem =
          "the loss is " + graph::number_text(loss) + " at step " + std::to_string(place.step + 1),
      .received = {{"epoch", std::to_string(place.epoch + 1)},
                   {"batch", std::to_string(place.batch + 1) +
                                 (counted ? " of " + std::to_string(place.batches) : "")}},
      .hint = "a smaller learning rate (--lr), or inputs without extreme values"};
  try {
    explain();
  } catch (const NumericError& error) {
    const ErrorInfo& cause = error.info();
    info.problem +=
        ": " + (cause.operation == "train" ? "" : cause.operation + " gives ") + cause.problem;
    info.received.insert(info.received.end(), cause.received.begin(), cause.received.end());
    if (!cause.hint.empty()) info.hint = cause.hint;
    info.module = cause.module;
    info.where = cause.where;
  }
  throw NumericError(std::move(info));
}

}  // namespace fathom::train::detail
