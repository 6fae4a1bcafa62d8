#include "fathom/backend/cpu/kernels/gemm.h"

#include <type_traits>

#include "fathom/backend/cpu/kernels/gemm_simd.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

// Two vectors of B and as many rows as the registers hold: 14 x 2 of 32 registers, or 6 x 2 of 16.
// The FMA ports are the limit then: (rows + 2) loads go with 2 * rows products.
#if FATHOM_ISA_avx512
constexpr int kRows = 14;
constexpr int kAhead = 8, kAheadInPlace = 8;  // rows of B, packed or not; 0: not asked for
constexpr bool kAheadInCache = true;
#else
// g++ 12 colours registers by region, and then moves sums between them. By priority it leaves them
// where they are.
#pragma GCC optimize("ira-algorithm=priority")
constexpr int kRows = 6;
constexpr int kAhead = 16, kAheadInPlace = 0;
constexpr bool kAheadInCache = false;  // the hardware follows packed rows by itself
#endif

template <int value> using Constant = std::integral_constant<int, value>;

/// One tile of R rows and N vectors, its sums in registers. Loops over registers must be unrolled,
/// or the array stays in memory and the speed is halved.
template <class T, ALayout layout, bool chained, int N, int R>
[[gnu::always_inline]] inline void one_tile(const TileArgs<T>& args, const T* b, T* c,
                                            const T* bias, const T* addend) {
  using S = Simd<T>;
  // Of panels of B and row tiles of A that are packed.
  constexpr int kWidth = GemmKernels<T>::kMaxVectors * S::lanes;
  constexpr int kAWidth = (kRows + S::lanes - 1) / S::lanes * S::lanes;
  constexpr int kUnroll = 4;
  constexpr bool kWhole = R == kRows && N == GemmKernels<T>::kMaxVectors;
  typename S::V sum[R][N];
  if (args.from_c) {
#pragma GCC unroll 14
    for (int i = 0; i < R; ++i) {
#pragma GCC unroll 2
      for (int j = 0; j < N; ++j) sum[i][j] = S::load(c + i * args.c_stride + j * S::lanes);
    }
  } else {
#pragma GCC unroll 14
    for (int i = 0; i < R; ++i) {
      __builtin_prefetch(c + i * args.c_stride, 1);  // written at the end, and often far away now
#pragma GCC unroll 2
      for (int j = 0; j < N; ++j) sum[i][j] = S::zero();
    }
  }

  if (addend) {
#pragma GCC unroll 14
    for (int i = 0; i < R; ++i) __builtin_prefetch(addend + i * args.c_stride);
  }

  // Rows as they stand would take one pointer each. One for every third row and an index do: x86
  // addresses a[0], a[stride] and a[2 * stride]. The empty assembly keeps the compiler to it.
  constexpr int kGroups = layout == ALayout::rows ? (R + 2) / 3 : 1;
  const T* a[kGroups];
#pragma GCC unroll 5
  for (int g = 0; g < kGroups; ++g) a[g] = args.a + 3 * g * args.a_stride;
  std::int64_t a_stride = args.a_stride;
  asm("" : "+r"(a_stride));
  const std::int64_t b_stride = args.b_stride;

  // `unroll` steps at a time; packed rows of B and columns of A lie at distances that are known.
  const auto add = [&](std::int64_t times, auto unroll, auto packed, auto ahead)
      __attribute__((always_inline)) {
    constexpr int kSteps = unroll, kDistance = ahead;
    typename S::V here[R][N];  // a copy that no other code knows stays in registers
#pragma GCC unroll 28
    for (int n = 0; n < R * N; ++n) here[n / N][n % N] = sum[n / N][n % N];
    for (; times > 0; --times) {
#pragma GCC unroll 4
      for (int u = 0; u < kSteps; ++u) {
        const T* const from = packed ? b + u * kWidth : b;
        typename S::V row[N];
#pragma GCC unroll 2
        for (int j = 0; j < N; ++j) row[j] = S::load(from + j * S::lanes);
        if constexpr (kDistance > 0) {
          constexpr int kLine = 64 / sizeof(T);
#pragma GCC unroll 2
          for (int j = 0; j < N * S::lanes; j += kLine)
            __builtin_prefetch(from + kDistance * (packed ? kWidth : b_stride) + j);
        }
        if (!packed) b += b_stride;
// One loop for both indices: the compiler unrolls two in one another in time.
#pragma GCC unroll 28
        for (int n = 0; n < R * N; ++n) {
          const int i = n / N;
          const auto x =
              S::set(layout == ALayout::rows ? *(a[i / 3 % kGroups] + (i % 3) * a_stride + u)
                                             : a[0][packed ? u * kAWidth + i : i]);
          // Left alone, g++ 12 passes one of these sums through memory in each turn, and the next
          // turn waits for it.
          if constexpr (kWhole)
            S::fma_in_place(here[i][n % N], x, row[n % N]);
          else
            here[i][n % N] = S::fma(x, row[n % N], here[i][n % N]);
        }
        if (layout == ALayout::columns && !packed) a[0] += a_stride;
      }
      if (packed) b += kSteps * kWidth;
      if (layout == ALayout::columns && packed) a[0] += kSteps * kAWidth;
#pragma GCC unroll 5
      for (int g = 0; g < kGroups; ++g) {
        if (layout == ALayout::rows) a[g] += kSteps;
        asm("" : "+r"(a[g]));
      }
    }
#pragma GCC unroll 28
    for (int n = 0; n < R * N; ++n) sum[n / N][n % N] = here[n / N][n % N];
  };
  // Four steps at a time where little but loads and products lies between them: beside a busy
  // neighbour on the same core a loop is as fast as its instructions are few.
  const auto add_products = [&](std::int64_t steps) __attribute__((always_inline)) {
    if constexpr (kWhole) {
      const std::int64_t times = steps / kUnroll;
      const bool packed = b_stride == kWidth && (layout == ALayout::rows || a_stride == kAWidth);
      if (!packed)
        add(times, Constant<kUnroll>(), std::false_type(), Constant<kAheadInPlace>());
      else if (kAheadInCache || args.b_far)
        add(times, Constant<kUnroll>(), std::true_type(), Constant<kAhead>());
      else
        add(times, Constant<kUnroll>(), std::true_type(), Constant<0>());
      steps %= kUnroll;
    } else if (b_stride == kWidth && args.b_far) {
      // Few rows pass over B fast: further ahead is as long before.
      return add(steps, Constant<1>(), std::false_type(), Constant<kAhead * kRows / R>());
    }
    add(steps, Constant<1>(), std::false_type(), Constant<kAheadInPlace>());
  };
  if constexpr (!chained) {
    add_products(args.k);
  } else {
    for (std::int64_t left = args.k;;) {
      const bool first = left == args.k;
      const std::int64_t steps = left < GemmKernels<T>::kChain ? left : GemmKernels<T>::kChain;
      add_products(steps);
      left -= steps;
      if (!first) {
#pragma GCC unroll 14
        for (int i = 0; i < R; ++i) {
#pragma GCC unroll 2
          for (int j = 0; j < N; ++j)
            sum[i][j] = S::add(S::load(c + i * args.c_stride + j * S::lanes), sum[i][j]);
        }
      }
      if (left == 0) break;
#pragma GCC unroll 14
      for (int i = 0; i < R; ++i) {
#pragma GCC unroll 2
        for (int j = 0; j < N; ++j) {
          S::store(c + i * args.c_stride + j * S::lanes, sum[i][j]);
          sum[i][j] = S::zero();
        }
      }
    }
  }

  if (bias) {
#pragma GCC unroll 2
    for (int j = 0; j < N; ++j) {
      const auto x = S::load(bias + j * S::lanes);
#pragma GCC unroll 14
      for (int i = 0; i < R; ++i) sum[i][j] = S::add(sum[i][j], x);
    }
  }
  if (addend) {
#pragma GCC unroll 14
    for (int i = 0; i < R; ++i) {
#pragma GCC unroll 2
      for (int j = 0; j < N; ++j)
        sum[i][j] = S::add(sum[i][j], S::load(addend + i * args.c_stride + j * S::lanes));
    }
  }
  if (args.relu) {
#pragma GCC unroll 28
    for (int n = 0; n < R * N; ++n) sum[n / N][n % N] = S::relu(sum[n / N][n % N]);
  }
#pragma GCC unroll 14
  for (int i = 0; i < R; ++i) {
#pragma GCC unroll 2
    for (int j = 0; j < N; ++j) S::store(c + i * args.c_stride + j * S::lanes, sum[i][j]);
  }
}

