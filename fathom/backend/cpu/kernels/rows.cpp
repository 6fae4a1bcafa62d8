#include "fathom/backend/cpu/kernels/rows.h"

#include "fathom/backend/cpu/kernels/lanes.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

/// Short rows are taken in groups, stage by stage: a row's maximum, exponentials and sum wait for
/// one another, those of eight rows do not. Long rows are alone, so that they stay in cache.
constexpr int64_t kGroup = 8;
FATHOM_MATH int64_t group_size(int64_t n) { return n <= 1024 ? kGroup : 1; }

/// sum exp(x - max) over a row of n, by tiles of one element per lane. `keep(i, tile, count)` may
/// store the terms. A tile of its own cannot alias x or y, so its loops vectorise without a check.
template <class Keep> FATHOM_MATH float sum_exp(const float* x, float max, int64_t n, Keep keep) {
  alignas(64) float lane[kLanes] = {}, tile[kLanes];
  const int64_t ahead = group_size(n) * n;
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    // The rows to come are fetched while the exponentials keep the ports busy: a quarter of the
    // time at 4096 x 512. Past the matrix's end a prefetch does nothing.
#pragma GCC unroll 4
    for (int64_t j = 0; j < kLanes; j += 16) __builtin_prefetch(x + i + j + ahead);
    for (int64_t j = 0; j < kLanes; ++j) tile[j] = math::exp(x[i + j] - max);
    for (int64_t j = 0; j < kLanes; ++j) lane[j] += tile[j];
    keep(i, tile, kLanes);
  }
  if (i < n) {
    for (int64_t b = 0; b < n - i; b += kWidth) {
      const Mask mask = first(n - i - b);
      store(tile + b, select(mask, load(x + i + b, mask), splat(-math::kInf)));  // exp gives 0
      for (int64_t j = b; j < b + kWidth; ++j) tile[j] = math::exp(tile[j] - max);
      for (int64_t j = b; j < b + kWidth; ++j) lane[j] += tile[j];
    }
    keep(i, tile, n - i);
  }
  return fold(from_memory(lane), Add{});
}

/// y[i] = use(i, exp(argument(i)), load) over a row, by tiles as above.
template <class Argument, class Use>
FATHOM_MATH void exp_row(int64_t n, float* y, Argument argument, Use use) {
  alignas(64) float tile[kLanes];
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
#pragma GCC unroll 8
    for (int64_t b = 0; b < kLanes; b += kWidth) store(tile + b, argument(i + b, Whole{}));
    for (int64_t j = 0; j < kLanes; ++j) tile[j] = math::exp(tile[j]);
#pragma GCC unroll 8
    for (int64_t b = 0; b < kLanes; b += kWidth) {
      store(y + i + b, use(i + b, load(tile + b), Whole{}));
    }
  }
  for (; i < n; i += kWidth) {
    const Part load_part{first(n - i)};
    store(tile, argument(i, load_part));
    for (int64_t j = 0; j < kWidth; ++j) tile[j] = math::exp(tile[j]);
    store(y + i, use(i, load(tile), load_part), load_part.mask);
  }
}

struct Drop {
  FATHOM_INLINE void operator()(int64_t, const float*, int64_t) const {}
};

/// Copies `count` floats of a tile.
FATHOM_MATH void copy_tile(float* y, const float* tile, int64_t count) {
  if (count == kLanes) {
#pragma GCC unroll 8
    for (int64_t j = 0; j < kLanes; j += kWidth) store(y + j, load(tile + j));
  } else {
    for (int64_t j = 0; j < count; j += kWidth) store(y + j, load(tile + j), first(count - j));
  }
}

FATHOM_MATH float dot(const float* a, const float* b, int64_t n) {
  Lanes sum[1] = {all_lanes(0)};
  sweep(n, sum, [=](Vector* s, int64_t i, auto load) FATHOM_LAMBDA {
    *s = fma(load(a + i), load(b + i), *s);
  });
  return fold(sum[0], Add{});
}

FATHOM_MATH float sum_of(const float* x, int64_t n) {
  Lanes sum[1] = {all_lanes(0)};
  sweep(n, sum, [=](Vector* s, int64_t i, auto load) FATHOM_LAMBDA { *s += load(x + i); });
  return fold(sum[0], Add{});
}

