#include "fathom/graph/eval.h"

#include <chrono>
#include <cstring>
#include <unordered_set>

#include "fathom/core/small_vector.h"
#include "fathom/graph/context.h"
#include "fathom/graph/plan.h"

namespace fathom::graph {
namespace {

std::shared_ptr<const Plan> compile(const Walk& walk, Device device) {
  const auto start = std::chrono::steady_clock::now();
  auto plan = std::make_shared<Plan>(
      Plan{.key = PlanKey(walk, device), .program = {}, .executable = {}, .alias = {}});
  Backend& backend = context().backend();
  plan->program = build_program(walk, backend);
  plan->executable = backend.compile(plan->program);
  for (const ValueId output : plan->program.outputs) {
    int alias = -1;
    for (std::size_t k = 0; k < plan->program.inputs.size(); ++k)
      if (plan->program.inputs[k] == output) alias = static_cast<int>(k);
    plan->alias.push_back(alias);
  }
  plan->compile_ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return plan;
}

/// An output that is an input under another name: shares its memory, as tensors are immutable.
void share(Value& output, Value& input) {
  if (input.storage) {
    acquire(input.storage);
    provide_memory(output, input.storage);
  } else if (input.spec.bytes() > 0) {
    provide_memory(output);
    std::memcpy(output.data, input.data, output.spec.bytes());
  } else {
    provide_memory(output);
  }
}

/// The memory of outputs during one run; gives it back if the run throws.
class Binding {
 public:
  Binding(const Walk& walk, const Plan& plan) : walk_(walk), plan_(plan) {
    for (std::size_t i = 0; i < walk.held.size(); ++i) {
      taken_.push_back(-1);
      outputs_.push_back(nullptr);
    }
  }

  void provide(bool may_donate) {
    // Sharing comes first: memory that an output shares is not free to be written over.
    for (std::size_t i = 0; i < outputs_.size(); ++i)
      if (plan_.alias[i] >= 0)
        share(output(i), *walk_.leaves[static_cast<std::size_t>(plan_.alias[i])]);
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      Value& v = output(i);
      if (plan_.alias[i] >= 0) {
        outputs_[i] = v.data;
        continue;
      }
      const int donor = plan_.executable->donor(static_cast<int>(i));
      if (may_donate && donor >= 0 && donate(static_cast<std::size_t>(donor), v)) {
        taken_[i] = donor;
        ++donated_;
      } else {
        provide_memory(v);
      }
      outputs_[i] = v.data;
    }
  }

  std::span<void* const> outputs() const { return {outputs_.data(), outputs_.size()}; }
  std::uint64_t donated() const { return donated_; }

  void take_back() noexcept {
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      Value& v = output(i);
      if (taken_[i] >= 0) {
        Value& donor = *walk_.leaves[static_cast<std::size_t>(taken_[i])];
        donor.storage = v.storage;
        donor.data = v.data;
      } else if (v.storage) {
        release(v.storage);
      }
      v.storage = nullptr;
      v.data = nullptr;
    }
  }

 private:
  Value& output(std::size_t i) {
    return walk_.nodes[walk_.held[i].node]->output(static_cast<int>(walk_.held[i].output));
  }
  /// Takes the leaf's memory if nobody but this graph can see it: no handle then exists, so no
  /// other thread can make one.
  bool donate(std::size_t k, Value& to) {
    Value& leaf = *walk_.leaves[k];
    if (!leaf.storage || leaf.refs.load(std::memory_order_acquire) != walk_.leaf_uses[k] ||
        leaf.storage->refs.load(std::memory_order_acquire) != 1)
      return false;
    provide_memory(to, leaf.storage);
    to.storage->version = next_version();
    leaf.storage = nullptr;
    return true;
  }

  const Walk& walk_;
  const Plan& plan_;
  SmallVector<void*, 64> outputs_;
  SmallVector<int, 64> taken_;
  std::uint64_t donated_ = 0;
};

/// Computes what is held; an error leaves all as it was.
void run(const Plan& plan, const Walk& walk, bool may_donate) {
  SmallVector<InputData, 64> inputs;
  for (const Value* leaf : walk.leaves)
    inputs.push_back({leaf->data, leaf->storage ? leaf->storage->version : 0});
  Binding binding(walk, plan);
  try {
    binding.provide(may_donate);
    plan.executable->run({inputs.data(), inputs.size()}, binding.outputs());
  } catch (...) {
    binding.take_back();
    throw;
  }
  if (binding.donated()) detail::count_donations(binding.donated());
}

/// What a gradient that is not computed yet will be differentiated through: such nodes keep their
/// inputs, though their values are known.
std::unordered_set<const Node*> needed_by_gradients(const Context& c, const Walk& walk) {
  std::unordered_set<const Node*> needed;
  std::size_t here = 0;
  for (const Node* node : walk.nodes) here += node->op->gradient;
  if (c.pending_gradients == here) return needed;
  const std::uint32_t mark = walk.nodes.empty() ? 0 : walk.nodes.front()->mark;
  std::vector<Value*> roots;
  for (Node* node = c.first_pending; node; node = node->next)
    if (node->op->gradient && node->mark != mark) roots.push_back(&node->output(0));
  for (const Node* node : topological_order(roots)) needed.insert(node);
  return needed;
}

void let_go(const Context& c, const Walk& walk) {
  const auto needed = needed_by_gradients(c, walk);
  // Consumers first: what only they read dies with them, so only nodes that are held may be
  // touched.
  for (const Held& h : walk.held) {
    Node* node = walk.nodes[h.node];
    if (needed.empty() || !needed.contains(node)) detach(node);
  }
}

}  // namespace

void evaluate(std::span<Value* const> roots) {
  Context& c = context();
  if (c.graveyard_used.load(std::memory_order_acquire)) empty_graveyard(c);
  Walk& walk = *c.walk;
  walk.run(roots);
  if (walk.held.empty()) return;
  std::shared_ptr<const Plan> plan = detail::find_plan(walk, c.device);
  const bool known = plan != nullptr;
  if (!known) detail::keep_plan(plan = compile(walk, c.device));
  try {
    run(*plan, walk, c.recording == 0);
  } catch (const Error&) {
    if (!known) throw;
    // The plan names the lines of the graph that it was made from. One of this graph says the same
    // of these lines.
    run(*compile(walk, c.device), walk, false);
  }
  if (c.recording == 0) let_go(c, walk);
}

}  // namespace fathom::graph
