#include "fathom/graph/node.h"

#include <cstdlib>
#include <new>
#include <vector>

#include "fathom/graph/context.h"
#include "fathom/graph/op.h"

namespace fathom::graph {
namespace {

// Freed nodes of this thread, by number of outputs: a training loop builds the same nodes each
// step.
struct FreeLists {
  static constexpr int most_outputs = 64;
  static constexpr std::size_t limit = 8192;  // of one-output nodes; fewer of larger ones
  Node* head[most_outputs + 1] = {};
  std::size_t count[most_outputs + 1] = {};
  ~FreeLists();
};
thread_local bool free_lists_gone = false;
FreeLists::~FreeLists() {
  free_lists_gone = true;
  for (Node*& list : head)
    while (list) {
      Node* node = list;
      list = node->next;
      std::free(node);
    }
}
thread_local FreeLists free_nodes;

Node* allocate_node(int output_count) {
  if (output_count <= FreeLists::most_outputs && free_nodes.head[output_count]) {
    Node* node = free_nodes.head[output_count];
    free_nodes.head[output_count] = node->next;
    --free_nodes.count[output_count];
    return node;
  }
  const std::size_t bytes = sizeof(Node) + sizeof(Value) * static_cast<std::size_t>(output_count);
  auto* node = static_cast<Node*>(std::aligned_alloc(64, (bytes + 63) / 64 * 64));
  if (!node) throw std::bad_alloc();
  return node;
}

void free_node_memory(Node* node) noexcept {
  const int n = node->output_count;
  if (n > FreeLists::most_outputs || free_lists_gone ||
      free_nodes.count[n] * static_cast<std::size_t>(n) >= FreeLists::limit) {
    std::free(node);
    return;
  }
  node->next = free_nodes.head[n];
  free_nodes.head[n] = node;
  ++free_nodes.count[n];
}

void unlink_pending(Node* node) noexcept {
  Context& c = *node->owner;
  if (node->previous)
    node->previous->next = node->next;
  else if (c.first_pending == node)
    c.first_pending = node->next;
  else
    return;  // not in the list
  if (node->next)
    node->next->previous = node->previous;
  else
    c.last_pending = node->previous;
  node->previous = node->next = nullptr;
  --c.pending_nodes;
  if (node->op->gradient) --c.pending_gradients;
  c.kept_bytes -= node->kept_bytes;
}

/// A pending node may only be unlinked by its owner: others leave it in the owner's graveyard.
bool bury_foreign(Node* node) noexcept {
  if (node->detached || node->owner == &context()) return false;
  Context& owner = *node->owner;
  const std::lock_guard lock(owner.graveyard_mutex);
  owner.graveyard.push_back(node);
  owner.graveyard_used.store(true, std::memory_order_release);
  return true;
}

void drop_value_memory(Value& v) noexcept {
  if (v.storage) {
    release(v.storage);
    v.storage = nullptr;
    v.data = nullptr;
  }
}

// A node that dies drops its inputs, whose nodes may die in turn: they are linked through `next`
// and taken from that list in a loop, so that a chain of any length needs no stack.
void destroy_chain(Node* dead) noexcept;

/// Drops one reference; pushes the node to `dead` if that was its last.
void drop(Value* value, Node*& dead) noexcept {
  // Who holds the only reference can give it up without a locked instruction: nobody else can copy
  // it.
  if (value->refs.load(std::memory_order_acquire) == 1)
    value->refs.store(0, std::memory_order_relaxed);
  else if (value->refs.fetch_sub(1, std::memory_order_acq_rel) != 1)
    return;
  Node* node = value->node;
  drop_value_memory(*value);
  if (node->output_count > 1 && node->live.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (bury_foreign(node)) return;
  if (!node->detached) unlink_pending(node);
  node->next = dead;
  dead = node;
}

void drop_inputs(Node* node, Node*& dead) noexcept {
  const int count = node->input_count;
  node->input_count = 0;
  for (int i = 0; i < count; ++i) drop(node->inputs[i], dead);
  if (node->inputs != node->input_slots) std::free(node->inputs);
  node->inputs = node->input_slots;
}

void drop_attributes(Node* node) noexcept {
  if (!node->attributes) return;
  if (node->op && node->op->destroy) node->op->destroy(node->attributes);
  if (node->attributes != node->attribute_slots) std::free(node->attributes);
  node->attributes = nullptr;
}

void destroy_chain(Node* dead) noexcept {
  while (dead) {
    Node* node = dead;
    dead = node->next;
    drop_inputs(node, dead);
    drop_attributes(node);
    for (int i = 0; i < node->output_count; ++i) drop_value_memory(node->output(i));
    free_node_memory(node);
  }
}

Node* raw_node(int output_count, const std::source_location& where) {
  Node* node = allocate_node(output_count);
  new (node) Node;
  node->output_count = static_cast<std::uint16_t>(output_count);
  node->live.store(static_cast<std::uint32_t>(output_count), std::memory_order_relaxed);
  node->inputs = node->input_slots;
  node->origin.where = where;
  for (int i = 0; i < output_count; ++i) {
    Value* v = new (&node->output(i)) Value;
    v->refs.store(1, std::memory_order_relaxed);
    v->index = static_cast<std::uint16_t>(i);
    v->node = node;
  }
  return node;
}

}  // namespace

void acquire(Value* value) noexcept {
  // An output that everybody had let go may be asked for again while its node is alive.
  if (value->refs.fetch_add(1, std::memory_order_relaxed) == 0)
    value->node->live.fetch_add(1, std::memory_order_relaxed);
}

void release(Value* value) noexcept {
  Node* dead = nullptr;
  drop(value, dead);
  if (dead) destroy_chain(dead);
}

void empty_graveyard(Context& c) noexcept {
  std::vector<Node*> nodes;
  {
    const std::lock_guard lock(c.graveyard_mutex);
    nodes.swap(c.graveyard);
    c.graveyard_used.store(false, std::memory_order_relaxed);
  }
  for (Node* node : nodes) {
    unlink_pending(node);
    node->next = nullptr;
    destroy_chain(node);
  }
}

Node* new_node(const OpDef& op, Value* const* inputs, int input_count, int output_count,
               std::size_t attribute_bytes, const std::source_location& where) {
  Node* node = raw_node(output_count, where);
  node->op = &op;
  Context& c = context();
  node->owner = &c;
  if (c.origin)
    node->origin = *c.origin;
  else if (c.call)
    node->origin = {c.call->operation, c.call->position, nullptr, c.call->where};
  if (input_count > Node::inline_inputs)
    node->inputs =
        static_cast<Value**>(std::malloc(sizeof(Value*) * static_cast<std::size_t>(input_count)));
  node->input_count = static_cast<std::uint16_t>(input_count);
  for (int i = 0; i < input_count; ++i) node->inputs[i] = inputs[i];
  node->attributes = attribute_bytes <= Node::inline_attributes ? node->attribute_slots
                                                                : std::malloc(attribute_bytes);
  return node;
}

void detach(Node* node) noexcept {
  if (node->detached) return;
  unlink_pending(node);
  node->detached = true;
  node->hash = leaf_hash(node->output(0).spec);
  Node* dead = nullptr;
  drop_inputs(node, dead);
  drop_attributes(node);
  node->op = nullptr;
  if (dead) destroy_chain(dead);
}

std::uint64_t leaf_hash(const Spec& spec) {
  return hash_field(mix(0x1eaf, static_cast<std::uint64_t>(spec.dtype)), spec.shape);
}

void provide_memory(Value& value, Storage* storage) {
  if (storage) {
    value.storage = storage;
    value.data = storage->data;
  } else if (const std::size_t bytes = value.spec.bytes(); bytes <= small_bytes) {
    value.data = value.small;
  } else {
    value.storage = allocate_storage(bytes);
    value.data = value.storage->data;
  }
}

Node* new_leaf(const Spec& spec, const std::source_location& where) {
  Node* node = raw_node(1, where);
  node->output(0).spec = spec;
  node->hash = leaf_hash(spec);
  node->detached = true;
  try {
    provide_memory(node->output(0));
  } catch (...) {
    free_node_memory(node);
    throw;
  }
  return node;
}

}  // namespace fathom::graph
