#include "fathom/backend/cpu/kernels/winograd.h"

#include "fathom/backend/cpu/kernels/gemm_simd.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

using S = Simd<float>;
using V = S::V;

constexpr std::int64_t kLine = 16;  // numbers of a cache line

/// F(2x2): one axis of each transform.
struct Two {
  static constexpr int outputs = 2, places = 4;

  static void input(const V* x, V* y) {
    y[0] = x[0] - x[2];
    y[1] = x[1] + x[2];
    y[2] = x[2] - x[1];
    y[3] = x[3] - x[1];
  }
  static void weight(const V* w, V* y) {
    const V half = S::set(0.5F);
    const V even = (w[0] + w[2]) * half;
    y[0] = w[0];
    y[1] = S::fma(half, w[1], even);
    y[2] = S::fma(-half, w[1], even);
    y[3] = w[2];
  }
  static void output(const V* x, V* y) {
    y[0] = x[0] + (x[1] + x[2]);
    y[1] = (x[1] - x[2]) + x[3];
  }
};

/// F(4x4), with a = sqrt(1/2) and b = sqrt(2): so a * b = 1, and b = 2 * a.
struct Four {
  static constexpr int outputs = 4, places = 6;
  static constexpr float a = 0.70710678118654752440F, b = 1.41421356237309504880F;

  static void input(const V* x, V* y) {
    const V even_a = S::fma(S::set(-2.0F), x[2], x[4]), odd_a = S::fma(S::set(-2.0F), x[1], x[3]);
    const V even_b = S::fma(S::set(-0.5F), x[2], x[4]), odd_b = S::fma(S::set(-0.5F), x[1], x[3]);
    y[0] = S::fma(S::set(-2.5F), x[2], x[0] + x[4]);
    y[1] = S::fma(S::set(a), odd_a, even_a);
    y[2] = S::fma(S::set(-a), odd_a, even_a);
    y[3] = S::fma(S::set(b), odd_b, even_b);
    y[4] = S::fma(S::set(-b), odd_b, even_b);
    y[5] = S::fma(S::set(-2.5F), x[3], x[1] + x[5]);
  }
  static void weight(const V* w, V* y) {
    const V even_a = S::fma(S::set(0.5F), w[2], w[0]) * S::set(-2.0F / 3);
    const V even_b = S::fma(S::set(2.0F), w[2], w[0]) * S::set(1.0F / 6);
    y[0] = w[0];
    y[1] = S::fma(S::set(-2.0F / 3 * a), w[1], even_a);
    y[2] = S::fma(S::set(2.0F / 3 * a), w[1], even_a);
    y[3] = S::fma(S::set(b / 6), w[1], even_b);
    y[4] = S::fma(S::set(-b / 6), w[1], even_b);
    y[5] = w[2];
  }
  static void output(const V* x, V* y) {
    const V even_a = x[1] + x[2], odd_a = x[1] - x[2];
    const V even_b = x[3] + x[4], odd_b = x[3] - x[4];
    y[0] = (x[0] + even_a) + even_b;
    y[1] = S::fma(S::set(b), odd_b, S::set(a) * odd_a);
    y[2] = S::fma(S::set(2.0F), even_b, S::set(0.5F) * even_a);
    y[3] = S::fma(S::set(2 * b), odd_b, S::fma(S::set(0.5F * a), odd_a, x[5]));
  }
};

/// A transform of `from` numbers to `to` along both axes: load(i, j), then store(i, j, vector).
template <int from, int to, void (*axis)(const V*, V*), class Load, class Store>
[[gnu::always_inline]] inline void both_axes(const Load& load, const Store& store) {
  V columns[to][from];
#pragma GCC unroll 6
  for (int j = 0; j < from; ++j) {
    V x[from], y[to];
#pragma GCC unroll 6
    for (int i = 0; i < from; ++i) x[i] = load(i, j);
    axis(x, y);
#pragma GCC unroll 6
    for (int i = 0; i < to; ++i) columns[i][j] = y[i];
  }
#pragma GCC unroll 6
  for (int i = 0; i < to; ++i) {
    V y[to];
    axis(columns[i], y);
#pragma GCC unroll 6
    for (int j = 0; j < to; ++j) store(i, j, y[j]);
  }
}

