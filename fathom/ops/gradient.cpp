#include "fathom/ops/gradient.h"

#include <algorithm>

#include "fathom/graph/context.h"
#include "fathom/graph/op.h"
#include "fathom/ops/shape.h"

namespace fathom {

namespace graph {
template <> struct Rules<op::Gradient> {
  static constexpr std::string_view name = "gradient";
  static constexpr bool gradient = true;
  static Specs infer(const op::Gradient&, Inputs in) {
    if (in[0].size() != 1)
      throw ShapeError({.operation = "gradient",
                        .problem = "the loss is not a single number",
                        .received = {{"loss", describe(in[0])}},
                        .expected = "a tensor of one element",
                        .hint = "reduce it: mean(loss)"});
    if (!is_floating(in[0].dtype()))
      throw DTypeError({.operation = "gradient",
                        .problem = "the loss is not floating-point",
                        .received = {{"loss", describe(in[0])}}});
    Specs specs;
    specs.reserve(in.size());
    for (const Tensor& t : in) specs.push_back({t.dtype(), t.shape()});
    return specs;
  }
};

template <> constinit const OpDef OpEntry<op::Gradient>::def = make_op_def<op::Gradient>();

void gradient_group(std::vector<Tensor>& loss_and_wrt) {
  const Tensor& loss = loss_and_wrt[0];
  const auto is_loss = [&](const Tensor& t) { return t.same_as(loss); };
  if (loss.defined() && loss.value()->node->detached &&
      std::none_of(loss_and_wrt.begin() + 1, loss_and_wrt.end(), is_loss))
    throw ValueError(
        located({.operation = "gradient",
                 .problem = "the loss has been computed and no longer knows what it was made from",
                 .received = {{"loss", describe(loss)}},
                 .hint = "ask for gradients before looking at the loss, or use value_and_grad"},
                Where()));
  Node* node = apply_node(op::Gradient{}, std::span<Tensor>(loss_and_wrt), {});
  for (std::size_t i = 0; i < loss_and_wrt.size(); ++i)
    loss_and_wrt[i] = Tensor::adopt(&node->output(static_cast<int>(i)));
}

Tensor as_argument(const Tensor& tensor) {
  return apply(op::Reshape{tensor.shape()}, {tensor}, {});
}

RecordingScope::RecordingScope() { ++context().recording; }
RecordingScope::~RecordingScope() { --context().recording; }

}  // namespace graph

std::vector<Tensor> gradients(const Tensor& loss, const std::vector<Tensor>& wrt, Where where) {
  const graph::CallScope call("gradients", where);
  std::vector<Tensor> group{loss};
  group.insert(group.end(), wrt.begin(), wrt.end());
  graph::gradient_group(group);
  group.erase(group.begin());
  return group;
}

}  // namespace fathom
