#include "fathom/train/optimizer.h"

#include <charconv>

#include "fathom/core/error.h"

namespace fathom::train {
namespace {

constexpr std::string_view prefix = "optimizer.";

/// Names of the parameters in the order of the optimizer's slots.
std::vector<nn::NamedTensor> parameters(const nn::Layer& net) {
  class Params final : public nn::Visitor {
   public:
    std::vector<nn::NamedTensor> list;
    void param(const nn::Path& path, Param& p) override {
      list.push_back({path.str(), p, !p.frozen});
    }
    void buffer(const nn::Path&, Buffer&) override {}
  } params;
  nn::visit(const_cast<nn::Layer&>(net), params);
  return std::move(params.list);
}

}  // namespace

Optimizer::Optimizer(std::string_view name, double learning_rate, double weight_decay) {
  if (name == "adam")
    any_ = optim::Adam{.learning_rate = learning_rate, .weight_decay = weight_decay};
  else if (name == "adamw")
    any_ = optim::AdamW{.learning_rate = learning_rate, .weight_decay = weight_decay};
  else if (name == "sgd")
    any_ =
        optim::Sgd{.learning_rate = learning_rate, .momentum = 0.9, .weight_decay = weight_decay};
  else if (name == "rmsprop")
    any_ = optim::RmsProp{.learning_rate = learning_rate, .weight_decay = weight_decay};
  else if (name == "adagrad")
    any_ = optim::Adagrad{.learning_rate = learning_rate, .weight_decay = weight_decay};
  else
    throw ValueError({.operation = "train::Optimizer",
                      .problem = "there is no optimizer " + std::string(name),
                      .expected = "adam, adamw, sgd, rmsprop or adagrad"});
}

void Optimizer::step(nn::Layer& net, const nn::Layer& gradients) {
  std::visit([&](auto& optimizer) { optimizer.step(net, gradients); }, any_);
}

double& Optimizer::learning_rate() {
  return std::visit([](auto& optimizer) -> double& { return optimizer.learning_rate; }, any_);
}

optim::State& Optimizer::state() {
  return std::visit([](auto& optimizer) -> optim::State& { return optimizer.state; }, any_);
}

std::vector<std::pair<std::string, Tensor>> Optimizer::named_state(const nn::Layer& net) {
  const std::vector<nn::NamedTensor> params = parameters(net);
  const auto& slots = state().slots;
  std::vector<std::pair<std::string, Tensor>> named;
  for (std::size_t i = 0; i < slots.size(); ++i)
    for (std::size_t k = 0; k < slots[i].size(); ++k)
      named.emplace_back(std::string(prefix) + params[i].name + "." + std::to_string(k),
                         slots[i][k]);
  return named;
}

void Optimizer::load_state(const nn::Layer& net, std::int64_t steps,
                           const std::vector<std::pair<std::string, Tensor>>& tensors) {
  const std::vector<nn::NamedTensor> params = parameters(net);
  optim::State loaded;
  loaded.steps = steps;
  if (!tensors.empty()) loaded.slots.resize(params.size());
  std::size_t used = 0;
  for (std::size_t i = 0; i < params.size() && !tensors.empty(); ++i) {
    for (int k = 0;; ++k) {
      const std::string name = std::string(prefix) + params[i].name + "." + std::to_string(k);
      const auto* found = static_cast<const Tensor*>(nullptr);
      for (const auto& [other, tensor] : tensors)
        if (other == name) found = &tensor;
      if (!found) break;
      if (!(found->shape() == params[i].tensor.shape()))
        throw FormatError({.operation = "load optimizer",
                           .problem = name + " has another shape than its parameter",
                           .received = {{"state", to_string(found->shape())},
                                        {"parameter", to_string(params[i].tensor.shape())}}});
      loaded.slots[i].push_back(*found);
      ++used;
    }
  }
  if (used != tensors.size())
    throw FormatError({.operation = "load optimizer",
                       .problem = "some tensors belong to no parameter of the model",
                       .received = {{"tensors", std::to_string(tensors.size())},
                                    {"of parameters", std::to_string(used)}}});
  state() = std::move(loaded);
}

const std::vector<std::string>& Optimizer::names() {
  static const std::vector<std::string> names = {"adam", "adamw", "sgd", "rmsprop", "adagrad"};
  return names;
}

double Optimizer::default_learning_rate(std::string_view name) {
  return name == "sgd" || name == "adagrad" ? 1e-2 : 1e-3;
}

}  // namespace fathom::train
