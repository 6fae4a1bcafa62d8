// The optimizers' updates, in place where the old memory is donated.
#include <array>
#include <bit>
#include <cstring>

#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/kernels/optim.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/optim/updates.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;

/// The settings of a kernel: an update's numbers, rounded.
template <class Settings> Settings rounded(const double* numbers) {
  constexpr std::size_t count = sizeof(Settings) / sizeof(float);
  std::array<float, count> floats;
  for (std::size_t i = 0; i < count; ++i) floats[i] = static_cast<float>(numbers[i]);
  return std::bit_cast<Settings>(floats);
}

/// The parameter and its state, which are updated in place: input and output are one if the memory
/// was donated, else the input is copied first, piece by piece.
struct UpdateStep : Step {
  struct State {
    ValueId in, out;
  };
  std::vector<State> states;  // the parameter first
  ValueId gradient, numbers;
  std::int64_t size;
  std::string text;

  explicit UpdateStep(const StepContext& c)
      : gradient(c.inputs[1]), numbers(c.inputs[2]), size(c.input(0).shape.size()) {
    states.push_back({c.inputs[0], c.outputs[0]});
    for (std::size_t i = 3; i < c.inputs.size(); ++i)
      states.push_back({c.inputs[i], c.outputs[i - 2]});
    text = std::string(c.instruction.op->name) + " " + to_string(c.input(0).shape);
  }
  std::string describe() const override { return text; }
  bool may_overwrite(ValueId input, int output) const override {
    return states[static_cast<std::size_t>(output)].in == input;
  }

 protected:
  /// Calls update(p, g, state, n) for pieces of the parameter; state past the last slot is null.
  template <class Update> void in_pieces(Buffers buffers, std::size_t cost, Update update) const {
    for_ranges(size, cost, [&](std::int64_t begin, std::int64_t end) {
      float* own[4] = {};
      for (std::size_t i = 0; i < states.size(); ++i) {
        own[i] = at<float>(buffers, states[i].out) + begin;
        const float* from = at<const float>(buffers, states[i].in) + begin;
        if (own[i] != from)
          std::memcpy(own[i], from, static_cast<std::size_t>(end - begin) * sizeof(float));
      }
      update(own[0], at<const float>(buffers, gradient) + begin, own + 1, end - begin);
    });
  }
};

struct SgdStep final : UpdateStep {
  op::SgdUpdate attributes;
  explicit SgdStep(const StepContext& c)
      : UpdateStep(c), attributes(c.attributes<op::SgdUpdate>()) {}
  void run(Buffers buffers) const override {
    const auto a = rounded<Sgd>(at<const double>(buffers, numbers));
    in_pieces(buffers, 2, [&](float* p, const float* g, float** state, std::int64_t n) {
      cpu::optim().sgd(a, attributes.nesterov, attributes.first, p, g, state[0], n);
    });
  }
};

struct AdamStep final : UpdateStep {
  using UpdateStep::UpdateStep;
  void run(Buffers buffers) const override {
    const auto a = rounded<Adam>(at<const double>(buffers, numbers));
    in_pieces(buffers, 4, [&](float* p, const float* g, float** state, std::int64_t n) {
      cpu::optim().adam(a, p, g, state[0], state[1], state[2], n);
    });
  }
};

struct RmsPropStep final : UpdateStep {
  op::RmsPropUpdate attributes;
  explicit RmsPropStep(const StepContext& c)
      : UpdateStep(c), attributes(c.attributes<op::RmsPropUpdate>()) {}
  void run(Buffers buffers) const override {
    const auto a = rounded<RmsProp>(at<const double>(buffers, numbers));
    in_pieces(buffers, 4, [&](float* p, const float* g, float** state, std::int64_t n) {
      float* mean = attributes.centered ? state[1] : nullptr;
      cpu::optim().rmsprop(a, p, g, state[0], mean, state[attributes.centered ? 2 : 1], n);
    });
  }
};

struct AdagradStep final : UpdateStep {
  using UpdateStep::UpdateStep;
  void run(Buffers buffers) const override {
    const auto a = rounded<Adagrad>(at<const double>(buffers, numbers));
    in_pieces(buffers, 4, [&](float* p, const float* g, float** state, std::int64_t n) {
      cpu::optim().adagrad(a, p, g, state[0], n);
    });
  }
};

}  // namespace

template <> std::unique_ptr<Step> make_step<op::SgdUpdate>(const StepContext& c) {
  return std::make_unique<SgdStep>(c);
}
template <> std::unique_ptr<Step> make_step<op::AdamUpdate>(const StepContext& c) {
  return std::make_unique<AdamStep>(c);
}
template <> std::unique_ptr<Step> make_step<op::RmsPropUpdate>(const StepContext& c) {
  return std::make_unique<RmsPropStep>(c);
}
template <> std::unique_ptr<Step> make_step<op::AdagradUpdate>(const StepContext& c) {
  return std::make_unique<AdagradStep>(c);
}

}  // namespace fathom::cpu
