// Node: one operation in the lazy graph; Value: one of its outputs, which is what a Tensor points
// at.
//
// References are counted per output: a kept loss must not pin the gradients that were computed with
// it. An evaluated value owns memory; once its node is `detached` from its inputs it is a leaf.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <source_location>
#include <string>

#include "fathom/core/dtype.h"
#include "fathom/core/shape.h"
#include "fathom/core/storage.h"

namespace fathom::graph {

struct Context;
struct Node;
struct OpDef;

/// Whom the errors of a computation name: the function that the user called, if it is not the
/// operation itself, the module around it, and the line of the call.
struct Origin {
  const char* operation = nullptr;
  const char* position = nullptr;       // what it calls an index: "target"
  const std::string* module = nullptr;  // of operations that look at data only; never freed
  std::source_location where;
};

/// What is known of a value before it is computed.
struct Spec {
  DType dtype = DType::f32;
  Shape shape;
  friend bool operator==(const Spec&, const Spec&) = default;
  std::size_t bytes() const { return static_cast<std::size_t>(shape.size()) * size_of(dtype); }
};

/// Values of this size and less live inside the node: no allocation for scalars and tiny layers.
inline constexpr std::size_t small_bytes = 64;

struct Value {
  std::atomic<std::uint32_t> refs{0};  // handles, plus inputs of nodes
  std::uint16_t index = 0;             // position among the node's outputs
  std::uint32_t uses = 0;              // scratch of the walk: inputs of walked nodes that read it
  Node* node = nullptr;
  Spec spec;
  void* data = nullptr;        // set once the value is computed
  Storage* storage = nullptr;  // what holds `data`; null if that is `small`
  alignas(16) std::byte small[small_bytes];
};

// Aligned as its outputs are, which follow it in memory.
struct alignas(Value) Node {
  static constexpr int inline_inputs = 4;
  static constexpr std::size_t inline_attributes = 32;

  const OpDef* op = nullptr;
  std::uint64_t hash = 0;  // of the operation and its attributes; of the spec for a leaf
  std::atomic<std::uint32_t> live{0};  // outputs that have references; unused if there is only one
  std::uint16_t input_count = 0;
  std::uint16_t output_count = 0;
  bool detached = false;    // a leaf: evaluated, inputs let go
  std::uint32_t mark = 0;   // scratch of the walk: number of the walk that saw the node last
  std::uint32_t order = 0;  // scratch of the walk: position in it
  Value** inputs = nullptr;
  void* attributes = nullptr;
  Context* owner = nullptr;    // the thread that built it
  std::size_t kept_bytes = 0;  // of computed inputs, which live while it is pending
  Node* previous = nullptr;    // list of the owner's pending nodes
  Node* next = nullptr;
  Origin origin;
  Value* input_slots[inline_inputs];
  alignas(16) std::byte attribute_slots[inline_attributes];

  Value* outputs() { return reinterpret_cast<Value*>(this + 1); }
  Value& output(int i) { return outputs()[i]; }
  bool evaluated(int output = 0) const {
    return const_cast<Node*>(this)->outputs()[output].data != nullptr;
  }
};

/// A new node that takes over the given references to its inputs. Each of its outputs has one
/// reference, for the caller to adopt. Attributes are the caller's to construct in
/// node->attributes.
Node* new_node(const OpDef& op, Value* const* inputs, int input_count, int output_count,
               std::size_t attribute_bytes, const std::source_location& where);

/// Frees this thread's pending nodes whose last handle another thread dropped.
void empty_graveyard(Context& context) noexcept;

/// Lets go of the inputs: the node becomes a leaf. Every output that is still referenced must have
/// been computed.
void detach(Node* node) noexcept;

/// A leaf with memory for one value (in the node, or a new storage), and one reference to it.
Node* new_leaf(const Spec& spec, const std::source_location& where);
/// Gives a value its memory: inside the node if small, else `storage` (taken over) or a new one.
void provide_memory(Value& value, Storage* storage = nullptr);
std::uint64_t leaf_hash(const Spec& spec);

}  // namespace fathom::graph
