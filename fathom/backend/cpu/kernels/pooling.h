// Windows over planes of (depth, height, width, channels); with channels first a plane has one. A
// window's rows are joined along the whole width first, then the columns of the joined row: the
// order depends on the window alone.
#pragma once
#include <cstdint>

namespace fathom::cpu {

/// Windows along one axis: of window i the elements first[i], first[i] + step, ..., count[i] of
/// them lie inside; padded[i] is its share of the divisor.
struct PoolAxis {
  const int64_t* first;
  const int64_t* count;
  const int64_t* padded;
  int64_t in, out, step;
};

template <class T> struct PoolArray {
  const T* x;
  T* y;
  int32_t* place;  // of maxima in the plane without channels; null: not wanted
  PoolAxis depth, height, width;
  /// Of the width, if its windows are alike; else kernel is 0.
  int64_t kernel, stride, padding;
  int64_t divisor;  // 0: the window's own
  int64_t span;     // columns of a row with its padding
  int64_t channels;
};

/// Working memory of a call: `span` columns of `row` and `place`, `width.out` of `shares`.
template <class T> struct PoolScratch {
  T* row;
  int32_t* place;
  T* shares;
};

template <class T> struct MaxPoolKernel {
  /// Output rows [begin, end) of (planes, depth.out, height.out).
  void (*run)(const PoolArray<T>& a, const PoolScratch<T>& s, int64_t begin, int64_t end);
  /// What arrives (x) at `place`, added up in planes [begin, end) of y.
  void (*backward)(const PoolArray<T>& a, int64_t begin, int64_t end);
};
template <class T> struct AveragePoolKernel {
  /// Output rows [begin, end).
  void (*run)(const PoolArray<T>& a, const PoolScratch<T>& s, int64_t begin, int64_t end);
  /// The transpose, for planes [begin, end): x is what arrives, y what it is spread over.
  void (*spread)(const PoolArray<T>& a, const PoolScratch<T>& s, int64_t begin, int64_t end);
};

struct PoolKernels {
  MaxPoolKernel<float> max;
  AveragePoolKernel<float> average;
};
/// AVX2 serves these on every machine.
struct SharedPoolKernels {
  MaxPoolKernel<double> max_f64;
  MaxPoolKernel<int64_t> max_i64;
  MaxPoolKernel<int32_t> max_i32;
  MaxPoolKernel<int8_t> max_i8;
  MaxPoolKernel<uint8_t> max_u8;
  AveragePoolKernel<double> average_f64;
};

namespace avx2 {
extern const PoolKernels pool_kernels;
extern const SharedPoolKernels shared_pool_kernels;
}  // namespace avx2
namespace avx512 {
extern const PoolKernels pool_kernels;
}

}  // namespace fathom::cpu