/// One row by P panels: the two sums of one would wait for themselves.
template <class T, ALayout layout, int P>
void row_by_panels(const TileArgs<T>& args, const T* b, T* c, const T* bias, const T* addend) {
  using S = Simd<T>;
  constexpr int kVectors = GemmKernels<T>::kMaxVectors, kAll = P * kVectors;
  typename S::V sum[kAll];
#pragma GCC unroll 8
  for (int n = 0; n < kAll; ++n) sum[n] = args.from_c ? S::load(c + n * S::lanes) : S::zero();
  const T* a = args.a;
  for (std::int64_t k = 0; k < args.k; ++k, b += args.b_stride) {
    const auto x = S::set(*a);
    a += layout == ALayout::rows ? 1 : args.a_stride;
#pragma GCC unroll 8
    for (int n = 0; n < kAll; ++n) {
      const T* const from = b + n / kVectors * args.panel_step + n % kVectors * S::lanes;
      sum[n] = S::fma(x, S::load(from), sum[n]);
    }
  }
#pragma GCC unroll 8
  for (int n = 0; n < kAll; ++n) {
    if (bias) sum[n] = S::add(sum[n], S::load(bias + n * S::lanes));
    if (addend) sum[n] = S::add(sum[n], S::load(addend + n * S::lanes));
    if (args.relu) sum[n] = S::relu(sum[n]);
    S::store(c + n * S::lanes, sum[n]);
  }
}

