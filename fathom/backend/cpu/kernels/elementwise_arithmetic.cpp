#include "fathom/backend/cpu/kernels/elementwise_loops.h"

namespace fathom::cpu::FATHOM_ISA {

constinit const FunctionTable<fn::Arithmetic::size> arithmetic_functions =
    make_table<true>(fn::Arithmetic{});

}  // namespace fathom::cpu::FATHOM_ISA
