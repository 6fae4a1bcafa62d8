// Products with few rows, or one column, straight from the large matrix at the speed of memory.
#include <algorithm>
#include <cstdint>

#include "fathom/backend/cpu/gemm_parts.h"
#include "fathom/backend/cpu/kernels/gemm_few.h"
#include "fathom/backend/cpu/scratch.h"

namespace fathom::cpu {
namespace {

// What follows was measured; results do not depend on it.
constexpr int64_t kFewRows = 4;          // up to so many rows, straight from B
constexpr int64_t kFewDots = 8;          // the same, with B transposed
constexpr int64_t kTiny = 64;            // multiplications: up to so many, no vectors
constexpr int64_t kSerialFew = 100'000;  // multiplications: the same as above, for few rows

template <class T> const FewRowsKernels<T>& few_rows_kernels();
template <> const FewRowsKernels<float>& few_rows_kernels() {
  return isa() == Isa::avx512 ? avx512::few_rows_f32 : avx2::few_rows_f32;
}
template <> const FewRowsKernels<double>& few_rows_kernels() {
  return isa() == Isa::avx512 ? avx512::few_rows_f64 : avx2::few_rows_f64;
}

}  // namespace

template <class T> bool is_few(const GemmArgsOf<T>& args) {
  return args.m * args.n * args.k <= kTiny || (args.n == 1 && args.m > 1 && !args.bias) ||
         args.m <= (args.transpose_b ? kFewDots : kFewRows);
}

template <class T> bool few_gain_by_packs(const GemmArgsOf<T>& args) {
  return args.transpose_b && args.n > 1 && args.m * args.n * args.k > kTiny;
}

template <class T> void gemm_few(const GemmArgsOf<T>& args) {
  const FewRowsKernels<T>& kernels = few_rows_kernels<T>();
  FewRowsArgs<T> all{.m = args.m,
                     .n = args.n,
                     .k = args.k,
                     .a = args.a,
                     .a_row = args.transpose_a ? 1 : args.lda,
                     .a_step = args.transpose_a ? args.lda : 1,
                     .b = args.b,
                     .b_stride = args.ldb,
                     .c = args.c,
                     .c_stride = args.ldc,
                     .from_c = args.accumulate,
                     .bias = args.bias};
  bool dots = args.transpose_b;
  if (args.m * args.n * args.k <= kTiny) {
    (dots ? kernels.tiny_dots : kernels.tiny_rows)(all);
    return;
  }
  const bool column = args.n == 1 && args.m > 1 && !args.bias;
  if (column) {
    // The same as a row: x is B, and A is the matrix.
    dots = !args.transpose_a;
    all.m = 1;
    all.n = args.m;
    all.a = args.b;
    all.a_step = args.transpose_b ? 1 : args.ldb;
    all.b = args.a;
    all.b_stride = args.lda;
  }
  if (dots && all.a_step != 1) {
    T* const a = scratch<T>(Scratch::panels, all.m * all.k);
    for (int64_t i = 0; i < all.m; ++i) {
      for (int64_t p = 0; p < all.k; ++p) a[i * all.k + p] = all.a[i * all.a_row + p * all.a_step];
    }
    all.a = a;
    all.a_row = all.k;
    all.a_step = 1;
  }
  const bool scattered = column && args.ldc != 1;
  if (scattered) {
    all.c = scratch<T>(Scratch::rows, all.n);
    for (int64_t j = 0; args.accumulate && j < all.n; ++j) all.c[j] = args.c[j * args.ldc];
  }
  const auto part = [&](Range columns) {
    FewRowsArgs<T> call = all;
    call.n = columns.size();
    call.b += columns.begin * (dots ? call.b_stride : 1);
    call.c += columns.begin;
    if (call.bias) call.bias += columns.begin;
    (dots ? kernels.dots : kernels.rows)(call);
  };
  constexpr int64_t kUnit = 64;  // columns; whole cache lines of C and whole groups of vectors
  const int64_t units = ceil_div(all.n, kUnit);
  const int64_t work = all.m * all.n * all.k;
  const int64_t tasks = work < kSerialFew ? 1 : tasks_for(work, units);
  if (tasks == 1) {
    part({0, all.n});
  } else {
    parallel_for(tasks, [&](int64_t task) {
      const Range range = part_of(units, tasks, task);
      part({range.begin * kUnit, std::min(all.n, range.end * kUnit)});
    });
  }
  for (int64_t j = 0; scattered && j < all.n; ++j) args.c[j * args.ldc] = all.c[j];
}

template bool is_few(const GemmArgsOf<float>&);
template bool is_few(const GemmArgsOf<double>&);
template bool few_gain_by_packs(const GemmArgsOf<float>&);
template bool few_gain_by_packs(const GemmArgsOf<double>&);
template void gemm_few(const GemmArgsOf<float>&);
template void gemm_few(const GemmArgsOf<double>&);

}  // namespace fathom::cpu
