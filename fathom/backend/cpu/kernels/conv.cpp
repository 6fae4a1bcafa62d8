#include "fathom/backend/cpu/kernels/conv.h"

#include <type_traits>

#include "fathom/backend/cpu/kernels/gemm_simd.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

template <int... R> struct Numbers {};

// Each pixel has a pointer of its own, so the registers for addresses limit the rows.
#if FATHOM_ISA_avx512
constexpr int kRows = 8, kWeightRows = 14;
#else
constexpr int kRows = 6, kWeightRows = 6;
#endif

/// R pixels and N vectors of channels, the sums in registers.
template <class T, int N, int R> void tile(const ConvTileArgs<T>& args) {
  using S = Simd<T>;
  typename S::V sum[R][N];
#pragma GCC unroll 8
  for (int i = 0; i < R; ++i) {
#pragma GCC unroll 2
    for (int j = 0; j < N; ++j)
      sum[i][j] = args.from_y ? load_up_to<T>(args.y + args.y_pixel[i] + j * S::lanes,
                                              args.columns - j * S::lanes)
                              : S::zero();
  }
  const T* b = args.weight;
  for (std::int64_t s = 0; s < args.segments; ++s) {
    const T* from = args.x + args.segment[s];
    const T* a[R];
#pragma GCC unroll 8
    for (int i = 0; i < R; ++i) a[i] = from + args.x_pixel[i];
    // Four steps at a time: beside a busy neighbour on the same core a loop is as fast as its
    // instructions are few.
    std::int64_t p = 0;
    const auto add = [&](std::int64_t end, auto unroll) __attribute__((always_inline)) {
      constexpr int kSteps = unroll;
      typename S::V here[R][N];  // a copy that no other code knows stays in registers
#pragma GCC unroll 16
      for (int n = 0; n < R * N; ++n) here[n / N][n % N] = sum[n / N][n % N];
      for (; p < end; p += kSteps) {
#pragma GCC unroll 4
        for (int u = 0; u < kSteps; ++u) {
          typename S::V row[N];
#pragma GCC unroll 2
          for (int j = 0; j < N; ++j) row[j] = S::load(b + (u * N + j) * S::lanes);
#pragma GCC unroll 16
          for (int n = 0; n < R * N; ++n)
            here[n / N][n % N] = S::fma(S::set(a[n / N][p + u]), row[n % N], here[n / N][n % N]);
          asm volatile("" ::: "memory");  // loads of a later step would take registers now
        }
        b += kSteps * N * S::lanes;
      }
#pragma GCC unroll 16
      for (int n = 0; n < R * N; ++n) sum[n / N][n % N] = here[n / N][n % N];
    };
    if constexpr (R == kRows && N == 2) add(args.k & ~3, std::integral_constant<int, 4>());
    add(args.k, std::integral_constant<int, 1>());
  }
  if (args.bias) {
#pragma GCC unroll 2
    for (int j = 0; j < N; ++j) {
      const auto bias = S::load(args.bias + j * S::lanes);
#pragma GCC unroll 8
      for (int i = 0; i < R; ++i) sum[i][j] = S::add(sum[i][j], bias);
    }
  }
  if (args.columns == N * S::lanes) {
#pragma GCC unroll 8
    for (int i = 0; i < R; ++i) {
#pragma GCC unroll 2
      for (int j = 0; j < N; ++j) S::store(args.y + args.y_pixel[i] + j * S::lanes, sum[i][j]);
    }
  } else {
#pragma GCC unroll 8
    for (int i = 0; i < R; ++i) {
#pragma GCC unroll 2
      for (int j = 0; j < N; ++j)
        store_up_to(args.y + args.y_pixel[i] + j * S::lanes, sum[i][j],
                    args.columns - j * S::lanes);
    }
  }
}

template <class T, int N, int R, bool whole>
void weight_tile_of(const ConvWeightTileArgs<T>& args) {
  using S = Simd<T>;
  typename S::V sum[R][N];
#pragma GCC unroll 14
  for (int i = 0; i < R; ++i) {
#pragma GCC unroll 2
    for (int j = 0; j < N; ++j)
      sum[i][j] = S::load(args.sums + i * args.sums_stride + j * S::lanes);
  }
  for (std::int64_t p = 0; p < args.pixels; ++p) {
    const T* dy = args.dy + args.dy_pixel[p];
    typename S::V row[N];
#pragma GCC unroll 2
    for (int j = 0; j < N; ++j)
      row[j] = whole ? S::load(dy + j * S::lanes)
                     : load_up_to<T>(dy + j * S::lanes, args.columns - j * S::lanes);
    const T* x = args.x + args.x_pixel[p];
#pragma GCC unroll 14
    for (int i = 0; i < R; ++i) {
      const auto a = S::set(x[i]);
#pragma GCC unroll 2
      for (int j = 0; j < N; ++j) sum[i][j] = S::fma(a, row[j], sum[i][j]);
    }
  }
#pragma GCC unroll 14
  for (int i = 0; i < R; ++i) {
#pragma GCC unroll 2
    for (int j = 0; j < N; ++j)
      S::store(args.sums + i * args.sums_stride + j * S::lanes, sum[i][j]);
  }
}
template <class T, int N, int R> void weight_tile(const ConvWeightTileArgs<T>& args) {
  return args.columns == N * Simd<T>::lanes ? weight_tile_of<T, N, R, true>(args)
                                            : weight_tile_of<T, N, R, false>(args);
}

/// 0 ... count - 1, as <utility> would give.
template <int count> constexpr auto first_numbers() { return Numbers<__integer_pack(count)...>(); }
template <class T, int N, int... R> constexpr void fill_tiles(ConvKernels<T>& k, Numbers<R...>) {
  ((k.tile[N - 1][R] = &tile<T, N, R + 1>), ...);
}
template <class T, int N, int... R>
constexpr void fill_weight_tiles(ConvKernels<T>& k, Numbers<R...>) {
  ((k.weight_tile[N - 1][R] = &weight_tile<T, N, R + 1>), ...);
}

template <class T, int rows, int weight_rows> constexpr ConvKernels<T> make_kernels() {
  ConvKernels<T> k = {};
  k.lanes = Simd<T>::lanes;
  k.rows = rows;
  k.weight_rows = weight_rows;
  fill_tiles<T, 1>(k, first_numbers<rows>());
  fill_tiles<T, 2>(k, first_numbers<rows>());
  fill_weight_tiles<T, 1>(k, first_numbers<weight_rows>());
  fill_weight_tiles<T, 2>(k, first_numbers<weight_rows>());
  return k;
}

}  // namespace

extern constexpr ConvKernels<float> conv_f32 = make_kernels<float, kRows, kWeightRows>();
extern constexpr ConvKernels<double> conv_f64 = make_kernels<double, 4, 4>();

}  // namespace fathom::cpu::FATHOM_ISA
