#include "fathom/train/optimizer.h"

#include <algorithm>

#include "fathom/core/error.h"
#include "fathom/train/fit_parts.h"

namespace fathom::train {
namespace {

/// Names in the order of the variant, with a learning rate that is good for a first try.
constexpr std::pair<std::string_view, double> kinds[] = {
    {"adam", 1e-3},    {"adamw", 1e-3}, {"sgd", 1e-2},       {"rmsprop", 1e-3},
    {"adagrad", 1e-2}, {"adadelta", 1}, {"adafactor", 1e-2}, {"adamax", 2e-3},
    {"nadam", 2e-3},   {"radam", 1e-3}, {"lion", 1e-4},      {"asgd", 1e-2},
};

template <std::size_t i = 0, class Any> void emplace(Any& any, std::size_t kind) {
  if constexpr (i < std::variant_size_v<Any>) {
    if (i == kind)
      any.template emplace<i>();
    else
      emplace<i + 1>(any, kind);
  }
}

}  // namespace

Optimizer::Optimizer(std::string_view name, double learning_rate, double weight_decay) {
  static_assert(std::size(kinds) == std::variant_size_v<decltype(any_)>);
  const auto* kind = std::ranges::find(kinds, name, [](const auto& k) { return k.first; });
  if (kind == std::end(kinds)) {
    std::string all;
    for (const std::string& other : names()) all += (all.empty() ? "" : ", ") + other;
    throw ValueError({.operation = "train::Optimizer",
                      .problem = "there is no optimizer " + std::string(name),
                      .expected = "one of " + all});
  }
  emplace(any_, static_cast<std::size_t>(kind - kinds));
  if (auto* sgd = std::get_if<optim::Sgd>(&any_)) sgd->momentum = 0.9;
  std::visit([&](auto& optimizer) { optimizer.weight_decay = weight_decay; }, any_);
  set_learning_rate(learning_rate);
}

void Optimizer::step(nn::Layer& net, const nn::Layer& gradients) {
  std::visit([&](auto& optimizer) { optimizer.step(net, gradients); }, any_);
}

double Optimizer::learning_rate() const {
  return std::visit([](const auto& o) { return detail::number_of(o.learning_rate); }, any_);
}

void Optimizer::set_learning_rate(double learning_rate) {
  std::visit([&](auto& optimizer) { optimizer.learning_rate = learning_rate; }, any_);
}

optim::State& Optimizer::state() {
  return std::visit([](auto& optimizer) -> optim::State& { return optimizer.state; }, any_);
}

void Optimizer::archive(Archive& a, const nn::Layer& net) {
  detail::archive(a, state(), net);
  std::visit([&](auto& optimizer) { a("learning_rate", optimizer.learning_rate); }, any_);
}

const std::vector<std::string>& Optimizer::names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list;
    for (const auto& [name, rate] : kinds) list.emplace_back(name);
    return list;
  }();
  return names;
}

double Optimizer::default_learning_rate(std::string_view name) {
  const auto* kind = std::ranges::find(kinds, name, [](const auto& k) { return k.first; });
  return kind == std::end(kinds) ? 1e-3 : kind->second;
}

optim::Schedule make_schedule(std::string_view name, double learning_rate, std::int64_t warm_up,
                              std::int64_t steps) {
  namespace schedule = optim::schedule;
  if (name == "constant") return schedule::warm_up_constant(learning_rate, warm_up);
  if (name == "linear") return schedule::warm_up_linear(learning_rate, warm_up, steps);
  if (name == "cosine") return schedule::warm_up_cosine(learning_rate, warm_up, steps);
  if (name == "inverse_sqrt") return schedule::inverse_sqrt(learning_rate, warm_up);
  throw ValueError({.operation = "train",
                    .problem = "there is no schedule " + std::string(name),
                    .expected = "constant, linear, cosine or inverse_sqrt"});
}

const std::vector<std::string>& schedule_names() {
  static const std::vector<std::string> names = {"constant", "linear", "cosine", "inverse_sqrt"};
  return names;
}

}  // namespace fathom::train
