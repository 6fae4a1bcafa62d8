#include "fathom/train/by_name.h"

#include <algorithm>

#include "fathom/core/error.h"
#include "fathom/optim/adam.h"
#include "fathom/optim/adaptive.h"
#include "fathom/optim/sgd.h"
#include "fathom/train/fit_parts.h"

namespace fathom::train {

class Optimizer::Any {
 public:
  virtual ~Any() = default;
  virtual void step(nn::Layer& net, const nn::Layer& gradients) = 0;
  virtual double learning_rate() const = 0;
  virtual void set(double learning_rate) = 0;
  virtual optim::State& state() = 0;
  virtual void archive(Archive& a, const nn::Layer& net) = 0;
};

namespace {

template <class O> class Of final : public Optimizer::Any {
 public:
  explicit Of(double weight_decay) {
    optimizer_.weight_decay = weight_decay;
    if constexpr (std::is_same_v<O, optim::Sgd>) optimizer_.momentum = 0.9;
  }
  void step(nn::Layer& net, const nn::Layer& gradients) override {
    optimizer_.step(net, gradients);
  }
  double learning_rate() const override { return detail::number_of(optimizer_.learning_rate); }
  void set(double learning_rate) override { optimizer_.learning_rate = learning_rate; }
  optim::State& state() override { return optimizer_.state; }
  void archive(Archive& a, const nn::Layer& net) override {
    detail::archive(a, optimizer_.state, net);
    a("learning_rate", optimizer_.learning_rate);
  }

 private:
  O optimizer_;
};

/// A name, with a learning rate that is good for a first try.
struct Kind {
  std::string_view name;
  double learning_rate;
  std::unique_ptr<Optimizer::Any> (*make)(double weight_decay);
};
template <class O> constexpr Kind kind(std::string_view name, double learning_rate) {
  return {name, learning_rate, [](double decay) -> std::unique_ptr<Optimizer::Any> {
            return std::make_unique<Of<O>>(decay);
          }};
}
constexpr Kind kinds[] = {
    kind<optim::Adam>("adam", 1e-3),
    kind<optim::AdamW>("adamw", 1e-3),
    kind<optim::Sgd>("sgd", 1e-2),
    kind<optim::RmsProp>("rmsprop", 1e-3),
    kind<optim::Adagrad>("adagrad", 1e-2),
    kind<optim::Adadelta>("adadelta", 1),
    kind<optim::Adafactor>("adafactor", 1e-2),
    kind<optim::Adamax>("adamax", 2e-3),
    kind<optim::NAdam>("nadam", 2e-3),
    kind<optim::RAdam>("radam", 1e-3),
    kind<optim::Lion>("lion", 1e-4),
    kind<optim::Asgd>("asgd", 1e-2),
    kind<optim::Lamb>("lamb", 1e-3),
};
const Kind* find_kind(std::string_view name) {
  const auto* found = std::ranges::find(kinds, name, &Kind::name);
  return found == std::end(kinds) ? nullptr : found;
}

}  // namespace

Optimizer::Optimizer(std::string_view name, double learning_rate, double weight_decay) {
  const Kind* found = find_kind(name);
  if (!found) {
    std::string all;
    for (const std::string& other : names()) all += (all.empty() ? "" : ", ") + other;
    throw ValueError({.operation = "train::Optimizer",
                      .problem = "there is no optimizer " + std::string(name),
                      .expected = "one of " + all});
  }
  any_ = found->make(weight_decay);
  set_learning_rate(learning_rate);
}

Optimizer::~Optimizer() = default;
Optimizer::Optimizer(Optimizer&&) noexcept = default;

void Optimizer::step(nn::Layer& net, const nn::Layer& gradients) { any_->step(net, gradients); }
double Optimizer::learning_rate() const { return any_->learning_rate(); }
void Optimizer::set_learning_rate(double learning_rate) { any_->set(learning_rate); }
optim::State& Optimizer::state() { return any_->state(); }

void Optimizer::archive(Archive& a, const nn::Layer& net) { any_->archive(a, net); }

const std::vector<std::string>& Optimizer::names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list;
    for (const Kind& kind : kinds) list.emplace_back(kind.name);
    return list;
  }();
  return names;
}

double Optimizer::default_learning_rate(std::string_view name) {
  const Kind* found = find_kind(name);
  return found ? found->learning_rate : 1e-3;
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
