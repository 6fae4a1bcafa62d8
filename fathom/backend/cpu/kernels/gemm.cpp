#include "fathom/backend/cpu/kernels/gemm.h"

#include <type_traits>

#include "fathom/backend/cpu/kernels/gemm_simd.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

// Two vectors of B and as many rows as the registers hold: 14 x 2 of 32 registers, or 6 x 2 of 16.
// The FMA ports are the limit then: (rows + 2) loads go with 2 * rows products.
#if FATHOM_ISA_avx512
constexpr int kRows = 14, kDotVectors = 1;
constexpr int kAhead = 8, kAheadInPlace = 8;  // rows of B, packed or not; 0: not asked for
constexpr bool kAheadInCache = true;
#else
// g++ 12 colours registers by region, and then moves sums between them. By priority it leaves them
// where they are.
#pragma GCC optimize("ira-algorithm=priority")
constexpr int kRows = 6, kDotVectors = 2;
constexpr int kAhead = 16, kAheadInPlace = 0;
constexpr bool kAheadInCache = false;  // the hardware follows packed rows by itself
#endif

template <int value> using Constant = std::integral_constant<int, value>;

/// One tile of R rows and N vectors, its sums in registers. Loops over registers must be unrolled,
/// or the array stays in memory and the speed is halved.
template <class T, ALayout layout, bool chained, int N, int R>
[[gnu::always_inline]] inline void one_tile(const TileArgs<T>& args, const T* b, T* c,
                                            const T* bias) {
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
#pragma GCC unroll 14
  for (int i = 0; i < R; ++i) {
#pragma GCC unroll 2
    for (int j = 0; j < N; ++j) S::store(c + i * args.c_stride + j * S::lanes, sum[i][j]);
  }
}

/// One row by P panels: the two sums of one would wait for themselves.
template <class T, ALayout layout, int P>
void row_by_panels(const TileArgs<T>& args, const T* b, T* c, const T* bias) {
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
    S::store(c + n * S::lanes, sum[n]);
  }
}

/// args.panels of them, side by side.
template <class T, ALayout layout, bool chained, int N, int R> void tile(const TileArgs<T>& args) {
  constexpr int kColumns = N * Simd<T>::lanes;
  const T *b = args.b, *bias = args.bias;
  T* c = args.c;
  std::int64_t panel = 0;
  if constexpr (R == 1 && N == GemmKernels<T>::kMaxVectors && !chained) {
    constexpr int kTogether = 4;
    for (; panel + kTogether <= args.panels; panel += kTogether, c += kTogether * kColumns) {
      row_by_panels<T, layout, kTogether>(args, b, c, bias);
      b += kTogether * args.panel_step;
      if (bias) bias += kTogether * kColumns;
    }
  }
  for (; panel < args.panels; ++panel, b += args.panel_step, c += kColumns) {
    one_tile<T, layout, chained, N, R>(args, b, c, bias);
    if (bias) bias += kColumns;
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
  FewRowsArgs<T> rest = args;
  while (rest.m > 0) {
    const std::int64_t m = rest.m < 8 ? rest.m : 8;
    switch (m) {
      case 1:
        dots_rows<T, 1, kDotVectors>(rest);
        break;
      case 2:
        dots_rows<T, 2, 2>(rest);
        break;
      case 3:
        dots_rows<T, 3, 1>(rest);
        break;
      case 4:
        dots_rows<T, 4, 1>(rest);
        break;
      case 5:
        dots_rows<T, 5, 1>(rest);
        break;
      case 6:
        dots_rows<T, 6, 1>(rest);
        break;
      case 7:
        dots_rows<T, 7, 1>(rest);
        break;
      default:
        dots_rows<T, 8, 1>(rest);
        break;
    }
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
  k.few_rows = &few_rows<T>;
  k.few_dots = &few_dots<T>;
  k.tiny_rows = &tiny<T, false>;
  k.tiny_dots = &tiny<T, true>;
  return k;
}

}  // namespace

extern constexpr GemmKernels<float> gemm_f32 = make_kernels<float>();
extern constexpr GemmKernels<double> gemm_f64 = make_kernels<double>();

}  // namespace fathom::cpu::FATHOM_ISA
