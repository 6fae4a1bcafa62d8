// How a step is taken, for the files that define optimizers. Each optimizer has a Rule:
//
//   template <> struct Rule<Sgd> {
//     static op::SgdUpdate update(const Sgd&, bool first);               // the operation
//     static std::array<double, 4> numbers(const Sgd&, std::int64_t t);  // its inputs at step t
//     static std::vector<Tensor> slots(const Sgd&, const Tensor& p);     // its state at the start
//   };
//
// `numbers` also refuses options out of their range.
#pragma once
#include <array>
#include <cmath>

#include "fathom/core/error.h"
#include "fathom/core/small_vector.h"
#include "fathom/graph/eval.h"
#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/optim/optimizer.h"
#include "fathom/optim/updates.h"

namespace fathom::optim {

template <class Optimizer> struct Rule;

namespace detail {

/// A model's leaves beside those of its gradients.
struct Leaves {
  SmallVector<Param*, 32> params, gradients;
  SmallVector<Buffer*, 16> buffers, next_buffers;
  Leaves(Visit visit, void* net, void* gradients);
};

/// All parameters by name, undefined ones too: position i is state i.
std::vector<nn::NamedTensor> parameters(Visit visit, void* net);

/// Errors: as optim::step() says.
void require_pairs(Visit visit, void* net, const Leaves& leaves, const State& state);

/// For each parameter the groups that choose it, one bit a group. Errors: ValueError for a group
/// that chooses nothing and for more than 64 groups.
std::vector<std::uint64_t> choose(
    Visit visit, void* net, std::span<const std::function<bool(const nn::NamedTensor&)>*> all);

/// What updates of the same groups at the same age share.
template <class Optimizer> struct Setting {
  std::uint64_t groups;
  std::int64_t steps;
  Optimizer options;
  Tensor numbers;
};

/// The optimizer's options alone, as some groups change them.
template <class Optimizer> Optimizer options_of(Optimizer& optimizer, std::uint64_t chosen) {
  State state = std::exchange(optimizer.state, {});  // a second handle would end donation
  Groups<Optimizer> groups = std::exchange(optimizer.groups, {});
  Optimizer options = optimizer;
  optimizer.state = std::move(state);
  optimizer.groups = std::move(groups);
  for (std::size_t k = 0; k < optimizer.groups.size(); ++k)
    if (chosen >> k & 1) optimizer.groups[k].change(options);
  return options;
}

template <class Optimizer>
void step(Optimizer& optimizer, Visit visit, void* net, void* gradients) {
  using R = Rule<Optimizer>;
  const Leaves leaves(visit, net, gradients);
  State& state = optimizer.state;
  if (state.empty()) state.resize(leaves.params.size());
  require_pairs(visit, net, leaves, state);
  std::vector<std::uint64_t> groups;
  if (!optimizer.groups.empty()) {
    std::vector<const std::function<bool(const nn::NamedTensor&)>*> predicates;
    for (const auto& group : optimizer.groups) predicates.push_back(&group.selects);
    groups = choose(visit, net, predicates);
  }
  std::vector<Setting<Optimizer>> settings;
  const auto setting_of = [&](std::size_t i) -> const Setting<Optimizer>& {
    const std::uint64_t chosen = groups.empty() ? 0 : groups[i];
    const std::int64_t steps = state[i].steps + 1;
    for (const auto& s : settings)
      if (s.groups == chosen && s.steps == steps) return s;
    Optimizer options = options_of(optimizer, chosen);
    const auto numbers = R::numbers(options, steps);
    return settings.emplace_back(
        Setting<Optimizer>{chosen, steps, std::move(options),
                           Tensor::from(std::span<const double>(numbers),
                                        Shape{static_cast<std::int64_t>(numbers.size())})});
  };
  const auto stepped = [&](std::size_t i) {
    return !leaves.params[i]->frozen && leaves.gradients[i]->defined();
  };
  // Options are checked for all before anything changes.
  for (std::size_t i = 0; i < leaves.params.size(); ++i)
    if (stepped(i)) setting_of(i);

  for (std::size_t i = 0; i < leaves.buffers.size(); ++i)
    leaves.buffers[i]->value = leaves.next_buffers[i]->value;
  SmallVector<graph::Value*, 64> fresh;  // no handles: they would look like a user's
  for (std::size_t i = 0; i < leaves.params.size(); ++i) {
    if (!stepped(i)) continue;
    Param& p = *leaves.params[i];
    ParamState& own = state[i];
    const Setting<Optimizer>& setting = setting_of(i);
    const bool first = own.slots.empty();
    if (first) own.slots = R::slots(setting.options, p);
    const Tensor gradient = setting.options.maximize ? -*leaves.gradients[i] : *leaves.gradients[i];
    update(R::update(setting.options, first), p, gradient, setting.numbers, own.slots);
    ++own.steps;
    fresh.push_back(p.value());
  }
  for (const Buffer* b : leaves.buffers)
    if (b->value.defined() && !b->value.evaluated()) fresh.push_back(b->value.value());
  if (!fresh.empty()) graph::evaluate({fresh.data(), fresh.size()});
}

}  // namespace detail

/// State of the parameter's shape; of half types in f32, which small changes do not vanish in.
inline Tensor zero_state(const Tensor& p) {
  return zeros(p.shape(), p.dtype() == DType::f64 ? DType::f64 : DType::f32);
}

// Checks of options; NaN passes none of them.
void require_option(bool good, const char* optimizer, const char* option, double value,
                    const char* expected);
inline void require_positive_or_zero(const char* optimizer, const char* option, double value) {
  require_option(value >= 0 && std::isfinite(value), optimizer, option, value,
                 "a finite number of at least 0");
}
inline void require_fraction(const char* optimizer, const char* option, double value) {
  require_option(value >= 0 && value < 1, optimizer, option, value, "at least 0 and below 1");
}

}  // namespace fathom::optim
