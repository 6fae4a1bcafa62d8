#include "fathom/graph/walk.h"

#include <algorithm>
#include <unordered_set>

#include "fathom/graph/context.h"
#include "fathom/graph/op.h"

namespace fathom::graph {
namespace {
std::size_t slot_of(const Value* value, std::size_t size) {
  const auto address = reinterpret_cast<std::uintptr_t>(value);
  return (address * 0x9e3779b97f4a7c15ULL >> 32) & (size - 1);
}
}  // namespace

// Leaves may be shared with other threads, so their marks live in this table and not in the nodes.
std::uint32_t Walk::leaf_index(Value* value) {
  std::size_t i = slot_of(value, leaf_table_.size());
  while (leaf_table_[i].generation == generation_) {
    if (leaf_table_[i].value == value) return leaf_table_[i].index;
    i = (i + 1) & (leaf_table_.size() - 1);
  }
  const auto index = static_cast<std::uint32_t>(leaves.size());
  leaf_table_[i] = {value, generation_, index};
  leaves.push_back(value);
  leaf_uses.push_back(0);
  // A node's own hash is that of its first output; the others may have other shapes.
  hash = mix(hash, value->index == 0 ? value->node->hash : leaf_hash(value->spec));
  if (leaves.size() * 2 > leaf_table_.size()) grow_leaf_table();
  return index;
}

void Walk::grow_leaf_table() {
  leaf_table_.assign(leaf_table_.size() * 2, LeafSlot{});
  for (std::uint32_t k = 0; k < leaves.size(); ++k) {
    std::size_t i = slot_of(leaves[k], leaf_table_.size());
    while (leaf_table_[i].generation == generation_) i = (i + 1) & (leaf_table_.size() - 1);
    leaf_table_[i] = {leaves[k], generation_, k};
  }
}

void Walk::visit(Node* root) {
  const Context* self = &context();
  const auto enter = [&](Node* node) {
    if (node->owner != self)
      throw UnsupportedError(
          {.operation = std::string(node->op->name),
           .problem = "this tensor is not computed yet and was built by another thread",
           .expected = "tensors that cross threads to be evaluated first",
           .hint = "call eval() on the tensor or model before sharing it",
           .where = to_string(node->origin.where)});
    node->mark = generation_;
    for (int i = 0; i < node->output_count; ++i) node->output(i).uses = 0;
    stack_.push_back({node, 0});
  };
  if (root->detached || root->mark == generation_) return;
  enter(root);
  while (!stack_.empty()) {
    Frame& frame = stack_.back();
    Node* node = frame.node;
    bool descended = false;
    while (frame.next_input < node->input_count) {
      Node* input = node->inputs[frame.next_input++]->node;
      if (input->detached || input->mark == generation_) continue;
      enter(input);  // invalidates `frame`
      descended = true;
      break;
    }
    if (descended) continue;
    stack_.pop_back();
    node->order = static_cast<std::uint32_t>(nodes.size());
    nodes.push_back(node);
    hash = mix(hash, node->hash);
    for (int i = 0; i < node->input_count; ++i) {
      Value* value = node->inputs[i];
      Edge edge;
      if (value->node->detached) {
        const std::uint32_t k = leaf_index(value);
        ++leaf_uses[k];
        edge = Edge::leaf(k);
      } else {
        ++value->uses;
        edge = Edge::node(value->node->order, value->index);
      }
      edges.push_back(edge);
      hash = mix(hash, edge.code);
    }
  }
}

void Walk::run(std::span<Value* const> roots) {
  nodes.clear();
  leaves.clear();
  leaf_uses.clear();
  edges.clear();
  held.clear();
  stack_.clear();
  hash = 0;
  ++generation_;
  for (Value* root : roots) visit(root->node);
  find_held(roots);
}

void Walk::find_held(std::span<Value* const> roots) {
  const auto is_root = [&](const Value* v) {
    return std::find(roots.begin(), roots.end(), v) != roots.end();
  };
  for (auto n = static_cast<std::uint32_t>(nodes.size()); n-- > 0;) {
    Node* node = nodes[n];
    for (std::uint32_t o = 0; o < node->output_count; ++o) {
      const Value& v = node->output(static_cast<int>(o));
      if (v.refs.load(std::memory_order_relaxed) == v.uses || v.data) continue;
      if (node->op->view && !is_root(&v)) {
        // A view costs nothing to make again, if what it shows is kept: it is seen from outside,
        // too, so neither may its node be left out nor its memory be given away.
        Value* shown = node->inputs[0];
        if (shown->node->detached)
          --leaf_uses[leaf_index(shown)];
        else
          --shown->uses;
        continue;
      }
      held.push_back({n, o});
      hash = mix(hash, n << 8 | o);
    }
  }
}

std::vector<Node*> topological_order(std::span<Value* const> roots) {
  struct Frame {
    Node* node;
    int next_input;
  };
  std::vector<Node*> order;
  std::unordered_set<Node*> seen;
  std::vector<Frame> stack;
  const auto enter = [&](Node* node) {
    if (!node->detached && seen.insert(node).second) stack.push_back({node, 0});
  };
  for (Value* root : roots) {
    enter(root->node);
    while (!stack.empty()) {
      Frame& frame = stack.back();
      if (frame.next_input < frame.node->input_count) {
        enter(frame.node->inputs[frame.next_input++]->node);
      } else {
        order.push_back(frame.node);
        stack.pop_back();
      }
    }
  }
  return order;
}

}  // namespace fathom::graph
