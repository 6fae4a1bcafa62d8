#include "fathom/backend/cpu/kernels/conv_depthwise.h"

#include <type_traits>

#include "fathom/backend/cpu/kernels/gemm_simd.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

// Rows of five taps whose sums of the gradient by the weight the registers hold.
#if FATHOM_ISA_avx512
constexpr int kWeightRows = 2;
#else
constexpr int kWeightRows = 1;
#endif

std::int64_t least(std::int64_t a, std::int64_t b) { return a < b ? a : b; }

/// Neighbouring pixels, or taps.
struct Run {
  std::int64_t begin, end;
};
/// Taps of a pixel's window that meet inputs.
template <class T> Run taps_of(const DepthwiseArgs<T>& args, std::int64_t pixel) {
  const auto outside = [&](std::int64_t tap) {
    const std::int64_t at = pixel * args.x_step + tap * args.column_step;
    return at < args.begin || at >= args.end;
  };
  Run taps{0, args.columns};
  while (taps.begin < taps.end && outside(taps.begin)) ++taps.begin;
  while (taps.begin < taps.end && outside(taps.end - 1)) --taps.end;
  return taps;
}

/// C vectors of channels of one pixel, or what there is of one: one chain would wait for itself.
template <class T, int C, bool whole>
void depthwise_pixel(const DepthwiseArgs<T>& args, std::int64_t pixel, Run taps, std::int64_t c) {
  using S = Simd<T>;
  const auto load = [&](const T* p) {
    return whole ? S::load(p) : load_up_to<T>(p, args.channels - c);
  };
  typename S::V sum[C];
#pragma GCC unroll 4
  for (int i = 0; i < C; ++i) sum[i] = S::zero();
  const std::int64_t from = pixel * args.x_step + c;
  for (std::int64_t r = 0; r < args.rows; ++r) {
    for (std::int64_t k = taps.begin; k < taps.end; ++k) {
      const T* const x = args.x + (args.row[r] + from + k * args.column_step);
      const T* const w = args.weight + r * args.weight_row + k * args.weight_column + c;
#pragma GCC unroll 4
      for (int i = 0; i < C; ++i)
        sum[i] = S::fma(load(x + i * S::lanes), load(w + i * S::lanes), sum[i]);
    }
  }
  T* const y = args.y + pixel * args.y_step + c;
#pragma GCC unroll 4
  for (int i = 0; i < C; ++i) {
    if (args.bias) sum[i] = S::add(sum[i], load(args.bias + c + i * S::lanes));
    if (whole)
      S::store(y + i * S::lanes, sum[i]);
    else
      store_up_to(y, sum[i], args.channels - c);
  }
}
template <class T> void depthwise_single(const DepthwiseArgs<T>& args, std::int64_t pixel) {
  constexpr int kVectors = 4, lanes = Simd<T>::lanes;
  const Run taps = taps_of(args, pixel);
  std::int64_t c = 0;
  for (; c + kVectors * lanes <= args.channels; c += kVectors * lanes)
    depthwise_pixel<T, kVectors, true>(args, pixel, taps, c);
  for (; c + lanes <= args.channels; c += lanes) depthwise_pixel<T, 1, true>(args, pixel, taps, c);
  if (c < args.channels) depthwise_pixel<T, 1, false>(args, pixel, taps, c);
}

