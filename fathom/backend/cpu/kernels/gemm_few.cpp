#include "fathom/backend/cpu/kernels/gemm_few.h"

#include "fathom/backend/cpu/kernels/gemm_simd.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

// Vectors of columns that one row's dot products take side by side.
#if FATHOM_ISA_avx512
constexpr int kDotVectors = 1;
#else
constexpr int kDotVectors = 2;
#endif

/// One row of C += eight rows of B, or how many `Steps` says; `steps` if that is 0.
template <class T, int Steps>
void add_rows(const FewRowsArgs<T>& args, const T* a, const T* b, T* c, std::int64_t n, int steps,
              bool from_c, const T* bias) {
  using S = Simd<T>;
  const std::int64_t stride = args.b_stride;
  std::int64_t j = 0;
  if constexpr (Steps > 0) {
    typename S::V x[Steps];
#pragma GCC unroll 8
    for (int q = 0; q < Steps; ++q) x[q] = S::set(a[q * args.a_step]);
    for (; j + S::lanes <= n; j += S::lanes) {
      auto sum = from_c ? S::load(c + j) : S::zero();
#pragma GCC unroll 8
      for (int q = 0; q < Steps; ++q) sum = S::fma(x[q], S::load(b + q * stride + j), sum);
      if (bias) sum = S::add(sum, S::load(bias + j));
      S::store(c + j, sum);
    }
    steps = Steps;
  }
  for (; j < n; j += S::lanes) {
    const std::int64_t left = n - j;
    auto sum = from_c ? load_up_to(c + j, left) : S::zero();
    for (int q = 0; q < steps; ++q) {
      sum = S::fma(S::set(a[q * args.a_step]), load_up_to(b + q * stride + j, left), sum);
    }
    if (bias) sum = S::add(sum, load_up_to(bias + j, left));
    store_up_to(c + j, sum, left);
  }
}

/// C (few rows) from B as it stands: eight rows of B a pass, C in the first-level cache, so that B
/// streams from memory in long runs. A chunk of those eight rows serves all rows of C.
template <class T> void few_rows(const FewRowsArgs<T>& args) {
  constexpr int kPass = 8;
  constexpr std::int64_t kChunk = 2048 / sizeof(T);  // columns: 16 KiB of B
  const std::int64_t chunk = args.m == 1 ? args.n : kChunk;
  std::int64_t p = 0;
  do {
    const int steps = static_cast<int>(args.k - p < kPass ? args.k - p : kPass);
    const bool from_c = args.from_c || p > 0;
    const bool last = p + kPass >= args.k;
    for (std::int64_t j = 0; j < args.n; j += chunk) {
      const std::int64_t n = args.n - j < chunk ? args.n - j : chunk;
      const T* bias = last && args.bias ? args.bias + j : nullptr;
      const T* b = args.b + p * args.b_stride + j;
      for (std::int64_t i = 0; i < args.m; ++i) {
        const T* a = args.a + i * args.a_row + p * args.a_step;
        T* c = args.c + i * args.c_stride + j;
        if (steps == kPass) {
          add_rows<T, kPass>(args, a, b, c, n, kPass, from_c, bias);
        } else {
          add_rows<T, 0>(args, a, b, c, n, steps, from_c, bias);
        }
      }
    }
    p += kPass;
  } while (p < args.k);
}

