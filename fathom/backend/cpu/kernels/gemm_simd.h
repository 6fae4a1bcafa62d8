// What the product kernels need of a vector: one set of names over both instruction sets and both
// element types. `Simd<T>::step` values of k make one 16-byte piece of a row. `fma_in_place` is
// fma, but the sum stays in its register whatever the compiler would rather do. `relu` keeps NaN.
#pragma once
#include <immintrin.h>

#include <cstdint>

namespace fathom::cpu::FATHOM_ISA {

template <class T> struct Simd;

#if FATHOM_ISA_avx512

// The forms with a mask of ones give the same instructions as the plain ones, for which g++ 12
// warns of variables that it made up.
inline __m512 unpack_lo(__m512 a, __m512 b) { return _mm512_maskz_unpacklo_ps(0xffff, a, b); }
inline __m512 unpack_hi(__m512 a, __m512 b) { return _mm512_maskz_unpackhi_ps(0xffff, a, b); }
inline __m512d unpack_lo(__m512d a, __m512d b) { return _mm512_maskz_unpacklo_pd(0xff, a, b); }
inline __m512d unpack_hi(__m512d a, __m512d b) { return _mm512_maskz_unpackhi_pd(0xff, a, b); }

template <> struct Simd<float> {
  using V = __m512;
  static constexpr int lanes = 16, step = 4;
  static V zero() { return _mm512_setzero_ps(); }
  static V set(float x) { return _mm512_set1_ps(x); }
  static V load(const float* p) { return _mm512_loadu_ps(p); }
  static V load_part(const float* p, int n) {
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << n) - 1), p);
  }
  static void store(float* p, V v) { _mm512_storeu_ps(p, v); }
  static V add(V a, V b) { return _mm512_add_ps(a, b); }
  static V relu(V x) { return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, zero(), _CMP_NLE_UQ), x); }
  static V fma(V a, V b, V c) { return _mm512_fmadd_ps(a, b, c); }
  static void fma_in_place(V& sum, V a, V b) {
    asm("vfmadd231ps %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
  }

  /// out[q] lane r = rows[r][p + q]. The 16-byte pieces are put in place by loads, so that only the
  /// transposes within a 128-bit lane use the shuffle port.
  static void transpose(const float* const* rows, std::int64_t p, V* out) {
    V r[4];
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q) {
      r[q] = _mm512_castps128_ps512(_mm_loadu_ps(rows[q] + p));
      r[q] = _mm512_mask_broadcast_f32x4(r[q], 0x00f0, _mm_loadu_ps(rows[4 + q] + p));
      r[q] = _mm512_mask_broadcast_f32x4(r[q], 0x0f00, _mm_loadu_ps(rows[8 + q] + p));
      r[q] = _mm512_mask_broadcast_f32x4(r[q], 0xf000, _mm_loadu_ps(rows[12 + q] + p));
    }
    const __m512d a = _mm512_castps_pd(unpack_lo(r[0], r[1]));
    const __m512d b = _mm512_castps_pd(unpack_hi(r[0], r[1]));
    const __m512d c = _mm512_castps_pd(unpack_lo(r[2], r[3]));
    const __m512d d = _mm512_castps_pd(unpack_hi(r[2], r[3]));
    out[0] = _mm512_castpd_ps(unpack_lo(a, c));
    out[1] = _mm512_castpd_ps(unpack_hi(a, c));
    out[2] = _mm512_castpd_ps(unpack_lo(b, d));
    out[3] = _mm512_castpd_ps(unpack_hi(b, d));
  }
};

