#include "fathom/ops/dropout.h"

#include <cmath>

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"

namespace fathom {

using namespace ops::rules;

namespace graph {
template <> struct Rules<op::Dropout> {
  static constexpr std::string_view name = "dropout";
  static Specs infer(const op::Dropout&, Inputs in) { return Spec{in[0].dtype(), in[0].shape()}; }
  static Tensors lower(const op::Dropout& a, Inputs in) {
    const op::Random numbers{op::Random::Kind::kept, in[0].shape(), a.site, a.probability};
    const Tensor kept = cast(apply(numbers, {in[1]}, {}), in[0].dtype());
    const double scale = a.probability < 1 ? 1 / (1 - a.probability) : 0;
    return {in[0] * kept * scale};
  }
  static Tensors vjp(const op::Dropout& a, const Vjp& v) {
    return {apply(op::Dropout{a.probability, a.site}, {v.cotangent(), v.inputs[1]}, {}), {}};
  }
};
template <> constinit const OpDef OpEntry<op::Dropout>::def = make_op_def<op::Dropout>();

}  // namespace graph

namespace {

void require_probability(const char* operation, double probability,
                         const std::source_location& where) {
  if (probability >= 0 && probability <= 1) return;
  ops::fail<ValueError>({.operation = operation,
                         .problem = "probability is " + std::to_string(probability),
                         .expected = "a number in [0, 1]"},
                        where);
}

/// The shape of one decision a channel: (B, C, 1, ...).
Shape channels_of(const char* operation, const Tensor& x, const std::source_location& where) {
  if (x.rank() < 2)
    ops::fail<ShapeError>({.operation = operation,
                           .problem = "x has no channel axis",
                           .received = {{"x", graph::describe(x)}},
                           .expected = "x of shape (B, C, ...)"},
                          where);
  Shape shape = x.shape();
  for (int i = 2; i < shape.rank(); ++i) shape[i] = 1;
  return shape;
}

Tensor alpha_dropout_by(const Shape& decisions, const Tensor& x, double probability,
                        const Tensor& key, std::int64_t site) {
  if (probability == 0) return x;
  if (probability == 1) return x * 0;            // as PyTorch: a NaN stays one
  constexpr double limit = -1.7580993408473766;  // of selu at -infinity: -alpha * scale
  const double scale = 1 / std::sqrt((limit * limit * probability + 1) * (1 - probability));
  const Tensor random =
      graph::apply(op::Random{op::Random::Kind::uniform, decisions, site}, {key}, {});
  const double shift = -scale * limit * probability;
  return where(random >= probability, x * scale + shift, scale * limit + shift);
}

}  // namespace

Tensor dropout(const Operand& x, double probability, const Tensor& key, std::int64_t site) {
  require_probability("dropout", probability, x.where());
  ops::require_floating("dropout", x);
  return graph::apply(op::Dropout{probability, site}, {ops::as_tensor(x, "dropout"), key},
                      x.where());
}

Tensor feature_dropout(const Operand& x, double probability, const Tensor& key, std::int64_t site) {
  const graph::CallScope call("feature_dropout", x.where());
  require_probability("feature_dropout", probability, x.where());
  ops::require_floating("feature_dropout", x);
  const Tensor t = ops::as_tensor(x);
  const Tensor kept = ones(channels_of("feature_dropout", t, x.where()), t.dtype());
  return t * dropout(kept, probability, key, site);
}

Tensor alpha_dropout(const Operand& x, double probability, const Tensor& key, std::int64_t site) {
  const graph::CallScope call("alpha_dropout", x.where());
  require_probability("alpha_dropout", probability, x.where());
  ops::require_floating("alpha_dropout", x);
  const Tensor t = ops::as_tensor(x);
  return alpha_dropout_by(t.shape(), t, probability, key, site);
}

Tensor feature_alpha_dropout(const Operand& x, double probability, const Tensor& key,
                             std::int64_t site) {
  const graph::CallScope call("feature_alpha_dropout", x.where());
  require_probability("feature_alpha_dropout", probability, x.where());
  ops::require_floating("feature_alpha_dropout", x);
  const Tensor t = ops::as_tensor(x);
  return alpha_dropout_by(channels_of("feature_alpha_dropout", t, x.where()), t, probability, key,
                          site);
}

}  // namespace fathom
