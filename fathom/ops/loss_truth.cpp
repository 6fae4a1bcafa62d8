#include "fathom/ops/loss_truth.h"

#include "fathom/graph/op.h"
#include "fathom/ops/activation.h"
#include "fathom/ops/check.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/index.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom {

using namespace ops::rules;

namespace {

void require_equal_shapes(const char* operation, const Tensor& x, const Tensor& target,
                          const std::source_location& where) {
  if (x.shape() == target.shape()) return;
  ops::fail<ShapeError>({.operation = operation,
                         .problem = "the shapes differ",
                         .received = {{"x", describe(x)}, {"target", describe(target)}},
                         .expected = "a target for each element of x"},
                        where);
}

/// The prediction in its own type, halves in f32, and the target in the same.
struct EqualPair {
  Tensor x, t;
  DType dtype;  // of the result
};
EqualPair equal_pair(const char* operation, const Operand& x, const Operand& target) {
  const DType dtype = ops::floating(ops::common_dtype({&x}));
  const Tensor a = ops::as_tensor(x, ops::widened(dtype));
  const Tensor t = ops::as_tensor(target, a.dtype());
  require_equal_shapes(operation, a, t, x.where());
  return {a, t, dtype};
}

Tensor weighted(const Tensor& losses, const Tensor& weight) {
  return weight.defined() ? losses * weight : losses;
}

/// log(1 + exp(x)) = -log(1 - sigmoid(x)).
Tensor softplus_of(const Tensor& x) { return ops::elementwise(fn::id_of<fn::Softplus>, x); }

/// Logarithms of p and of 1 - p, at least -100.
struct Logarithms {
  Tensor yes, no;
};
Logarithms logarithms(const Tensor& p) { return {maximum(log(p), -100), maximum(log1p(-p), -100)}; }

}  // namespace

namespace graph {

template <> struct Rules<op::BinaryCrossEntropy> {
  static constexpr std::string_view name = "binary_cross_entropy";
  static Specs infer(const op::BinaryCrossEntropy&, Inputs in) {
    return Spec{in[0].dtype(), in[0].shape()};
  }
  static Tensors lower(const op::BinaryCrossEntropy&, Inputs in) {
    const Logarithms l = logarithms(in[0]);
    return {(in[1] - 1) * l.no - in[1] * l.yes};
  }
  static Tensors vjp(const op::BinaryCrossEntropy&, const Vjp& v) {
    const Tensor &dy = v.cotangent(), &p = v.inputs[0], &t = v.inputs[1];
    Tensors result(2);
    if (v.wants(0))  // PyTorch's bound is a float for doubles too
      result[0] = dy * (p - t) / maximum((1 - p) * p, double{1e-12F});
    if (v.wants(1)) result[1] = dy * (log1p(-p) - log(p));  // infinite at 0 and 1, as PyTorch's
    return result;
  }
};
template <>
constinit const OpDef OpEntry<op::BinaryCrossEntropy>::def = make_op_def<op::BinaryCrossEntropy>();

}  // namespace graph

Tensor binary_cross_entropy(const Operand& probability, const Operand& target,
                            const BinaryCrossEntropyOptions& options) {
  const graph::CallScope call("binary_cross_entropy", probability.where());
  const EqualPair p = equal_pair("binary_cross_entropy", probability, target);
  const Tensor losses = graph::apply(op::BinaryCrossEntropy{}, {p.x, p.t}, probability.where());
  const Tensor loss = ops::reduce_loss("binary_cross_entropy", weighted(losses, options.weight),
                                       options.reduction, p.dtype, probability.where());
  return ops::checked_loss(loss, p.x, ops::probability("probability"), probability.where());
}

Tensor binary_cross_entropy_with_logits(const Operand& logits, const Operand& target,
                                        const BinaryCrossEntropyWithLogitsOptions& options) {
  const graph::CallScope call("binary_cross_entropy_with_logits", logits.where());
  const EqualPair p = equal_pair("binary_cross_entropy_with_logits", logits, target);
  const Tensor losses =
      options.pos_weight.defined()
          ? (1 - p.t) * p.x + (1 + (ops::wide(options.pos_weight) - 1) * p.t) * softplus_of(-p.x)
          : softplus_of(p.x) - p.x * p.t;
  return ops::reduce_loss("binary_cross_entropy_with_logits", weighted(losses, options.weight),
                          options.reduction, p.dtype, logits.where());
}

