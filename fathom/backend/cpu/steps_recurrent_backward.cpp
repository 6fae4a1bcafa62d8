// Gradients of recurrent layers.
#include "fathom/backend/cpu/recurrent_step.h"

namespace fathom::cpu {
namespace {

class RecurrentBackwardStep final : public SequencesStep {
 public:
  ops::RecurrentBackwardSlots slots{op::RecurrentBackward{}};
  int64_t next, dhidden;  // in scratch

  std::string title() const override { return "recurrent_backward "; }
  void run(Buffers buffers) const override {
    const Products by = bind(buffers, 0, slots.projection);
    for_sequences([&](int64_t first, int64_t rows) {
      start(buffers, slots.dh_n, output(buffers, 1), first, rows, handed);
      if (lstm()) start(buffers, slots.dc_n, output(buffers, 2), first, rows, hidden);
      for (int64_t i = steps - 1; i >= 0; --i)
        run_step(buffers, by.weight, by.projection, step(i), first, rows);
    });
  }

 private:
  /// The gradient by the last state, where one arrives, in the place of that by the first.
  void start(Buffers buffers, int slot, float* d, int64_t first, int64_t rows,
             int64_t width) const {
    if (const float* arriving = input(buffers, slot))
      std::copy_n(arriving + first * width, rows * width, d + first * width);
    else
      std::fill_n(d + first * width, rows * width, 0.0F);
  }

  void run_step(Buffers buffers, const GemmArgs& by_weight, const GemmArgs& by_projection,
                int64_t t, int64_t first, int64_t rows) const {
    auto* memory = at<float>(buffers, scratch);
    const auto* lengths = input<const int64_t>(buffers, slots.lengths);
    const int64_t at_step = t * batch + first;
    const float* dy = input(buffers, slots.dy);
    float* dh = output(buffers, 1) + first * handed;
    float* after = memory + next + first * handed;
    for (int64_t r = 0; dy && r < rows; ++r) {
      if (lengths && t >= lengths[first + r]) continue;
      const float* more = dy + (at_step + r) * handed;
      for (int64_t j = 0; j < handed; ++j) dh[r * handed + j] += more[j];
    }
    const float* d = dh;
    if (projected) {
      float* unseen = memory + dhidden + first * hidden;
      StepWeight::multiply(by_projection, dh, rows, unseen, false);
      d = unseen;
    }
    for (int64_t r = 0; r < rows; ++r)
      run_row(buffers, t, first + r, d + r * hidden, after + r * handed,
              lengths && t >= lengths[first + r]);
    const float* products = output(buffers, gru() ? 2 : 0) + at_step * gates();
    StepWeight::multiply(by_weight, products, rows, after, gru());
    for (int64_t r = 0; r < rows; ++r)
      if (!lengths || t < lengths[first + r])
        std::copy_n(after + r * handed, handed, dh + r * handed);
  }

  void run_row(Buffers buffers, int64_t t, int64_t row, const float* d, float* after,
               bool ended) const {
    const auto* lengths = input<const int64_t>(buffers, slots.lengths);
    const int64_t place = t * batch + row;
    const auto part = [&](const float* p, int64_t width) {
      return p ? p + place * width : nullptr;
    };
    float* dx = output(buffers, 0) + place * gates();
    float* products = gru() ? output(buffers, 2) + place * gates() : nullptr;
    if (projected) {
      float* dhanded = output(buffers, 3) + place * handed;
      const float* dh = output(buffers, 1) + row * handed;
      ended ? std::fill_n(dhanded, handed, 0.0F) : std::copy_n(dh, handed, dhanded);
    }
    if (ended) {
      std::fill_n(dx, gates(), 0.0F);
      if (products) std::fill_n(products, gates(), 0.0F);
      if (gru()) std::fill_n(after, handed, 0.0F);
      return;
    }
    const float* ys = input(buffers, slots.y);
    const float* g = part(input(buffers, slots.gates), 4 * hidden);
    const float* more = part(input(buffers, slots.dgates), 4 * hidden);
    if (lstm()) {
      const float* cells = input(buffers, slots.cells);
      recurrent().lstm_grad(
          {g, before(cells, input(buffers, slots.c0), t, row, hidden, lengths), part(cells, hidden),
           d, more, part(input(buffers, slots.dcells), hidden), output(buffers, 2) + row * hidden,
           dx},
          hidden);
    } else if (gru()) {
      recurrent().gru_grad(
          {g, before(ys, input(buffers, 1), t, row, hidden, lengths), d, more, dx, products, after},
          hidden);
    } else {
      (kind == RecurrentKind::tanh ? recurrent().tanh_grad : recurrent().relu_grad)(
          part(ys, hidden), d, dx, hidden);
    }
  }
};

}  // namespace

template <> std::unique_ptr<Step> make_step<op::RecurrentBackward>(const StepContext& c) {
  if (c.input(0).dtype != DType::f32) return make_host(c);
  const ops::RecurrentBackwardSlots slots(c.attributes<op::RecurrentBackward>());
  ScratchParts parts;
  auto step = sequences_step<RecurrentBackwardStep, op::RecurrentBackward>(
      c, c.input(slots.y).shape, c.input(0).shape, false, parts);
  step->next = parts.add(step->batch * step->handed);
  step->dhidden = parts.add(step->projected ? step->batch * step->hidden : 0);
  step->scratch_bytes = parts.bytes();
  return step;
}

}  // namespace fathom::cpu
