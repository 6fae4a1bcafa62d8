#include "fathom/ops/random.h"

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"

namespace fathom {

using ops::Inputs;
using ops::Spec;
using ops::Specs;
using ops::Tensors;
using ops::Vjp;

namespace graph {
template <> struct Rules<op::Dropout> {
  static constexpr std::string_view name = "dropout";
  static Specs infer(const op::Dropout&, Inputs in) { return Spec{in[0].dtype(), in[0].shape()}; }
  static Tensors lower(const op::Dropout& a, Inputs in) {
    const Tensor random =
        apply(op::Random{op::Random::Kind::uniform, in[0].shape(), a.site}, {in[1]}, {});
    const double scale = a.probability < 1 ? 1 / (1 - a.probability) : 0;
    return {where(random >= a.probability, in[0] * scale, 0)};
  }
  static Tensors vjp(const op::Dropout& a, const Vjp& v) {
    return {apply(op::Dropout{a.probability, a.site}, {v.cotangent(), v.inputs[1]}, {}), {}};
  }
};
template <> constinit const OpDef OpEntry<op::Dropout>::def = make_op_def<op::Dropout>();

}  // namespace graph

Tensor dropout(const Operand& x, double probability, const Tensor& key, std::int64_t site) {
  if (!(probability >= 0 && probability <= 1))
    ops::fail<ValueError>({.operation = "dropout",
                           .problem = "probability is " + std::to_string(probability),
                           .expected = "a number in [0, 1]"},
                          x.where());
  return graph::apply(op::Dropout{probability, site}, {ops::as_tensor(x), key}, x.where());
}

}  // namespace fathom