/// Calls `group(first row, count)` for groups of rows in [begin, end).
template <class F> FATHOM_MATH void for_groups(int64_t begin, int64_t end, int64_t n, F group) {
  const int64_t size = group_size(n);
  for (int64_t r = begin; r < end; r += size) group(r, end - r < size ? end - r : size);
}

/// Maximum and log sum exp(x - maximum) of the rows of a group.
FATHOM_MATH void log_sums(const float* x, int64_t count, int64_t n, float* max, float* log_sum) {
  float sum[kGroup];
  for (int64_t k = 0; k < kGroup; ++k) sum[k] = 1.0f;
  for (int64_t k = 0; k < count; ++k) max[k] = row_max(x + k * n, n);
  for (int64_t k = 0; k < count; ++k) sum[k] = sum_exp(x + k * n, max[k], n, Drop{});
  for (int64_t k = 0; k < kGroup; ++k) log_sum[k] = math::log(sum[k]);
}

void softmax(const float* x, float* y, int64_t begin, int64_t end, int64_t n) {
  for_groups(begin, end, n, [=](int64_t r, int64_t count) FATHOM_LAMBDA {
    const float* xr = x + r * n;
    float* yr = y + r * n;
    float max[kGroup], scale[kGroup];
    for (int64_t k = 0; k < count; ++k) max[k] = row_max(xr + k * n, n);
    for (int64_t k = 0; k < count; ++k) {
      const auto keep = [=](int64_t i, const float* tile, int64_t size)
                            FATHOM_LAMBDA { copy_tile(yr + k * n + i, tile, size); };
      scale[k] = 1.0f / sum_exp(xr + k * n, max[k], n, keep);
    }
    for (int64_t k = 0; k < count; ++k) {
      float* row = yr + k * n;
      map_row(n, row, [=, c = splat(scale[k])](int64_t i, auto load) FATHOM_LAMBDA {
        return load(row + i) * c;
      });
    }
  });
}

void log_softmax(const float* x, float* y, int64_t begin, int64_t end, int64_t n) {
  for_groups(begin, end, n, [=](int64_t r, int64_t count) FATHOM_LAMBDA {
    float max[kGroup], log_sum[kGroup];
    log_sums(x + r * n, count, n, max, log_sum);
    for (int64_t k = 0; k < count; ++k) {
      const float* row = x + (r + k) * n;
      const Vector m = splat(max[k]), l = splat(log_sum[k]);
      map_row(n, y + (r + k) * n,
              [=](int64_t i, auto load) FATHOM_LAMBDA { return (load(row + i) - m) - l; });
    }
  });
}

void softmax_grad(const float* y, const float* dy, float* dx, int64_t begin, int64_t end,
                  int64_t n) {
  for (int64_t r = begin; r < end; ++r) {
    const float *yr = y + r * n, *gr = dy + r * n;
    float* out = dx + r * n;
    const Vector s = splat(dot(yr, gr, n));
    map_row(n, out,
            [=](int64_t i, auto load) FATHOM_LAMBDA { return load(yr + i) * (load(gr + i) - s); });
  }
}

void log_softmax_grad(const float* y, const float* dy, float* dx, int64_t begin, int64_t end,
                      int64_t n) {
  for (int64_t r = begin; r < end; ++r) {
    const float *yr = y + r * n, *gr = dy + r * n;
    float* out = dx + r * n;
    const Vector s = splat(-sum_of(gr, n));
    exp_row(
        n, out, [=](int64_t i, auto load) FATHOM_LAMBDA { return load(yr + i); },
        [=](int64_t i, Vector e, auto load) FATHOM_LAMBDA { return fma(e, s, load(gr + i)); });
  }
}

/// sum w[c] log p[c] of one row, for label smoothing.
FATHOM_MATH float sum_log_p(const CrossEntropy& a, const float* x, float max, float log_sum) {
  Lanes sum[1] = {all_lanes(0)};
  const Vector m = splat(max), l = splat(log_sum);
  if (a.weight) {
    const float* w = a.weight;
    sweep(a.n, sum, [=](Vector* s, int64_t i, auto load) FATHOM_LAMBDA {
      *s = fma(load(w + i), (load(x + i) - m) - l, *s);
    });
  } else {
    sweep(a.n, sum,
          [=](Vector* s, int64_t i, auto load) FATHOM_LAMBDA { *s += (load(x + i) - m) - l; });
  }
  return fold(sum[0], Add{});
}

