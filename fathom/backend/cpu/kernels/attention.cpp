#include "fathom/backend/cpu/kernels/attention.h"

#include "fathom/backend/cpu/kernels/lanes.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

/// The keys that a row sees, as masks of its vectors.
struct Seen {
  int64_t begin, end;
  FATHOM_INLINE Seen(const AttentionView& v, int64_t r)
      : begin(v.low + r), end(v.high + r < v.n ? v.high + r : v.n) {}
  FATHOM_INLINE Vector operator()(int64_t j, Vector there, Vector else_) const {
    return select(first(begin - j), else_, select(first(end - j), there, else_));
  }
};

/// Whether each of the rows sees each key of the block, in whole groups of lanes and without mask.
FATHOM_MATH bool plain(const AttentionView& v, int64_t rows) {
  return !v.mask && v.n % kLanes == 0 && v.low + rows <= 1 && v.high >= v.n;
}

/// kLanes of a row's scores from key j on, scaled and masked; -inf for keys that it does not see.
template <bool plain>
FATHOM_MATH void read_scores(const float* scores, const AttentionView& v, int64_t r, int64_t j,
                             float* to) {
  const Vector scale = splat(v.scale);
#pragma GCC unroll 8
  for (int64_t i = 0; i < kLanes; i += kWidth) {
    Vector s = load(scores + i) * scale;
    if constexpr (!plain) {
      if (v.mask) s += load(v.mask + r * v.mask_step + j + i, first(v.n - j - i));
      s = Seen(v, r)(j + i, s, splat(-math::kInf));
    }
    store(to + i, s);
  }
}

/// A row's scores in place, and the largest.
template <bool plain>
FATHOM_MATH float scale_scores(float* scores, const AttentionView& v, int64_t r) {
  Lanes max_of = all_lanes(-math::kInf);
  for (int64_t j = 0; j < v.n; j += kLanes) {
    read_scores<plain>(scores + j, v, r, j, scores + j);
#pragma GCC unroll 8
    for (int k = 0; k < kVectors; ++k)
      max_of.v[k] = max(load(scores + j + k * kWidth), max_of.v[k]);
  }
  return fold(max_of, Max{});
}

/// kLanes of x times those of y.
FATHOM_MATH void multiply(float* x, const float* y) {
  for (int64_t i = 0; i < kLanes; i += kWidth) store(x + i, load(x + i) * load(y + i));
}

template <bool plain> void forward_rows(const AttentionRows& a) {
  for (int64_t r = 0; r < a.rows; ++r) {
    float* const scores = a.scores + r * a.step;
    const float before = a.max[r], found = scale_scores<plain>(scores, a.view, r);
    const float max = found > before ? found : before;
    const bool nothing = max == -math::kInf;  // seen yet, or NaN, which a maximum leaves aside
    const float rest = nothing ? 1.0f : math::exp(before - max);
    Lanes sum = all_lanes(0);
    for (int64_t j = 0; j < a.view.n; j += kLanes) {
      float* const s = scores + j;
      if (nothing)
        for (int64_t i = 0; i < kLanes; ++i) s[i] = s[i] == -math::kInf ? 0.0f : s[i];
      else
        for (int64_t i = 0; i < kLanes; ++i) s[i] = math::exp_to_one(s[i] - max);
#pragma GCC unroll 8
      for (int k = 0; k < kVectors; ++k) sum.v[k] += load(s + k * kWidth);
      if (a.kept) multiply(s, a.kept + r * a.step + j);
    }
    a.sum[r] = a.sum[r] * rest + fold(sum, Add{});
    a.max[r] = max;
    if (rest == 1.0f) continue;
    float* const y = a.y + r * a.y_step;
    map_row(a.width, y,
            [=, c = splat(rest)](int64_t i, auto load) FATHOM_LAMBDA { return load(y + i) * c; });
  }
}

void forward(const AttentionRows& a) {
  (plain(a.view, a.rows) ? forward_rows<true> : forward_rows<false>)(a);
}

void finish(const AttentionRows& a, float* log_sum) {
  for (int64_t r = 0; r < a.rows; ++r) {
    const bool none = a.sum[r] == 0.0f;
    const float share = none ? 0.0f : 1.0f / a.sum[r];
    log_sum[r] = none ? 0.0f : a.max[r] + math::log(a.sum[r]);
    float* const y = a.y + r * a.y_step;
    map_row(a.width, y,
            [=, c = splat(share)](int64_t i, auto load) FATHOM_LAMBDA { return load(y + i) * c; });
  }
}

template <bool plain> void backward_rows(const AttentionGradRows& a) {
  alignas(64) float tile[kLanes];
  for (int64_t r = 0; r < a.rows; ++r) {
    const float log_sum = a.log_sum[r], delta = a.delta[r], scale = a.view.scale;
    for (int64_t j = 0; j < a.view.n; j += kLanes) {
      float* const p = a.scores + r * a.step + j;
      float* const dp = a.dp + r * a.step + j;
      read_scores<plain>(p, a.view, r, j, tile);
      for (int64_t i = 0; i < kLanes; ++i) tile[i] = math::exp_to_one(tile[i] - log_sum);
      const float* const kept = a.kept ? a.kept + r * a.step + j : nullptr;
      if (kept) multiply(dp, kept);
#pragma GCC unroll 8
      for (int64_t i = 0; i < kLanes; i += kWidth) {
        const Vector share = load(tile + i);
        const Vector ds = share * (load(dp + i) - splat(delta)) * splat(scale);
        store(p + i, share);
        store(dp + i, plain ? ds : Seen(a.view, r)(j + i, ds, splat(0)));
      }
      if (kept) multiply(p, kept);
    }
  }
}

void backward(const AttentionGradRows& a) {
  (plain(a.view, a.rows) ? backward_rows<true> : backward_rows<false>)(a);
}

}  // namespace

extern const AttentionKernels attention_kernels;
const AttentionKernels attention_kernels = {forward, finish, backward};

}  // namespace fathom::cpu::FATHOM_ISA
