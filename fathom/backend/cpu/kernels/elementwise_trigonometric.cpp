#include "fathom/backend/cpu/kernels/elementwise_loops.h"

namespace fathom::cpu::FATHOM_ISA {

constinit const FunctionTable<fn::Trigonometric::size> trigonometric_functions =
    make_table<true>(fn::Trigonometric{});

}  // namespace fathom::cpu::FATHOM_ISA
