// Recurrent layers, forward.
#include "fathom/backend/cpu/recurrent_step.h"

namespace fathom::cpu {
namespace {

class RecurrentStep final : public SequencesStep {
 public:
  ops::RecurrentSlots slots{op::Recurrent{}};
  int64_t state, product, unprojected;  // in scratch

  std::string title() const override { return "recurrent "; }
  bool may_overwrite(ValueId input, int output) const override {
    return input == in[0] && output == (lstm() ? 3 : gru() ? -1 : 0);
  }
  void run(Buffers buffers) const override {
    auto* memory = at<float>(buffers, scratch);
    const Products by = bind(buffers, 1, slots.projection);
    for_sequences([&](int64_t first, int64_t rows) {
      const float* h0 = input(buffers, 2);
      float* h = memory + state + first * handed;
      std::copy_n(h0 + first * handed, rows * handed, h);
      for (int64_t i = 0; i < steps; ++i) {
        const int64_t t = step(i);
        if (lstm())
          lstm_step(buffers, by.weight, by.projection, t, first, rows);
        else if (gru())
          gru_step(buffers, by.weight, t, first, rows);
        else
          plain_step(buffers, by.weight, t, first, rows);
      }
      std::copy_n(h, rows * handed, output(buffers, 1) + first * handed);
      if (!lstm()) return;
      const float* cells = output(buffers, 4) + (step(steps - 1) * batch + first) * hidden;
      std::copy_n(cells, rows * hidden, output(buffers, 2) + first * hidden);
    });
  }

 private:
  /// Hands the state on, or y to the state; a sequence that has ended keeps it and gives zeros.
  void hand_on(float* h, float* y, bool ended, bool from_y) const {
    if (ended)
      std::fill_n(y, handed, 0.0F);
    else if (from_y)
      std::copy_n(y, handed, h);
    else
      std::copy_n(h, handed, y);
  }

  void lstm_step(Buffers buffers, const GemmArgs& by_weight, const GemmArgs& by_projection,
                 int64_t t, int64_t first, int64_t rows) const {
    auto* memory = at<float>(buffers, scratch);
    const auto* lengths = input<const int64_t>(buffers, slots.lengths);
    const int64_t at_step = t * batch + first;
    const float* x = input(buffers, 0) + at_step * gates();
    float* g = output(buffers, 3) + at_step * gates();
    float* h = memory + state + first * handed;
    float* unseen = memory + unprojected + first * hidden;
    float* y = output(buffers, 0) + at_step * handed;
    float* cells = output(buffers, 4);
    const float* c0 = input(buffers, slots.c0);
    if (g != x) std::copy_n(x, rows * gates(), g);
    StepWeight::multiply(by_weight, h, rows, g, true);
    for (int64_t r = 0; r < rows; ++r) {
      const int64_t row = first + r;
      const bool ended = lengths && t >= lengths[row];
      float* cell = cells + (t * batch + row) * hidden;
      // The cells of ended steps repeat the state, so the step before always has it.
      const float* cell_before = before(cells, c0, t, row, hidden, nullptr);
      if (ended) {
        std::fill_n(g + r * gates(), gates(), 0.0F);
        std::copy_n(cell_before, hidden, cell);
      } else {
        float* to = projected ? unseen + r * hidden : h + r * hidden;
        recurrent().lstm({g + r * gates(), cell_before, cell, to}, hidden);
      }
      if (!projected) hand_on(h + r * handed, y + r * handed, ended, false);
    }
    if (!projected) return;
    StepWeight::multiply(by_projection, unseen, rows, y, false);
    for (int64_t r = 0; r < rows; ++r)
      hand_on(h + r * handed, y + r * handed, lengths && t >= lengths[first + r], true);
  }

  void gru_step(Buffers buffers, const GemmArgs& by_weight, int64_t t, int64_t first,
                int64_t rows) const {
    auto* memory = at<float>(buffers, scratch);
    const auto* lengths = input<const int64_t>(buffers, slots.lengths);
    const int64_t at_step = t * batch + first;
    const float* x = input(buffers, 0) + at_step * gates();
    float* g = output(buffers, 2) + at_step * 4 * hidden;
    float* h = memory + state + first * handed;
    float* sums = memory + product + first * gates();
    float* y = output(buffers, 0) + at_step * handed;
    StepWeight::multiply(by_weight, h, rows, sums, false, input(buffers, slots.bias));
    for (int64_t r = 0; r < rows; ++r) {
      const bool ended = lengths && t >= lengths[first + r];
      if (ended)
        std::fill_n(g + r * 4 * hidden, 4 * hidden, 0.0F);
      else
        recurrent().gru({x + r * gates(), sums + r * gates(), h + r * hidden, g + r * 4 * hidden},
                        hidden);
      hand_on(h + r * handed, y + r * handed, ended, false);
    }
  }

  void plain_step(Buffers buffers, const GemmArgs& by_weight, int64_t t, int64_t first,
                  int64_t rows) const {
    const auto* lengths = input<const int64_t>(buffers, slots.lengths);
    const int64_t at_step = t * batch + first;
    const float* x = input(buffers, 0) + at_step * hidden;
    float* h = at<float>(buffers, scratch) + state + first * hidden;
    float* y = output(buffers, 0) + at_step * hidden;
    if (y != x) std::copy_n(x, rows * hidden, y);
    StepWeight::multiply(by_weight, h, rows, y, true);
    (kind == RecurrentKind::tanh ? recurrent().tanh : recurrent().relu)(y, rows * hidden);
    for (int64_t r = 0; r < rows; ++r)
      hand_on(h + r * hidden, y + r * hidden, lengths && t >= lengths[first + r], true);
  }
};

}  // namespace

template <> std::unique_ptr<Step> make_step<op::Recurrent>(const StepContext& c) {
  if (c.input(0).dtype != DType::f32) return make_host(c);
  ScratchParts parts;
  auto step = sequences_step<RecurrentStep, op::Recurrent>(c, c.output().shape, c.input(1).shape,
                                                           true, parts);
  step->state = parts.add(step->batch * step->handed);
  step->product = parts.add(step->kind == RecurrentKind::gru ? step->batch * 3 * step->hidden : 0);
  step->unprojected = parts.add(step->projected ? step->batch * step->hidden : 0);
  step->scratch_bytes = parts.bytes();
  return step;
}

}  // namespace fathom::cpu