/// place (i, j) of t * t, `step` numbers apart
template <int t> struct Places {
  float* row[t];
  std::int64_t step;
  Places(float* first, std::int64_t place_step) : step(place_step) {
#pragma GCC unroll 6
    for (int i = 0; i < t; ++i) row[i] = first + i * t * step;
  }
  float* at(int i, int j) const { return row[i] + j * step; }
};

template <class F> void input(const WinogradInputArgs& args) {
  constexpr int t = F::places;
  const float* const* pixel = args.pixel;
  for (std::int64_t c = 0; c < args.channels; c += S::lanes) {
    const std::int64_t left = args.channels - c;
    const Places<t> to(args.to + c, args.place_step);
    const auto store = [to](int i, int j, V v) { S::store(to.at(i, j), v); };
    if (c % kLine == 0) {
#pragma GCC unroll 6
      for (int i = 0; i < t; ++i) {
#pragma GCC unroll 4
        for (int j = t - F::outputs; j < t; ++j)
          __builtin_prefetch(pixel[i * t + j] + c + args.next_tile);
      }
    }
    if (left >= S::lanes)
      both_axes<t, t, F::input>([=](int i, int j) { return S::load(pixel[i * t + j] + c); }, store);
    else
      both_axes<t, t, F::input>(
          [=](int i, int j) { return load_up_to<float>(pixel[i * t + j] + c, left); }, store);
  }
}

template <class F, bool relu> void output(const WinogradOutputArgs& args) {
  constexpr int t = F::places, m = F::outputs;
  float* const* pixel = args.pixel;
  for (std::int64_t c = 0; c < args.columns; c += S::lanes) {
    const std::int64_t left = args.columns - c, at = args.first + c;
    const V bias = args.bias ? load_up_to(args.bias + at, left) : S::zero();
    const float* from = args.from + c;
    const std::int64_t step = args.place_step;
    if (at % kLine == 0) {
#pragma GCC unroll 16
      for (int i = 0; i < m * m; ++i) __builtin_prefetch(pixel[i] + at + args.next_tile, 1);
    }
    const auto load = [=](int i, int j) { return S::load(from + (i * t + j) * step); };
    const auto last = [=](V v) { return relu ? S::relu(v + bias) : v + bias; };
    if (left >= S::lanes)
      both_axes<t, m, F::output>(
          load, [=](int i, int j, V v) { S::store(pixel[i * m + j] + at, last(v)); });
    else
      both_axes<t, m, F::output>(
          load, [=](int i, int j, V v) { store_up_to(pixel[i * m + j] + at, last(v), left); });
  }
}

template <class F> void weight(const WinogradWeightArgs& args) {
  constexpr int t = F::places, taps = 9;
  const float* rows[2 * S::lanes];  // columns beyond the last are the last again
  for (int r = 0; r < 2 * S::lanes; ++r)
    rows[r] = args.from + (r < args.columns ? r : args.columns - 1) * args.write_step;
  float* to = args.to;
  for (std::int64_t at = 0; at < args.channels * args.read_step; at += args.read_step)
    for (std::int64_t first = 0; first < args.columns; first += S::lanes, to += S::lanes) {
      V w[taps];
      S::transpose(rows + first, at, w);
      S::transpose(rows + first, at + 4, w + 4);
      alignas(64) float last[S::lanes];
      for (int r = 0; r < S::lanes; ++r) last[r] = rows[first + r][at + 8];
      w[8] = S::load(last);
      const Places<t> places(to, args.place_step);
      const auto store = [places](int i, int j, V v) { S::store(places.at(i, j), v); };
      if (args.flipped)
        both_axes<3, t, F::weight>([&](int i, int j) { return w[8 - (i * 3 + j)]; }, store);
      else
        both_axes<3, t, F::weight>([&](int i, int j) { return w[i * 3 + j]; }, store);
    }
}

}  // namespace

extern constexpr WinogradKernels winograd_2 = {
    &input<Two>, {&output<Two, false>, &output<Two, true>}, &weight<Two>};
extern constexpr WinogradKernels winograd_4 = {
    &input<Four>, {&output<Four, false>, &output<Four, true>}, &weight<Four>};

}  // namespace fathom::cpu::FATHOM_ISA
