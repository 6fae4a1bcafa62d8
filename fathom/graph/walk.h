// Walk: the pending part of a graph in post-order, numbered by first visit. It is the key of the
// plan cache: equal walks are equal programs on other data.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "fathom/graph/node.h"

namespace fathom::graph {

/// Where an input of a walked node comes from: leaf k, or output o of node n.
struct Edge {
  std::uint32_t code;
  static Edge leaf(std::uint32_t k) { return {k << 1 | 1}; }
  static Edge node(std::uint32_t n, std::uint32_t output) { return {(n << 8 | output) << 1}; }
  bool is_leaf() const { return code & 1; }
  std::uint32_t leaf() const { return code >> 1; }
  std::uint32_t node() const { return code >> 9; }
  std::uint32_t output() const { return code >> 1 & 0xff; }
  friend bool operator==(Edge, Edge) = default;
};

/// A node's output that somebody outside the walk still holds: the walk's plan computes it.
struct Held {
  std::uint32_t node;
  std::uint32_t output;
  friend bool operator==(Held, Held) = default;
};

struct Walk {
  std::vector<Node*> nodes;    // post-order
  std::vector<Value*> leaves;  // by first visit
  std::vector<std::uint32_t> leaf_uses;
  std::vector<Edge> edges;  // of all nodes' inputs, in order
  std::vector<Held> held;   // consumers first
  std::uint64_t hash = 0;

  /// Walks everything pending that the roots need, and finds the held outputs among it.
  /// Errors: UnsupportedError for a pending node that another thread built.
  void run(std::span<Value* const> roots);

 private:
  struct Frame {
    Node* node;
    std::uint32_t next_input;
  };
  struct LeafSlot {
    Value* value;
    std::uint32_t generation;
    std::uint32_t index;
  };
  std::uint32_t leaf_index(Value* value);
  void grow_leaf_table();
  void visit(Node* root);
  void find_held(std::span<Value* const> roots);

  std::vector<Frame> stack_;
  std::vector<LeafSlot> leaf_table_ = std::vector<LeafSlot>(64);
  std::uint32_t generation_ = 0;
};

/// The nodes that the roots need, inputs first; stops at leaves.
std::vector<Node*> topological_order(std::span<Value* const> roots);

}  // namespace fathom::graph