void cross_entropy(const CrossEntropy& a, int64_t begin, int64_t end) {
  for_groups(begin, end, a.n, [&](int64_t first, int64_t count) FATHOM_LAMBDA {
    float max[kGroup], log_sum[kGroup];
    log_sums(a.logits + first * a.n, count, a.n, max, log_sum);
    for (int64_t k = 0; k < count; ++k) {
      const int64_t r = first + k, t = a.target[r];
      const float* x = a.logits + r * a.n;
      const bool used = t != a.ignore_index;
      const float w = !used ? 0.0f : a.weight ? a.weight[t] : 1.0f;
      float loss = used ? w * (log_sum[k] - (x[t] - max[k])) : 0.0f;
      if (used && a.smoothing != 0.0f) {
        const float smooth = sum_log_p(a, x, max[k], log_sum[k]) * (a.smoothing / float(a.n));
        loss = (1.0f - a.smoothing) * loss - smooth;
      }
      a.row_max[r] = max[k];
      a.row_log_sum[r] = log_sum[k];
      a.loss[r] = loss;
      if (a.row_weight) a.row_weight[r] = w;
    }
  });
}

/// d loss / dx[j] = A p[j] - B w[j] - [j = t] C, with C = (1 - s) w[t], B = s / n, A = C + B sum w.
void cross_entropy_grad(const CrossEntropy& a, const float* g, int64_t g_stride, float* dx,
                        int64_t begin, int64_t end) {
  const float b = a.smoothing / float(a.n);
  const float sum_w = a.weight && b != 0.0f ? sum_of(a.weight, a.n) : float(a.n);
  for (int64_t r = begin; r < end; ++r) {
    const float* x = a.logits + r * a.n;
    float* out = dx + r * a.n;
    const int64_t t = a.target[r];
    if (t == a.ignore_index) {
      for (int64_t i = 0; i < a.n; ++i) out[i] = 0.0f;
      continue;
    }
    const float gr = g[r * g_stride], max = a.row_max[r], log_sum = a.row_log_sum[r];
    const float hit = (1.0f - a.smoothing) * (a.weight ? a.weight[t] : 1.0f);
    const Vector p = splat(gr * (b == 0.0f ? hit : math::fma(b, sum_w, hit)));
    const Vector miss = splat(-gr * b), m = splat(max), l = splat(log_sum);
    const auto log_p = [=](int64_t i, auto load) FATHOM_LAMBDA { return (load(x + i) - m) - l; };
    if (const float* w = b != 0.0f ? a.weight : nullptr) {
      exp_row(a.n, out, log_p, [=](int64_t i, Vector e, auto load) FATHOM_LAMBDA {
        return fma(p, e, miss * load(w + i));
      });
    } else {
      exp_row(a.n, out, log_p,
              [=](int64_t, Vector e, auto) FATHOM_LAMBDA { return fma(p, e, miss); });
    }
    out[t] -= gr * hit;
  }
}

void layer_norm(const LayerNorm& a, int64_t begin, int64_t end) {
  const int64_t n = a.n;
  for (int64_t r = begin; r < end; ++r) {
    const float* x = a.x + r * n;
    float* y = a.y + r * n;
    const float mean = sum_of(x, n) / float(n);
    Lanes square[1] = {all_lanes(0)};
    sweep(n, square, [=, m = splat(mean)](Vector* s, int64_t i, auto load) FATHOM_LAMBDA {
      const Vector d = load(x + i) - m;
      *s = fma(d, d, *s);
    });
    const float rstd = 1.0f / math::sqrt(fold(square[0], Add{}) / float(n) + a.eps);
    a.mean[r] = mean;
    a.rstd[r] = rstd;
    const float *gamma = a.gamma, *beta = a.beta;
    const Vector m = splat(mean), scale = splat(rstd);
    map_row(n, y, [=](int64_t i, auto load) FATHOM_LAMBDA {
      const Vector h = (load(x + i) - m) * scale;
      if (!gamma) return h;
      return beta ? fma(h, load(gamma + i), load(beta + i)) : h * load(gamma + i);
    });
  }
}