Tensor sigmoid_focal_loss(const Operand& logits, const Operand& target,
                          const SigmoidFocalOptions& options) {
  const graph::CallScope call("sigmoid_focal_loss", logits.where());
  const EqualPair p = equal_pair("sigmoid_focal_loss", logits, target);
  const Tensor yes = sigmoid(p.x);
  const Tensor miss = yes * (1 - p.t) + (1 - yes) * p.t;  // 1 - p_t
  Tensor losses = (softplus_of(p.x) - p.x * p.t) *
                  (options.gamma == 2 ? square(miss) : pow(miss, options.gamma));
  if (options.alpha >= 0) losses = losses * (options.alpha * p.t + (1 - options.alpha) * (1 - p.t));
  return ops::reduce_loss("sigmoid_focal_loss", losses, options.reduction, p.dtype, logits.where());
}

Tensor soft_margin_loss(const Operand& x, const Operand& target, Reduction reduction) {
  const graph::CallScope call("soft_margin_loss", x.where());
  const EqualPair p = equal_pair("soft_margin_loss", x, target);
  return ops::reduce_loss("soft_margin_loss", softplus_of(-(p.t * p.x)), reduction, p.dtype,
                          x.where());
}

Tensor multilabel_soft_margin_loss(const Operand& x, const Operand& target,
                                   const MultilabelSoftMarginOptions& options) {
  const graph::CallScope call("multilabel_soft_margin_loss", x.where());
  const EqualPair p = equal_pair("multilabel_soft_margin_loss", x, target);
  const Tensor losses = weighted(softplus_of(p.x) - p.x * p.t, options.weight);
  return ops::reduce_loss("multilabel_soft_margin_loss", mean(losses, -1), options.reduction,
                          p.dtype, x.where());
}

Tensor multilabel_margin_loss(const Operand& x, const Tensor& target, Reduction reduction) {
  const graph::CallScope call("multilabel_margin_loss", x.where(), "target");
  const Tensor given = ops::as_tensor(x);
  const Tensor scores = ops::wide(given);
  require_equal_shapes("multilabel_margin_loss", given, target, x.where());
  if (target.dtype() != DType::i64 || scores.rank() < 1 || scores.rank() > 2)
    ops::fail<DTypeError>({.operation = "multilabel_margin_loss",
                           .problem = "targets are lists of class indices of type i64",
                           .received = {{"x", describe(given)}, {"target", describe(target)}},
                           .expected = "x (B, C) or (C), and an i64 target of that shape"},
                          x.where());
  const std::int64_t classes = scores.shape().back();
  const Tensor position = arange(classes);
  const Tensor checked = ops::checked(
      target, Operand(target, x.where()),
      {-1, static_cast<double>(classes - 1), "target", "a class, or -1 at the end", true});
  const Tensor end = min(where(checked == -1, position, classes), -1, true);
  const Tensor listed = position < end;
  const Tensor safe = where(listed, checked, 0);
  // Axes of what follows: the list's places, then the classes.
  const Tensor is_class = unsqueeze(safe, -1) == position;
  const Tensor is_target = any(logical_and(unsqueeze(listed, -1), is_class), -2, true);
  const Tensor misses =
      relu(1 - unsqueeze(take_along(scores, safe, -1), -1) + unsqueeze(scores, -2));
  const Tensor counts = logical_and(unsqueeze(listed, -1), logical_not(is_target));
  const Tensor losses = sum(where(counts, misses, 0), {-2, -1}) / static_cast<double>(classes);
  return ops::reduce_loss("multilabel_margin_loss", losses, reduction, given.dtype(), x.where());
}

Tensor tversky_loss(const Operand& probability, const Operand& target,
                    const TverskyOptions& options) {
  const graph::CallScope call("tversky_loss", probability.where());
  const EqualPair p = equal_pair("tversky_loss", probability, target);
  if (p.x.rank() == 0)
    ops::fail<ShapeError>({.operation = "tversky_loss",
                           .problem = "there is no batch axis",
                           .received = {{"probability", describe(p.x)}},
                           .expected = "probabilities and targets (B, ...)"},
                          probability.where());
  const auto total = [](const Tensor& t) { return t.rank() == 1 ? t : sum(flatten(t, 1), 1); };
  const Tensor hits = total(p.x * p.t);
  const Tensor wrong = options.alpha * (total(p.x) - hits) + options.beta * (total(p.t) - hits);
  return ops::reduce_loss("tversky_loss",
                          1 - (hits + options.smooth) / (hits + wrong + options.smooth),
                          options.reduction, p.dtype, probability.where());
}

Tensor dice_loss(const Operand& probability, const Operand& target, const OverlapOptions& options) {
  const graph::CallScope call("dice_loss", probability.where());
  return tversky_loss(probability, target,
                      {.smooth = options.smooth / 2, .reduction = options.reduction});
}
Tensor jaccard_loss(const Operand& probability, const Operand& target,
                    const OverlapOptions& options) {
  const graph::CallScope call("jaccard_loss", probability.where());
  return tversky_loss(
      probability, target,
      {.alpha = 1, .beta = 1, .smooth = options.smooth, .reduction = options.reduction});
}

}  // namespace fathom
