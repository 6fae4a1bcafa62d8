#include "fathom/backend/cpu/kernels/elementwise_loops.h"

namespace fathom::cpu::FATHOM_ISA {

constinit const FunctionTable<fn::Exponential::size> exponential_functions =
    make_table<true>(fn::Exponential{});

}  // namespace fathom::cpu::FATHOM_ISA
