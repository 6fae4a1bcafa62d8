// The compiled program: its steps in order, and where each value lives while they run.
#pragma once
#include <memory>
#include <vector>

#include "fathom/backend/cpu/step.h"
#include "fathom/graph/backend.h"

namespace fathom::cpu {

/// Steps in order, before memory is laid out.
struct Layout {
  std::vector<std::unique_ptr<Step>> steps;
  std::vector<graph::Spec> specs;
  std::vector<graph::ValueId> inputs;   // per leaf, or -1
  std::vector<graph::ValueId> outputs;  // per output, or -1 where it is an input under another name
  std::vector<std::pair<graph::ValueId, graph::ValueId>> aliases;  // the first lies in the second
};

/// Gives every value that lives between steps a place in one arena, and finds which outputs may be
/// written over which inputs.
std::unique_ptr<Executable> lay_out(Layout layout);

}  // namespace fathom::cpu
