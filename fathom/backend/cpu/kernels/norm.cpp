#include "fathom/backend/cpu/kernels/norm.h"

#include "fathom/backend/cpu/kernels/gemm_simd.h"
#include "fathom/backend/cpu/kernels/lanes.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

/// Columns are worked on in blocks whose constants stay in L1.
constexpr int64_t kBlock = 512;

/// Calls `block(from, width)` for the blocks of columns [from, to).
template <class F> FATHOM_MATH void for_column_blocks(int64_t from, int64_t to, F block) {
  for (int64_t c = from; c < to; c += kBlock) block(c, to - c < kBlock ? to - c : kBlock);
}

FATHOM_MATH int64_t chunk_rows(int64_t rows, int64_t chunk) {
  const int64_t rest = rows - chunk * kColumnChunk;
  return rest < kColumnChunk ? rest : kColumnChunk;
}

/// Sum over `count` rows of f(row pointer offset i) into `out`, one chain a column, four rows a
/// pass.
template <class F>
FATHOM_MATH void chain(float* __restrict out, int64_t count, int64_t stride, int64_t width, F f) {
  for (int64_t i = 0; i < width; ++i) out[i] = 0.0f;
  int64_t r = 0;
  for (; r + 4 <= count; r += 4) {
    const int64_t k = r * stride;
    for (int64_t i = 0; i < width; ++i) {
      const float two = f(f(out[i], k + i, i), k + stride + i, i);
      out[i] = f(f(two, k + 2 * stride + i, i), k + 3 * stride + i, i);
    }
  }
  for (; r < count; ++r) {
    for (int64_t i = 0; i < width; ++i) out[i] = f(out[i], r * stride + i, i);
  }
}

/// The fixed tree over chunks, in place in chunk 0: as join_columns of reduce.cpp.
FATHOM_MATH void join(float* partial, int64_t chunks, int64_t stride, int64_t from, int64_t to) {
  for (int64_t count = chunks; count > 1; count = (count + 1) / 2) {
    for (int64_t k = 0; k < count; k += 2) {
      const float* left = partial + k * stride;
      float* out = partial + k / 2 * stride;
      const bool pair = k + 1 < count;
      for (int64_t c = from; c < to; ++c) out[c] = pair ? left[c] + left[c + stride] : left[c];
    }
  }
}

/// The same with channels first, over the rows of a chunk. Vectors of channels are turned in
/// registers, so that each sum takes its rows in the order that it takes them in with channels
/// last. `along(c, width)` gives the f of channels [c, c + width): f(sums, values) adds one row, a
/// value of each array. Sum i of channel c goes to out[i * columns + c].
template <int arrays, int outputs, class Along>
FATHOM_MATH void strip_chain(float* out, const float* const (&from)[arrays], int64_t chunk,
                             int64_t rows, int64_t columns, int64_t length, Along along) {
  using S = Simd<float>;
  const int64_t first = chunk * kColumnChunk, count = chunk_rows(rows, chunk);
  for (int64_t c = 0; c < columns; c += S::lanes) {
    const int64_t width = columns - c < S::lanes ? columns - c : S::lanes;
    const auto f = along(c, static_cast<int>(width));
    S::V sum[outputs];
    for (S::V& s : sum) s = S::zero();
    for (int64_t r = first; r < first + count;) {
      const int64_t position = r % length, rest = first + count - r;
      const int64_t run = length - position < rest ? length - position : rest;
      const float* strips[arrays][S::lanes];
      for (int k = 0; k < arrays; ++k)
        row_pointers(from[k] + (r / length * columns + c) * length + position, length, width,
                     strips[k]);
      int64_t p = 0;
      for (; p + S::step <= run; p += S::step) {
        S::V turned[arrays][S::step];
        for (int k = 0; k < arrays; ++k) S::transpose(strips[k], p, turned[k]);
        for (int q = 0; q < S::step; ++q) {
          S::V values[arrays];
          for (int k = 0; k < arrays; ++k) values[k] = turned[k][q];
          f(sum, values);
        }
      }
      for (; p < run; ++p) {
        S::V values[arrays];
        for (int k = 0; k < arrays; ++k) values[k] = gather(strips[k], p);
        f(sum, values);
      }
      r += run;
    }
    for (int i = 0; i < outputs; ++i) {
      alignas(64) float lanes[S::lanes];
      S::store(lanes, sum[i]);
      for (int64_t j = 0; j < width; ++j) out[i * columns + c + j] = lanes[j];
    }
  }
}

