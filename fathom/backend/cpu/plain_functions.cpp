// The loops over scalar functions that no instruction set speeds up: f64 through libm, integers,
// and the special functions.
#include "fathom/backend/cpu/kernels/elementwise_loops.h"

namespace fathom::cpu {

constinit const FunctionTable<fn::Functions::size> plain_functions =
    plain::make_table<false>(fn::Functions{});

}  // namespace fathom::cpu
