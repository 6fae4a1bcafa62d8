#include "fathom/backend/cpu/kernels/gemm.h"

#include "fathom/backend/cpu/kernels/gemm_simd.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

// Two vectors of B and as many rows as the registers hold: 14 x 2 of 32 registers, or 6 x 2 of 16. The
// FMA ports are the limit then: (rows + 2) loads go with 2 * rows products.
#if FATHOM_ISA_avx512
constexpr int kRows = 14;
#else
constexpr int kRows = 6;
#endif

/// One tile of R rows and N vectors, its sums in registers. Loops over registers must be unrolled, or
/// the array stays in memory and the speed is halved.
template <class T, ALayout layout, int N, int R>
void tile(const TileArgs<T>& args) {
  using S = Simd<T>;
  typename S::V sum[R][N];
  T* c = args.c;
  if (args.from_c) {
#pragma GCC unroll 14
    for (int i = 0; i < R; ++i) {
#pragma GCC unroll 2
      for (int j = 0; j < N; ++j) sum[i][j] = S::load(c + i * args.c_stride + j * S::lanes);
    }
  } else {
#pragma GCC unroll 14
    for (int i = 0; i < R; ++i) {
#pragma GCC unroll 2
      for (int j = 0; j < N; ++j) sum[i][j] = S::zero();
    }
  }

  // Rows as they stand would take one pointer each. One for every third row and an index do: x86
  // addresses a[0], a[stride] and a[2 * stride]. The empty assembly keeps the compiler to it.
  constexpr int kGroups = layout == ALayout::rows ? (R + 2) / 3 : 1;
  const T* a[kGroups];
#pragma GCC unroll 5
  for (int g = 0; g < kGroups; ++g) a[g] = args.a + 3 * g * args.a_stride;
  std::int64_t a_stride = args.a_stride;
  asm("" : "+r"(a_stride));
  const T* b = args.b;
  const std::int64_t b_stride = args.b_stride;

  for (std::int64_t p = args.k; p > 0; --p) {
    typename S::V row[N];
#pragma GCC unroll 2
    for (int j = 0; j < N; ++j) row[j] = S::load(b + j * S::lanes);
    b += b_stride;
#pragma GCC unroll 14
    for (int i = 0; i < R; ++i) {
      const auto x =
          S::set(layout == ALayout::rows ? *(a[i / 3 % kGroups] + (i % 3) * a_stride) : a[0][i]);
#pragma GCC unroll 2
      for (int j = 0; j < N; ++j) sum[i][j] = S::fma(x, row[j], sum[i][j]);
    }
#pragma GCC unroll 5
    for (int g = 0; g < kGroups; ++g) {
      a[g] += layout == ALayout::rows ? 1 : a_stride;
      asm("" : "+r"(a[g]));
    }
  }

  if (args.bias) {
#pragma GCC unroll 2
    for (int j = 0; j < N; ++j) {
      const auto bias = S::load(args.bias + j * S::lanes);
#pragma GCC unroll 14
      for (int i = 0; i < R; ++i) sum[i][j] = S::add(sum[i][j], bias);
    }
  }
#pragma GCC unroll 14
  for (int i = 0; i < R; ++i) {
#pragma GCC unroll 2
    for (int j = 0; j < N; ++j) S::store(c + i * args.c_stride + j * S::lanes, sum[i][j]);
  }
}

template <class T>
void store_part(T* p, typename Simd<T>::V v, std::int64_t n) {
  // A masked store takes eight times as long as a whole one with AVX2.
  alignas(64) T part[Simd<T>::lanes];
  Simd<T>::store(part, v);
  for (std::int64_t i = 0; i < n; ++i) p[i] = part[i];
}

template <class T>
void pack(const T* from, std::int64_t stride, std::int64_t k, std::int64_t columns, T* to,
          std::int64_t width) {
  using S = Simd<T>;
  const int rest = static_cast<int>(columns % S::lanes);
  const std::int64_t whole = columns - rest;
  for (std::int64_t p = 0; p < k; ++p) {
    for (std::int64_t j = 0; j < whole; j += S::lanes) S::store(to + j, S::load(from + j));
    if (rest) S::store(to + whole, S::load_part(from + whole, rest));
    from += stride;
    to += width;
  }
}

/// Pointers to the rows of B (or A) that one vector gathers; rows beyond the last are the last again.
template <class T>
void row_pointers(const T* from, std::int64_t stride, std::int64_t count, const T** rows) {
  for (int r = 0; r < Simd<T>::lanes; ++r) rows[r] = from + (r < count ? r : count - 1) * stride;
}

template <class T>
typename Simd<T>::V gather(const T* const* rows, std::int64_t p) {
  alignas(64) T column[Simd<T>::lanes];
  for (int r = 0; r < Simd<T>::lanes; ++r) column[r] = rows[r][p];
  return Simd<T>::load(column);
}

template <class T>
void pack_transposed(const T* from, std::int64_t stride, std::int64_t k, std::int64_t columns, T* to,
                     std::int64_t width) {
  using S = Simd<T>;
  for (std::int64_t j = 0; j < columns; j += S::lanes, to += S::lanes) {
    const T* rows[S::lanes];
    row_pointers(from + j * stride, stride, columns - j, rows);
    T* out = to;
    std::int64_t p = 0;
    for (; p + 2 * S::step <= k; p += 2 * S::step) {
      typename S::V v[2 * S::step];
      S::transpose(rows, p, v);
      S::transpose(rows, p + S::step, v + S::step);
#pragma GCC unroll 8
      for (int q = 0; q < 2 * S::step; ++q, out += width) S::store(out, v[q]);
    }
    for (; p < k; ++p, out += width) S::store(out, gather(rows, p));
  }
}