void strip_sums(const BatchNorm& a, int64_t chunk) {
  using S = Simd<float>;
  strip_chain<1, 1>(a.partial + chunk * a.columns, {a.x}, chunk, a.rows, a.columns, a.length,
                    [](int64_t, int) FATHOM_LAMBDA {
                      return [](S::V* sum, const S::V* v)
                                 FATHOM_LAMBDA { sum[0] = S::add(sum[0], v[0]); };
                    });
}

void strip_deviations(const BatchNorm& a, int64_t chunk) {
  using S = Simd<float>;
  strip_chain<1, 1>(a.partial + chunk * a.columns, {a.x}, chunk, a.rows, a.columns, a.length,
                    [mean = a.mean](int64_t c, int width) FATHOM_LAMBDA {
                      const S::V m = S::load_part(mean + c, width);
                      return [m](S::V* sum, const S::V* v) FATHOM_LAMBDA {
                        const S::V d = v[0] - m;
                        sum[0] = S::fma(d, d, sum[0]);
                      };
                    });
}

void strip_grad_sums(const BatchNormGrad& a, int64_t chunk) {
  using S = Simd<float>;
  strip_chain<2, 2>(a.partial + 2 * chunk * a.columns, {a.x, a.dy}, chunk, a.rows, a.columns,
                    a.length, [&a](int64_t c, int width) FATHOM_LAMBDA {
                      const S::V m = S::load_part(a.mean + c, width);
                      const S::V scale = S::load_part(a.rstd + c, width);
                      return [m, scale](S::V* sum, const S::V* v) FATHOM_LAMBDA {
                        sum[0] = S::fma(v[1], (v[0] - m) * scale, sum[0]);
                        sum[1] = S::add(sum[1], v[1]);
                      };
                    });
}

void sums(const BatchNorm& a, int64_t begin, int64_t end, int64_t from, int64_t to) {
  if (a.length > 1) {
    for (int64_t chunk = begin; chunk < end; ++chunk) strip_sums(a, chunk);
    return;
  }
  for (int64_t chunk = begin; chunk < end; ++chunk) {
    for_column_blocks(from, to, [&](int64_t c, int64_t width) {
      const float* x = a.x + chunk * kColumnChunk * a.columns + c;
      chain(a.partial + chunk * a.columns + c, chunk_rows(a.rows, chunk), a.columns, width,
            [=](float s, int64_t k, int64_t) FATHOM_LAMBDA { return s + x[k]; });
    });
  }
}

void means(const BatchNorm& a, int64_t from, int64_t to) {
  join(a.partial, column_chunks(a.rows), a.columns, from, to);
  for (int64_t c = from; c < to; ++c) a.mean[c] = a.partial[c] / float(a.rows);
}

void deviations(const BatchNorm& a, int64_t begin, int64_t end, int64_t from, int64_t to) {
  if (a.length > 1) {
    for (int64_t chunk = begin; chunk < end; ++chunk) strip_deviations(a, chunk);
    return;
  }
  for (int64_t chunk = begin; chunk < end; ++chunk) {
    for_column_blocks(from, to, [&](int64_t c, int64_t width) {
      const float *x = a.x + chunk * kColumnChunk * a.columns + c, *mean = a.mean + c;
      chain(a.partial + chunk * a.columns + c, chunk_rows(a.rows, chunk), a.columns, width,
            [=](float s, int64_t k, int64_t i) FATHOM_LAMBDA {
              const float d = x[k] - mean[i];
              return math::fma(d, d, s);
            });
    });
  }
}

