// The machinery that passes share: walking a graph and building a changed copy.
#include <stdexcept>

#include "fathom/graph/context.h"
#include "fathom/passes/passes.h"

namespace fathom::graph {

namespace {
std::vector<Value*> values_of(const Tensors& tensors) {
  std::vector<Value*> values;
  for (const Tensor& t : tensors)
    if (t.defined()) values.push_back(t.value());
  return values;
}
}  // namespace

Origin origin_of(const Node& node) {
  Origin origin = node.origin;
  if (!origin.operation) origin.operation = name_of(node);
  return origin;
}

Tensors rebuild(Node& node, Inputs inputs) {
  bool same = true;
  for (int i = 0; i < node.input_count; ++i)
    same = same && inputs[static_cast<std::size_t>(i)].value() == node.inputs[i];
  Tensors outputs;
  if (same) {
    for (int i = 0; i < node.output_count; ++i) outputs.emplace_back(&node.output(i));
    return outputs;
  }
  Node* fresh = copy_node(node, inputs);
  for (int i = 0; i < fresh->output_count; ++i) outputs.push_back(Tensor::adopt(&fresh->output(i)));
  return outputs;
}

Tensor Rewriter::mapped(Value* value) const {
  if (value->node->detached) return Tensor(value);
  return map_.at(value);
}

void Rewriter::rewrite(Node* node) {
  Tensors inputs;
  for (int i = 0; i < node->input_count; ++i) inputs.push_back(mapped(node->inputs[i]));
  const Origin origin = origin_of(*node);
  const OriginScope scope(&origin);
  Tensors results = rule_(*node, inputs);
  if (results.empty()) results = rebuild(*node, inputs);
  for (int i = 0; i < node->output_count; ++i) {
    const Tensor& result = results[static_cast<std::size_t>(i)];
    // Whoever holds the output has memory for what was inferred, not for anything larger.
    if (result.defined() && !(result.value()->spec == node->output(i).spec))
      throw std::logic_error("fathom: a pass made of " + std::string(node->op->name) +
                             " another type or shape than it infers");
    map_[&node->output(i)] = result;
    keep_.emplace_back(&node->output(i));
  }
}

Tensors Rewriter::run(const Tensors& roots) {
  for (Node* node : topological_order(values_of(roots)))
    if (!map_.contains(&node->output(0))) rewrite(node);
  Tensors results;
  for (const Tensor& root : roots) results.push_back(mapped(root.value()));
  return results;
}

void verify(const Tensors& roots, const Backend* backend) {
  for (const Node* node : topological_order(values_of(roots))) {
    const auto fail = [&](const char* what) {
      throw std::logic_error("fathom: a pass left " + std::string(node->op->name) + " " + what);
    };
    Tensors inputs;
    for (int i = 0; i < node->input_count; ++i) inputs.emplace_back(node->inputs[i]);
    const Specs specs = node->op->infer(node->attributes, inputs);
    if (specs.size() != node->output_count) fail("with another number of outputs than it infers");
    for (int i = 0; i < specs.size(); ++i)
      if (!(specs[i] == const_cast<Node*>(node)->output(i).spec))
        fail("with another output than it infers");
    if (backend && !backend->supports(*node)) fail("to a backend that lacks it");
  }
}

}  // namespace fathom::graph