/// Eight rows of B a pass, y in the first-level cache, so that B streams from memory row by row.
template <class T>
void rows_times_vector(const VectorArgs<T>& args) {
  using S = Simd<T>;
  constexpr int kPass = 8;
  const int rest = static_cast<int>(args.n % S::lanes);
  const std::int64_t whole = args.n - rest;
  T* y = args.y;
  bool from_y = args.from_y;
  std::int64_t p = 0;
  do {
    const T* b = args.b + p * args.b_stride;
    const T* x = args.x + p * args.x_stride;
    const bool last = p + kPass >= args.k;
    const T* bias = last ? args.bias : nullptr;
    if (p + kPass <= args.k) {
      typename S::V xs[kPass];
#pragma GCC unroll 8
      for (int q = 0; q < kPass; ++q) xs[q] = S::set(x[q * args.x_stride]);
      for (std::int64_t j = 0; j < whole; j += S::lanes) {
        auto sum = from_y ? S::load(y + j) : S::zero();
#pragma GCC unroll 8
        for (int q = 0; q < kPass; ++q) {
          sum = S::fma(xs[q], S::load(b + q * args.b_stride + j), sum);
        }
        if (bias) sum = S::add(sum, S::load(bias + j));
        S::store(y + j, sum);
      }
    } else {
      for (std::int64_t j = 0; j < whole; j += S::lanes) {
        auto sum = from_y ? S::load(y + j) : S::zero();
        for (std::int64_t q = 0; q < args.k - p; ++q) {
          sum = S::fma(S::set(x[q * args.x_stride]), S::load(b + q * args.b_stride + j), sum);
        }
        if (bias) sum = S::add(sum, S::load(bias + j));
        S::store(y + j, sum);
      }
    }
    from_y = true;
    p += kPass;
  } while (p < args.k);

  if (rest) {
    auto sum = args.from_y ? S::load_part(y + whole, rest) : S::zero();
    for (std::int64_t q = 0; q < args.k; ++q) {
      const T* b = args.b + q * args.b_stride + whole;
      sum = S::fma(S::set(args.x[q * args.x_stride]), S::load_part(b, rest), sum);
    }
    if (args.bias) sum = S::add(sum, S::load_part(args.bias + whole, rest));
    store_part<T>(y + whole, sum, rest);
  }
}

/// A dot product is one chain, so the vector runs over the outputs: rows of B are transposed in
/// registers.
template <class T>
void dots_with_vector(const VectorArgs<T>& args) {
  using S = Simd<T>;
  for (std::int64_t j = 0; j < args.n; j += S::lanes) {
    const std::int64_t count = args.n - j < S::lanes ? args.n - j : S::lanes;
    const int part = static_cast<int>(count);
    const T* rows[S::lanes];
    row_pointers(args.b + j * args.b_stride, args.b_stride, count, rows);
    auto sum = args.from_y ? (part == S::lanes ? S::load(args.y + j) : S::load_part(args.y + j, part))
                           : S::zero();
    std::int64_t p = 0;
    for (; p + 2 * S::step <= args.k; p += 2 * S::step) {
      typename S::V v[2 * S::step];
      S::transpose(rows, p, v);
      S::transpose(rows, p + S::step, v + S::step);
#pragma GCC unroll 8
      for (int q = 0; q < 2 * S::step; ++q) sum = S::fma(S::set(args.x[p + q]), v[q], sum);
    }
    for (; p < args.k; ++p) sum = S::fma(S::set(args.x[p]), gather(rows, p), sum);
    if (args.bias) {
      sum = S::add(sum, part == S::lanes ? S::load(args.bias + j) : S::load_part(args.bias + j, part));
    }
    if (part == S::lanes) {
      S::store(args.y + j, sum);
    } else {
      store_part<T>(args.y + j, sum, count);
    }
  }
}

template <class T, ALayout layout, int N, int... R>
constexpr void fill(typename GemmKernels<T>::Tile* row) {
  int i = 0;
  ((row[i++] = &tile<T, layout, N, R>), ...);
}

template <class T, ALayout layout, int N>
constexpr void fill_all(typename GemmKernels<T>::Tile* row) {
#if FATHOM_ISA_avx512
  fill<T, layout, N, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14>(row);
#else
  fill<T, layout, N, 1, 2, 3, 4, 5, 6>(row);
#endif
}

template <class T>
constexpr GemmKernels<T> make_kernels() {
  GemmKernels<T> k = {};
  k.lanes = Simd<T>::lanes;
  k.rows = kRows;
  fill_all<T, ALayout::rows, 1>(k.tile[0][0]);
  fill_all<T, ALayout::rows, 2>(k.tile[0][1]);
  fill_all<T, ALayout::columns, 1>(k.tile[1][0]);
  fill_all<T, ALayout::columns, 2>(k.tile[1][1]);
  k.pack = &pack<T>;
  k.pack_transposed = &pack_transposed<T>;
  k.rows_times_vector = &rows_times_vector<T>;
  k.dots_with_vector = &dots_with_vector<T>;
  return k;
}

}  // namespace

extern constexpr GemmKernels<float> gemm_f32 = make_kernels<float>();
extern constexpr GemmKernels<double> gemm_f64 = make_kernels<double>();

}  // namespace fathom::cpu::FATHOM_ISA
