#include "fathom/ops/loss.h"

#include "fathom/graph/context.h"
#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/norm.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom {

using graph::describe;
using ops::Inputs;
using ops::Spec;
using ops::Specs;
using ops::Tensors;
using ops::Vjp;

namespace {

Tensor reduce_loss(const Tensor& losses, Reduction reduction) {
  if (reduction == Reduction::none) return losses;
  return reduction == Reduction::sum ? sum(losses) : mean(losses);
}

void require_classes(const char* operation, const Tensor& logits, const Tensor& target,
                     const std::source_location& where) {
  if (!is_floating(logits.dtype()))
    ops::fail<DTypeError>({.operation = operation,
                           .problem = "logits are no floating-point numbers",
                           .received = {{"logits", describe(logits)}}},
                          where);
  if (target.dtype() != DType::i64)
    ops::fail<DTypeError>({.operation = operation,
                           .problem = "targets are class indices of type i64",
                           .received = {{"target", describe(target)}},
                           .hint = "cast(target, DType::i64)"},
                          where);
  if (logits.rank() != 2 || target.rank() != 1 || logits.shape()[0] != target.shape()[0])
    ops::fail<ShapeError>({.operation = operation,
                           .problem = "logits and targets do not fit",
                           .received = {{"logits", describe(logits)}, {"target", describe(target)}},
                           .expected = "logits (batch, classes) and target (batch)"},
                          where);
  if (logits.shape()[1] == 0)
    ops::fail<ShapeError>({.operation = operation,
                           .problem = "there are no classes",
                           .received = {{"logits", describe(logits)}}},
                          where);
}

}  // namespace

namespace graph {

template <> struct Rules<op::CrossEntropy> {
  static constexpr std::string_view name = "cross_entropy";
  static Specs infer(const op::CrossEntropy&, Inputs in) {
    require_classes("cross_entropy", in[0], in[1], {});  // infer's caller adds the line
    const Spec row{in[0].dtype(), in[1].shape()};
    return {row, row, row};
  }
  static Tensors lower(const op::CrossEntropy& a, Inputs in) {
    const Tensor& x = in[0];
    const Tensor& t = in[1];
    const Tensor largest = stop_gradient(max(x, -1));
    const Tensor log_sum = log(sum(exp(x - unsqueeze(largest, 1)), -1));
    const Tensor lse = largest + log_sum;
    const Tensor counts = t != a.ignore_index;
    const Tensor safe = where(counts, t, 0);
    const Tensor hit = squeeze(take_along(x, unsqueeze(safe, 1), 1), 1);
    Tensor loss = lse - hit;
    if (a.label_smoothing > 0) {
      const Tensor spread = lse - mean(x, -1);
      loss = (1 - a.label_smoothing) * loss + a.label_smoothing * spread;
    }
    return {where(counts, loss, 0), largest, log_sum};
  }
  static Tensors vjp(const op::CrossEntropy& a, const Vjp& v) {
    return {apply(op::CrossEntropyBackward{a.label_smoothing, a.ignore_index},
                  {v.cotangent(), v.inputs[0], v.inputs[1], v.outputs[1], v.outputs[2]}, {}),
            {}};
  }
};

template <> struct Rules<op::CrossEntropyBackward> {
  static constexpr std::string_view name = "cross_entropy_backward";
  static Specs infer(const op::CrossEntropyBackward&, Inputs in) {
    return Spec{in[1].dtype(), in[1].shape()};
  }
  static Tensors lower(const op::CrossEntropyBackward& a, Inputs in) {
    const Tensor& x = in[1];
    const std::int64_t classes = x.shape()[1];
    const Tensor p = exp((x - unsqueeze(in[3], 1)) - unsqueeze(in[4], 1));
    const Tensor hit = one_hot(in[2], classes, x.dtype());
    const Tensor expected =
        hit * (1 - a.label_smoothing) + a.label_smoothing / static_cast<double>(classes);
    const Tensor g = where(in[2] != a.ignore_index, in[0], 0);
    return {(p - expected) * unsqueeze(g, 1)};
  }
};

template <> struct Rules<op::MeanSquaredError> {
  static constexpr std::string_view name = "mse_loss";
  static Specs infer(const op::MeanSquaredError&, Inputs in) {
    Shape shape;
    if (!broadcast(in[0].shape(), in[1].shape(), shape))
      throw ShapeError(
          {.operation = "mse_loss",
           .problem = "shapes do not broadcast",
           .received = {{"prediction", describe(in[0])}, {"target", describe(in[1])}}});
    return Spec{in[0].dtype(), {}};
  }
  static Tensors lower(const op::MeanSquaredError&, Inputs in) {
    return {mean(square(in[0] - in[1]))};
  }
};

template <> constinit const OpDef OpEntry<op::CrossEntropy>::def = make_op_def<op::CrossEntropy>();
template <>
constinit const OpDef OpEntry<op::CrossEntropyBackward>::def =
    make_op_def<op::CrossEntropyBackward>();
template <>
constinit const OpDef OpEntry<op::MeanSquaredError>::def = make_op_def<op::MeanSquaredError>();

}  // namespace graph

