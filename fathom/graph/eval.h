// Evaluation: walk what is pending, find or compile its plan, bind memory, run.
#pragma once
#include <span>

#include "fathom/graph/node.h"

namespace fathom::graph {

/// Computes the roots and whatever else of their graph is held by a handle.
/// Errors: whatever the computation throws; the graph is then as it was before.
void evaluate(std::span<Value* const> roots);

}  // namespace fathom::graph
