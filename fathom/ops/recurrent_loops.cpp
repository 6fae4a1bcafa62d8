#include "fathom/ops/recurrent_loops.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "fathom/math/elementary.h"

namespace fathom::ops {
namespace {

using graph::HostCall;
using Numbers = std::vector<double>;

/// One sequence of the batch, state and sums in double. Pointers below are to its part.
template <class T> struct Sequence {
  std::int64_t row, batch, steps, length;
  bool reverse;

  Sequence(const HostCall& c, std::int64_t row, const Shape& all_steps, int lengths, bool reverse)
      : row(row), batch(all_steps[1]), steps(all_steps[0]), reverse(reverse) {
    length = lengths < 0 ? steps : c.in<std::int64_t>(lengths)[row];
  }
  /// Step i of the walk, and where it lies.
  std::int64_t step(std::int64_t i) const { return reverse ? steps - 1 - i : i; }
  T* at(T* p, std::int64_t t, std::int64_t width) const {
    return p ? p + (t * batch + row) * width : nullptr;
  }
  const T* at(const T* p, std::int64_t t, std::int64_t width) const {
    return p ? p + (t * batch + row) * width : nullptr;
  }
  /// What the step before t handed on: a row of `all`, or of the initial state.
  const T* before(const T* all, const T* initial, std::int64_t t, std::int64_t width) const {
    const std::int64_t previous = reverse ? t + 1 : t - 1;
    if (previous < 0 || previous >= length) return initial + row * width;
    return at(all, previous, width);
  }
};

template <class T> const T* optional_input(const HostCall& c, int i) {
  return i < 0 ? nullptr : c.in<T>(i);
}

/// out = m v + out of a matrix (rows, columns).
template <class T, class V>
void add_product(const T* m, std::int64_t rows, std::int64_t columns, const V* v, double* out) {
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j)
      out[i] += static_cast<double>(m[i * columns + j]) * static_cast<double>(v[j]);
}
/// out = m^T v + out.
template <class T, class V>
void add_transposed(const T* m, std::int64_t rows, std::int64_t columns, const V* v, double* out) {
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j)
      out[j] += static_cast<double>(m[i * columns + j]) * static_cast<double>(v[i]);
}

double sigmoid(double x) { return math::sigmoid(x); }

template <class T> void forward(const op::Recurrent& a, const HostCall& c, std::int64_t row) {
  const RecurrentSlots slots(a);
  const bool lstm = a.kind == RecurrentKind::lstm, gru = a.kind == RecurrentKind::gru;
  const std::int64_t G = gate_count(a.kind), H = c.in_spec(0).shape[2] / G,
                     R = c.in_spec(2).shape[1];
  const Sequence<T> s(c, row, c.in_spec(0).shape, slots.lengths, a.reverse);
  const T* bias = optional_input<T>(c, slots.bias);
  T* cells = lstm ? c.out<T>(4) : nullptr;
  T* gates = lstm ? c.out<T>(3) : gru ? c.out<T>(2) : nullptr;
  Numbers h(c.in<T>(2) + row * R, c.in<T>(2) + (row + 1) * R), cell(static_cast<std::size_t>(H));
  if (lstm) std::copy_n(c.in<T>(slots.c0) + row * H, H, cell.begin());

  for (std::int64_t i = 0; i < s.steps; ++i) {
    const std::int64_t t = s.step(i);
    T* y = s.at(c.out<T>(), t, R);
    T* kept = s.at(gates, t, 4 * H);
    if (t >= s.length) {
      std::fill_n(y, R, T(0));
      if (kept) std::fill_n(kept, 4 * H, T(0));
      if (lstm) std::copy(cell.begin(), cell.end(), s.at(cells, t, H));
      continue;
    }
    const T* x = s.at(c.in<T>(0), t, G * H);
    Numbers sums(static_cast<std::size_t>(G * H)), hidden(static_cast<std::size_t>(H));
    add_product(c.in<T>(1), G * H, R, h.data(), sums.data());
    for (std::int64_t j = 0; j < H; ++j) {
      const auto z = [&](std::int64_t gate) {
        return double{x[gate * H + j]} + sums[gate * H + j];
      };
      double& out = hidden[j];
      double& state = cell[j];
      if (lstm) {
        const double in = sigmoid(z(0)), forget = sigmoid(z(1)), next = std::tanh(z(2));
        const double shown = sigmoid(z(3));
        state = forget * state + in * next;
        out = shown * std::tanh(state);
        kept[j] = T(in), kept[H + j] = T(forget), kept[2 * H + j] = T(next);
        kept[3 * H + j] = T(shown);
        s.at(cells, t, H)[j] = T(state);
      } else if (gru) {
        for (std::int64_t gate = 0; gate < 3; ++gate)
          sums[gate * H + j] += double{bias[gate * H + j]};
        const double reset = sigmoid(z(0)), update = sigmoid(z(1)), scaled = sums[2 * H + j];
        const double next = std::tanh(double{x[2 * H + j]} + reset * scaled);
        out = next + update * (h[j] - next);
        kept[j] = T(reset), kept[H + j] = T(update), kept[2 * H + j] = T(next);
        kept[3 * H + j] = T(scaled);
      } else {
        out = a.kind == RecurrentKind::tanh ? std::tanh(z(0)) : std::max(z(0), 0.0);
      }
    }
    if (a.projected) {
      std::fill(h.begin(), h.end(), 0.0);
      add_product(c.in<T>(slots.projection), R, H, hidden.data(), h.data());
    } else {
      h = hidden;
    }
    for (std::int64_t j = 0; j < R; ++j) y[j] = T(h[j]);
  }
  for (std::int64_t j = 0; j < R; ++j) c.out<T>(1)[row * R + j] = T(h[j]);
  for (std::int64_t j = 0; lstm && j < H; ++j) c.out<T>(2)[row * H + j] = T(cell[j]);
}

