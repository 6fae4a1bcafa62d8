#include "tests/kernels/math_loops.h"

#include "fathom/math/wide.h"

#ifndef FATHOM_ISA
#define FATHOM_ISA scalar
#endif

namespace fathom::cpu::FATHOM_ISA {

namespace {

#define FATHOM_LOOP(name)                                    \
  void loop_##name(const float* x, float* y, int64_t n) {    \
    for (int64_t i = 0; i < n; ++i) y[i] = math::name(x[i]); \
  }
FATHOM_LOOP(exp)
FATHOM_LOOP(exp2)
FATHOM_LOOP(expm1)
FATHOM_LOOP(log)
FATHOM_LOOP(log2)
FATHOM_LOOP(log1p)
FATHOM_LOOP(tanh)
FATHOM_LOOP(erf)
FATHOM_LOOP(sigmoid)
FATHOM_LOOP(sin)
FATHOM_LOOP(cos)
FATHOM_LOOP(sqrt)
FATHOM_LOOP(log10)
FATHOM_LOOP(tan)
FATHOM_LOOP(asin)
FATHOM_LOOP(acos)
FATHOM_LOOP(atan)
FATHOM_LOOP(sinh)
FATHOM_LOOP(cosh)
FATHOM_LOOP(asinh)
FATHOM_LOOP(acosh)
FATHOM_LOOP(atanh)
FATHOM_LOOP(sinc)
FATHOM_LOOP(gelu_tanh)
FATHOM_LOOP(gelu_gate)

void loop_pow(const float* x, const float* y, float* z, int64_t n) {
  for (int64_t i = 0; i < n; ++i) z[i] = math::pow(x[i], y[i]);
}

}  // namespace

extern const MathLoops math_loops;
const MathLoops math_loops = {{{"exp", loop_exp},
                               {"exp2", loop_exp2},
                               {"expm1", loop_expm1},
                               {"log", loop_log},
                               {"log2", loop_log2},
                               {"log1p", loop_log1p},
                               {"tanh", loop_tanh},
                               {"erf", loop_erf},
                               {"sigmoid", loop_sigmoid},
                               {"sin", loop_sin},
                               {"cos", loop_cos},
                               {"sqrt", loop_sqrt},
                               {"log10", loop_log10},
                               {"tan", loop_tan},
                               {"asin", loop_asin},
                               {"acos", loop_acos},
                               {"atan", loop_atan},
                               {"sinh", loop_sinh},
                               {"cosh", loop_cosh},
                               {"asinh", loop_asinh},
                               {"acosh", loop_acosh},
                               {"atanh", loop_atanh},
                               {"sinc", loop_sinc},
                               {"gelu_tanh", loop_gelu_tanh},
                               {"gelu_gate", loop_gelu_gate}},
                              loop_pow};

}  // namespace fathom::cpu::FATHOM_ISA