template <> struct Simd<double> {
  using V = __m512d;
  static constexpr int lanes = 8, step = 2;
  static V zero() { return _mm512_setzero_pd(); }
  static V set(double x) { return _mm512_set1_pd(x); }
  static V load(const double* p) { return _mm512_loadu_pd(p); }
  static V load_part(const double* p, int n) {
    return _mm512_maskz_loadu_pd(static_cast<__mmask8>((1u << n) - 1), p);
  }
  static void store(double* p, V v) { _mm512_storeu_pd(p, v); }
  static V add(V a, V b) { return _mm512_add_pd(a, b); }
  static V relu(V x) { return _mm512_maskz_mov_pd(_mm512_cmp_pd_mask(x, zero(), _CMP_NLE_UQ), x); }
  static V fma(V a, V b, V c) { return _mm512_fmadd_pd(a, b, c); }
  static void fma_in_place(V& sum, V a, V b) {
    asm("vfmadd231pd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
  }

  static void transpose(const double* const* rows, std::int64_t p, V* out) {
    V r[2];
#pragma GCC unroll 2
    for (int q = 0; q < 2; ++q) {
      r[q] = _mm512_castpd128_pd512(_mm_loadu_pd(rows[q] + p));
      r[q] = _mm512_mask_broadcast_f64x2(r[q], 0x0c, _mm_loadu_pd(rows[2 + q] + p));
      r[q] = _mm512_mask_broadcast_f64x2(r[q], 0x30, _mm_loadu_pd(rows[4 + q] + p));
      r[q] = _mm512_mask_broadcast_f64x2(r[q], 0xc0, _mm_loadu_pd(rows[6 + q] + p));
    }
    out[0] = unpack_lo(r[0], r[1]);
    out[1] = unpack_hi(r[0], r[1]);
  }
};

#else  // AVX2 and FMA

// The n first of 8 words of a mask, read from the right place in a row of ones and zeros.
alignas(64) static constexpr std::int32_t kMaskWords[16] = {-1, -1, -1, -1, -1, -1, -1, -1};

template <> struct Simd<float> {
  using V = __m256;
  static constexpr int lanes = 8, step = 4;
  static V zero() { return _mm256_setzero_ps(); }
  static V set(float x) { return _mm256_set1_ps(x); }
  static V load(const float* p) { return _mm256_loadu_ps(p); }
  static V load_part(const float* p, int n) {
    const void* mask = kMaskWords + 8 - n;
    return _mm256_maskload_ps(p, _mm256_loadu_si256(static_cast<const __m256i*>(mask)));
  }
  static void store(float* p, V v) { _mm256_storeu_ps(p, v); }
  static V add(V a, V b) { return _mm256_add_ps(a, b); }
  static V relu(V x) { return _mm256_and_ps(_mm256_cmp_ps(x, zero(), _CMP_NLE_UQ), x); }
  static V fma(V a, V b, V c) { return _mm256_fmadd_ps(a, b, c); }
  static void fma_in_place(V& sum, V a, V b) {
    asm("vfmadd231ps %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
  }

  static void transpose(const float* const* rows, std::int64_t p, V* out) {
    V r[4];
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q) {
      r[q] = _mm256_castps128_ps256(_mm_loadu_ps(rows[q] + p));
      r[q] = _mm256_insertf128_ps(r[q], _mm_loadu_ps(rows[4 + q] + p), 1);
    }
    const __m256d a = _mm256_castps_pd(_mm256_unpacklo_ps(r[0], r[1]));
    const __m256d b = _mm256_castps_pd(_mm256_unpackhi_ps(r[0], r[1]));
    const __m256d c = _mm256_castps_pd(_mm256_unpacklo_ps(r[2], r[3]));
    const __m256d d = _mm256_castps_pd(_mm256_unpackhi_ps(r[2], r[3]));
    out[0] = _mm256_castpd_ps(_mm256_unpacklo_pd(a, c));
    out[1] = _mm256_castpd_ps(_mm256_unpackhi_pd(a, c));
    out[2] = _mm256_castpd_ps(_mm256_unpacklo_pd(b, d));
    out[3] = _mm256_castpd_ps(_mm256_unpackhi_pd(b, d));
  }
};

template <> struct Simd<double> {
  using V = __m256d;
  static constexpr int lanes = 4, step = 2;
  static V zero() { return _mm256_setzero_pd(); }
  static V set(double x) { return _mm256_set1_pd(x); }
  static V load(const double* p) { return _mm256_loadu_pd(p); }
  static V load_part(const double* p, int n) {
    const void* mask = kMaskWords + 8 - 2 * n;
    return _mm256_maskload_pd(p, _mm256_loadu_si256(static_cast<const __m256i*>(mask)));
  }
  static void store(double* p, V v) { _mm256_storeu_pd(p, v); }
  static V add(V a, V b) { return _mm256_add_pd(a, b); }
  static V relu(V x) { return _mm256_and_pd(_mm256_cmp_pd(x, zero(), _CMP_NLE_UQ), x); }
  static V fma(V a, V b, V c) { return _mm256_fmadd_pd(a, b, c); }
  static void fma_in_place(V& sum, V a, V b) {
    asm("vfmadd231pd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
  }

  static void transpose(const double* const* rows, std::int64_t p, V* out) {
    V r[2];
#pragma GCC unroll 2
    for (int q = 0; q < 2; ++q) {
      r[q] = _mm256_castpd128_pd256(_mm_loadu_pd(rows[q] + p));
      r[q] = _mm256_insertf128_pd(r[q], _mm_loadu_pd(rows[2 + q] + p), 1);
    }
    out[0] = _mm256_unpacklo_pd(r[0], r[1]);
    out[1] = _mm256_unpackhi_pd(r[0], r[1]);
  }
};

#endif

namespace {

template <class T> typename Simd<T>::V load_up_to(const T* p, std::int64_t n) {
  return n >= Simd<T>::lanes ? Simd<T>::load(p) : Simd<T>::load_part(p, static_cast<int>(n));
}

template <class T> void store_up_to(T* p, typename Simd<T>::V v, std::int64_t n) {
  if (n >= Simd<T>::lanes) return Simd<T>::store(p, v);
  // A masked store takes eight times as long as a whole one with AVX2.
  alignas(64) T part[Simd<T>::lanes];
  Simd<T>::store(part, v);
  for (std::int64_t i = 0; i < n; ++i) p[i] = part[i];
}

/// Pointers to the rows that one vector gathers from; rows beyond the last are the last again.
template <class T>
void row_pointers(const T* from, std::int64_t stride, std::int64_t count, const T** rows) {
  for (int r = 0; r < Simd<T>::lanes; ++r) rows[r] = from + (r < count ? r : count - 1) * stride;
}

template <class T> typename Simd<T>::V gather(const T* const* rows, std::int64_t p) {
  alignas(64) T column[Simd<T>::lanes];
  for (int r = 0; r < Simd<T>::lanes; ++r) column[r] = rows[r][p];
  return Simd<T>::load(column);
}

}  // namespace

}  // namespace fathom::cpu::FATHOM_ISA
