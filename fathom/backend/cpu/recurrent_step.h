// What the steps of recurrent layers share, forward and backward: a task takes some sequences of
// the batch through all steps, so that no thread waits for another between them. Each step is a
// product with the packed weight, then row by row the pointwise part (kernels/recurrent.cpp).
#pragma once
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "fathom/backend/cpu/gemm.h"
#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/ops/recurrent.h"

namespace fathom::cpu {

using graph::ValueId;
using std::int64_t;

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
  RecurrentKind kind;
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
  bool lstm() const { return kind == RecurrentKind::lstm; }
  bool gru() const { return kind == RecurrentKind::gru; }
  template <class T = const float> T* input(Buffers buffers, int slot) const {
    return slot < 0 ? nullptr : at<T>(buffers, in[static_cast<std::size_t>(slot)]);
  }
  float* output(Buffers buffers, int i) const {
    return at<float>(buffers, out[static_cast<std::size_t>(i)]);
  }
  /// The products that every step repeats, with their weights in scratch.
  struct Products {
    GemmArgs weight, projection;
  };
  Products bind(Buffers buffers, int weight_slot, int projection_slot) const {
    float* const memory = at<float>(buffers, scratch);
    Products p{weight.bind(input(buffers, weight_slot), memory + packed_weight), {}};
    if (projected)
      p.projection = projection.bind(input(buffers, projection_slot), memory + packed_projection);
    return p;
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

}  // namespace fathom::cpu
