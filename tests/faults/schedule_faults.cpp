// Learning-rate schedules.
#include "fathom/optim/schedule.h"

#include "tests/faults/faults.h"

namespace fathom::test {

Faults schedule_faults() {
  namespace schedule = optim::schedule;
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  return {
      fault<ValueError>(
          "a constant schedule of a negative rate", [] { schedule::constant(-1); },
          R"(schedule::constant: rate is out of range
  rate: -1
  expected a finite number of at least 0
  in: @)"),
      fault<ValueError>(
          "a constant schedule of a negative factor", [] { schedule::constant(1, -1, 3); },
          R"(schedule::constant: factor is out of range
  factor: -1
  expected a finite number of at least 0
  in: @)"),
      fault<ValueError>(
          "a line from 0", [] { schedule::linear(1, 0); },
          R"(schedule::linear: start is out of range
  start: 0
  expected above 0 and at most 1
  in: @)"),
      fault<ValueError>(
          "a line to above 1", [] { schedule::linear(1, 1, 2); },
          R"(schedule::linear: end is out of range
  end: 2
  expected from 0 to 1
  in: @)"),
      fault<ValueError>(
          "a line of no steps", [] { schedule::linear(1, 1, 1, 0); },
          R"(schedule::linear: steps is out of range
  steps: 0
  expected at least 1
  in: @)"),
      fault<ValueError>(
          "steps of size 0", [] { schedule::step(1, 0); }, R"(schedule::step: every is out of range
  every: 0
  expected at least 1
  in: @)"),
      fault<ValueError>(
          "steps by a gamma of NaN", [=] { schedule::step(1, 2, nan); },
          R"(schedule::step: gamma is out of range
  gamma: nan
  expected a finite number of at least 0
  in: @)"),
      fault<ValueError>(
          "milestones that fall",
          [] {
            schedule::multi_step(1, {5, 3});
          },
          R"(schedule::multi_step: the milestones do not increase
  milestones: [5, 3]
  in: @)"),
      fault<ValueError>(
          "an exponential of a NaN rate", [=] { schedule::exponential(nan, 0.9); },
          R"(schedule::exponential: rate is out of range
  rate: nan
  expected a finite number of at least 0
  in: @)"),
      fault<ValueError>(
          "an exponential of a negative gamma", [] { schedule::exponential(1, -0.9); },
          R"(schedule::exponential: gamma is out of range
  gamma: -0.9
  expected a finite number of at least 0
  in: @)"),
      fault<ValueError>(
          "a polynomial of no steps", [] { schedule::polynomial(1, 0); },
          R"(schedule::polynomial: steps is out of range
  steps: 0
  expected at least 1
  in: @)"),
      fault<ValueError>(
          "a polynomial of a NaN power", [=] { schedule::polynomial(1, 5, nan); },
          R"(schedule::polynomial: power is out of range
  power: nan
  expected a finite number
  in: @)"),
      fault<ValueError>(
          "a cosine of no steps", [] { schedule::cosine_annealing(1, 0); },
          R"(schedule::cosine_annealing: steps is out of range
  steps: 0
  expected at least 1
  in: @)"),
      fault<ValueError>(
          "a cosine down to NaN", [=] { schedule::cosine_annealing(1, 5, nan); },
          R"(schedule::cosine_annealing: least is out of range
  least: nan
  expected a finite number
  in: @)"),
      fault<ValueError>(
          "restarts after no steps", [] { schedule::cosine_restarts(1, 0); },
          R"(schedule::cosine_restarts: first is out of range
  first: 0
  expected at least 1
  in: @)"),
      fault<ValueError>(
          "restarts that shrink", [] { schedule::cosine_restarts(1, 5, 0); },
          R"(schedule::cosine_restarts: growth is out of range
  growth: 0
  expected at least 1
  in: @)"),
      fault<ValueError>(
          "a lambda of an infinite rate",
          [] {
            schedule::lambda(std::numeric_limits<double>::infinity(),
                             [](std::int64_t) { return 1.0; });
          },
          R"(schedule::lambda: rate is out of range
  rate: inf
  expected a finite number of at least 0
  in: @)"),
      fault<ValueError>(
          "a lambda that is none", [] { schedule::lambda(1, {}); },
          R"(schedule::lambda: the factor is an empty function
  in: @)"),
      fault<ValueError>(
          "a multiplicative schedule of a negative rate",
          [] { schedule::multiplicative(-1, [](std::int64_t) { return 1.0; }); },
          R"(schedule::multiplicative: rate is out of range
  rate: -1
  expected a finite number of at least 0
  in: @)"),
      fault<ValueError>(
          "a cycle of no steps",
          [] { schedule::cyclic({.base_rate = 0.1, .largest_rate = 1, .up = 0}); },
          R"(schedule::cyclic: up is out of range
  up: 0
  expected at least 1
  in: @)"),
      fault<ValueError>(
          "a cycle to a negative rate",
          [] { schedule::cyclic({.base_rate = 0.1, .largest_rate = -1}); },
          R"(schedule::cyclic: rate is out of range
  rate: -1
  expected a finite number of at least 0
  in: @)"),
      fault<ValueError>(
          "one cycle of no steps", [] { schedule::one_cycle({.largest_rate = 1, .steps = 0}); },
          R"(schedule::one_cycle: steps is out of range
  steps: 0
  expected at least 1
  in: @)"),
      fault<ValueError>(
          "one cycle that rises for longer than it lasts",
          [] { schedule::one_cycle({.largest_rate = 1, .steps = 9, .rising = 1.5}); },
          R"(schedule::one_cycle: rising is out of range
  rising: 1.5
  expected from 0 to 1
  in: @)"),
      fault<ValueError>(
          "one cycle from a rate divided by 0",
          [] { schedule::one_cycle({.largest_rate = 1, .steps = 9, .div_factor = 0}); },
          R"(schedule::one_cycle: div_factor is out of range
  div_factor: 0
  expected above 0
  in: @)"),
      fault<IndexError>(
          "a step past the end of one cycle",
          [] {
            const optim::Schedule rate = schedule::one_cycle({.largest_rate = 1, .steps = 9});
            rate(10);
          },
          R"(schedule::one_cycle: step 10 is past the last
  steps: 9
  in: @)"),
      fault<ValueError>(
          "averaging at a negative rate", [] { schedule::swa(1, -1); },
          R"(schedule::swa: rate is out of range
  rate: -1
  expected a finite number of at least 0
  in: @)"),
      fault<ValueError>(
          "a warm-up of negative steps", [] { schedule::warm_up_constant(1, -1); },
          R"(schedule::warm_up_constant: warm_up is out of range
  warm_up: -1
  expected at least 0
  in: @)"),
      fault<ValueError>(
          "a warm-up and negative steps", [] { schedule::warm_up_linear(1, 1, -1); },
          R"(schedule::warm_up_linear: steps is out of range
  steps: -1
  expected at least 0
  in: @)"),
      fault<ValueError>(
          "a warm-up at a NaN rate", [=] { schedule::warm_up_cosine(nan, 1, 9); },
          R"(schedule::warm_up_cosine: rate is out of range
  rate: nan
  expected a finite number of at least 0
  in: @)"),
      fault<ValueError>(
          "a warm-up and an end above the rate", [] { schedule::warm_up_polynomial(1, 1, 9, 2); },
          R"(schedule::warm_up_polynomial: end is out of range
  end: 2
  expected at least 0 and below rate
  in: @)"),
      fault<ValueError>(
          "an inverse square root of negative time", [] { schedule::inverse_sqrt(1, 0, -1); },
          R"(schedule::inverse_sqrt: time_scale is out of range
  time_scale: -1
  expected at least 0
  in: @)"),
      fault<ValueError>(
          "schedules without a milestone between them",
          [] {
            schedule::sequential({schedule::constant(1), schedule::constant(2)}, {});
          },
          R"(schedule::sequential: the numbers of schedules and milestones do not fit
  schedules: 2     milestones: 0
  expected one milestone between each two schedules
  in: @)"),
      fault<ValueError>(
          "schedules with milestones that fall",
          [] {
            const auto one = schedule::constant(1);
            schedule::sequential({one, one, one}, {5, 3});
          },
          R"(schedule::sequential: the milestones do not increase
  milestones: [5, 3]
  in: @)"),
      fault<ValueError>(
          "a chain of nothing", [] { schedule::chained({}); },
          R"(schedule::chained: there is no schedule
  in: @)"),
      fault<ValueError>(
          "a plateau that raises the rate",
          [] { optim::ReduceOnPlateau{.factor = 2}.step(0.1, 1); },
          R"(optim::ReduceOnPlateau: factor is out of range
  factor: 2
  expected at least 0 and below 1
  in: @)"),
      fault<ValueError>(
          "a plateau of a negative factor",
          [] { optim::ReduceOnPlateau{.factor = -0.5}.step(0.1, 1); },
          R"(optim::ReduceOnPlateau: factor is out of range
  factor: -0.5
  expected at least 0 and below 1
  in: @)"),
  };
}

}  // namespace fathom::test
