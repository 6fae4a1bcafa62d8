#include "fathom/graph/op.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "fathom/graph/check.h"
#include "fathom/graph/context.h"
#include "fathom/graph/eval.h"

namespace fathom::graph {

std::string print_field(const Shape& v) { return fathom::to_string(v); }
std::string print_field(DType v) { return std::string(name(v)); }
std::string print_field(double v) {
  return std::isnan(v) ? "nan" : fmt::format("{}", v);  // the sign of NaN says nothing
}
std::string print_field(std::int64_t v) { return std::to_string(v); }
std::string print_field(bool v) { return v ? "true" : "false"; }
std::string print_field(const std::string& v) { return "\"" + v + "\""; }

// Names come from literals: a view of one ends where the text does.
const char* name_of(const Node& node) { return title(*node.op, node.attributes).data(); }

std::string describe(const Tensor& tensor) {
  if (!tensor.defined()) return "nothing";
  return std::string(name(tensor.dtype())) + " " + fathom::to_string(tensor.shape());
}

int normalize_axis(std::string_view operation, int axis, int rank,
                   const std::source_location& where, const char* name) {
  if (axis < -rank || axis >= rank)
    throw IndexError(located(
        {.operation = std::string(operation),
         .problem = std::string(name) + " " + std::to_string(axis) + " is out of range",
         .expected = rank == 0
                         ? "a tensor with axes, got a scalar"
                         : "an axis in [" + std::to_string(-rank) + ", " + std::to_string(rank) +
                               ") for a tensor of rank " + std::to_string(rank)},
        where));
  return axis < 0 ? axis + rank : axis;
}

Specs infer_located(const OpDef& def, const void* attributes, Inputs inputs,
                    const std::source_location& where) {
  for (const Tensor& t : inputs)
    if (!t.defined())
      throw ValueError(
          located({.operation = std::string(def.name),
                   .problem = "an operand is an empty tensor",
                   .hint = "a default-constructed Tensor holds nothing until it is assigned"},
                  where));
  try {
    return def.infer(attributes, inputs);
  } catch (Error& error) {
    error.change([&](ErrorInfo info) { return located(std::move(info), where); });
    throw;
  }
}

namespace {

/// Evaluates every pending value that a handle or the newest node needs, so that a long loop cannot
/// eat memory: nodes, and the tensors that only they still read.
void flush(Context& c) {
  std::vector<Value*> roots;
  for (Node* node = c.first_pending; node; node = node->next) roots.push_back(&node->output(0));
  evaluate(roots);
}

/// Whether the computed tensors that pending nodes read take too much memory.
bool keeps_too_much(Context& c) {
  if (c.kept_bytes < kept_byte_limit) c.count_at = kept_byte_limit;
  if (c.kept_bytes < c.count_at) return false;
  std::vector<const Storage*> kept;
  for (const Node* node = c.first_pending; node; node = node->next)
    for (int i = 0; i < node->input_count; ++i)
      if (node->inputs[i]->storage) kept.push_back(node->inputs[i]->storage);
  std::sort(kept.begin(), kept.end());
  kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
  std::size_t bytes = 0;
  for (const Storage* storage : kept) bytes += storage->bytes;
  if (bytes >= kept_byte_limit) return true;
  c.count_at = c.kept_bytes + kept_byte_limit - bytes;  // it takes as many new readers
  return false;
}

void link_pending(Context& c, Node* node) {
  node->previous = c.last_pending;
  (c.last_pending ? c.last_pending->next : c.first_pending) = node;
  c.last_pending = node;
  ++c.pending_nodes;
  if (node->op->gradient) ++c.pending_gradients;
  node->kept_bytes = 0;
  for (int i = 0; i < node->input_count; ++i)
    if (const Value& v = *node->inputs[i]; v.storage) node->kept_bytes += v.spec.bytes();
  c.kept_bytes += node->kept_bytes;
}

}  // namespace

void finish_node(Node* node, const Specs& specs) {
  for (int i = 0; i < node->output_count; ++i) node->output(i).spec = specs[i];
  Context& c = *node->owner;
  if (c.observer && !c.compiling) c.observer->node(*node, c.module);
  if (node->op->late && !node->origin.module && !c.compiling) node->origin.module = kept_module();
  // What a gradient is to be taken of must not be computed, and forget what it was made from, just
  // as its group joins the pending nodes.
  const bool may_flush = !c.compiling && !c.recording && !node->op->gradient;
  try {
    if (may_flush && (c.pending_nodes >= pending_node_limit || keeps_too_much(c))) flush(c);
    link_pending(c, node);
    if (!c.eager || c.compiling) return;
    std::vector<Value*> roots;
    for (int i = 0; i < node->output_count; ++i) roots.push_back(&node->output(i));
    evaluate(roots);
    if (c.finite_check) c.finite_check->look(*node);
  } catch (...) {
    for (int i = node->output_count; i-- > 0;) release(&node->output(i));  // nobody will adopt them
    throw;
  }
}

Node* copy_node(const Node& node, Inputs inputs) {
  const Specs specs = node.op->infer(node.attributes, inputs);
  std::vector<Value*> values;
  for (const Tensor& t : inputs) values.push_back(Tensor(t).give());
  Node* fresh = new_node(*node.op, values.data(), node.input_count, specs.size(), node.op->size,
                         node.origin.where);
  node.op->copy(fresh->attributes, node.attributes);
  fresh->hash = node.hash;
  fresh->origin = node.origin;
  finish_node(fresh, specs);
  return fresh;
}

}  // namespace fathom::graph
