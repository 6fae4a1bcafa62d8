#include "fathom/ops/loss_classes.h"

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/norm.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom {

using namespace ops::rules;

namespace {

/// Errors of operands that are rows of scores and one class index a row.
void require_rows(const char* operation, const Tensor& logits, const Tensor& target,
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

void require_weight(const char* operation, const Tensor& weight, std::int64_t classes, DType dtype,
                    const std::source_location& where) {
  if (!weight.defined() || (weight.shape() == Shape{classes} && weight.dtype() == dtype)) return;
  ops::fail<ShapeError>(
      {.operation = operation,
       .problem = "the weight does not fit the classes",
       .received = {{"classes", std::to_string(classes)}, {"weight", describe(weight)}},
       .expected = "one weight per class, of the logits' type " + std::string(name(dtype))},
      where);
}

/// Scores of any rank as rows: (C) is one row, (B, C, ...) has a row for each position. Halves
/// come as f32.
struct Rows {
  Tensor logits, target;
  Shape shape;  // of the losses
  DType dtype;  // of the losses
};

int class_axis(const Tensor& logits) { return logits.rank() == 1 ? 0 : 1; }

/// (B, C, ...) as (rows, C).
Tensor as_rows(const Tensor& t) {
  if (t.rank() == 2) return t;
  if (t.rank() == 1) return unsqueeze(t, 0);
  std::vector<int> order{0};
  for (int i = 2; i < t.rank(); ++i) order.push_back(i);
  order.push_back(1);
  return flatten(permute(t, order), 0, -2);
}

Rows class_rows(const Tensor& given, const Tensor& target) {
  const Tensor logits = ops::wide(given);
  if (logits.rank() > 0 && logits.rank() != 2 &&
      target.shape() == logits.shape().without(class_axis(logits)))
    return {as_rows(logits), reshape(target, Shape{target.size()}), target.shape(), given.dtype()};
  return {logits, target, target.shape(), given.dtype()};
}

/// The mean divides by what counts: the sum of the rows' weights.
Tensor reduce_rows(const char* operation, const Tensor& losses, const Tensor& row_weights,
                   const Rows& rows, Reduction reduction, const std::source_location& where) {
  if (reduction == Reduction::mean) return ops::rounded(sum(losses) / sum(row_weights), rows.dtype);
  return ops::reduce_loss(operation,
                          reduction == Reduction::none ? reshape(losses, rows.shape) : losses,
                          reduction, rows.dtype, where);
}

void require_smoothing(double smoothing, const std::source_location& where) {
  if (smoothing >= 0 && smoothing <= 1) return;
  ops::fail<ValueError>({.operation = "cross_entropy",
                         .problem = "label_smoothing is " + std::to_string(smoothing),
                         .expected = "a number in [0, 1]"},
                        where);
}

/// Against probabilities of all classes. The mean is over rows, weighted classes or not.
Tensor soft_cross_entropy(const Tensor& logits, const Tensor& target, const CrossEntropyOptions& o,
                          const std::source_location& where) {
  const Tensor x = as_rows(ops::wide(logits));
  Tensor t = as_rows(ops::wide(target));
  const auto classes = static_cast<double>(x.shape()[1]);
  if (o.label_smoothing > 0) t = t * (1 - o.label_smoothing) + o.label_smoothing / classes;
  if (o.weight.defined()) t = t * o.weight;
  const Tensor losses = -sum(log_softmax(x, 1) * t, 1);
  return ops::reduce_loss("cross_entropy",
                          o.reduction == Reduction::none
                              ? reshape(losses, logits.shape().without(class_axis(logits)))
                              : losses,
                          o.reduction, logits.dtype(), where);
}

/// What nll_loss and its kin share: each row's -score[target], its weight, 0 where ignored.
struct Picked {
  Tensor losses, row_weights, counts, safe_target;
};
Tensor pick(const Tensor& scores, const Tensor& target) {
  return squeeze(take_along(scores, unsqueeze(target, 1), 1), 1);
}
Picked picked(const Tensor& scores, const Tensor& target, const Tensor& weight,
              std::int64_t ignore_index) {
  const Tensor counts = target != ignore_index;
  const Tensor safe = where(counts, target, 0);
  const Tensor row_weights = weight.defined() ? where(counts, take(ops::wide(weight), safe, 0), 0)
                                              : cast(counts, scores.dtype());
  return {where(counts, -pick(scores, safe), 0) * row_weights, row_weights, counts, safe};
}

}  // namespace

namespace graph {

template <> struct Rules<op::CrossEntropy> {
  static constexpr std::string_view name = "cross_entropy";
  static constexpr bool late = true;
  static Specs infer(const op::CrossEntropy&, Inputs in) {
    require_rows("cross_entropy", in[0], in[1], {});  // infer's caller adds the line
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
    const Tensor hit = ops::class_hits(in[2], classes, x.dtype());
    const Tensor expected =
        hit * (1 - a.label_smoothing) + a.label_smoothing / static_cast<double>(classes);
    const Tensor g = where(in[2] != a.ignore_index, in[0], 0);
    return {(p - expected) * unsqueeze(g, 1)};
  }
};

template <> constinit const OpDef OpEntry<op::CrossEntropy>::def = make_op_def<op::CrossEntropy>();
template <>
constinit const OpDef OpEntry<op::CrossEntropyBackward>::def =
    make_op_def<op::CrossEntropyBackward>();

}  // namespace graph

Tensor cross_entropy(const Operand& logits, const Tensor& target,
                     const CrossEntropyOptions& options) {
  const std::source_location where = logits.where();
  const graph::CallScope call("cross_entropy", where, "target");
  const Tensor x = ops::as_tensor(logits);
  require_smoothing(options.label_smoothing, where);
  if (is_floating(target.dtype()) && x.rank() > 0 && target.shape() == x.shape()) {
    require_weight("cross_entropy", options.weight, x.shape()[class_axis(x)], x.dtype(), where);
    return soft_cross_entropy(x, cast(target, x.dtype()), options, where);
  }
  const Rows rows = class_rows(x, target);
  if (!options.weight.defined()) {
    const Tensor losses =
        graph::apply(op::CrossEntropy{options.label_smoothing, options.ignore_index},
                     {rows.logits, rows.target}, where);
    if (options.reduction != Reduction::mean)
      return reduce_rows("cross_entropy", losses, {}, rows, options.reduction, where);
    const Tensor counts = cast(rows.target != options.ignore_index, losses.dtype());
    return ops::rounded(sum(losses) / sum(counts), rows.dtype);
  }
  require_rows("cross_entropy", rows.logits, rows.target, where);
  require_weight("cross_entropy", options.weight, rows.logits.shape()[1], rows.dtype, where);
  const Tensor log_p = log_softmax(rows.logits, 1);
  const Picked p = picked(log_p, rows.target, options.weight, options.ignore_index);
  Tensor losses = p.losses;
  if (options.label_smoothing > 0) {
    const Tensor spread = fathom::where(p.counts, -sum(log_p * options.weight, 1), 0);
    losses = losses * (1 - options.label_smoothing) +
             spread * (options.label_smoothing / static_cast<double>(log_p.shape()[1]));
  }
  return reduce_rows("cross_entropy", losses, p.row_weights, rows, options.reduction, where);
}

Tensor linear_cross_entropy(const Operand& x_operand, const Tensor& linear_weight,
                            const Tensor& target, const LinearCrossEntropyOptions& o) {
  const std::source_location where = x_operand.where();
  const graph::CallScope call("linear_cross_entropy", where, "target");
  const Tensor x = ops::as_tensor(x_operand);
  const int rank = linear_weight.rank();
  if (x.rank() < 1 || x.rank() > 2 || rank < 2 || (rank > 2 && x.rank() < 2))
    ops::fail<ShapeError>(
        {.operation = "linear_cross_entropy",
         .problem = "the weight does not fit",
         .received = {{"x", describe(x)}, {"linear_weight", describe(linear_weight)}},
         .expected = "x (in) or (B, in), and linear_weight (C, in) or, for a batch, (C, ..., in)"},
        where);
  const Shape outputs = linear_weight.shape().without(rank - 1);
  if (o.linear_bias.defined() && o.linear_bias.shape() != outputs)
    ops::fail<ShapeError>({.operation = "linear_cross_entropy",
                           .problem = "the bias does not fit the weight",
                           .received = {{"linear_weight", describe(linear_weight)},
                                        {"linear_bias", describe(o.linear_bias)}},
                           .expected = "a bias of shape " + to_string(outputs)},
                          where);
  const Tensor bias =
      o.linear_bias.defined() ? reshape(ops::wide(o.linear_bias), Shape{outputs.size()}) : Tensor();
  const Tensor rows =
      linear(Operand(ops::wide(x), where), ops::wide(flatten(linear_weight, 0, -2)), bias);
  Shape logits = x.shape().without(x.rank() - 1);
  for (const std::int64_t extent : outputs) logits.push_back(extent);
  const Tensor wide_target = is_floating(target.dtype()) ? ops::wide(target) : target;
  const Tensor loss = cross_entropy(Operand(reshape(rows, logits), where), wide_target,
                                    {.weight = ops::wide(o.weight),
                                     .ignore_index = o.ignore_index,
                                     .label_smoothing = o.label_smoothing,
                                     .reduction = o.reduction});
  return ops::rounded(loss, x.dtype());
}

Tensor nll_loss(const Operand& log_probabilities, const Tensor& target,
                const NllLossOptions& options) {
  const graph::CallScope call("nll_loss", log_probabilities.where(), "target");
  const std::source_location where = log_probabilities.where();
  const Rows rows = class_rows(ops::as_tensor(log_probabilities), target);
  require_rows("nll_loss", rows.logits, rows.target, where);
  require_weight("nll_loss", options.weight, rows.logits.shape()[1], rows.dtype, where);
  const Picked p = picked(rows.logits, rows.target, options.weight, options.ignore_index);
  return reduce_rows("nll_loss", p.losses, p.row_weights, rows, options.reduction, where);
}

Tensor focal_loss(const Operand& logits, const Tensor& target, const FocalLossOptions& options) {
  const graph::CallScope call("focal_loss", logits.where(), "target");
  const std::source_location where = logits.where();
  const Rows rows = class_rows(ops::as_tensor(logits), target);
  require_rows("focal_loss", rows.logits, rows.target, where);
  require_weight("focal_loss", options.weight, rows.logits.shape()[1], rows.dtype, where);
  const Picked p = picked(log_softmax(rows.logits, 1), rows.target, {}, options.ignore_index);
  const Tensor miss = 1 - exp(-p.losses);  // 1 - p_t, and 0 where ignored
  Tensor losses = (options.gamma == 2 ? square(miss) : pow(miss, options.gamma)) * p.losses;
  if (options.weight.defined()) losses = losses * take(options.weight, p.safe_target);
  return reduce_rows("focal_loss", losses, p.row_weights, rows, options.reduction, where);
}

Tensor multi_margin_loss(const Operand& x, const Tensor& target,
                         const MultiMarginOptions& options) {
  const graph::CallScope call("multi_margin_loss", x.where(), "target");
  const std::source_location where = x.where();
  if (options.p != 1 && options.p != 2)
    ops::fail<ValueError>({.operation = "multi_margin_loss",
                           .problem = "p is " + std::to_string(options.p),
                           .expected = "1 or 2"},
                          where);
  const Rows rows = class_rows(ops::as_tensor(x), target);
  require_rows("multi_margin_loss", rows.logits, rows.target, where);
  require_weight("multi_margin_loss", options.weight, rows.logits.shape()[1], rows.dtype, where);
  const std::int64_t classes = rows.logits.shape()[1];
  const Tensor right = unsqueeze(pick(rows.logits, rows.target), 1);
  Tensor misses = relu(options.margin - right + rows.logits);
  if (options.p == 2) misses = square(misses);
  if (options.weight.defined()) misses = misses * unsqueeze(take(options.weight, rows.target), 1);
  const Tensor other = unsqueeze(rows.target, 1) != arange(classes);
  const Tensor losses = sum(fathom::where(other, misses, 0), 1) / static_cast<double>(classes);
  return ops::reduce_loss("multi_margin_loss", reshape(losses, rows.shape), options.reduction,
                          rows.dtype, where);
}

}  // namespace fathom
