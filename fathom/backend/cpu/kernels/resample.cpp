#include "fathom/backend/cpu/kernels/resample.h"

#include "fathom/backend/cpu/kernels/lanes.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

/// Each sum is one chain over its elements, as everywhere below.
template <class T> T sum_of(const ResampleArray<T>& a, const T* x, int64_t i) {
  T sum = 0;
  for (int64_t k = a.begin[i]; k < a.begin[i + 1]; ++k)
    sum = math::fma(a.weight[k], x[a.index[k]], sum);
  return sum;
}

template <class T> void along_row(const ResampleArray<T>& a, int64_t begin, int64_t end) {
  for (int64_t r = begin; r < end; ++r) {
    const T* x = a.x + r * a.in;
    T* y = a.y + r * a.out;
    if (a.taps == 0) {
      for (int64_t i = 0; i < a.out; ++i) y[i] = sum_of(a, x, i);
      continue;
    }
    for (int64_t i = 0; i < a.out; ++i) y[i] = math::fma(a.weight[i], x[a.index[i]], T(0));
    for (int64_t k = 1; k < a.taps; ++k) {
      const T* weight = a.weight + k * a.out;
      const int32_t* index = a.index + k * a.out;
      for (int64_t i = 0; i < a.out; ++i) y[i] = math::fma(weight[i], x[index[i]], y[i]);
    }
  }
}

template <class T> void across_rows(const ResampleArray<T>& a, int64_t begin, int64_t end) {
  for (int64_t r = begin; r < end; ++r) {
    const int64_t i = r % a.out;
    const T* x = a.x + r / a.out * a.in * a.inner;
    T* y = a.y + r * a.inner;
    for (int64_t j = 0; j < a.inner; ++j) y[j] = 0;
    for (int64_t k = a.begin[i]; k < a.begin[i + 1]; ++k) {
      const T weight = a.weight[k];
      const T* line = x + a.index[k] * a.inner;
      for (int64_t j = 0; j < a.inner; ++j) y[j] = math::fma(weight, line[j], y[j]);
    }
  }
}

template <class T> void resample(const ResampleArray<T>& a, int64_t begin, int64_t end) {
  a.inner == 1 ? along_row(a, begin, end) : across_rows(a, begin, end);
}

}  // namespace

extern const ResampleKernels resample_kernels;
const ResampleKernels resample_kernels = {{resample<float>}, {resample<double>}};

}  // namespace fathom::cpu::FATHOM_ISA
