// Softmax, its gradient, and sparsemax.
#include <algorithm>

#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/row_step.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/ops/norm.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;

class SoftmaxStep final : public RowStep {
 public:
  ValueId in, out;
  std::int64_t width;
  bool logarithm;
  std::string describe() const override {
    return std::string(logarithm ? "log_softmax " : "softmax ") + std::to_string(rows) + "x" +
           std::to_string(width);
  }
  void run_rows(Buffers buffers, std::int64_t begin, std::int64_t end) const override {
    const auto kernel = logarithm ? cpu::rows().log_softmax : cpu::rows().softmax;
    kernel(at<const float>(buffers, in), at<float>(buffers, out), begin, end, width);
  }
};

class SoftmaxBackwardStep final : public RowStep {
 public:
  ValueId dy, y, dx;
  std::int64_t width;
  bool logarithm;
  std::string describe() const override {
    return std::string(logarithm ? "log_softmax_backward " : "softmax_backward ") +
           std::to_string(rows) + "x" + std::to_string(width);
  }
  void run_rows(Buffers buffers, std::int64_t begin, std::int64_t end) const override {
    const auto kernel = logarithm ? cpu::rows().log_softmax_grad : cpu::rows().softmax_grad;
    kernel(at<const float>(buffers, y), at<const float>(buffers, dy), at<float>(buffers, dx), begin,
           end, width);
  }
};

/// The threshold rises from that of all elements to that of those above it, until none falls out.
class SparsemaxStep final : public RowStep {
 public:
  ValueId in, out;
  std::int64_t width;
  std::string describe() const override {
    return "sparsemax " + std::to_string(rows) + "x" + std::to_string(width);
  }
  void run_rows(Buffers buffers, std::int64_t begin, std::int64_t end) const override {
    for (std::int64_t row = begin; row < end; ++row) {
      const float* x = at<const float>(buffers, in) + row * width;
      float* y = at<float>(buffers, out) + row * width;
      const double largest = *std::max_element(x, x + width);
      double threshold = -1;  // nothing below the largest element less 1 is left
      for (std::int64_t before = -1;;) {
        double sum = 0;
        std::int64_t count = 0;
        for (std::int64_t i = 0; i < width; ++i) {
          const double z = x[i] - largest;
          if (z <= threshold) continue;  // NaN counts
          sum += z;
          ++count;
        }
        if (count == before) break;
        before = count;
        threshold = (sum - 1) / static_cast<double>(count);
      }
      for (std::int64_t i = 0; i < width; ++i) {
        const double z = x[i] - largest - threshold;
        y[i] = static_cast<float>(z < 0 ? 0 : z);
      }
    }
  }
};

}  // namespace

template <> std::unique_ptr<Step> make_step<op::Softmax>(const StepContext& c) {
  auto step = std::make_unique<SoftmaxStep>();
  step->in = c.inputs[0];
  step->out = c.outputs[0];
  step->logarithm = c.attributes<op::Softmax>().logarithm;
  step->width = set_rows(*step, c.input(0).shape, 4);
  step->row_inputs = {c.inputs[0]};
  return step;
}

template <> std::unique_ptr<Step> make_step<op::SoftmaxBackward>(const StepContext& c) {
  auto step = std::make_unique<SoftmaxBackwardStep>();
  step->dy = c.inputs[0];
  step->y = c.inputs[1];
  step->dx = c.outputs[0];
  step->logarithm = c.attributes<op::SoftmaxBackward>().logarithm;
  step->width = set_rows(*step, c.input(1).shape, 2);
  step->row_inputs = c.inputs;
  return step;
}

template <> std::unique_ptr<Step> make_step<op::Sparsemax>(const StepContext& c) {
  auto step = std::make_unique<SparsemaxStep>();
  step->in = c.inputs[0];
  step->out = c.outputs[0];
  step->width = set_rows(*step, c.input(0).shape, 8);
  step->row_inputs = {step->in};
  return step;
}

}  // namespace fathom::cpu