template <class T>
void backward(const op::RecurrentBackward& a, const HostCall& c, std::int64_t row) {
  const RecurrentBackwardSlots slots(a);
  const bool lstm = a.kind == RecurrentKind::lstm, gru = a.kind == RecurrentKind::gru;
  const std::int64_t G = gate_count(a.kind), H = c.in_spec(0).shape[0] / G,
                     R = c.in_spec(0).shape[1];
  const Sequence<T> s(c, row, c.in_spec(slots.y).shape, slots.lengths, a.reverse);
  const T* ys = c.in<T>(slots.y);
  const T* gates = optional_input<T>(c, slots.gates);
  const T* cells = optional_input<T>(c, slots.cells);
  // What arrives; null where nothing does.
  const T *dys = optional_input<T>(c, slots.dy), *dgates = optional_input<T>(c, slots.dgates),
          *dcells = optional_input<T>(c, slots.dcells);
  const auto state = [&](int slot, std::int64_t width) {
    Numbers d(static_cast<std::size_t>(width));
    if (slot >= 0) std::copy_n(c.in<T>(slot) + row * width, width, d.begin());
    return d;
  };
  Numbers dh = state(slots.dh_n, R), dc = state(slots.dc_n, H);
  T* products = gru ? c.out<T>(2) : nullptr;
  T* handed = a.projected ? c.out<T>(3) : nullptr;

  for (std::int64_t i = s.steps - 1; i >= 0; --i) {
    const std::int64_t t = s.step(i);
    T* dx = s.at(c.out<T>(), t, G * H);
    T* dproduct = s.at(products, t, 3 * H);
    if (t >= s.length) {
      std::fill_n(dx, G * H, T(0));
      if (gru) std::fill_n(dproduct, 3 * H, T(0));
      if (handed) std::fill_n(s.at(handed, t, R), R, T(0));
      continue;
    }
    for (std::int64_t j = 0; dys && j < R; ++j) dh[j] += double{s.at(dys, t, R)[j]};
    Numbers dhidden(static_cast<std::size_t>(H)), before(static_cast<std::size_t>(R));
    if (a.projected) {
      for (std::int64_t j = 0; j < R; ++j) s.at(handed, t, R)[j] = T(dh[j]);
      add_transposed(c.in<T>(slots.projection), R, H, dh.data(), dhidden.data());
    } else {
      dhidden = dh;
    }
    const T* g = s.at(gates, t, 4 * H);
    const T* more = s.at(dgates, t, 4 * H);
    const auto extra = [&](std::int64_t gate, std::int64_t j) {
      return more ? double{more[gate * H + j]} : 0.0;
    };
    const T* y = s.at(ys, t, R);
    const T* h_before = s.before(ys, c.in<T>(1), t, R);
    const T* c_before = lstm ? s.before(cells, c.in<T>(slots.c0), t, H) : nullptr;
    for (std::int64_t j = 0; j < H; ++j) {
      const double d = dhidden[j];
      if (lstm) {
        const double in = g[j], forget = g[H + j], next = g[2 * H + j], shown = g[3 * H + j];
        const double seen = std::tanh(double{s.at(cells, t, H)[j]});
        double& carried = dc[j];
        carried += d * shown * (1 - seen * seen) + (dcells ? double{s.at(dcells, t, H)[j]} : 0.0);
        dx[j] = T((carried * next + extra(0, j)) * in * (1 - in));
        dx[H + j] = T((carried * double{c_before[j]} + extra(1, j)) * forget * (1 - forget));
        dx[2 * H + j] = T((carried * in + extra(2, j)) * (1 - next * next));
        dx[3 * H + j] = T((d * seen + extra(3, j)) * shown * (1 - shown));
        carried *= forget;
      } else if (gru) {
        const double reset = g[j], update = g[H + j], next = g[2 * H + j], scaled = g[3 * H + j];
        const double dnext = (d * (1 - update) + extra(2, j)) * (1 - next * next);
        dx[j] = T((dnext * scaled + extra(0, j)) * reset * (1 - reset));
        dx[H + j] = T((d * (double{h_before[j]} - next) + extra(1, j)) * update * (1 - update));
        dx[2 * H + j] = T(dnext);
        dproduct[j] = dx[j], dproduct[H + j] = dx[H + j];
        dproduct[2 * H + j] = T(dnext * reset + extra(3, j));
        before[j] = d * update;
      } else {
        const double out = y[j];
        dx[j] = T(d * (a.kind == RecurrentKind::tanh ? 1 - out * out : out > 0 ? 1.0 : 0.0));
      }
    }
    add_transposed(c.in<T>(0), G * H, R, gru ? dproduct : dx, before.data());
    dh = before;
  }
  for (std::int64_t j = 0; j < R; ++j) c.out<T>(1)[row * R + j] = T(dh[j]);
  for (std::int64_t j = 0; lstm && j < H; ++j) c.out<T>(2)[row * H + j] = T(dc[j]);
}

}  // namespace

void run_recurrent(const op::Recurrent& a, const HostCall& c) {
  c.parallel(c.in_spec(0).shape[1], [&](std::int64_t row) {
    c.in_spec(0).dtype == DType::f32 ? forward<float>(a, c, row) : forward<double>(a, c, row);
  });
}
void run_recurrent_backward(const op::RecurrentBackward& a, const HostCall& c) {
  c.parallel(c.in_spec(1).shape[0], [&](std::int64_t row) {
    c.in_spec(0).dtype == DType::f32 ? backward<float>(a, c, row) : backward<double>(a, c, row);
  });
}

}  // namespace fathom::ops