/// args.panels of them, side by side.
template <class T, ALayout layout, bool chained, int N, int R> void tile(const TileArgs<T>& args) {
  constexpr int kColumns = N * Simd<T>::lanes;
  const T *b = args.b, *bias = args.bias, *addend = args.addend;
  T* c = args.c;
  std::int64_t panel = 0;
  if constexpr (R == 1 && N == GemmKernels<T>::kMaxVectors && !chained) {
    constexpr int kTogether = 4;
    for (; panel + kTogether <= args.panels; panel += kTogether, c += kTogether * kColumns) {
      row_by_panels<T, layout, kTogether>(args, b, c, bias, addend);
      b += kTogether * args.panel_step;
      if (bias) bias += kTogether * kColumns;
      if (addend) addend += kTogether * kColumns;
    }
  }
  for (; panel < args.panels; ++panel, b += args.panel_step, c += kColumns) {
    one_tile<T, layout, chained, N, R>(args, b, c, bias, addend);
    if (bias) bias += kColumns;
    if (addend) addend += kColumns;
  }
}

/// Row by row over all panels, so that memory is read in long runs.
template <class T> void pack(PackArgs<T> args) {
  using S = Simd<T>;
  const T* from = args.from;
  T* to = args.to;
  for (std::int64_t p = 0; p < args.k; ++p, from += args.stride, to += args.width) {
    T* panel = to;
    for (std::int64_t first = 0; first < args.columns;
         first += args.panel_columns, panel += args.panel_size) {
      const T* row = from + first;
      const std::int64_t left = args.columns - first;
      const std::int64_t here = left < args.panel_columns ? left : args.panel_columns;
      for (std::int64_t j = 0; j < here; j += S::lanes) {
        __builtin_prefetch(row + 4 * args.stride + j);  // the hardware follows no run to the next
        S::store(panel + j, load_up_to(row + j, here - j));
      }
    }
  }
}

/// Of one panel, `columns` columns from j on, a vector's or less.
template <class T>
void pack_transposed_vector(PackArgs<T> args, std::int64_t j, std::int64_t columns, T* out) {
  using S = Simd<T>;
  constexpr int kSteps = 16 / S::step * S::step;  // a cache line of floats at once
  const T* rows[S::lanes];
  row_pointers(args.from + j * args.stride, args.stride, columns, rows);
  std::int64_t p = 0;
  for (; p + kSteps <= args.k; p += kSteps) {
#pragma GCC unroll 8
    for (int s = 0; s < kSteps; s += S::step) {
      typename S::V v[S::step];
      S::transpose(rows, p + s, v);
#pragma GCC unroll 4
      for (int q = 0; q < S::step; ++q) S::store(out + (s + q) * args.width, v[q]);
    }
    out += kSteps * args.width;
  }
  for (; p < args.k; ++p, out += args.width) S::store(out, gather(rows, p));
}

template <class T> void pack_transposed(PackArgs<T> args) {
  T* panel = args.to;
  for (std::int64_t first = 0; first < args.columns;
       first += args.panel_columns, panel += args.panel_size) {
    const std::int64_t left = args.columns - first;
    const std::int64_t here = left < args.panel_columns ? left : args.panel_columns;
    for (std::int64_t j = 0; j < here; j += Simd<T>::lanes)
      pack_transposed_vector(args, first + j, here - j, panel + j);
  }
}

template <class T, ALayout layout, bool chained, int N, int... R>
constexpr void fill(typename GemmKernels<T>::Tile* row) {
  int i = 0;
  ((row[i++] = &tile<T, layout, chained, N, R>), ...);
}

template <class T, ALayout layout, int N, bool chained = false>
constexpr void fill_all(typename GemmKernels<T>::Tile* row) {
#if FATHOM_ISA_avx512
  fill<T, layout, chained, N, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14>(row);
#else
  fill<T, layout, chained, N, 1, 2, 3, 4, 5, 6>(row);
#endif
}

template <class T> constexpr GemmKernels<T> make_kernels() {
  GemmKernels<T> k = {};
  k.lanes = Simd<T>::lanes;
  k.rows = kRows;
  fill_all<T, ALayout::rows, 1>(k.tile[0][0]);
  fill_all<T, ALayout::rows, 2>(k.tile[0][1]);
  fill_all<T, ALayout::columns, 1>(k.tile[1][0]);
  fill_all<T, ALayout::columns, 2>(k.tile[1][1]);
  if constexpr (sizeof(T) == sizeof(float)) {
    fill_all<T, ALayout::rows, 1, true>(k.chained[0]);
    fill_all<T, ALayout::rows, 2, true>(k.chained[1]);
  }
  k.pack = &pack<T>;
  k.pack_transposed = &pack_transposed<T>;
  return k;
}

}  // namespace

extern constexpr GemmKernels<float> gemm_f32 = make_kernels<float>();
extern constexpr GemmKernels<double> gemm_f64 = make_kernels<double>();

}  // namespace fathom::cpu::FATHOM_ISA
