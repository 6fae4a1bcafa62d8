#include "fathom/backend/cpu/kernels/elementwise_loops.h"

namespace fathom::cpu::FATHOM_ISA {

constinit const FunctionTable<fn::Truth::size> truth_functions = make_table<true>(fn::Truth{});

}  // namespace fathom::cpu::FATHOM_ISA
