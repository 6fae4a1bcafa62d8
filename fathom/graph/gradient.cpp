#include "fathom/graph/gradient.h"

#include "fathom/graph/context.h"
#include "fathom/graph/op.h"

namespace fathom {

namespace graph {
template <> struct Rules<op::Gradient> {
  static constexpr std::string_view name = "gradient";
  static Specs infer(const op::Gradient&, Inputs in) {
    if (in[0].size() != 1)
      throw ShapeError({.operation = "gradient",
                        .problem = "the loss is not a single number",
                        .received = {{"loss", describe(in[0])}},
                        .expected = "a tensor of one element",
                        .hint = "reduce it: mean(loss)"});
    if (!is_floating(in[0].dtype()))
      throw DTypeError({.operation = "gradient", .problem = "the loss is not floating-point",
                        .received = {{"loss", describe(in[0])}}});
    Specs specs;
    for (const Tensor& t : in) specs.push_back({t.dtype(), t.shape()});
    return specs;
  }
};

template <> constinit const OpDef OpDefOf<op::Gradient>::def = make_op_def<op::Gradient>();

std::vector<Tensor> gradient_group(const Tensor& loss, const std::vector<Tensor>& wrt) {
  Tensors inputs{loss};
  inputs.insert(inputs.end(), wrt.begin(), wrt.end());
  return apply_all(op::Gradient{}, Inputs(inputs), {});
}

RecordingScope::RecordingScope() { ++context().recording; }
RecordingScope::~RecordingScope() { --context().recording; }

}  // namespace graph

std::vector<Tensor> gradients(const Tensor& loss, const std::vector<Tensor>& wrt) {
  std::vector<Tensor> group = graph::gradient_group(loss, wrt);
  group.erase(group.begin());
  return group;
}

}  // namespace fathom
