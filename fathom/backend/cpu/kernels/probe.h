// Loops that show what the machine can do.
#pragma once
#include <cstdint>

namespace fathom::cpu {

struct ProbeKernels {
  /// Runs fused multiply-adds in registers; returns how many flops that were.
  std::int64_t (*multiply)(std::int64_t rounds);
  /// Reads floats once, count a multiple of 256; returns their sum, so that the reads are needed.
  float (*read)(const float* data, std::int64_t count);
  /// a = b + 3 c: STREAM's triad (McCalpin 1995), count a multiple of 16.
  void (*triad)(float* a, const float* b, const float* c, std::int64_t count);
};

namespace avx2 {
extern const ProbeKernels probe;
}
namespace avx512 {
extern const ProbeKernels probe;
}

}  // namespace fathom::cpu
