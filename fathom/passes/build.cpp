// From a walk to a flat program: runs the passes in order.
#include <algorithm>
#include <unordered_map>

#include "fathom/graph/context.h"
#include "fathom/passes/passes.h"

namespace fathom::graph {
namespace {

/// Numbers met while passes run become constants of the plan.
class CompilingScope {
 public:
  CompilingScope()
      : before_(std::exchange(context().compiling, true)),
        call_(std::exchange(context().call, nullptr)),
        module_(std::exchange(context().module, nullptr)) {}
  ~CompilingScope() {
    context().compiling = before_;
    context().call = call_;
    context().module = module_;
  }
  CompilingScope(const CompilingScope&) = delete;
  CompilingScope& operator=(const CompilingScope&) = delete;

 private:
  bool before_;
  // What is compiled was built by other calls than those that run now.
  const CallScope* call_;
  ModuleScope* module_;
};

/// The roots' values, those with the shortest way from the leaves first: so the gradients of the
/// last layers come before those of the first, and what they alone read can be forgotten early.
std::vector<Value*> shallow_first(const Tensors& roots) {
  std::vector<Value*> values;
  for (const Tensor& t : roots) values.push_back(t.value());
  std::unordered_map<const Node*, int> depth;
  for (const Node* node : topological_order(values)) {
    int d = 0;
    for (int i = 0; i < node->input_count; ++i)
      if (const auto it = depth.find(node->inputs[i]->node); it != depth.end())
        d = std::max(d, it->second + 1);
    depth[node] = d;
  }
  std::stable_sort(values.begin(), values.end(),
                   [&](const Value* a, const Value* b) { return depth[a->node] < depth[b->node]; });
  return values;
}

Program flatten(const Tensors& roots, const Walk& walk) {
  Program program;
  std::unordered_map<Value*, ValueId> ids;
  const auto new_id = [&](Value* v) {
    const auto id = static_cast<ValueId>(program.specs.size());
    program.specs.push_back(v->spec);
    ids.emplace(v, id);
    return id;
  };
  program.inputs.assign(walk.leaves.size(), -1);
  std::unordered_map<Value*, std::size_t> leaf_number;
  for (std::size_t k = 0; k < walk.leaves.size(); ++k) leaf_number.emplace(walk.leaves[k], k);
  const auto id_of = [&](Value* v) {
    if (const auto it = ids.find(v); it != ids.end()) return it->second;
    const ValueId id = new_id(v);  // only leaves are met before their node
    program.inputs[leaf_number.at(v)] = id;
    return id;
  };
  for (Node* node : topological_order(shallow_first(roots))) {
    Instruction instruction{
        node->op,
        std::shared_ptr<void>(node->op->clone(node->attributes), node->op->free),
        {},
        {},
        origin_of(*node)};
    for (int i = 0; i < node->input_count; ++i)
      instruction.inputs.push_back(id_of(node->inputs[i]));
    for (int i = 0; i < node->output_count; ++i)
      instruction.outputs.push_back(new_id(&node->output(i)));
    program.instructions.push_back(std::move(instruction));
  }
  for (const Tensor& t : roots) program.outputs.push_back(id_of(t.value()));
  return program;
}

}  // namespace

Program build_program(const Walk& walk, Backend& backend) {
  const CompilingScope scope;
  Tensors roots;
  for (const Held& h : walk.held)
    roots.emplace_back(&walk.nodes[h.node]->output(static_cast<int>(h.output)));
  roots = expand_gradients(roots);
  roots = simplify(roots);
  roots = lower(roots, backend);
  roots = lay_out(roots);
  roots = simplify(roots);
  roots = fold(roots);
#ifndef NDEBUG
  verify(roots, &backend);
#endif
  return flatten(roots, walk);
}

}  // namespace fathom::graph