/// From a column's sum of squared deviations to what forward hands out.
FATHOM_MATH void finish_column(const BatchNorm& a, int64_t c, float squares) {
  const float count = float(a.rows);
  a.rstd[c] = 1.0f / math::sqrt(squares / count + a.eps);
  if (!a.running_mean) return;
  const float unbiased = squares / (count > 1.0f ? count - 1.0f : 1.0f), keep = 1.0f - a.momentum;
  a.running_mean[c] = a.momentum * a.mean[c] + keep * a.running_mean[c];
  a.running_var[c] = a.momentum * unbiased + keep * a.running_var[c];
}

void finish(const BatchNorm& a, int64_t from, int64_t to) {
  join(a.partial, column_chunks(a.rows), a.columns, from, to);
  for (int64_t c = from; c < to; ++c) finish_column(a, c, a.partial[c]);
}

void apply_strips(const BatchNorm& a, int64_t begin, int64_t end) {
  for (int64_t strip = begin; strip < end; ++strip) {
    const int64_t c = strip % a.columns;
    const float mean = a.mean[c], scale = a.gamma ? a.gamma[c] * a.rstd[c] : a.rstd[c];
    const float shift = a.beta ? a.beta[c] : 0.0f;
    const float* __restrict x = a.x + strip * a.length;
    float* __restrict y = a.y + strip * a.length;
    for (int64_t i = 0; i < a.length; ++i) y[i] = math::fma(x[i] - mean, scale, shift);
  }
}

void apply(const BatchNorm& a, int64_t begin, int64_t end, int64_t from, int64_t to) {
  if (a.length > 1) return apply_strips(a, begin, end);
  for_column_blocks(from, to, [&](int64_t c, int64_t width) {
    alignas(64) float mean[kBlock], scale[kBlock], shift[kBlock];
    for (int64_t i = 0; i < width; ++i) {
      mean[i] = a.mean[c + i];
      scale[i] = a.gamma ? a.gamma[c + i] * a.rstd[c + i] : a.rstd[c + i];
      shift[i] = a.beta ? a.beta[c + i] : 0.0f;
    }
    for (int64_t r = begin; r < end; ++r) {
      const float* __restrict x = a.x + r * a.columns + c;
      float* __restrict y = a.y + r * a.columns + c;
      for (int64_t i = 0; i < width; ++i) y[i] = math::fma(x[i] - mean[i], scale[i], shift[i]);
    }
  });
}

void grad_sums(const BatchNormGrad& a, int64_t begin, int64_t end, int64_t from, int64_t to) {
  if (a.length > 1) {
    for (int64_t chunk = begin; chunk < end; ++chunk) strip_grad_sums(a, chunk);
    return;
  }
  for (int64_t chunk = begin; chunk < end; ++chunk) {
    const int64_t count = chunk_rows(a.rows, chunk);
    for_column_blocks(from, to, [&](int64_t c, int64_t width) {
      const int64_t at = chunk * kColumnChunk * a.columns + c;
      const float *x = a.x + at, *dy = a.dy + at, *mean = a.mean + c, *rstd = a.rstd + c;
      float* out = a.partial + 2 * chunk * a.columns + c;
      chain(out, count, a.columns, width, [=](float s, int64_t k, int64_t i) FATHOM_LAMBDA {
        return math::fma(dy[k], (x[k] - mean[i]) * rstd[i], s);
      });
      chain(out + a.columns, count, a.columns, width,
            [=](float s, int64_t k, int64_t) FATHOM_LAMBDA { return s + dy[k]; });
    });
  }
}

