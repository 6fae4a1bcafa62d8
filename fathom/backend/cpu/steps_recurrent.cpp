// Recurrent layers: a task takes some sequences of the batch through all steps, so that no thread
// waits for another between them. Each step is a product with the packed weight, then row by row
// the pointwise part (kernels/recurrent.cpp).
#include <algorithm>

#include "fathom/backend/cpu/gemm.h"
#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/ops/recurrent.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;
using std::int64_t;
using Kind = RecurrentKind;

/// The weight of a product that every step repeats, packed once a run where there are enough steps.
class StepWeight {
 public:
  StepWeight() = default;
  StepWeight(bool transposed, int64_t n, int64_t k, int64_t steps) : transposed_(transposed) {
    constexpr int64_t few_steps = 4;
    args_ = {
        .transpose_b = transposed, .m = 64, .n = n, .k = k, .lda = k, .ldb = transposed ? k : n};
    args_.ldc = n;
    if (steps >= few_steps) packed_size_ = static_cast<int64_t>(gemm_packed_size(args_));
  }
  int64_t packed_size() const { return packed_size_; }
  /// What multiply() takes, made of the weight in working memory.
  GemmArgs bind(const float* weight, float* memory) const {
    GemmArgs bound = args_;
    bound.b = weight;
    if (packed_size_ == 0) return bound;
    gemm_pack(bound, memory);
    bound.packed_b = memory;
    return bound;
  }
  static void multiply(GemmArgs bound, const float* a, int64_t rows, float* c, bool accumulate,
                       const float* bias = nullptr) {
    bound.m = rows;
    bound.a = a;
    bound.c = c;
    bound.accumulate = accumulate;
    bound.bias = bias;
    gemm(bound);
  }

 private:
  bool transposed_ = false;
  GemmArgs args_;
  int64_t packed_size_ = 0;
};

/// Parts of a step's scratch, each on a cache line.
class ScratchParts {
 public:
  int64_t add(int64_t floats) {
    const int64_t start = size_;
    size_ += (floats + 15) / 16 * 16;
    return start;
  }
  std::size_t bytes() const { return static_cast<std::size_t>(size_) * sizeof(float); }

 private:
  int64_t size_ = 16;  // there is scratch even for no sequences
};

/// What forward and backward share: extents, the walk over steps, who is at which step.
class SequencesStep : public Step {
 public:
  std::vector<ValueId> in, out;
  Kind kind;
  bool reverse, projected;
  int64_t steps, batch, hidden, handed;
  StepWeight weight, projection;
  int64_t packed_weight, packed_projection;

  std::string describe() const final {
    static constexpr const char* names[] = {"tanh", "relu", "lstm", "gru"};
    return title() + names[static_cast<int>(kind)] + " " + std::to_string(steps) + "x" +
           std::to_string(batch) + "x" + std::to_string(hidden) + (reverse ? " reverse" : "");
  }
  virtual std::string title() const = 0;

