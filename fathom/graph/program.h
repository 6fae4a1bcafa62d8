// Program: a lowered graph in flat form, what a backend compiles.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fathom/graph/node.h"

namespace fathom::graph {

using ValueId = std::int32_t;

struct Instruction {
  const OpDef* op;
  std::shared_ptr<void> attributes;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  Origin origin;  // always with an operation
};

struct Program {
  std::vector<Spec> specs;                // of every value
  std::vector<Instruction> instructions;  // in an order that computes inputs first
  std::vector<ValueId> inputs;            // value of leaf k; -1 if nothing reads it
  std::vector<ValueId> outputs;           // may name inputs, and one value twice
};

/// Instructions as text, one a line.
std::string print(const Program& program);

}  // namespace fathom::graph