void grad_finish(const BatchNormGrad& a, int64_t from, int64_t to) {
  const int64_t chunks = column_chunks(a.rows), stride = 2 * a.columns;
  join(a.partial, chunks, stride, from, to);
  join(a.partial + a.columns, chunks, stride, from, to);
  for (int64_t c = from; c < to; ++c) a.dgamma[c] = a.partial[c];
  for (int64_t c = from; c < to; ++c) a.dbeta[c] = a.partial[a.columns + c];
}

/// dx = gamma rstd (dy - mean(dy) - h mean(dy h)) with h = (x - mean) rstd.
FATHOM_MATH float input_grad(float x, float dy, float mean, float rstd, float scale, float mean_dy,
                             float mean_dyh) {
  return scale * math::fma(-(x - mean) * rstd, mean_dyh, dy - mean_dy);
}

void grad_apply_strips(const BatchNormGrad& a, int64_t begin, int64_t end) {
  const float count = float(a.rows);
  for (int64_t strip = begin; strip < end; ++strip) {
    const int64_t c = strip % a.columns;
    const float mean = a.mean[c], rstd = a.rstd[c], scale = a.gamma ? a.gamma[c] * rstd : rstd;
    const float mean_dy = a.dbeta[c] / count, mean_dyh = a.dgamma[c] / count;
    const float* __restrict x = a.x + strip * a.length;
    const float* __restrict dy = a.dy + strip * a.length;
    float* __restrict dx = a.dx + strip * a.length;
    for (int64_t i = 0; i < a.length; ++i)
      dx[i] = input_grad(x[i], dy[i], mean, rstd, scale, mean_dy, mean_dyh);
  }
}

void grad_apply(const BatchNormGrad& a, int64_t begin, int64_t end, int64_t from, int64_t to) {
  if (a.length > 1) return grad_apply_strips(a, begin, end);
  const float count = float(a.rows);
  for_column_blocks(from, to, [&](int64_t c, int64_t width) {
    alignas(64) float mean[kBlock], rstd[kBlock], scale[kBlock], mean_dy[kBlock], mean_dyh[kBlock];
    for (int64_t i = 0; i < width; ++i) {
      mean[i] = a.mean[c + i];
      rstd[i] = a.rstd[c + i];
      scale[i] = a.gamma ? a.gamma[c + i] * rstd[i] : rstd[i];
      mean_dy[i] = a.dbeta[c + i] / count;
      mean_dyh[i] = a.dgamma[c + i] / count;
    }
    for (int64_t r = begin; r < end; ++r) {
      const float* __restrict x = a.x + r * a.columns + c;
      const float* __restrict dy = a.dy + r * a.columns + c;
      float* __restrict dx = a.dx + r * a.columns + c;
      for (int64_t i = 0; i < width; ++i) {
        dx[i] = input_grad(x[i], dy[i], mean[i], rstd[i], scale[i], mean_dy[i], mean_dyh[i]);
      }
    }
  });
}

void forward(const BatchNorm& a, int64_t from, int64_t to) {
  const int64_t chunks = column_chunks(a.rows);
  sums(a, 0, chunks, from, to);
  means(a, from, to);
  deviations(a, 0, chunks, from, to);
  finish(a, from, to);
  apply(a, 0, batch_norm_parts(a.rows, a.columns, a.length), from, to);
}

void backward(const BatchNormGrad& a, int64_t from, int64_t to) {
  grad_sums(a, 0, column_chunks(a.rows), from, to);
  grad_finish(a, from, to);
  grad_apply(a, 0, batch_norm_parts(a.rows, a.columns, a.length), from, to);
}

}  // namespace

extern const BatchNormKernels batch_norm_kernels;
const BatchNormKernels batch_norm_kernels = {forward, backward, sums,      means,       deviations,
                                             finish,  apply,    grad_sums, grad_finish, grad_apply};

}  // namespace fathom::cpu::FATHOM_ISA
