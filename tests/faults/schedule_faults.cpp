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
          out_of_range("schedule::constant", "rate", "-1", "a finite number of at least 0")),
      fault<ValueError>(
          "a constant schedule of a negative factor", [] { schedule::constant(1, -1, 3); },
          out_of_range("schedule::constant", "factor", "-1", "a finite number of at least 0")),
      fault<ValueError>(
          "a line from 0", [] { schedule::linear(1, 0); },
          out_of_range("schedule::linear", "start", "0", "above 0 and at most 1")),
      fault<ValueError>(
          "a line to above 1", [] { schedule::linear(1, 1, 2); },
          out_of_range("schedule::linear", "end", "2", "from 0 to 1")),
      fault<ValueError>(
          "a line of no steps", [] { schedule::linear(1, 1, 1, 0); },
          out_of_range("schedule::linear", "steps", "0", "at least 1")),
      fault<ValueError>(
          "steps of size 0", [] { schedule::step(1, 0); },
          out_of_range("schedule::step", "every", "0", "at least 1")),
      fault<ValueError>(
          "steps by a gamma of NaN", [=] { schedule::step(1, 2, nan); },
          out_of_range("schedule::step", "gamma", "nan", "a finite number of at least 0")),
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
          out_of_range("schedule::exponential", "rate", "nan", "a finite number of at least 0")),
      fault<ValueError>(
          "an exponential of a negative gamma", [] { schedule::exponential(1, -0.9); },
          out_of_range("schedule::exponential", "gamma", "-0.9", "a finite number of at least 0")),
      fault<ValueError>(
          "a polynomial of no steps", [] { schedule::polynomial(1, 0); },
          out_of_range("schedule::polynomial", "steps", "0", "at least 1")),
      fault<ValueError>(
          "a polynomial of a NaN power", [=] { schedule::polynomial(1, 5, nan); },
          out_of_range("schedule::polynomial", "power", "nan", "a finite number")),
      fault<ValueError>(
          "a cosine of no steps", [] { schedule::cosine_annealing(1, 0); },
          out_of_range("schedule::cosine_annealing", "steps", "0", "at least 1")),
      fault<ValueError>(
          "a cosine down to NaN", [=] { schedule::cosine_annealing(1, 5, nan); },
          out_of_range("schedule::cosine_annealing", "least", "nan", "a finite number")),
      fault<ValueError>(
          "restarts after no steps", [] { schedule::cosine_restarts(1, 0); },
          out_of_range("schedule::cosine_restarts", "first", "0", "at least 1")),
      fault<ValueError>(
          "restarts that shrink", [] { schedule::cosine_restarts(1, 5, 0); },
          out_of_range("schedule::cosine_restarts", "growth", "0", "at least 1")),
      fault<ValueError>(
          "a lambda of an infinite rate",
          [] {
            schedule::lambda(std::numeric_limits<double>::infinity(),
                             [](std::int64_t) { return 1.0; });
          },
          out_of_range("schedule::lambda", "rate", "inf", "a finite number of at least 0")),
      fault<ValueError>(
          "a lambda that is none", [] { schedule::lambda(1, {}); },
          R"(schedule::lambda: the factor is an empty function
  in: @)"),
      fault<ValueError>(
          "a multiplicative schedule of a negative rate",
          [] { schedule::multiplicative(-1, [](std::int64_t) { return 1.0; }); },
          out_of_range("schedule::multiplicative", "rate", "-1", "a finite number of at least 0")),
      fault<ValueError>(
          "a cycle of no steps",
          [] { schedule::cyclic({.base_rate = 0.1, .largest_rate = 1, .up = 0}); },
          out_of_range("schedule::cyclic", "up", "0", "at least 1")),
      fault<ValueError>(
          "a cycle to a negative rate",
          [] { schedule::cyclic({.base_rate = 0.1, .largest_rate = -1}); },
          out_of_range("schedule::cyclic", "rate", "-1", "a finite number of at least 0")),
      fault<ValueError>(
          "one cycle of no steps", [] { schedule::one_cycle({.largest_rate = 1, .steps = 0}); },
          out_of_range("schedule::one_cycle", "steps", "0", "at least 1")),
      fault<ValueError>(
          "one cycle that rises for longer than it lasts",
          [] { schedule::one_cycle({.largest_rate = 1, .steps = 9, .rising = 1.5}); },
          out_of_range("schedule::one_cycle", "rising", "1.5", "from 0 to 1")),
      fault<ValueError>(
          "one cycle from a rate divided by 0",
          [] { schedule::one_cycle({.largest_rate = 1, .steps = 9, .div_factor = 0}); },
          out_of_range("schedule::one_cycle", "div_factor", "0", "above 0")),
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
          out_of_range("schedule::swa", "rate", "-1", "a finite number of at least 0")),
      fault<ValueError>(
          "a warm-up of negative steps", [] { schedule::warm_up_constant(1, -1); },
          out_of_range("schedule::warm_up_constant", "warm_up", "-1", "at least 0")),
      fault<ValueError>(
          "a warm-up and negative steps", [] { schedule::warm_up_linear(1, 1, -1); },
          out_of_range("schedule::warm_up_linear", "steps", "-1", "at least 0")),
      fault<ValueError>(
          "a warm-up at a NaN rate", [=] { schedule::warm_up_cosine(nan, 1, 9); },
          out_of_range("schedule::warm_up_cosine", "rate", "nan", "a finite number of at least 0")),
      fault<ValueError>(
          "a warm-up and an end above the rate", [] { schedule::warm_up_polynomial(1, 1, 9, 2); },
          out_of_range("schedule::warm_up_polynomial", "end", "2", "at least 0 and below rate")),
      fault<ValueError>(
          "an inverse square root of negative time", [] { schedule::inverse_sqrt(1, 0, -1); },
          out_of_range("schedule::inverse_sqrt", "time_scale", "-1", "at least 0")),
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
          out_of_range("optim::ReduceOnPlateau", "factor", "2", "at least 0 and below 1")),
      fault<ValueError>(
          "a plateau of a negative factor",
          [] { optim::ReduceOnPlateau{.factor = -0.5}.step(0.1, 1); },
          out_of_range("optim::ReduceOnPlateau", "factor", "-0.5", "at least 0 and below 1")),
  };
}

}  // namespace fathom::test
