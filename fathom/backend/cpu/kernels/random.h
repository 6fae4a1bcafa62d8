// Random fills over ranges of 64-element blocks: see philox.h for which element takes which word.
// The numbers depend on the key and the element's index alone, so any split among threads gives the
// same.
#pragma once
#include <cstdint>

namespace fathom::cpu {

/// Every kernel fills elements [first, first + n) of the tensor; `first` is a multiple of 64 and
/// the pointers point at the tensor's element `first`.
struct RandomKernels {
  /// Words as they come.
  void (*words)(uint32_t* y, int64_t first, int64_t n, uint64_t key);
  /// low + (high - low) u with u in [0, 1).
  void (*uniform)(float* y, int64_t first, int64_t n, uint64_t key, float low, float high);
  void (*normal)(float* y, int64_t first, int64_t n, uint64_t key, float mean, float deviation);
  /// 1 with probability p, otherwise 0.
  void (*bernoulli)(uint8_t* y, int64_t first, int64_t n, uint64_t key, float p);
  /// y = x * scale where `bernoulli` with the same key and p gives 1, otherwise 0. The gradient is
  /// the same call on dy. y may be x.
  void (*dropout)(const float* x, float* y, int64_t first, int64_t n, uint64_t key, float p,
                  float scale);
};

namespace avx2 {
extern const RandomKernels random_kernels;
}
namespace avx512 {
extern const RandomKernels random_kernels;
}

}  // namespace fathom::cpu
