// Simplification: operations that change nothing go, constants fold, transposes move into products,
// equal nodes merge. Every rule keeps the bits of what it replaces.
#include <cmath>
#include <optional>
#include <unordered_map>

#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/function_table.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/shape.h"
#include "fathom/passes/passes.h"

namespace fathom::graph {
namespace {

Node* producer(const Tensor& t) {
  Node* node = t.value()->node;
  return node->detached ? nullptr : node;
}
template <class Op> const Op* made_by(const Tensor& t) {
  Node* node = producer(t);
  return node && is<Op>(*node->op) ? &attributes<Op>(*node) : nullptr;
}
Tensor input_of(const Tensor& t, int i = 0) { return Tensor(t.value()->node->inputs[i]); }

/// The number that a constant tensor is full of.
std::optional<double> constant_value(const Tensor& t) {
  if (const auto* full = made_by<op::Full>(t)) return full->value;
  if (made_by<op::Expand>(t) || made_by<op::Reshape>(t)) return constant_value(input_of(t));
  return std::nullopt;
}
bool is_constant(const Tensor& t, double value) {
  const auto v = constant_value(t);
  return v && *v == value && !std::signbit(*v);
}

template <class T, class... F> double fold_one(int function, T a, T b, fn::List<F...>) {
  double result = 0;
  int i = 0;
  const auto try_one = [&]<class G>(G*) {
    if (i++ != function) return;
    if constexpr (G::result == fn::Result::same && fn::takes<G, T>()) {
      if constexpr (G::arity == 1)
        result = static_cast<double>(G::of(a));
      else
        result = static_cast<double>(G::of(a, b));
    }
  };
  (try_one(static_cast<F*>(nullptr)), ...);
  return result;
}

/// Arithmetic on constants is done once, with the scalar function that the kernels use.
Tensor fold_constants(const Node& node, Inputs in) {
  const int f = attributes<op::Elementwise>(node).function;
  const DType d = in[0].dtype();
  if ((d != DType::f32 && d != DType::f64) ||
      const_cast<Node&>(node).output(0).spec.dtype != d)  // truth values; a number beside a half
    return {};
  const auto a = constant_value(in[0]);
  const auto b = in.size() > 1 ? constant_value(in[1]) : a;
  if (!a || !b) return {};
  const double value =
      d == DType::f32 ? fold_one(f, static_cast<float>(*a), static_cast<float>(*b), fn::Functions{})
                      : fold_one(f, *a, *b, fn::Functions{});
  return constant(value, const_cast<Node&>(node).output(0).spec.shape, d);
}

Tensor expanded(const Tensor& t, const Shape& shape) { return expand(t, shape); }

// x * 1, x / 1 and x - 0 are exact for every x; x + 0 is not (-0 + 0 is +0), nor is 0 * x.
Tensor simplify_elementwise(const Node& node, Inputs in) {
  const int f = attributes<op::Elementwise>(node).function;
  const Shape& shape = const_cast<Node&>(node).output(0).spec.shape;
  if (const Tensor folded = fold_constants(node, in); folded.defined()) return folded;
  if (in.size() != 2 || in[0].dtype() != in[1].dtype()) return {};
  if (f == fn::id_of<fn::Mul>) {
    if (is_constant(in[1], 1)) return expanded(in[0], shape);
    if (is_constant(in[0], 1)) return expanded(in[1], shape);
  }
  if (f == fn::id_of<fn::Div> && is_constant(in[1], 1)) return expanded(in[0], shape);
  if (f == fn::id_of<fn::Sub> && is_constant(in[1], 0)) return expanded(in[0], shape);
  return {};
}

/// Swaps of the last two axes go into the product's flags.
bool is_transpose(const Tensor& t) {
  const auto* permute = made_by<op::Permute>(t);
  if (!permute) return false;
  const int rank = permute->order.rank();
  for (int i = 0; i < rank - 2; ++i)
    if (permute->order[i] != i) return false;
  return permute->order[rank - 1] == rank - 2;
}
Tensor simplify_matmul(const Node& node, Inputs in) {
  op::Matmul a = attributes<op::Matmul>(node);
  const bool ta = is_transpose(in[0]);
  const bool tb = is_transpose(in[1]);
  if (!ta && !tb) return {};
  a.transpose_a ^= ta;
  a.transpose_b ^= tb;
  return apply(a, {ta ? input_of(in[0]) : in[0], tb ? input_of(in[1]) : in[1]}, node.origin.where);
}

Tensor simplify_permute(const Node& node, Inputs in) {
  const auto* inner = made_by<op::Permute>(in[0]);
  if (!inner) return {};
  const Shape& outer = attributes<op::Permute>(node).order;
  Shape order;
  bool identity = true;
  for (std::int64_t axis : outer) {
    order.push_back(inner->order[static_cast<int>(axis)]);
    identity = identity && order.back() == order.rank() - 1;
  }
  return identity ? input_of(in[0])
                  : apply(op::Permute{order}, {input_of(in[0])}, node.origin.where);
}

Tensor simplify_reshape(const Node& node, Inputs in) {
  const Shape& shape = attributes<op::Reshape>(node).shape;
  if (in[0].shape() == shape) return in[0];
  if (const auto* full = made_by<op::Full>(in[0])) {
    op::Full same = *full;
    same.shape = shape;
    return apply(same, Tensors{}, node.origin.where);
  }
  if (made_by<op::Reshape>(in[0])) return reshape(input_of(in[0]), shape);
  return {};
}

Tensor simplify_expand(const Node& node, Inputs in) {
  const Shape& shape = attributes<op::Expand>(node).shape;
  if (in[0].shape() == shape) return in[0];
  if (const auto* full = made_by<op::Full>(in[0])) {
    op::Full same = *full;
    same.shape = shape;
    return apply(same, Tensors{}, node.origin.where);
  }
  return {};
}

/// A float that was cast to a wider one and back is itself.
Tensor simplify_cast(const Node& node, Inputs in) {
  const DType to = attributes<op::Cast>(node).dtype;
  if (in[0].dtype() == to) return in[0];
  if (!made_by<op::Cast>(in[0]) || input_of(in[0]).dtype() != to) return {};
  const bool wider = is_floating(to) && promote(to, in[0].dtype()) == in[0].dtype();
  return wider ? input_of(in[0]) : Tensor();
}

Tensor simplify_node(Node& node, Inputs in) {
  if (is<op::StopGradient>(*node.op)) return in[0];
  if (is<op::Elementwise>(*node.op)) return simplify_elementwise(node, in);
  if (is<op::Matmul>(*node.op)) return simplify_matmul(node, in);
  if (is<op::Permute>(*node.op)) return simplify_permute(node, in);
  if (is<op::Reshape>(*node.op)) return simplify_reshape(node, in);
  if (is<op::Expand>(*node.op)) return simplify_expand(node, in);
  if (is<op::Cast>(*node.op)) return simplify_cast(node, in);
  return {};
}

/// Finds the node that already computes what another would: same operation, attributes and inputs.
class EqualNodes {
 public:
  Tensors merge(const Tensors& outputs) {
    Node* node = producer(outputs[0]);
    if (!node) return outputs;
    std::uint64_t h = node->hash;
    for (int i = 0; i < node->input_count; ++i)
      h = mix(h, reinterpret_cast<std::uintptr_t>(node->inputs[i]));
    const auto [begin, end] = by_hash_.equal_range(h);
    for (auto it = begin; it != end; ++it) {
      Node* known = it->second[0].value()->node;
      if (known == node || equal(*known, *node)) return it->second;
    }
    by_hash_.emplace(h, outputs);
    return outputs;
  }

 private:
  static bool equal(const Node& a, const Node& b) {
    if (a.op != b.op || a.input_count != b.input_count || a.output_count != b.output_count)
      return false;
    for (int i = 0; i < a.input_count; ++i)
      if (a.inputs[i] != b.inputs[i]) return false;
    return a.op->equal(a.attributes, b.attributes);
  }
  std::unordered_multimap<std::uint64_t, Tensors> by_hash_;
};

}  // namespace

Tensors simplify(const Tensors& roots) {
  EqualNodes known;
  return Rewriter([&](Node& node, Inputs inputs) -> Tensors {
           const Tensor simpler = simplify_node(node, inputs);
           if (!simpler.defined()) return known.merge(rebuild(node, inputs));
           if (!producer(simpler) || simpler.value()->node->output_count > 1) return {simpler};
           return known.merge({simpler});
         })
      .run(roots);
}

}  // namespace fathom::graph
