// Loops over the scalar functions of fathom/math, compiled per instruction set, so that a
// test can compare vectors with scalars bit by bit.
#pragma once
#include <cstdint>

namespace fathom::cpu {

struct MathLoops {
  using Unary = void (*)(const float* x, float* y, int64_t n);
  struct Named {
    const char* name;
    Unary run;
  };
  Named unary[32];
  void (*pow)(const float* x, const float* y, float* z, int64_t n);
};

namespace avx2 {
extern const MathLoops math_loops;
}
namespace avx512 {
extern const MathLoops math_loops;
}
namespace scalar {
extern const MathLoops math_loops;
}

}  // namespace fathom::cpu
