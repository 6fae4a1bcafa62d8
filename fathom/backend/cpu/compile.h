// Compilation of a program for the CPU: movement becomes views, elementwise runs become regions,
// the rest kernels; then memory is laid out.
#pragma once
#include <memory>

#include "fathom/graph/backend.h"
#include "fathom/graph/program.h"

namespace fathom::cpu {

std::unique_ptr<Executable> compile(const graph::Program& program);

}  // namespace fathom::cpu