/// With h = (x - mean) rstd and u = dy gamma: dx = rstd (u - mean(u) - h mean(u h)).
template <bool kGamma>
FATHOM_MATH void layer_norm_grad_row(const LayerNormGrad& a, int64_t r, float* dgamma,
                                     float* dbeta) {
  const int64_t n = a.n;
  const float *x = a.x + r * n, *dy = a.dy + r * n, *gamma = a.gamma;
  const float mean = a.mean[r], rstd = a.rstd[r];
  Lanes sums[2] = {all_lanes(0), all_lanes(0)};
  sweep(n, sums,
        [=, m = splat(mean), s = splat(rstd)](Vector* sum, int64_t i, auto load) FATHOM_LAMBDA {
          Vector u = load(dy + i);
          if constexpr (kGamma) u *= load(gamma + i);
          sum[0] += u;
          sum[1] = fma(u, (load(x + i) - m) * s, sum[1]);
        });
  const float mean_u = fold(sums[0], Add{}) / float(n);
  const float mean_uh = fold(sums[1], Add{}) / float(n);
  // One loop for each output: two streams of sums and one of dx would need too many alias checks.
  if (dgamma) {
    for (int64_t i = 0; i < n; ++i) dgamma[i] = math::fma(dy[i], (x[i] - mean) * rstd, dgamma[i]);
    for (int64_t i = 0; i < n; ++i) dbeta[i] += dy[i];
  }
  float* dx = a.dx + r * n;
  for (int64_t i = 0; i < n; ++i) {
    const float h = (x[i] - mean) * rstd;
    const float u = kGamma ? dy[i] * gamma[i] : dy[i];
    dx[i] = rstd * math::fma(-h, mean_uh, u - mean_u);
  }
}

void layer_norm_grad(const LayerNormGrad& a, int64_t rows, int64_t begin, int64_t end) {
  for (int64_t chunk = begin; chunk < end; ++chunk) {
    float* dgamma = a.partial ? a.partial + chunk * 2 * a.n : nullptr;
    float* dbeta = a.partial ? dgamma + a.n : nullptr;
    if (a.partial) {
      for (int64_t i = 0; i < 2 * a.n; ++i) dgamma[i] = 0.0f;
    }
    const int64_t last = (chunk + 1) * kRowChunk < rows ? (chunk + 1) * kRowChunk : rows;
    for (int64_t r = chunk * kRowChunk; r < last; ++r) {
      if (a.gamma) {
        layer_norm_grad_row<true>(a, r, dgamma, dbeta);
      } else {
        layer_norm_grad_row<false>(a, r, dgamma, dbeta);
      }
    }
  }
}

/// Columns [i, i + width) of the sum stay in registers.
template <int width>
void sum_columns(const float* x, const int32_t* from, const float* weights, int64_t count,
                 float* __restrict y, int64_t n) {
  float sum[width] = {};
  for (int64_t k = 0; k < count; ++k) {
    const float* row = x + from[k] * n;
    if (weights)
      for (int i = 0; i < width; ++i) sum[i] += row[i] * weights[k];
    else
      for (int i = 0; i < width; ++i) sum[i] += row[i];
  }
  for (int i = 0; i < width; ++i) y[i] = sum[i];
}

void sum_of_rows(const float* x, const int32_t* from, const float* weights, int64_t count, float* y,
                 int64_t n) {
  int64_t i = 0;
  for (; i + 32 <= n; i += 32) sum_columns<32>(x + i, from, weights, count, y + i, n);
  for (; i + 8 <= n; i += 8) sum_columns<8>(x + i, from, weights, count, y + i, n);
  for (; i < n; ++i) sum_columns<1>(x + i, from, weights, count, y + i, n);
}

}  // namespace

extern const RowKernels row_kernels;
const RowKernels row_kernels = {softmax,          log_softmax,     softmax_grad,
                                log_softmax_grad, cross_entropy,   cross_entropy_grad,
                                layer_norm,       layer_norm_grad, sum_of_rows};

}  // namespace fathom::cpu::FATHOM_ISA
