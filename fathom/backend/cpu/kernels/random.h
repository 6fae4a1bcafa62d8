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
  /// What dropout with probability p multiplies by: 0 where `uniform` is below p, else scale.
  void (*kept)(float* y, int64_t first, int64_t n, uint64_t key, float p, float scale);
};

namespace avx2 {
extern const RandomKernels random_kernels;
}
namespace avx512 {
extern const RandomKernels random_kernels;
}

}  // namespace fathom::cpu