/// M rows of C by G vectors of columns, where a column's numbers stand in a row of memory. A dot
/// product is one chain, so the vectors run over the columns: B is transposed in registers.
template <class T, int M, int G> void dots_tile(const FewRowsArgs<T>& args, std::int64_t j) {
  using S = Simd<T>;
  const std::int64_t left = args.n - j;
  const T* rows[G * S::lanes];
  typename S::V sum[M][G];
#pragma GCC unroll 4
  for (int g = 0; g < G; ++g) {
    row_pointers(args.b + (j + g * S::lanes) * args.b_stride, args.b_stride, left - g * S::lanes,
                 rows + g * S::lanes);
#pragma GCC unroll 8
    for (int i = 0; i < M; ++i) {
      sum[i][g] = args.from_c ? load_up_to(args.c + i * args.c_stride + j + g * S::lanes,
                                           left - g * S::lanes)
                              : S::zero();
    }
  }
  std::int64_t p = 0;
  constexpr int kSteps = 2 * S::step;
  for (; p + kSteps <= args.k; p += kSteps) {
#pragma GCC unroll 4
    for (int g = 0; g < G; ++g) {
      typename S::V v[kSteps];
      S::transpose(rows + g * S::lanes, p, v);
      S::transpose(rows + g * S::lanes, p + S::step, v + S::step);
#pragma GCC unroll 8
      for (int q = 0; q < kSteps; ++q) {
#pragma GCC unroll 8
        for (int i = 0; i < M; ++i) {
          sum[i][g] = S::fma(S::set(args.a[i * args.a_row + p + q]), v[q], sum[i][g]);
        }
      }
    }
  }
  for (; p < args.k; ++p) {
#pragma GCC unroll 4
    for (int g = 0; g < G; ++g) {
      const auto v = gather(rows + g * S::lanes, p);
#pragma GCC unroll 8
      for (int i = 0; i < M; ++i) {
        sum[i][g] = S::fma(S::set(args.a[i * args.a_row + p]), v, sum[i][g]);
      }
    }
  }
#pragma GCC unroll 4
  for (int g = 0; g < G; ++g) {
    const std::int64_t at = j + g * S::lanes, here = left - g * S::lanes;
#pragma GCC unroll 8
    for (int i = 0; i < M; ++i) {
      if (args.bias) sum[i][g] = S::add(sum[i][g], load_up_to(args.bias + at, here));
      store_up_to(args.c + i * args.c_stride + at, sum[i][g], here);
    }
  }
}

/// G vectors side by side while they last, since one chain alone waits for its own latency.
template <class T, int M, int G> void dots_rows(const FewRowsArgs<T>& args) {
  std::int64_t j = 0;
  for (; j + (G - 1) * Simd<T>::lanes < args.n; j += G * Simd<T>::lanes)
    dots_tile<T, M, G>(args, j);
  for (; j < args.n; j += Simd<T>::lanes) dots_tile<T, M, 1>(args, j);
}

template <class T> void few_dots(const FewRowsArgs<T>& args) {
  constexpr std::int64_t kMost = 8;
  constexpr typename FewRowsKernels<T>::Product of_rows[kMost] = {
      &dots_rows<T, 1, kDotVectors>, &dots_rows<T, 2, 2>, &dots_rows<T, 3, 1>, &dots_rows<T, 4, 1>,
      &dots_rows<T, 5, 1>,           &dots_rows<T, 6, 1>, &dots_rows<T, 7, 1>, &dots_rows<T, 8, 1>};
  FewRowsArgs<T> rest = args;
  while (rest.m > 0) {
    const std::int64_t m = rest.m < kMost ? rest.m : kMost;
    of_rows[m - 1](rest);
    rest.m -= m;
    rest.a += m * rest.a_row;
    rest.c += m * rest.c_stride;
  }
}

inline float fma_scalar(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
inline double fma_scalar(double a, double b, double c) { return __builtin_fma(a, b, c); }

/// For a few dozen products, where to set up vectors takes longer than the work.
template <class T, bool dots> void tiny(const FewRowsArgs<T>& args) {
  const std::int64_t b_step = dots ? 1 : args.b_stride, b_column = dots ? args.b_stride : 1;
  for (std::int64_t i = 0; i < args.m; ++i) {
    for (std::int64_t j = 0; j < args.n; ++j) {
      T& c = args.c[i * args.c_stride + j];
      const T* a = args.a + i * args.a_row;
      const T* b = args.b + j * b_column;
      T sum = args.from_c ? c : T{0};
      for (std::int64_t p = 0; p < args.k; ++p, a += args.a_step, b += b_step) {
        sum = fma_scalar(*a, *b, sum);
      }
      c = args.bias ? sum + args.bias[j] : sum;
    }
  }
}

template <class T> constexpr FewRowsKernels<T> make_kernels() {
  return {&few_rows<T>, &few_dots<T>, &tiny<T, false>, &tiny<T, true>};
}

}  // namespace

extern constexpr FewRowsKernels<float> few_rows_f32 = make_kernels<float>();
extern constexpr FewRowsKernels<double> few_rows_f64 = make_kernels<double>();

}  // namespace fathom::cpu::FATHOM_ISA
