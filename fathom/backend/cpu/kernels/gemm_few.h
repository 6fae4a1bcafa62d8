// The kernels of products with few rows, which read the large matrix once: what gemm_few.cpp in the
// folder above calls through a table, one table per instruction set and element type. Chains are as
// in gemm.h.
#pragma once
#include <cstdint>

namespace fathom::cpu {

template <class T> struct FewRowsArgs {
  std::int64_t m, n, k;
  const T* a;
  std::int64_t a_row, a_step;  ///< element (i, p) of A is a[i * a_row + p * a_step]
  const T* b;
  std::int64_t b_stride;
  T* c;
  std::int64_t c_stride;
  bool from_c;    ///< chains start from C, else from 0
  const T* bias;  ///< n elements, added at the end, or null
};

template <class T> struct FewRowsKernels {
  using Product = void (*)(const FewRowsArgs<T>&);
  Product rows;                  ///< element (p, j) of B is b[p * stride + j]
  Product dots;                  ///< element (p, j) of B is b[j * stride + p]; a_step is 1
  Product tiny_rows, tiny_dots;  ///< the same without vectors, and with any a_step
};

namespace avx2 {
extern const FewRowsKernels<float> few_rows_f32;
extern const FewRowsKernels<double> few_rows_f64;
}  // namespace avx2
namespace avx512 {
extern const FewRowsKernels<float> few_rows_f32;
extern const FewRowsKernels<double> few_rows_f64;
}  // namespace avx512

}  // namespace fathom::cpu
