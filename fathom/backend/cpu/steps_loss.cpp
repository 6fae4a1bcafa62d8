// Cross entropy, forward and backward in one pass over the logits each.
#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/kernels/rows.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/graph/context.h"
#include "fathom/ops/loss.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;

class CrossEntropyStep final : public Step {
 public:
  CrossEntropyStep() { may_fail = true; }

  ValueId logits, target, loss, row_max, log_sum;
  std::int64_t rows, classes, ignore_index;
  float smoothing;
  graph::Origin origin;

  std::string describe() const override {
    return "cross_entropy " + std::to_string(rows) + "x" + std::to_string(classes);
  }
  void run(Buffers buffers) const override {
    const auto* t = at<const std::int64_t>(buffers, target);
    for (std::int64_t i = 0; i < rows; ++i)
      if ((t[i] < 0 || t[i] >= classes) && t[i] != ignore_index)
        throw IndexError(graph::position_error(t[i], i, 0, classes, origin));
    const CrossEntropy a{at<const float>(buffers, logits),
                         t,
                         nullptr,
                         classes,
                         ignore_index,
                         smoothing,
                         at<float>(buffers, row_max),
                         at<float>(buffers, log_sum),
                         at<float>(buffers, loss),
                         nullptr};
    for_ranges(rows, 4 * classes, [&](std::int64_t begin, std::int64_t end) {
      cpu::rows().cross_entropy(a, begin, end);
    });
  }
};

class CrossEntropyBackwardStep final : public Step {
 public:
  ValueId dloss, logits, target, row_max, log_sum, dlogits;
  std::int64_t rows, classes, ignore_index;
  float smoothing;

  std::string describe() const override {
    return "cross_entropy_backward " + std::to_string(rows) + "x" + std::to_string(classes);
  }
  void run(Buffers buffers) const override {
    const CrossEntropy a{at<const float>(buffers, logits),
                         at<const std::int64_t>(buffers, target),
                         nullptr,
                         classes,
                         ignore_index,
                         smoothing,
                         at<float>(buffers, row_max),
                         at<float>(buffers, log_sum),
                         nullptr,
                         nullptr};
    for_ranges(rows, 4 * classes, [&](std::int64_t begin, std::int64_t end) {
      cpu::rows().cross_entropy_grad(a, at<const float>(buffers, dloss), 1,
                                     at<float>(buffers, dlogits), begin, end);
    });
  }
};

}  // namespace

template <> std::unique_ptr<Step> make_step<op::CrossEntropy>(const StepContext& c) {
  const auto& a = c.attributes<op::CrossEntropy>();
  auto step = std::make_unique<CrossEntropyStep>();
  step->logits = c.inputs[0];
  step->target = c.inputs[1];
  step->loss = c.outputs[0];
  step->row_max = c.outputs[1];
  step->log_sum = c.outputs[2];
  step->rows = c.input(0).shape[0];
  step->classes = c.input(0).shape[1];
  step->ignore_index = a.ignore_index;
  step->smoothing = static_cast<float>(a.label_smoothing);
  step->origin = c.instruction.origin;
  return step;
}

template <> std::unique_ptr<Step> make_step<op::CrossEntropyBackward>(const StepContext& c) {
  const auto& a = c.attributes<op::CrossEntropyBackward>();
  auto step = std::make_unique<CrossEntropyBackwardStep>();
  step->dloss = c.inputs[0];
  step->logits = c.inputs[1];
  step->target = c.inputs[2];
  step->row_max = c.inputs[3];
  step->log_sum = c.inputs[4];
  step->dlogits = c.outputs[0];
  step->rows = c.input(1).shape[0];
  step->classes = c.input(1).shape[1];
  step->ignore_index = a.ignore_index;
  step->smoothing = static_cast<float>(a.label_smoothing);
  return step;
}

}  // namespace fathom::cpu
