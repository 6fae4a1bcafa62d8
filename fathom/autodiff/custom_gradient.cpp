#include "fathom/autodiff/custom_gradient.h"

#include <bit>

#include "fathom/graph/context.h"
#include "fathom/graph/op.h"

namespace fathom {
namespace graph {

template <> struct Rules<op::CustomGradient> {
  static constexpr std::string_view name = "custom_gradient";
  static constexpr bool view = true;
  static Specs infer(const op::CustomGradient&, Inputs in) {
    return Spec{in[0].dtype(), in[0].shape()};
  }
  static Tensors lower(const op::CustomGradient&, Inputs in) { return {in[0]}; }
  static Tensors vjp(const op::CustomGradient& a, const Vjp& v) {
    const Inputs inputs = v.inputs.subspan(1);
    const auto rule = std::bit_cast<GradientRule>(a.rule);
    Tensors gradients = [&] {
      const OriginScope own(nullptr);  // errors in the rule name the rule's lines
      return rule(inputs, v.output(), v.cotangent());
    }();
    if (gradients.size() != inputs.size())
      throw ValueError({.operation = "custom_gradient",
                        .problem = "the rule gave " + std::to_string(gradients.size()) +
                                   " gradients for " + std::to_string(inputs.size()) + " inputs",
                        .hint = "an empty Tensor stands for an input that gets none"});
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (gradients[i].defined() && gradients[i].shape() != inputs[i].shape())
        throw ShapeError({.operation = "custom_gradient",
                          .problem = "the rule gave a gradient of another shape than its input",
                          .received = {{"input " + std::to_string(i), describe(inputs[i])},
                                       {"gradient", describe(gradients[i])}}});
    gradients.insert(gradients.begin(), Tensor());  // nothing flows through the value itself
    return gradients;
  }
};

template <>
constinit const OpDef OpEntry<op::CustomGradient>::def = make_op_def<op::CustomGradient>();

}  // namespace graph

Tensor custom_gradient(const Tensor& value, const std::vector<Tensor>& inputs, GradientRule rule,
                       Where where) {
  graph::Tensors all{value};
  all.insert(all.end(), inputs.begin(), inputs.end());
  return graph::apply(op::CustomGradient{std::bit_cast<std::uintptr_t>(rule)}, std::move(all),
                      where);
}

}  // namespace fathom
