// Optimizers by name, and their state as named tensors for a checkpoint.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "fathom/nn/sequential.h"
#include "fathom/optim/optimizer.h"

namespace fathom::train {

/// Any of the optimizers of fathom/optim.
class Optimizer {
 public:
  /// "adam", "adamw", "sgd" (with momentum 0.9), "rmsprop" or "adagrad".
  /// Errors: ValueError for another name.
  Optimizer(std::string_view name, double learning_rate, double weight_decay = 0);

  void step(nn::Layer& net, const nn::Layer& gradients);

  double& learning_rate();
  optim::State& state();
  /// The slots as "optimizer.<parameter>.<slot>".
  std::vector<std::pair<std::string, Tensor>> named_state(const nn::Layer& net);
  /// Puts them back. Errors: FormatError for a slot of another shape or of no parameter.
  void load_state(const nn::Layer& net, std::int64_t steps,
                  const std::vector<std::pair<std::string, Tensor>>& tensors);

  static const std::vector<std::string>& names();
  /// What is good for a first try.
  static double default_learning_rate(std::string_view name);

 private:
  std::variant<optim::Adam, optim::AdamW, optim::Sgd, optim::RmsProp, optim::Adagrad> any_;
};

}  // namespace fathom::train
