#include "fathom/autodiff/checkpoint.h"

#include <unordered_map>
#include <unordered_set>

#include "fathom/graph/op.h"
#include "fathom/ops/shape.h"
#include "fathom/passes/passes.h"

namespace fathom {
namespace graph {
namespace {

/// What lies between arguments and a value: the nodes that depend on an argument, inputs first, and
/// all else that they read.
struct Between {
  std::vector<Node*> nodes;
  std::vector<Value*> others;
};

Between between(Value* value, std::span<const Tensor> arguments) {
  struct Frame {
    Node* node;
    int next_input;
    bool depends;
  };
  std::unordered_set<const Value*> starts;
  for (const Tensor& t : arguments) starts.insert(t.value());
  std::unordered_map<const Node*, bool> known;  // whether a node depends on an argument
  const auto depends = [&](const Value* v) {
    const auto it = known.find(v->node);
    return starts.contains(v) || (it != known.end() && it->second);
  };
  Between result;
  std::vector<Frame> stack;
  const auto enter = [&](Value* v) {
    if (!starts.contains(v) && !v->node->detached && known.emplace(v->node, false).second)
      stack.push_back({v->node, 0, false});
  };
  enter(value);
  while (!stack.empty()) {
    Frame& frame = stack.back();
    if (frame.next_input < frame.node->input_count) {
      enter(frame.node->inputs[frame.next_input++]);
      continue;
    }
    Node* node = frame.node;
    stack.pop_back();
    bool& found = known[node];
    for (int i = 0; i < node->input_count; ++i) found = found || depends(node->inputs[i]);
    if (found) result.nodes.push_back(node);
  }
  std::unordered_set<const Value*> listed;
  for (Node* node : result.nodes)
    for (int i = 0; i < node->input_count; ++i)
      if (Value* v = node->inputs[i]; !depends(v) && listed.insert(v).second)
        result.others.push_back(v);
  return result;
}

/// The same computation on other arguments, in nodes of its own.
Tensor repeat(const Between& way, Value* value, std::span<const Tensor> arguments,
              std::span<const Tensor> others) {
  std::unordered_map<const Value*, Tensor> map;
  for (std::size_t i = 0; i < arguments.size(); ++i) map[arguments[i].value()] = others[i];
  for (Node* node : way.nodes) {
    Tensors inputs;
    for (int i = 0; i < node->input_count; ++i) {
      const auto it = map.find(node->inputs[i]);
      inputs.push_back(it == map.end() ? Tensor(node->inputs[i]) : it->second);
    }
    const Tensors outputs = rebuild(*node, inputs);
    for (int i = 0; i < node->output_count; ++i)
      map[&node->output(i)] = outputs[static_cast<std::size_t>(i)];
  }
  return map.at(value);
}

}  // namespace

template <> struct Rules<op::Checkpoint> {
  static constexpr std::string_view name = "checkpoint";
  static constexpr bool view = true;
  static Specs infer(const op::Checkpoint&, Inputs in) {
    return Spec{in[0].dtype(), in[0].shape()};
  }
  static Tensors lower(const op::Checkpoint&, Inputs in) { return {in[0]}; }
  static Tensors vjp(const op::Checkpoint& a, const Vjp& v) {
    const Inputs arguments = v.inputs.subspan(1, static_cast<std::size_t>(a.arguments));
    Value* value = v.inputs[0].value();
    Tensors wrt;
    for (const Tensor& t : arguments) wrt.push_back(apply(op::After{}, {t, v.cotangent()}, {}));
    const Tensor again = repeat(between(value, arguments), value, arguments, wrt);
    for (const Tensor& t : v.inputs.subspan(1 + arguments.size())) wrt.push_back(t);
    Tensors gradients = differentiate_definition({again}, {v.cotangent()}, wrt);
    gradients.insert(gradients.begin(), Tensor());  // nothing flows back the way that was taken
    return gradients;
  }
};

template <> constinit const OpDef OpEntry<op::Checkpoint>::def = make_op_def<op::Checkpoint>();

}  // namespace graph

namespace detail {

Tensor checkpoint(const Tensor& value, const std::vector<Tensor>& arguments) {
  const graph::Between way = graph::between(value.value(), arguments);
  if (way.nodes.empty()) return value;
  graph::Tensors inputs{value};
  inputs.insert(inputs.end(), arguments.begin(), arguments.end());
  for (graph::Value* v : way.others) inputs.emplace_back(v);
  return graph::apply(op::Checkpoint{static_cast<int>(arguments.size())}, std::move(inputs), {});
}

}  // namespace detail
}  // namespace fathom
