// The optimizers' updates, in place where the old memory is donated.
#include <cmath>
#include <cstring>

#include "fathom/backend/cpu/kernels/optim.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/optim/updates.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;

const OptimKernels& kernels() { return choose(avx2::optim_kernels, avx512::optim_kernels); }

/// State that a kernel updates in place: input and output are one if the memory was donated, else
/// the input is copied first, piece by piece.
class UpdateStep : public Step {
 public:
  struct State {
    ValueId in, out;
  };
  std::vector<State> states;  // the parameter first
  ValueId gradient, rates;
  std::int64_t size;
  std::string text;

  std::string describe() const override { return text; }
  int may_overwrite(ValueId input) const override {
    for (std::size_t i = 0; i < states.size(); ++i)
      if (states[i].in == input) return static_cast<int>(i);
    return -1;
  }

 protected:
  float* state(Buffers buffers, std::size_t i, std::int64_t begin, std::int64_t end) const {
    float* to = at<float>(buffers, states[i].out);
    const float* from = at<const float>(buffers, states[i].in);
    if (to != from)
      std::memcpy(to + begin, from + begin, static_cast<std::size_t>(end - begin) * sizeof(float));
    return to + begin;
  }
};

class SgdStep final : public UpdateStep {
 public:
  op::SgdUpdate attributes;
  void run(Buffers buffers) const override {
    const double* r = at<const double>(buffers, rates);
    const Sgd a{static_cast<float>(r[0]),
                static_cast<float>(r[1]),
                states.size() > 1 ? static_cast<float>(r[2]) : 0.0f,
                static_cast<float>(r[3]),
                attributes.nesterov,
                attributes.first};
    for_ranges(size, 2, [&](std::int64_t begin, std::int64_t end) {
      float* p = state(buffers, 0, begin, end);
      float* momentum = states.size() > 1 ? state(buffers, 1, begin, end) : nullptr;
      kernels().sgd(a, p, at<const float>(buffers, gradient) + begin, momentum, end - begin);
    });
  }
};

class AdamStep final : public UpdateStep {
 public:
  bool decoupled;
  void run(Buffers buffers) const override {
    const double* r = at<const double>(buffers, rates);
    const double beta1 = r[0], beta2 = r[1], decay = r[3], lr = r[4], step = r[5];
    Adam a{};
    a.beta1 = static_cast<float>(beta1);
    a.beta2 = static_cast<float>(beta2);
    a.eps = static_cast<float>(r[2]);
    a.weight_decay = decoupled ? 0.0f : static_cast<float>(decay);
    a.step_size = static_cast<float>(lr / (1 - std::pow(beta1, step)));
    a.inv_bias2_sqrt = static_cast<float>(1 / std::sqrt(1 - std::pow(beta2, step)));
    a.one_minus_beta1 = static_cast<float>(1 - beta1);
    a.one_minus_beta2 = static_cast<float>(1 - beta2);
    a.decay = static_cast<float>(1 - lr * decay);
    const auto kernel = decoupled ? kernels().adamw : kernels().adam;
    for_ranges(size, 4, [&](std::int64_t begin, std::int64_t end) {
      float* p = state(buffers, 0, begin, end);
      float* m = state(buffers, 1, begin, end);
      float* v = state(buffers, 2, begin, end);
      kernel(a, p, at<const float>(buffers, gradient) + begin, m, v, end - begin);
    });
  }
};

void set_common(UpdateStep& step, const StepContext& c, std::initializer_list<int> state_inputs,
                int rates, const char* name) {
  int output = 0;
  for (int i : state_inputs)
    step.states.push_back(
        {c.inputs[static_cast<std::size_t>(i)], c.outputs[static_cast<std::size_t>(output++)]});
  step.gradient = c.inputs[1];
  step.rates = c.inputs[static_cast<std::size_t>(rates)];
  step.size = c.input(0).shape.size();
  step.text = std::string(name) + " " + to_string(c.input(0).shape);
}

}  // namespace

std::unique_ptr<Step> make_sgd(const StepContext& c) {
  auto step = std::make_unique<SgdStep>();
  step->attributes = c.attributes<op::SgdUpdate>();
  if (c.inputs.size() > 3)
    set_common(*step, c, {0, 3}, 2, "sgd");
  else
    set_common(*step, c, {0}, 2, "sgd");
  return step;
}

std::unique_ptr<Step> make_adam(const StepContext& c) {
  auto step = std::make_unique<AdamStep>();
  step->decoupled = c.attributes<op::AdamUpdate>().decoupled;
  set_common(*step, c, {0, 3, 4}, 2, step->decoupled ? "adamw" : "adam");
  return step;
}

}  // namespace fathom::cpu
