// The updates of the optimizers as steps, in place where the old memory is donated: of whole
// parameters (steps_optim.cpp) and by rows (steps_row_sums.cpp).
#pragma once
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/optim/updates.h"

namespace fathom::cpu {

/// The parameter and its state, which are updated in place: input and output are one if the memory
/// was donated, else the input is copied first, piece by piece.
struct UpdateStep : Step {
  struct State {
    graph::ValueId in, out;
  };
  std::vector<State> states;  // the parameter first
  graph::ValueId gradient, numbers;
  std::int64_t size;
  std::string text;

  explicit UpdateStep(const StepContext& c)
      : gradient(c.inputs[1]), numbers(c.inputs[2]), size(c.input(0).shape.size()) {
    states.push_back({c.inputs[0], c.outputs[0]});
    for (std::size_t i = 1; i < c.outputs.size(); ++i)
      states.push_back({c.inputs[i + 2], c.outputs[i]});
    text = std::string(c.instruction.op->name) + " " + to_string(c.input(0).shape);
  }
  std::string describe() const override { return text; }
  bool may_overwrite(graph::ValueId input, int output) const override {
    return states[static_cast<std::size_t>(output)].in == input;
  }

 protected:
  using Pointers = std::array<float*, 4>;
  /// The parameter and its slots from an element on, null past the last slot; [begin, end) is
  /// copied where the memory was not donated.
  Pointers piece(Buffers buffers, std::int64_t begin, std::int64_t end) const {
    Pointers own{};
    for (std::size_t i = 0; i < states.size(); ++i) {
      own[i] = at<float>(buffers, states[i].out) + begin;
      const float* from = at<const float>(buffers, states[i].in) + begin;
      if (own[i] != from)
        std::memcpy(own[i], from, static_cast<std::size_t>(end - begin) * sizeof(float));
    }
    return own;
  }
};

/// How an update's kernel is called. Settings: its numbers, rounded. `cost`: of an element. `run`
/// takes the parameter and its slots in `own`. `resting`: how many slots must be 0 where the
/// gradient is 0 for nothing to change there, or nothing if all changes.
template <class Op> struct UpdateKernel;

template <> struct UpdateKernel<op::SgdUpdate> {
  using Settings = Sgd;
  static constexpr std::size_t cost = 2;
  static void run(const op::SgdUpdate& u, const Sgd& a, float* const* own, const float* g,
                  std::int64_t n) {
    cpu::optim().sgd(a, u.nesterov, u.first, own[0], g, own[1], n);
  }
  static std::optional<int> resting(const Sgd& a, std::size_t slots) {
    return a.decay == 0 ? std::optional(static_cast<int>(slots)) : std::nullopt;
  }
};
template <> struct UpdateKernel<op::AdamUpdate> {
  using Settings = Adam;
  static constexpr std::size_t cost = 4;
  static void run(const op::AdamUpdate&, const Adam& a, float* const* own, const float* g,
                  std::int64_t n) {
    cpu::optim().adam(a, own[0], g, own[1], own[2], own[3], n);
  }
  static std::optional<int> resting(const Adam& a, std::size_t) {
    return a.decay == 0 && a.keep == 1 && a.eps > 0 ? std::optional(2) : std::nullopt;
  }
};
template <> struct UpdateKernel<op::AdagradUpdate> {
  using Settings = Adagrad;
  static constexpr std::size_t cost = 4;
  static void run(const op::AdagradUpdate&, const Adagrad& a, float* const* own, const float* g,
                  std::int64_t n) {
    cpu::optim().adagrad(a, own[0], g, own[1], n);
  }
  static std::optional<int> resting(const Adagrad& a, std::size_t) {
    return a.decay == 0 && a.eps > 0 ? std::optional(0) : std::nullopt;
  }
};

/// An update's numbers as its kernel takes them.
template <class Op> typename UpdateKernel<Op>::Settings update_settings(const double* numbers) {
  using Settings = typename UpdateKernel<Op>::Settings;
  std::array<float, sizeof(Settings) / sizeof(float)> floats;
  for (std::size_t i = 0; i < floats.size(); ++i) floats[i] = static_cast<float>(numbers[i]);
  return std::bit_cast<Settings>(floats);
}

}  // namespace fathom::cpu
