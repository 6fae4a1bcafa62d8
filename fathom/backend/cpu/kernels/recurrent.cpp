#include "fathom/backend/cpu/kernels/recurrent.h"

#include "fathom/math/elementary.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

void tanh_row(float* z, int64_t n) {
  for (int64_t i = 0; i < n; ++i) z[i] = math::tanh(z[i]);
}
void sigmoid_row(float* z, int64_t n) {
  for (int64_t i = 0; i < n; ++i) z[i] = math::sigmoid(z[i]);
}
void relu_row(float* z, int64_t n) {
  for (int64_t i = 0; i < n; ++i) z[i] = z[i] < 0.0f ? 0.0f : z[i];  // keeps NaN
}

void tanh_grad(const float* __restrict y, const float* __restrict dy, float* __restrict dx,
               int64_t n) {
  for (int64_t i = 0; i < n; ++i) dx[i] = dy[i] * math::fma(-y[i], y[i], 1.0f);
}
void relu_grad(const float* __restrict y, const float* __restrict dy, float* __restrict dx,
               int64_t n) {
  for (int64_t i = 0; i < n; ++i) dx[i] = y[i] > 0.0f ? dy[i] : 0.0f;
}

// Gates come as pointers of their own, so that the compiler knows that they do not overlap.

void lstm_cells(const float* __restrict in, const float* __restrict forget,
                const float* __restrict next, const float* __restrict shown,
                const float* __restrict before, float* __restrict cell, float* __restrict hidden,
                int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    const float c = math::fma(forget[i], before[i], in[i] * next[i]);
    cell[i] = c;
    hidden[i] = shown[i] * math::tanh(c);
  }
}
void lstm(const LstmRow& a, int64_t n) {
  float* g = a.gates;
  sigmoid_row(g, 2 * n);
  tanh_row(g + 2 * n, n);
  sigmoid_row(g + 3 * n, n);
  lstm_cells(g, g + n, g + 2 * n, g + 3 * n, a.cell_before, a.cell, a.hidden, n);
}

/// s (1 - s), the slope of a sigmoid.
FATHOM_MATH float slope(float s) { return math::fma(-s, s, s); }
/// 1 - t^2, that of tanh.
FATHOM_MATH float tanh_slope(float t) { return math::fma(-t, t, 1.0f); }

void lstm_cell_grad(const float* __restrict shown, const float* __restrict cell,
                    const float* __restrict dhidden, float* __restrict dcell,
                    float* __restrict dshown, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    const float seen = math::tanh(cell[i]);
    dcell[i] = math::fma(dhidden[i] * shown[i], tanh_slope(seen), dcell[i]);
    dshown[i] = dhidden[i] * seen;
  }
}
void lstm_gates_grad(const float* __restrict in, const float* __restrict next,
                     const float* __restrict before, const float* __restrict dcell,
                     float* __restrict din, float* __restrict dforget, float* __restrict dnext,
                     int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    din[i] = dcell[i] * next[i];
    dforget[i] = dcell[i] * before[i];
    dnext[i] = dcell[i] * in[i];
  }
}
void add(float* __restrict to, const float* __restrict from, int64_t n) {
  for (int64_t i = 0; i < n; ++i) to[i] += from[i];
}
void times_slope(float* __restrict d, const float* __restrict s, int64_t n) {
  for (int64_t i = 0; i < n; ++i) d[i] *= slope(s[i]);
}
void times_tanh_slope(float* __restrict d, const float* __restrict t, int64_t n) {
  for (int64_t i = 0; i < n; ++i) d[i] *= tanh_slope(t[i]);
}
void times(float* __restrict to, const float* __restrict by, int64_t n) {
  for (int64_t i = 0; i < n; ++i) to[i] *= by[i];
}
void lstm_grad(const LstmGradRow& a, int64_t n) {
  const float* g = a.gates;
  float* dx = a.dx;
  lstm_cell_grad(g + 3 * n, a.cell, a.dhidden, a.dcell, dx + 3 * n, n);
  if (a.more_cell) add(a.dcell, a.more_cell, n);
  lstm_gates_grad(g, g + 2 * n, a.cell_before, a.dcell, dx, dx + n, dx + 2 * n, n);
  if (a.more_gates) add(dx, a.more_gates, 4 * n);
  times_slope(dx, g, 2 * n);
  times_tanh_slope(dx + 2 * n, g + 2 * n, n);
  times_slope(dx + 3 * n, g + 3 * n, n);
  times(a.dcell, g + n, n);
}

void sigmoid_of_sum(const float* __restrict a, const float* __restrict b, float* __restrict y,
                    int64_t n) {
  for (int64_t i = 0; i < n; ++i) y[i] = math::sigmoid(a[i] + b[i]);
}
void gru_hidden(const float* __restrict reset, const float* __restrict update,
                const float* __restrict x, const float* __restrict product, float* __restrict next,
                float* __restrict scaled, float* __restrict hidden, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    const float fresh = math::tanh(math::fma(reset[i], product[i], x[i]));
    scaled[i] = product[i];
    next[i] = fresh;
    hidden[i] = math::fma(update[i], hidden[i] - fresh, fresh);
  }
}
void gru(const GruRow& a, int64_t n) {
  float* g = a.gates;
  sigmoid_of_sum(a.x, a.product, g, 2 * n);
  gru_hidden(g, g + n, a.x + 2 * n, a.product + 2 * n, g + 2 * n, g + 3 * n, a.hidden, n);
}

void gru_next_grad(const float* __restrict update, const float* __restrict next,
                   const float* __restrict before, const float* __restrict d,
                   float* __restrict dupdate, float* __restrict dnext, float* __restrict dbefore,
                   int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    dnext[i] = math::fma(-d[i], update[i], d[i]);
    dupdate[i] = d[i] * (before[i] - next[i]);
    dbefore[i] = d[i] * update[i];
  }
}
void product_of(const float* __restrict a, const float* __restrict b, float* __restrict y,
                int64_t n) {
  for (int64_t i = 0; i < n; ++i) y[i] = a[i] * b[i];
}
void copy(const float* __restrict from, float* __restrict to, int64_t n) {
  for (int64_t i = 0; i < n; ++i) to[i] = from[i];
}
void gru_grad(const GruGradRow& a, int64_t n) {
  const float *g = a.gates, *more = a.more_gates;
  float *dx = a.dx, *dnext = a.dx + 2 * n, *dscaled = a.dproduct + 2 * n;
  gru_next_grad(g + n, g + 2 * n, a.hidden_before, a.dhidden, dx + n, dnext, a.dbefore, n);
  if (more) add(dnext, more + 2 * n, n);
  times_tanh_slope(dnext, g + 2 * n, n);
  product_of(dnext, g + 3 * n, dx, n);
  product_of(dnext, g, dscaled, n);
  if (more) add(dx, more, 2 * n);
  if (more) add(dscaled, more + 3 * n, n);
  times_slope(dx, g, 2 * n);
  copy(dx, a.dproduct, 2 * n);
}

}  // namespace

extern const RecurrentKernels recurrent_kernels;
const RecurrentKernels recurrent_kernels = {tanh_row, relu_row,  tanh_grad, relu_grad,
                                            lstm,     lstm_grad, gru,       gru_grad};

}  // namespace fathom::cpu::FATHOM_ISA
