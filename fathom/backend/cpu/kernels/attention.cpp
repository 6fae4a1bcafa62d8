#include "fathom/backend/cpu/kernels/attention.h"

#include "fathom/backend/cpu/kernels/lanes.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

static_assert(kKeys == kLanes);

/// The keys that a row sees, as masks of its vectors.
struct Seen {
  int64_t begin, end;
  FATHOM_INLINE Seen(const AttentionView& v, int64_t r)
      : begin(v.low + r), end(v.high + r < v.n ? v.high + r : v.n) {}
  FATHOM_INLINE Vector operator()(int64_t j, Vector there, Vector else_) const {
    return select(first(begin - j), else_, select(first(end - j), there, else_));
  }
};

/// A row's scores, scaled and masked; -inf for keys that it does not see.
FATHOM_MATH void read_scores(const float* scores, const AttentionView& v, int64_t r, float* tile) {
  const Seen seen(v, r);
  const float* const mask = v.mask ? v.mask + r * v.mask_step : nullptr;
  for (int64_t j = 0; j < kLanes; j += kWidth) {
    Vector s = load(scores + j) * splat(v.scale);
    if (mask) s += load(mask + j, first(v.n - j));
    store(tile + j, seen(j, s, splat(-math::kInf)));
  }
}

void forward(const AttentionRows& a) {
  alignas(64) float tile[kLanes];
  for (int64_t r = 0; r < a.rows; ++r) {
    float* const scores = a.scores + r * kLanes;
    read_scores(scores, a.view, r, tile);
    const float before = a.max[r], found = row_max(tile, kLanes);
    const float max = found > before ? found : before;
    float rest = 1;
    if (max == -math::kInf)  // nothing seen yet, or NaN, which a maximum leaves aside
      for (int64_t j = 0; j < kLanes; ++j) tile[j] = tile[j] == -math::kInf ? 0.0f : tile[j];
    else {
      for (int64_t j = 0; j < kLanes; ++j) tile[j] = math::exp(tile[j] - max);
      rest = math::exp(before - max);
    }
    for (int64_t j = 0; j < kLanes; j += kWidth) store(scores + j, load(tile + j));
    a.sum[r] = a.sum[r] * rest + fold(from_memory(tile), Add{});
    a.max[r] = max;
    if (rest == 1.0f) continue;
    float* const y = a.y + r * a.y_step;
    map_row(a.width, y,
            [=, c = splat(rest)](int64_t i, auto load) FATHOM_LAMBDA { return load(y + i) * c; });
  }
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

void backward(const AttentionGradRows& a) {
  alignas(64) float tile[kLanes];
  for (int64_t r = 0; r < a.rows; ++r) {
    float* const p = a.scores + r * kLanes;
    float* const dp = a.dp + r * kLanes;
    read_scores(p, a.view, r, tile);
    const float log_sum = a.log_sum[r];
    for (int64_t j = 0; j < kLanes; ++j) tile[j] = math::exp(tile[j] - log_sum);
    const Seen seen(a.view, r);
    const Vector delta = splat(a.delta[r]), scale = splat(a.view.scale);
    for (int64_t j = 0; j < kLanes; j += kWidth) {
      const Vector share = load(tile + j);
      store(p + j, share);
      store(dp + j, seen(j, share * (load(dp + j) - delta) * scale, splat(0)));
    }
  }
}

}  // namespace

extern const AttentionKernels attention_kernels;
const AttentionKernels attention_kernels = {forward, finish, backward};

}  // namespace fathom::cpu::FATHOM_ISA