 protected:
  int64_t gates() const { return ops::gate_count(kind) * hidden; }
  bool lstm() const { return kind == Kind::lstm; }
  bool gru() const { return kind == Kind::gru; }
  template <class T = const float> T* input(Buffers buffers, int slot) const {
    return slot < 0 ? nullptr : at<T>(buffers, in[static_cast<std::size_t>(slot)]);
  }
  float* output(Buffers buffers, int i) const {
    return at<float>(buffers, out[static_cast<std::size_t>(i)]);
  }
  /// Which step is the i-th of the walk.
  int64_t step(int64_t i) const { return reverse ? steps - 1 - i : i; }
  /// The row that a sequence's step t found as its state: of `all`, or of the initial one.
  const float* before(const float* all, const float* initial, int64_t t, int64_t row, int64_t width,
                      const int64_t* lengths) const {
    const int64_t previous = reverse ? t + 1 : t - 1;
    const int64_t end = lengths ? lengths[row] : steps;
    if (previous < 0 || previous >= end) return initial + row * width;
    return all + (previous * batch + row) * width;
  }
  /// Calls body(first sequence, count); what a sequence gets depends on no other.
  template <class F> void for_sequences(F body) const {
    constexpr int64_t least_rows = 8, serial_work = 100'000;
    const int64_t work = steps * batch * gates() * handed;
    const int64_t tasks = work < serial_work
                              ? 1
                              : std::min<int64_t>(threads(), (batch + least_rows - 1) / least_rows);
    if (batch == 0) return;
    if (tasks == 1) return body(int64_t{0}, batch);  // a large product may use the pool itself
    parallel_for(tasks, [&](int64_t i) {
      const int64_t begin = batch * i / tasks;
      body(begin, batch * (i + 1) / tasks - begin);
    });
  }
};

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
    const GemmArgs by_weight = weight.bind(input(buffers, 1), memory + packed_weight);
    const GemmArgs by_projection =
        projected ? projection.bind(input(buffers, slots.projection), memory + packed_projection)
                  : GemmArgs{};
    for_sequences([&](int64_t first, int64_t rows) {
      const float* h0 = input(buffers, 2);
      float* h = memory + state + first * handed;
      std::copy_n(h0 + first * handed, rows * handed, h);
      for (int64_t i = 0; i < steps; ++i) {
        const int64_t t = step(i);
        if (lstm())
          lstm_step(buffers, by_weight, by_projection, t, first, rows);
        else if (gru())
          gru_step(buffers, by_weight, t, first, rows);
        else
          plain_step(buffers, by_weight, t, first, rows);
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
    (kind == Kind::tanh ? recurrent().tanh : recurrent().relu)(y, rows * hidden);
    for (int64_t r = 0; r < rows; ++r)
      hand_on(h + r * hidden, y + r * hidden, lengths && t >= lengths[first + r], true);
  }
};

class RecurrentBackwardStep final : public SequencesStep {
 public:
  ops::RecurrentBackwardSlots slots{op::RecurrentBackward{}};
  int64_t next, dhidden;  // in scratch

  std::string title() const override { return "recurrent_backward "; }
  void run(Buffers buffers) const override {
    auto* memory = at<float>(buffers, scratch);
    const GemmArgs by_weight = weight.bind(input(buffers, 0), memory + packed_weight);
    const GemmArgs by_projection =
        projected ? projection.bind(input(buffers, slots.projection), memory + packed_projection)
                  : GemmArgs{};
    for_sequences([&](int64_t first, int64_t rows) {
      start(buffers, slots.dh_n, output(buffers, 1), first, rows, handed);
      if (lstm()) start(buffers, slots.dc_n, output(buffers, 2), first, rows, hidden);
      for (int64_t i = steps - 1; i >= 0; --i)
        run_step(buffers, by_weight, by_projection, step(i), first, rows);
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
      (kind == Kind::tanh ? recurrent().tanh_grad : recurrent().relu_grad)(part(ys, hidden), d, dx,
                                                                           hidden);
    }
  }
};

/// What both kinds of step are made from; the weight's products differ.
template <class S, class Op>
std::unique_ptr<S> sequences_step(const StepContext& c, const Shape& y, const Shape& weight,
                                  bool transposed, ScratchParts& parts) {
  const Op& a = c.attributes<Op>();
  auto step = std::make_unique<S>();
  step->slots = decltype(step->slots)(a);
  step->in = c.inputs;
  step->out = c.outputs;
  step->kind = a.kind;
  step->reverse = a.reverse;
  step->projected = a.projected;
  step->steps = y[0];
  step->batch = y[1];
  step->handed = y[2];
  step->hidden = weight[0] / ops::gate_count(a.kind);
  const int64_t rows = weight[0], R = step->handed, H = step->hidden;
  step->weight = transposed ? StepWeight(true, rows, R, y[0]) : StepWeight(false, R, rows, y[0]);
  step->packed_weight = parts.add(step->weight.packed_size());
  if (a.projected) {
    step->projection = transposed ? StepWeight(true, R, H, y[0]) : StepWeight(false, H, R, y[0]);
    step->packed_projection = parts.add(step->projection.packed_size());
  }
  return step;
}

}  // namespace

template <> std::unique_ptr<Step> make_step<op::Recurrent>(const StepContext& c) {
  if (c.input(0).dtype != DType::f32) return make_host(c);
  ScratchParts parts;
  auto step = sequences_step<RecurrentStep, op::Recurrent>(c, c.output().shape, c.input(1).shape,
                                                           true, parts);
  step->state = parts.add(step->batch * step->handed);
  step->product = parts.add(step->kind == Kind::gru ? step->batch * 3 * step->hidden : 0);
  step->unprojected = parts.add(step->projected ? step->batch * step->hidden : 0);
  step->scratch_bytes = parts.bytes();
  return step;
}

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
