#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/recurrent_loops.h"
#include "fathom/ops/shape.h"

namespace fathom::ops {
namespace {

using Kind = RecurrentKind;

/// The steps of a sequence in simple operations: what a backward node's own gradient is made of.
class Unrolled {
 public:
  Unrolled(const op::RecurrentBackward& a, graph::Inputs in)
      : a_(a), in_(in), slots_(a), steps_(in[slots_.y].shape()[0]) {
    if (a.lengths) lengths_ = unsqueeze(in[slots_.lengths], 1);
  }

  graph::Tensors run() {
    const bool lstm = a_.kind == Kind::lstm, gru = a_.kind == Kind::gru;
    dh_ = given(slots_.dh_n, in_[1]);
    if (lstm) dc_ = given(slots_.dc_n, in_[slots_.c0]);
    graph::Tensors dx(steps_), products(steps_), handed(steps_);
    for (std::int64_t i = steps_ - 1; i >= 0; --i) {
      const std::int64_t t = a_.reverse ? steps_ - 1 - i : i;
      const Tensor h = dh_, c = dc_;
      if (slots_.dy >= 0) dh_ = dh_ + step(slots_.dy, t);
      handed[t] = within(dh_, {}, t);
      Tensor d = a_.projected ? matmul(dh_, in_[slots_.projection]) : dh_;
      Tensor carried;  // to the step before, besides what goes through weight_hh
      Tensor product = lstm ? lstm_step(d, t) : gru ? gru_step(d, t, carried) : plain_step(d, t);
      product = within(product, {}, t);
      dx[t] = gru ? within(dx_, {}, t) : product;
      products[t] = product;
      Tensor before = matmul(product, in_[0]);
      if (carried.defined()) before = before + carried;
      dh_ = within(before, h, t);
      if (lstm) dc_ = within(dc_, c, t);
    }
    graph::Tensors out{stack(dx), dh_};
    if (lstm) out.push_back(dc_);
    if (gru) out.push_back(stack(products));
    if (a_.projected) out.push_back(stack(handed));
    return out;
  }

 private:
  Tensor given(int slot, const Tensor& like) const {
    return slot < 0 ? zeros_like(like) : in_[slot];
  }
  Tensor step(int slot, std::int64_t t) const { return select(in_[slot], 0, t); }
  /// x where the sequence has step t, else y, or zeros.
  Tensor within(const Tensor& x, const Tensor& y, std::int64_t t) const {
    if (!lengths_.defined()) return x;
    return where(lengths_ > t, x, y.defined() ? y : zeros_like(x));
  }
  Tensor before(int slot, const Tensor& initial, std::int64_t t) const {
    const std::int64_t previous = a_.reverse ? t + 1 : t - 1;
    if (previous < 0 || previous >= steps_) return initial;
    const Tensor x = step(slot, previous);
    return a_.reverse ? within(x, initial, previous) : x;
  }
  /// Gate k's gradient, with what arrives at the gate itself.
  Tensor plus_arriving(const Tensor& d, int k, std::int64_t t) const {
    if (slots_.dgates < 0) return d;
    const std::int64_t H = d.shape()[1];
    return d + slice(step(slots_.dgates, t), 1, k * H, (k + 1) * H);
  }
  graph::Tensors gates(std::int64_t t) const { return chunk(step(slots_.gates, t), 4, 1); }

  Tensor plain_step(const Tensor& d, std::int64_t t) const {
    const Tensor y = step(slots_.y, t);
    return a_.kind == Kind::tanh ? d * (1 - y * y) : where(y > 0, d, zeros_like(d));
  }
  Tensor lstm_step(const Tensor& d, std::int64_t t) {
    const graph::Tensors g = gates(t);
    const Tensor &in = g[0], &forget = g[1], &next = g[2], &shown = g[3];
    const Tensor seen = tanh(step(slots_.cells, t));
    dc_ = dc_ + d * shown * (1 - seen * seen);
    if (slots_.dcells >= 0) dc_ = dc_ + step(slots_.dcells, t);
    const Tensor c_before = before(slots_.cells, in_[slots_.c0], t);
    const Tensor all = concat({plus_arriving(dc_ * next, 0, t) * in * (1 - in),
                               plus_arriving(dc_ * c_before, 1, t) * forget * (1 - forget),
                               plus_arriving(dc_ * in, 2, t) * (1 - next * next),
                               plus_arriving(d * seen, 3, t) * shown * (1 - shown)},
                              1);
    dc_ = dc_ * forget;
    return all;
  }
  Tensor gru_step(const Tensor& d, std::int64_t t, Tensor& carried) {
    const graph::Tensors g = gates(t);
    const Tensor &reset = g[0], &update = g[1], &next = g[2], &scaled = g[3];
    const Tensor dnext = plus_arriving(d * (1 - update), 2, t) * (1 - next * next);
    const Tensor dreset = plus_arriving(dnext * scaled, 0, t) * reset * (1 - reset);
    const Tensor h_before = before(slots_.y, in_[1], t);
    const Tensor dupdate = plus_arriving(d * (h_before - next), 1, t) * update * (1 - update);
    carried = d * update;
    dx_ = concat({dreset, dupdate, dnext}, 1);
    return concat({dreset, dupdate, plus_arriving(dnext * reset, 3, t)}, 1);
  }

  const op::RecurrentBackward& a_;
  const graph::Inputs in_;
  const RecurrentBackwardSlots slots_;
  const std::int64_t steps_;
  Tensor lengths_;
  Tensor dh_, dc_;  // of the state that the step at hand leaves
  Tensor dx_;       // of a GRU's gates
};

}  // namespace

std::vector<Tensor> unrolled_recurrent_backward(const op::RecurrentBackward& a,
                                                std::span<const Tensor> in) {
  return Unrolled(a, in).run();
}

}  // namespace fathom::ops
