// Optimizers and schedules by name.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fathom/nn/sequential.h"
#include "fathom/optim/optimizer.h"
#include "fathom/optim/schedule.h"
#include "fathom/train/archive.h"

namespace fathom::train {

/// Any of the optimizers of fathom/optim.
class Optimizer {
 public:
  /// One of names(); "sgd" comes with momentum 0.9. Errors: ValueError for another name.
  Optimizer(std::string_view name, double learning_rate, double weight_decay = 0);

  ~Optimizer();
  Optimizer(Optimizer&&) noexcept;

  void step(nn::Layer& net, const nn::Layer& gradients);

  double learning_rate() const;  ///< 0 where the optimizer finds its own
  void set_learning_rate(double learning_rate);

  optim::State& state();
  /// Its state and learning rate, as a checkpoint keeps them.
  void archive(Archive& a, const nn::Layer& net);

  static const std::vector<std::string>& names();
  /// What is good for a first try.
  static double default_learning_rate(std::string_view name);

  /// An optimizer of some type, by the functions that they share.
  class Any;

 private:
  std::unique_ptr<Any> any_;
};

/// A schedule by name, with a warm-up: one of schedule_names(). Errors: ValueError.
optim::Schedule make_schedule(std::string_view name, double learning_rate, std::int64_t warm_up,
                              std::int64_t steps);
const std::vector<std::string>& schedule_names();

}  // namespace fathom::train