/// P pixels of one vector of channels. A row's K taps and the windows that overlap, S taps apart,
/// are loaded once where K and S are known; else (0) all windows lie inside. At an edge of the line
/// what lies outside is left out.
template <class T, int P, int K, int S, bool edge>
void depthwise_pixels(const DepthwiseArgs<T>& args, std::int64_t first, std::int64_t c) {
  using V = typename Simd<T>::V;
  V sum[P];
#pragma GCC unroll 8
  for (int i = 0; i < P; ++i) sum[i] = Simd<T>::zero();
  const std::int64_t start = first * args.x_step;
  for (std::int64_t r = 0; r < args.rows; ++r) {
    const T* const from = args.x + (args.row[r] + start + c);
    const T* w = args.weight + r * args.weight_row + c;
    if constexpr (K > 0) {
      V weight[K];
#pragma GCC unroll 8
      for (int k = 0; k < K; ++k) weight[k] = Simd<T>::load(w + k * args.weight_column);
#pragma GCC unroll 32
      for (int at = 0; at < (P - 1) * S + K; ++at) {
        const std::int64_t distance = at * args.column_step;
        if (edge && (start + distance < args.begin || start + distance >= args.end)) continue;
        const V v = Simd<T>::load(from + distance);
#pragma GCC unroll 8
        for (int i = 0; i < P; ++i)
          if (at - i * S >= 0 && at - i * S < K)
            sum[i] = Simd<T>::fma(v, weight[at - i * S], sum[i]);
      }
    } else {
      for (std::int64_t k = 0; k < args.columns; ++k, w += args.weight_column) {
        const V weight = Simd<T>::load(w);
#pragma GCC unroll 8
        for (int i = 0; i < P; ++i)
          sum[i] = Simd<T>::fma(Simd<T>::load(from + i * args.x_step + k * args.column_step),
                                weight, sum[i]);
      }
    }
  }
  T* y = args.y + first * args.y_step + c;
#pragma GCC unroll 8
  for (int i = 0; i < P; ++i, y += args.y_step) {
    if (args.bias) sum[i] = Simd<T>::add(sum[i], Simd<T>::load(args.bias + c));
    Simd<T>::store(y, sum[i]);
  }
}

/// Pixels P at a time. What does not fill the last group or vector is computed with its neighbours,
/// once more.
template <class T, int P, int K, int S>
void depthwise_groups(const DepthwiseArgs<T>& args, Run pixels) {
  constexpr std::int64_t lanes = Simd<T>::lanes;
  for (std::int64_t c = 0; c < args.channels; c += lanes) {
    const std::int64_t channel = least(c, args.channels - lanes);
    for (std::int64_t p = pixels.begin; p < pixels.end; p += P) {
      const std::int64_t first = least(p, pixels.end - P);
      if constexpr (K > 0) {
        const std::int64_t start = first * args.x_step;
        const std::int64_t last = start + (P - 1) * args.x_step + (K - 1) * args.column_step;
        if (start < args.begin || last >= args.end) {
          depthwise_pixels<T, P, K, S, true>(args, first, channel);
          continue;
        }
      }
      depthwise_pixels<T, P, K, S, false>(args, first, channel);
    }
  }
}

/// Eight sums are enough for none to wait for itself; lines of sevens are frequent.
template <class T, int K, int S> void depthwise_run(const DepthwiseArgs<T>& args) {
  Run grouped{0, args.pixels};
  if (K == 0) {
    const auto whole = [&](std::int64_t pixel) {
      const Run taps = taps_of(args, pixel);
      return taps.end - taps.begin == args.columns;
    };
    while (grouped.begin < grouped.end && !whole(grouped.begin)) ++grouped.begin;
    while (grouped.begin < grouped.end && !whole(grouped.end - 1)) --grouped.end;
  }
  const std::int64_t count = grouped.end - grouped.begin;
  if (count < 4 || args.channels < Simd<T>::lanes)
    grouped = {0, 0};
  else if (count % 7 == 0 && count % 8 != 0)
    depthwise_groups<T, 7, K, S>(args, grouped);
  else if (count >= 8)
    depthwise_groups<T, 8, K, S>(args, grouped);
  else
    depthwise_groups<T, 4, K, S>(args, grouped);
  for (std::int64_t p = 0; p < grouped.begin; ++p) depthwise_single(args, p);
  for (std::int64_t p = grouped.end; p < args.pixels; ++p) depthwise_single(args, p);
}
template <class T> void depthwise(const DepthwiseArgs<T>& args) {
  const bool once = args.x_step == args.column_step, twice = args.x_step == 2 * args.column_step;
  if (args.columns == 3 && once) return depthwise_run<T, 3, 1>(args);
  if (args.columns == 3 && twice) return depthwise_run<T, 3, 2>(args);
  if (args.columns == 5 && once) return depthwise_run<T, 5, 1>(args);
  if (args.columns == 5 && twice) return depthwise_run<T, 5, 2>(args);
  return depthwise_run<T, 0, 0>(args);
}

