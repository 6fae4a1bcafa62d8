// Learning-rate schedules, drawn: what each makes of a rate of 1 over a thousand steps
//
// Chapter 3. A schedule is a plain function of the step, so nothing has to be remembered and a
// resumed run needs the step alone. Schedules are made of each other: a warm-up may come before any
// of them. At the end three of them train the same network. Writes schedules.svg.
#include <fathom/fathom.h>

#include <cstdio>

#include "fathom/figure/figure.h"

using namespace fathom;
namespace schedule = optim::schedule;

constexpr std::int64_t steps = 1000;

struct Named {
  const char* name;
  optim::Schedule rate;
};
struct Family {
  const char* title;
  std::vector<Named> members;
};

std::vector<Family> families() {
  const auto cycle = [](schedule::Cycle::Mode mode) {
    return schedule::cyclic(
        {.base_rate = 0.1, .largest_rate = 1, .up = 125, .mode = mode, .gamma = 0.998});
  };
  using Mode = schedule::Cycle::Mode;
  return {{"Stairs",
           {{"step, every 250", schedule::step(1, 250, 0.5)},
            {"multi_step, at 300 and 800", schedule::multi_step(1, {300, 800})},
            {"constant, 1/3 for 200", schedule::constant(1, 1.0 / 3, 200)}}},
          {"Falling",
           {{"exponential", schedule::exponential(1, 0.997)},
            {"polynomial, power 1", schedule::polynomial(1, steps)},
            {"polynomial, power 2", schedule::polynomial(1, steps, 2)},
            {"cosine_annealing", schedule::cosine_annealing(1, steps)}}},
          {"Warm-up, then",
           {{"constant", schedule::warm_up_constant(1, 100)},
            {"linear", schedule::warm_up_linear(1, 100, steps)},
            {"cosine", schedule::warm_up_cosine(1, 100, steps)},
            {"inverse_sqrt", schedule::inverse_sqrt(1, 100)}}},
          {"Again and again",
           {{"cosine_restarts, 140 doubled", schedule::cosine_restarts(1, 140, 2)},
            {"warm_up_cosine_restarts", schedule::warm_up_cosine_restarts(1, 100, steps, 3)}}},
          {"Cycles",
           {{"triangular", cycle(Mode::triangular)},
            {"triangular2", cycle(Mode::triangular2)},
            {"exp_range", cycle(Mode::exp_range)}}},
          {"Made of others",
           {{"one_cycle", schedule::one_cycle({.largest_rate = 1, .steps = steps + 1})},
            {"linear, step and swa in sequence",
             schedule::sequential({schedule::linear(1, 0.1, 1, 200), schedule::step(1, 150, 0.6),
                                   schedule::swa(0.2, 0.05, 100)},
                                  {200, 700})}}}};
}

struct Net {
  nn::Linear hidden{64, 64}, out{64, 10};
  Tensor operator()(const Tensor& x) const { return out(relu(hidden(x))); }
};

int main() {
  figure::Figure picture(2, 3, {.width = 1260, .height = 680});
  int at = 0;
  for (const Family& family : families()) {
    figure::Axes& axes = picture.axes(at / 3, at % 3);
    axes.title(family.title)
        .y_range(0, 1.7)
        .legend(figure::LegendPlace::top_right)
        .x_label(at / 3 == 1 ? "step" : "");
    axes.y_label(at % 3 == 0 ? "learning rate" : "");
    for (const Named& member : family.members) {
      figure::Values x, y;
      for (std::int64_t step = 0; step <= steps; step += 5) {
        x.push_back(static_cast<double>(step));
        y.push_back(member.rate(step));
      }
      axes.line(x, y, {.label = member.name});
    }
    ++at;
  }
  picture.save("schedules.svg");

  // 45 batches in an epoch: about a thousand steps.
  const data::Split digits = data::digits();
  constexpr double rate = 0.5;
  const Named runs[] = {{"a constant rate", schedule::constant(rate)},
                        {"cosine annealing", schedule::cosine_annealing(rate, 22 * 45)},
                        {"warm-up, then cosine", schedule::warm_up_cosine(rate, 100, 22 * 45)}};
  for (const Named& run : runs) {
    seed(0);
    Net net;
    const train::History h = train::fit(net, digits.train,
                                        {.optimizer = optim::Sgd{.momentum = 0.9},
                                         .metrics = {metrics::accuracy()},
                                         .validation = digits.test,
                                         .epochs = 22,
                                         .callbacks = {train::LearningRate{run.rate}},
                                         .verbose = train::Verbose::silent});
    std::printf("%-22s training loss %.5f, test accuracy %.1f %%\n", run.name, h["loss"].back(),
                100 * h["val_accuracy"].back());
  }
  std::printf("schedules are drawn in schedules.svg\n");
  return 0;
}
