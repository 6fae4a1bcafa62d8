#include "fathom/backend/cpu/kernels/conv.h"

#include "fathom/backend/cpu/kernels/gemm_simd.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

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
    for (int j = 0; j < N; ++j) sum[i][j] = S::zero();
  }
  const T* b = args.weight;
  for (std::int64_t s = 0; s < args.segments; ++s) {
    const T* from = args.x + args.segment[s];
    const T* a[R];
#pragma GCC unroll 8
    for (int i = 0; i < R; ++i) a[i] = from + args.x_pixel[i];
    for (std::int64_t p = 0; p < args.k; ++p) {
      typename S::V row[N];
#pragma GCC unroll 2
      for (int j = 0; j < N; ++j) row[j] = S::load(b + j * S::lanes);
      b += N * S::lanes;
#pragma GCC unroll 8
      for (int i = 0; i < R; ++i) {
        const auto x = S::set(a[i][p]);
#pragma GCC unroll 2
        for (int j = 0; j < N; ++j) sum[i][j] = S::fma(x, row[j], sum[i][j]);
      }
    }
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

/// P pixels of one vector of channels, so that the chains overlap and a filter is loaded once.
template <class T, int P, bool whole>
void depthwise_pixels(const DepthwiseArgs<T>& args, std::int64_t first, std::int64_t c) {
  using S = Simd<T>;
  const std::int64_t left = args.channels - c;
  const auto load = [&](const T* p) { return whole ? S::load(p) : load_up_to<T>(p, left); };
  typename S::V sum[P];
  const T* x[P];
#pragma GCC unroll 4
  for (int i = 0; i < P; ++i) {
    sum[i] = S::zero();
    x[i] = args.x + args.x_pixel[first + i] + c;
  }
  const T* w = args.weight + c;
  for (std::int64_t t = 0; t < args.taps; ++t, w += args.channels) {
    const auto weight = load(w);
    const std::int64_t at = args.tap[t];
#pragma GCC unroll 4
    for (int i = 0; i < P; ++i) sum[i] = S::fma(load(x[i] + at), weight, sum[i]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < P; ++i) {
    if (args.bias) sum[i] = S::add(sum[i], load(args.bias + c));
    T* y = args.y + args.y_pixel[first + i] + c;
    if (whole)
      S::store(y, sum[i]);
    else
      store_up_to(y, sum[i], left);
  }
}

template <class T> void depthwise(const DepthwiseArgs<T>& args) {
  constexpr int kPixels = 4;
  for (std::int64_t c = 0; c < args.channels; c += Simd<T>::lanes) {
    const bool whole = args.channels - c >= Simd<T>::lanes;
    std::int64_t p = 0;
    for (; p + kPixels <= args.pixels; p += kPixels)
      whole ? depthwise_pixels<T, kPixels, true>(args, p, c)
            : depthwise_pixels<T, kPixels, false>(args, p, c);
    for (; p < args.pixels; ++p)
      whole ? depthwise_pixels<T, 1, true>(args, p, c) : depthwise_pixels<T, 1, false>(args, p, c);
  }
}

/// K taps of one vector of channels over all pixels, the sums in registers.
template <class T, int K, bool whole>
void depthwise_weight_taps(const DepthwiseWeightArgs<T>& args, std::int64_t first, std::int64_t c) {
  using S = Simd<T>;
  const std::int64_t left = args.channels - c;
  const auto load = [&](const T* p) { return whole ? S::load(p) : load_up_to<T>(p, left); };
  typename S::V sum[K];
  std::int64_t tap[K];
  T* sums = args.sums + first * args.channels + c;
#pragma GCC unroll 5
  for (int k = 0; k < K; ++k) {
    sum[k] = load(sums + k * args.channels);
    tap[k] = args.tap[first + k] + c;
  }
  for (std::int64_t p = 0; p < args.pixels; ++p) {
    const auto dy = load(args.dy + args.dy_pixel[p] + c);
    const T* x = args.x + args.x_pixel[p];
#pragma GCC unroll 5
    for (int k = 0; k < K; ++k) sum[k] = S::fma(load(x + tap[k]), dy, sum[k]);
  }
#pragma GCC unroll 5
  for (int k = 0; k < K; ++k) {
    if (whole)
      S::store(sums + k * args.channels, sum[k]);
    else
      store_up_to(sums + k * args.channels, sum[k], left);
  }
}

template <class T> void depthwise_weight(const DepthwiseWeightArgs<T>& args) {
  constexpr int kTaps = 5;
  for (std::int64_t c = 0; c < args.channels; c += Simd<T>::lanes) {
    const bool whole = args.channels - c >= Simd<T>::lanes;
    std::int64_t t = 0;
    for (; t + kTaps <= args.taps; t += kTaps)
      whole ? depthwise_weight_taps<T, kTaps, true>(args, t, c)
            : depthwise_weight_taps<T, kTaps, false>(args, t, c);
    for (; t < args.taps; ++t)
      whole ? depthwise_weight_taps<T, 1, true>(args, t, c)
            : depthwise_weight_taps<T, 1, false>(args, t, c);
  }
}

template <int... R> struct Numbers {};
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
  k.depthwise = &depthwise<T>;
  k.depthwise_weight = &depthwise_weight<T>;
  return k;
}

}  // namespace

extern constexpr ConvKernels<float> conv_f32 = make_kernels<float, kRows, kWeightRows>();
extern constexpr ConvKernels<double> conv_f64 = make_kernels<double, 4, 4>();

}  // namespace fathom::cpu::FATHOM_ISA
