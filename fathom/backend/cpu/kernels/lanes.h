// Reductions over 64 fixed lanes: element i belongs to lane i % 64, and one fixed tree joins the
// lanes, so a sum has the same bits on every vector width. 64 lanes are also what hides the latency
// of an addition: four AVX-512 registers or eight AVX2 ones.
#pragma once
#include <immintrin.h>

#include "fathom/math/elementary.h"

#define FATHOM_INLINE inline __attribute__((always_inline))
#define FATHOM_LAMBDA __attribute__((always_inline))

namespace fathom::cpu::FATHOM_ISA {

inline constexpr int64_t kLanes = 64;

// The machine's vector of floats: arithmetic by the compiler's operators, the rest by name.
#ifdef FATHOM_ISA_avx512
inline constexpr int kWidth = 16;
using Vector = __m512;
using Mask = __mmask16;
// Masked forms and __builtin_shuffle below: g++ 12 warns of its own header in the plain intrinsics.
FATHOM_MATH Vector load(const float* p) { return _mm512_loadu_ps(p); }
FATHOM_MATH Vector load(const float* p, Mask m) { return _mm512_maskz_loadu_ps(m, p); }
FATHOM_MATH void store(float* p, Vector v) { _mm512_storeu_ps(p, v); }
FATHOM_MATH void store(float* p, Vector v, Mask m) { _mm512_mask_storeu_ps(p, m, v); }
FATHOM_MATH Vector fma(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
FATHOM_MATH Vector max(Vector a, Vector b) { return _mm512_maskz_max_ps(0xffff, a, b); }
FATHOM_MATH Vector min(Vector a, Vector b) { return _mm512_maskz_min_ps(0xffff, a, b); }
FATHOM_MATH Vector splat(float x) { return _mm512_set1_ps(x); }
FATHOM_MATH Vector select(Mask m, Vector a, Vector b) { return _mm512_mask_mov_ps(b, m, a); }
FATHOM_MATH Mask is_nan(Vector v) { return _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q); }
/// The first n elements, n <= 0 for none.
FATHOM_MATH Mask first(int64_t n) {
  return n >= 16 ? Mask(0xffff) : Mask((1u << (n < 0 ? 0 : n)) - 1u);
}
#else
inline constexpr int kWidth = 8;
using Vector = __m256;
using Mask = __m256i;
FATHOM_MATH Vector load(const float* p) { return _mm256_loadu_ps(p); }
FATHOM_MATH Vector load(const float* p, Mask m) { return _mm256_maskload_ps(p, m); }
FATHOM_MATH void store(float* p, Vector v) { _mm256_storeu_ps(p, v); }
FATHOM_MATH void store(float* p, Vector v, Mask m) { _mm256_maskstore_ps(p, m, v); }
FATHOM_MATH Vector fma(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
FATHOM_MATH Vector max(Vector a, Vector b) { return _mm256_max_ps(a, b); }
FATHOM_MATH Vector min(Vector a, Vector b) { return _mm256_min_ps(a, b); }
FATHOM_MATH Vector splat(float x) { return _mm256_set1_ps(x); }
FATHOM_MATH Vector select(Mask m, Vector a, Vector b) {
  return _mm256_blendv_ps(b, a, _mm256_castsi256_ps(m));
}
FATHOM_MATH Mask is_nan(Vector v) { return _mm256_castps_si256(_mm256_cmp_ps(v, v, _CMP_UNORD_Q)); }
FATHOM_MATH Mask first(int64_t n) {
  const __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(int32_t(n)), index);
}
#endif
inline constexpr int kVectors = int(kLanes) / kWidth;

/// How a sweep's step reads memory: whole vectors, or what is left at a row's end.
struct Whole {
  FATHOM_INLINE Vector operator()(const float* p) const { return load(p); }
};
struct Part {
  Mask mask;
  FATHOM_INLINE Vector operator()(const float* p) const { return load(p, mask); }
};

/// One accumulator for each of the 64 lanes.
struct Lanes {
  Vector v[kVectors];
};

/// Runs `step(accumulators, i, load)` over a row of n, where `accumulators` points at one vector of
/// each of the M sums and i is the index of its first element. Lanes past the row's end keep their
/// value.
template <int M, class Step> FATHOM_MATH void sweep(int64_t n, Lanes (&sums)[M], Step step) {
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
#pragma GCC unroll 8
    for (int k = 0; k < kVectors; ++k) {
      Vector a[M];
#pragma GCC unroll 4
      for (int m = 0; m < M; ++m) a[m] = sums[m].v[k];
      step(a, i + k * kWidth, Whole{});
#pragma GCC unroll 4
      for (int m = 0; m < M; ++m) sums[m].v[k] = a[m];
    }
  }
#pragma GCC unroll 8
  for (int k = 0; k < kVectors; ++k) {
    const int64_t at = i + k * kWidth;
    if (at >= n) break;
    const Mask mask = first(n - at);
    Vector a[M];
#pragma GCC unroll 4
    for (int m = 0; m < M; ++m) a[m] = sums[m].v[k];
    step(a, at, Part{mask});
#pragma GCC unroll 4
    for (int m = 0; m < M; ++m) sums[m].v[k] = select(mask, a[m], sums[m].v[k]);
  }
}

