// Weighted sums of few elements along the middle axis of (outer, in, inner), to (outer, out,
// inner).
#pragma once
#include <cstdint>

namespace fathom::cpu {

template <class T> struct ResampleArray {
  const T* x;
  T* y;
  /// Element i is made of index[begin[i]] ... index[begin[i + 1] - 1] by these weights.
  const int64_t* begin;
  const int32_t* index;
  const T* weight;
  /// If all elements are made of `taps` elements, not 0: the same lists, tap before element.
  int64_t taps;
  int64_t in, out, inner;
};

template <class T> struct ResampleKernel {
  /// Rows [begin, end): where inner is 1 of (outer), else of (outer, out).
  void (*run)(const ResampleArray<T>& a, int64_t begin, int64_t end);
};
struct ResampleKernels {
  ResampleKernel<float> f32;
  ResampleKernel<double> f64;
};

namespace avx2 {
extern const ResampleKernels resample_kernels;
}
namespace avx512 {
extern const ResampleKernels resample_kernels;
}

}  // namespace fathom::cpu
