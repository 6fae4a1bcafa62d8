// Folding: a factor and a summand a channel that follow a convolution, as batch norm's do at
// inference, go into its weight and bias. That rounds elsewhere than the operations as written do,
// so it is done to convolutions alone, whose result nobody else sees.
#include <unordered_map>

#include "fathom/ops/conv.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/function_table.h"
#include "fathom/ops/shape.h"
#include "fathom/passes/passes.h"

namespace fathom::graph {
namespace {

/// How often each value is read, or is a result.
std::unordered_map<const Value*, int> uses_of(const Tensors& roots) {
  std::unordered_map<const Value*, int> uses;
  std::vector<Value*> values;
  for (const Tensor& t : roots) {
    values.push_back(t.value());
    ++uses[t.value()];
  }
  for (const Node* node : topological_order(values))
    for (int i = 0; i < node->input_count; ++i) ++uses[node->inputs[i]];
  return uses;
}

/// One number a channel, of shape (1, ..., C).
bool is_per_channel(const Tensor& t, const Shape& whole) {
  return t.rank() > 0 && t.shape().back() == whole.back() && t.size() == whole.back();
}

/// Whether t is made of leaves by elementwise operations alone, each as small: what parameters
/// give, not what is drawn or computed of a picture.
bool of_parameters(const Tensor& t, std::int64_t channels) {
  const Node* node = t.value()->node;
  if (t.size() > channels) return false;
  if (node->detached || node->input_count == 0) return true;
  if (!is<op::Elementwise>(*node->op) && !is<op::Cast>(*node->op) && !is<op::Reshape>(*node->op) &&
      !is<op::Permute>(*node->op) && !is<op::Expand>(*node->op))
    return false;
  for (int i = 0; i < node->input_count; ++i)
    if (!of_parameters(Tensor(node->inputs[i]), channels)) return false;
  return true;
}

/// The convolution that makes t, if the value that t stands for is read once.
const Node* folding_conv(const Tensor& t, int uses) {
  const Node* node = t.value()->node;
  return uses == 1 && !node->detached && is<op::Conv>(*node->op) ? node : nullptr;
}

Tensor scaled(const Node& conv, const Tensor& factor) {
  Tensors in;
  for (int i = 0; i < conv.input_count; ++i) in.emplace_back(conv.inputs[i]);
  const std::int64_t channels = in[1].shape()[0];
  Shape each{channels};
  while (each.rank() < in[1].rank()) each.push_back(1);
  in[1] = in[1] * reshape(factor, each);
  if (in.size() > 2) in[2] = in[2] * reshape(factor, {channels});
  return apply(attributes<op::Conv>(conv), std::move(in), conv.origin.where);
}

Tensor shifted(const Node& conv, const Tensor& summand) {
  Tensors in;
  for (int i = 0; i < conv.input_count; ++i) in.emplace_back(conv.inputs[i]);
  const Tensor bias = reshape(summand, {in[1].shape()[0]});
  if (in.size() > 2)
    in[2] = in[2] + bias;
  else
    in.push_back(bias);
  return apply(attributes<op::Conv>(conv), std::move(in), conv.origin.where);
}

}  // namespace

Tensors fold(const Tensors& roots) {
  const auto uses = uses_of(roots);
  return Rewriter([&](Node& node, Inputs in) -> Tensors {
           if (!is<op::Elementwise>(*node.op) || in.size() != 2) return {};
           const int function = attributes<op::Elementwise>(node).function;
           const bool product = function == fn::id_of<fn::Mul>;
           if (!product && function != fn::id_of<fn::Add>) return {};
           for (const int i : {0, 1}) {
             const Tensor& t = in[static_cast<std::size_t>(i)];
             const Tensor& other = in[static_cast<std::size_t>(1 - i)];
             const Node* conv = folding_conv(t, uses.at(node.inputs[i]));
             if (!conv || t.dtype() != other.dtype() || !is_per_channel(other, t.shape()) ||
                 !of_parameters(other, t.shape().back()))
               continue;
             return {product ? scaled(*conv, other) : shifted(*conv, other)};
           }
           return {};
         })
      .run(roots);
}

}  // namespace fathom::graph