Tensor cross_entropy(const Operand& logits, const Tensor& target,
                     const CrossEntropyOptions& options) {
  const Tensor x = ops::as_tensor(logits);
  if (options.label_smoothing < 0 || options.label_smoothing > 1)
    ops::fail<ValueError>(
        {.operation = "cross_entropy",
         .problem = "label_smoothing is " + std::to_string(options.label_smoothing),
         .expected = "a number in [0, 1]"},
        logits.where());
  if (!options.weight.defined()) {
    const Tensor losses =
        graph::apply(op::CrossEntropy{options.label_smoothing, options.ignore_index}, {x, target},
                     logits.where());
    if (options.reduction != Reduction::mean) return reduce_loss(losses, options.reduction);
    const Tensor count = sum(cast(target != options.ignore_index, x.dtype()));
    return sum(losses) / count;
  }
  require_classes("cross_entropy", x, target, logits.where());
  const Tensor& w = options.weight;
  if (!(w.shape() == Shape{x.shape()[1]} && w.dtype() == x.dtype()))
    ops::fail<ShapeError>({.operation = "cross_entropy",
                           .problem = "the weight does not fit the classes",
                           .received = {{"logits", describe(x)}, {"weight", describe(w)}},
                           .expected = "one weight per class, of the logits' type"},
                          logits.where());
  const Tensor counts = target != options.ignore_index;
  const Tensor safe = where(counts, target, 0);
  const Tensor row_weight = where(counts, take(w, safe, 0), 0);
  const Tensor log_p = log_softmax(x, 1);
  const Tensor hit = squeeze(take_along(log_p, unsqueeze(safe, 1), 1), 1);
  Tensor losses = -hit * row_weight;
  if (options.label_smoothing > 0) {
    const Tensor spread = where(counts, -sum(log_p * w, 1), 0);
    losses = losses * (1 - options.label_smoothing) +
             spread * (options.label_smoothing / static_cast<double>(x.shape()[1]));
  }
  if (options.reduction != Reduction::mean) return reduce_loss(losses, options.reduction);
  return sum(losses) / sum(row_weight);
}

Tensor nll_loss(const Operand& log_probabilities, const Tensor& target, Reduction reduction) {
  const Tensor x = ops::as_tensor(log_probabilities);
  require_classes("nll_loss", x, target, log_probabilities.where());
  return reduce_loss(-squeeze(take_along(x, unsqueeze(target, 1), 1), 1), reduction);
}

Tensor mse_loss(const Operand& prediction, const Operand& target, Reduction reduction) {
  const DType dtype = ops::floating(ops::common_dtype({&prediction, &target}));
  const Tensor a = ops::as_tensor(prediction, dtype);
  const Tensor b = ops::as_tensor(target, dtype);
  if (reduction == Reduction::mean)
    return graph::apply(op::MeanSquaredError{}, {a, b}, prediction.where());
  return reduce_loss(square(a - b), reduction);
}

Tensor l1_loss(const Operand& prediction, const Operand& target, Reduction reduction) {
  return reduce_loss(abs(prediction - target), reduction);
}

Tensor binary_cross_entropy_with_logits(const Operand& logits, const Operand& target,
                                        Reduction reduction) {
  const Tensor x = ops::as_tensor(logits);
  const Tensor positive = maximum(x, 0);
  return reduce_loss(positive - x * target + log1p(exp(-abs(x))), reduction);
}

}  // namespace fathom
