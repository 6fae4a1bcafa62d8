// Optimizers, clipping, averages, gradient accumulation.
#include "fathom/optim/accumulate.h"
#include "fathom/optim/averaging.h"
#include "fathom/optim/clip.h"
#include "tests/faults/faults.h"

namespace fathom::test {
namespace {

struct OneLayer {
  nn::Linear layer{2, 1};
};
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

LossAndGradients<OneLayer> gradients_of(const OneLayer& net) {
  return value_and_grad([](const OneLayer& n) { return sum(n.layer(ones({3, 2}))); })(net);
}
/// A step of an optimizer, on the line that asks for it.
template <class Optimizer>
std::function<void()> step_of(Optimizer optimizer, Where where = Where::current()) {
  return [=]() mutable {
    OneLayer net;
    optimizer.step(net, gradients_of(net).gradients, where);
  };
}
Tensor loss_of(const OneLayer& n, const Tensor& x, const Tensor& t) {
  return mse_loss(n.layer(x), t);
}
using Sum = optim::Accumulator<OneLayer, Tensor, Tensor>;

}  // namespace

Faults optimizer_faults() {
  return {
      fault<ValueError>(
          "a negative learning rate", step_of(optim::Sgd{.learning_rate = -1}),
          out_of_range("optim::Sgd", "learning_rate", "-1", "a finite number of at least 0")),
      fault<ValueError>(
          "a learning rate of NaN", step_of(optim::Sgd{.learning_rate = nan}),
          out_of_range("optim::Sgd", "learning_rate", "nan", "a finite number of at least 0")),
      fault<ValueError>(
          "an infinite learning rate", step_of(optim::Adam{.learning_rate = infinity}),
          out_of_range("optim::Adam", "learning_rate", "inf", "a finite number of at least 0")),
      fault<ValueError>(
          "a negative momentum", step_of(optim::Sgd{.momentum = -0.1}),
          out_of_range("optim::Sgd", "momentum", "-0.1", "a finite number of at least 0")),
      fault<ValueError>("a dampening of NaN",
                        step_of(optim::Sgd{.momentum = 0.9, .dampening = nan}),
                        out_of_range("optim::Sgd", "dampening", "nan", "a finite number")),
      fault<ValueError>("Nesterov without momentum", step_of(optim::Sgd{.nesterov = true}),
                        R"(optim::Sgd: Nesterov needs momentum and no dampening
  in: @)"),
      fault<ValueError>(
          "a negative weight decay", step_of(optim::Sgd{.weight_decay = -1e-4}),
          out_of_range("optim::Sgd", "weight_decay", "-0.0001", "a finite number of at least 0")),
      fault<ValueError>("a beta1 of 1", step_of(optim::Adam{.beta1 = 1}),
                        out_of_range("optim::Adam", "beta1", "1", "at least 0 and below 1")),
      fault<ValueError>("a negative beta2", step_of(optim::Adam{.beta2 = -0.5}),
                        out_of_range("optim::Adam", "beta2", "-0.5", "at least 0 and below 1")),
      fault<ValueError>(
          "an epsilon of NaN", step_of(optim::Adam{.epsilon = nan}),
          out_of_range("optim::Adam", "epsilon", "nan", "a finite number of at least 0")),
      fault<ValueError>(
          "an infinite weight decay", step_of(optim::AdamW{.weight_decay = infinity}),
          out_of_range("optim::AdamW", "weight_decay", "inf", "a finite number of at least 0")),
      fault<ValueError>("Adamax with a beta2 of 1", step_of(optim::Adamax{.beta2 = 1}),
                        out_of_range("optim::Adamax", "beta2", "1", "at least 0 and below 1")),
      fault<ValueError>(
          "NAdam with a negative momentum decay", step_of(optim::NAdam{.momentum_decay = -1}),
          out_of_range("optim::NAdam", "momentum_decay", "-1", "a finite number of at least 0")),
      fault<ValueError>(
          "RAdam with a negative epsilon", step_of(optim::RAdam{.epsilon = -1}),
          out_of_range("optim::RAdam", "epsilon", "-1", "a finite number of at least 0")),
      fault<ValueError>("Lion with a beta1 of 1", step_of(optim::Lion{.beta1 = 1}),
                        out_of_range("optim::Lion", "beta1", "1", "at least 0 and below 1")),
      fault<ValueError>("Adagrad from a negative sum",
                        step_of(optim::Adagrad{.initial_accumulator = -1}),
                        out_of_range("optim::Adagrad", "initial_accumulator", "-1",
                                     "a finite number of at least 0")),
      fault<ValueError>("Adadelta with a rho above 1", step_of(optim::Adadelta{.rho = 1.5}),
                        out_of_range("optim::Adadelta", "rho", "1.5", "from 0 to 1")),
      fault<ValueError>(
          "RMSprop with a negative alpha", step_of(optim::RmsProp{.alpha = -1}),
          out_of_range("optim::RmsProp", "alpha", "-1", "a finite number of at least 0")),
      fault<ValueError>("Adafactor with a beta2 that grows",
                        step_of(optim::Adafactor{.beta2_decay = 0.5}),
                        out_of_range("optim::Adafactor", "beta2_decay", "0.5", "at most 0")),
      fault<ValueError>("Adafactor of two minds about the learning rate",
                        step_of(optim::HfAdafactor{.learning_rate = 1e-3}),
                        R"(optim::HfAdafactor: the learning rate is given twice or not at all
  expected either learning_rate or relative_step
  in: @)"),
      fault<ValueError>("ASGD with a lambda of NaN", step_of(optim::Asgd{.lambda = nan}),
                        out_of_range("optim::Asgd", "lambda", "nan", "a finite number")),
      fault<ValueError>("Rprop that does not shrink", step_of(optim::Rprop{.eta_minus = 1}),
                        out_of_range("optim::Rprop", "eta_minus", "1", "above 0 and below 1")),
      fault<ValueError>("Rprop with its bounds the wrong way round",
                        step_of(optim::Rprop{.smallest_step = 1, .largest_step = 0.5}),
                        out_of_range("optim::Rprop", "smallest_step", "1",
                                     "at least 0 and at most largest_step")),
      fault<ValueError>(
          "gradients of another model",
          [] {
            std::vector<nn::Linear> net{nn::Linear(2, 1)};
            const std::vector<nn::Linear> other{nn::Linear(2, 1), nn::Linear(2, 1)};
            optim::Adam{}.step(net, other);
          },
          R"(step: the gradients are of a model with other parameters
  parameters: 2     gradients: 4
  in: @)"),
      fault<ShapeError>(
          "gradients of another width",
          [] {
            nn::Linear net(2, 1);
            optim::Adam{}.step(net, nn::Linear(3, 1));
          },
          R"(step: the gradient of weight does not fit it
  parameter: f32 (1, 2)     gradient: f32 (1, 3)
  in: @)"),
      fault<ValueError>(
          "a model without parameters",
          [] {
            std::vector<nn::Linear> net;
            optim::Sgd{}.step(net, net);
          },
          R"(step: the model has no parameters
  in: @)"),
      fault<ValueError>(
          "a state of another model",
          [] {
            optim::Adam adam;
            OneLayer net;
            adam.step(net, gradients_of(net).gradients);
            std::vector<nn::Linear> larger{nn::Linear(2, 1), nn::Linear(2, 1)};
            optim::Adam other;
            other.state = adam.state;
            other.step(larger, larger);
          },
          R"(step: the optimizer's state is of a model with other parameters
  parameters: 4     state: 2
  in: @)"),
      fault<ValueError>(
          "a group that chooses nothing",
          [] {
            OneLayer net;
            optim::Adam adam;
            adam.groups = {{optim::below("head"), [](auto& o) { o.learning_rate = 0; }}};
            adam.step(net, gradients_of(net).gradients);
          },
          R"(step: parameter group 0 is empty
  expected every group to choose at least one parameter
  hint: names are paths such as layer.weight
  in: @)"),
      fault<ValueError>(
          "an option that a group spoils",
          [] {
            OneLayer net;
            optim::Adam adam;
            adam.groups = {{optim::vectors, [](auto& o) { o.learning_rate = -1; }}};
            adam.step(net, gradients_of(net).gradients);
          },
          out_of_range("optim::Adam", "learning_rate", "-1", "a finite number of at least 0")),
      fault<ValueError>(
          "options that change what is remembered",
          [] {
            OneLayer net;
            optim::Sgd sgd{.momentum = 0.9};
            sgd.step(net, gradients_of(net).gradients);
            sgd.momentum = 0;
            sgd.step(net, gradients_of(net).gradients);
            optim::Adam adam;
            adam.step(net, gradients_of(net).gradients);
            adam.amsgrad = true;
            adam.step(net, gradients_of(net).gradients);
          },
          R"(step: the optimizer's state is that of other options
  slots: 2
  hint: options that decide what is remembered stay as they were at first
  in: @)"),
      fault<ValueError>(
          "L-BFGS of no iterations",
          [] {
            OneLayer net;
            optim::Lbfgs{.max_iterations = 0}.step(net, gradients_of);
          },
          out_of_range("optim::Lbfgs", "max_iterations", "0", "at least 1")),
      fault<ValueError>(
          "clipping to a negative norm",
          [] {
            auto result = gradients_of(OneLayer());
            optim::clip_gradient_norm(result.gradients, -1);
          },
          out_of_range("clip_gradient_norm", "most", "-1", "a finite number of at least 0")),
      fault<ValueError>(
          "a norm of type 0",
          [] { optim::gradient_norm(gradients_of(OneLayer()).gradients, {.type = 0}); },
          out_of_range("gradient_norm", "type", "0", "above 0, or infinity")),
      fault<NumericError>(
          "a norm that is not finite",
          [] {
            auto result = gradients_of(OneLayer());
            result.gradients.layer.weight = full({1, 2}, nan);
            optim::clip_gradient_norm(result.gradients, 1, {.error_if_nonfinite = true});
          },
          R"(gradient_norm: the norm of the gradients is not finite
  norm: nan
  hint: a smaller learning rate, or inputs without extreme values
  in: @)"),
      fault<ValueError>(
          "clipping to a value of NaN",
          [] {
            auto result = gradients_of(OneLayer());
            optim::clip_gradient_value(result.gradients, nan);
          },
          out_of_range("clip_gradient_value", "most", "nan", "a finite number of at least 0")),
      fault<ValueError>(
          "an average that keeps more than all",
          [] {
            optim::Ema ema{OneLayer(), 1.5};
            ema.update(OneLayer());
          },
          out_of_range("optim::Ema", "decay", "1.5", "from 0 to 1")),
      fault<ValueError>(
          "an average of another model",
          [] {
            optim::Swa<std::vector<nn::Linear>> swa{{nn::Linear(2, 1)}};
            swa.update({});
          },
          R"(update: the average is of a model with other parameters
  average: 2     model: 0
  in: @)"),
      fault<ValueError>(
          "accumulating parts of no rows", [] { Sum(loss_of, {.micro_batch = 0}); },
          R"(optim::Accumulator: micro_batch is 0
  expected at least 1 row in a part
  in: @)"),
      fault<ShapeError>(
          "accumulating unlike numbers of rows",
          [] {
            Sum sum(loss_of);
            sum.add(OneLayer(), zeros({4, 2}), zeros({3, 1}));
          },
          R"(optim::Accumulator: the arguments have different numbers of rows
  rows before: 4     argument: f32 (3, 1)
  expected axis 0 of every tensor to be the rows
  in: @)"),
      fault<ShapeError>(
          "accumulating rows that do not join",
          [] {
            Sum sum(loss_of);
            sum.add(OneLayer(), zeros({3, 2}), zeros({3, 1}));
            sum.add(OneLayer(), zeros({3, 4}), zeros({3, 1}));
          },
          R"(optim::Accumulator: rows of different shapes or types do not join
  before: f32 (3, 2)     now: f32 (3, 4)
  in: @)"),
      fault<ValueError>(
          "the mean of nothing accumulated", [] { Sum(loss_of).take(OneLayer()); },
          R"(optim::Accumulator: there are no rows to take the mean of
  hint: call add(net, batch) first
  in: @)"),
      fault<ValueError>(
          "value_and_grad in parts of no rows",
          [] {
            optim::accumulated(loss_of, {.micro_batch = -1})(OneLayer(), zeros({4, 2}),
                                                             zeros({4, 1}));
          },
          R"(optim::Accumulator: micro_batch is -1
  expected at least 1 row in a part
  in: @)"),
  };
}

}  // namespace fathom::test