/// R rows of K taps of one vector of channels over all pixels, the sums in registers.
template <class T, int R, int K, bool whole>
void depthwise_weight_taps(const DepthwiseWeightArgs<T>& args, std::int64_t row,
                           std::int64_t column, std::int64_t c) {
  using S = Simd<T>;
  const std::int64_t left = args.channels - c;
  const auto load = [&](const T* p) { return whole ? S::load(p) : load_up_to<T>(p, left); };
  typename S::V sum[R][K];
  T* sums = args.sums + row * args.sums_row + column * args.sums_column + c;
  const T* x[R];
#pragma GCC unroll 5
  for (int r = 0; r < R; ++r) {
    x[r] = args.x + args.row[row + r] + column * args.column_step + c;
#pragma GCC unroll 5
    for (int k = 0; k < K; ++k) sum[r][k] = load(sums + r * args.sums_row + k * args.sums_column);
  }
  const T* from = args.dy + c;
  for (std::int64_t p = 0; p < args.pixels; ++p, from += args.dy_step) {
    const auto dy = load(from);
#pragma GCC unroll 5
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 5
      for (int k = 0; k < K; ++k)
        sum[r][k] = S::fma(load(x[r] + k * args.column_step), dy, sum[r][k]);
      x[r] += args.x_step;
    }
  }
#pragma GCC unroll 5
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 5
    for (int k = 0; k < K; ++k) {
      T* to = sums + r * args.sums_row + k * args.sums_column;
      if (whole)
        S::store(to, sum[r][k]);
      else
        store_up_to(to, sum[r][k], left);
    }
  }
}

/// Rows R at a time, then one by one; K taps at a time, then one by one.
template <class T, int R, int K> void depthwise_weight_run(const DepthwiseWeightArgs<T>& args) {
  for (std::int64_t c = 0; c < args.channels; c += Simd<T>::lanes) {
    const bool whole = args.channels - c >= Simd<T>::lanes;
    std::int64_t r = 0;
    const auto taps = [&](auto rows) {
      std::int64_t k = 0;
      for (; k + K <= args.columns; k += K)
        whole ? depthwise_weight_taps<T, rows, K, true>(args, r, k, c)
              : depthwise_weight_taps<T, rows, K, false>(args, r, k, c);
      for (; k < args.columns; ++k)
        whole ? depthwise_weight_taps<T, rows, 1, true>(args, r, k, c)
              : depthwise_weight_taps<T, rows, 1, false>(args, r, k, c);
      r += rows;
    };
    while (r + R <= args.rows) taps(std::integral_constant<int, R>());
    while (r < args.rows) taps(std::integral_constant<int, 1>());
  }
}
template <class T> void depthwise_weight(const DepthwiseWeightArgs<T>& args) {
  if (args.columns == 5) return depthwise_weight_run<T, kWeightRows, 5>(args);
  if (args.columns == 3) return depthwise_weight_run<T, 3, 3>(args);
  return depthwise_weight_run<T, 1, 1>(args);
}

}  // namespace

extern constexpr DepthwiseKernels<float> depthwise_f32 = {Simd<float>::lanes, &depthwise<float>,
                                                          &depthwise_weight<float>};
extern constexpr DepthwiseKernels<double> depthwise_f64 = {Simd<double>::lanes, &depthwise<double>,
                                                           &depthwise_weight<double>};

}  // namespace fathom::cpu::FATHOM_ISA