/// y[i] = f(i, load) over a row, the end by masks. y may be what f loads.
template <class F> FATHOM_MATH void map_row(int64_t n, float* y, F f) {
  int64_t i = 0;
  for (; i + kWidth <= n; i += kWidth) store(y + i, f(i, Whole{}));
  if (i < n) {
    const Mask mask = first(n - i);
    store(y + i, f(i, Part{mask}), mask);
  }
}

/// Joins lane j with lane j + 32, then those 16, 8, 4, 2 and 1 apart.
template <class Op> FATHOM_MATH float fold(Lanes a, Op op) {
#pragma GCC unroll 4
  for (int step = kVectors / 2; step > 0; step /= 2) {
#pragma GCC unroll 8
    for (int k = 0; k < step; ++k) a.v[k] = op(a.v[k], a.v[k + step]);
  }
  Vector x = a.v[0];
#ifdef FATHOM_ISA_avx512
  using Index = int32_t __attribute__((vector_size(64)));
  x = op(x, __builtin_shuffle(x, Index{8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7}));
  x = op(x, __builtin_shuffle(x, Index{4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11}));
  x = op(x, __builtin_shuffle(x, Index{2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13}));
  x = op(x, __builtin_shuffle(x, Index{1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14}));
#else
  x = op(x, _mm256_permute2f128_ps(x, x, 1));
  x = op(x, _mm256_permute_ps(x, 0x4e));
  x = op(x, _mm256_permute_ps(x, 0xb1));
#endif
  return x[0];
}

struct Add {
  FATHOM_INLINE Vector operator()(Vector a, Vector b) const { return a + b; }
};
struct Max {
  FATHOM_INLINE Vector operator()(Vector a, Vector b) const { return max(a, b); }
};
struct Min {
  FATHOM_INLINE Vector operator()(Vector a, Vector b) const { return min(a, b); }
};

FATHOM_MATH Lanes all_lanes(float x) {
  Lanes a;
#pragma GCC unroll 8
  for (int k = 0; k < kVectors; ++k) a.v[k] = splat(x);
  return a;
}

/// The lanes as memory, for loops that the compiler vectorises itself.
FATHOM_MATH Lanes from_memory(const float* lane) {
  Lanes a;
#pragma GCC unroll 8
  for (int k = 0; k < kVectors; ++k) a.v[k] = load(lane + k * kWidth);
  return a;
}

/// The largest element, NaN left aside; -inf for an empty row.
FATHOM_MATH float row_max(const float* x, int64_t n) {
  Lanes a[1] = {all_lanes(-math::kInf)};
  sweep(n, a, [=](Vector* m, int64_t i, auto load) FATHOM_LAMBDA { *m = max(load(x + i), *m); });
  return fold(a[0], Max{});
}

}  // namespace fathom::cpu::FATHOM_ISA
