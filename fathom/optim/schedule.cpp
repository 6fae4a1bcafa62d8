#include "fathom/optim/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/graph/op.h"

namespace fathom::optim {
namespace {

using std::numbers::pi;

void require(bool good, const char* operation, const char* option, double value,
             const char* expected) {
  if (good) return;
  throw ValueError({.operation = std::string("schedule::") + operation,
                    .problem = std::string(option) + " is out of range",
                    .received = {{option, graph::print_field(value)}},
                    .expected = expected});
}
void require_rate(const char* operation, double rate) {
  require(rate >= 0 && std::isfinite(rate), operation, "rate", rate,
          "a finite number of at least 0");
}
void require_finite(const char* operation, const char* option, double value) {
  require(std::isfinite(value), operation, option, value, "a finite number");
}
void require_factor(const char* operation, const char* option, double value) {
  require(value >= 0 && std::isfinite(value), operation, option, value,
          "a finite number of at least 0");
}
void require_function(const char* operation, bool there) {
  if (!there)
    throw ValueError({.operation = std::string("schedule::") + operation,
                      .problem = "the factor is an empty function"});
}
void require_steps(const char* operation, const char* option, std::int64_t steps,
                   std::int64_t least = 1) {
  require(steps >= least, operation, option, static_cast<double>(steps),
          least == 1 ? "at least 1" : "at least 0");
}
void require_increasing(const char* operation, const std::vector<std::int64_t>& milestones) {
  if (std::ranges::is_sorted(milestones)) return;
  throw ValueError({.operation = std::string("schedule::") + operation,
                    .problem = "the milestones do not increase",
                    .received = {{"milestones", graph::print_any(milestones)}}});
}

double number(std::int64_t n) { return static_cast<double>(n); }

/// From `a` to `b`, `part` of the way.
double line(double a, double b, double part) { return a + (b - a) * part; }
double half_cosine(double a, double b, double part) {
  return b + (a - b) * (1 + std::cos(pi * part)) / 2;
}

}  // namespace

namespace schedule {

Schedule constant(double rate, double factor, std::int64_t steps, Where where) {
  const graph::CallScope call(where);
  require_rate("constant", rate);
  require_factor("constant", "factor", factor);
  return [=](std::int64_t t) { return t < steps || steps == 0 ? rate * factor : rate; };
}

Schedule linear(double rate, double start, double end, std::int64_t steps, Where where) {
  const graph::CallScope call(where);
  require_rate("linear", rate);
  require(start > 0 && start <= 1, "linear", "start", start, "above 0 and at most 1");
  require(end >= 0 && end <= 1, "linear", "end", end, "from 0 to 1");
  require_steps("linear", "steps", steps);
  return [=](std::int64_t t) {
    return rate * line(start, end, number(std::min(t, steps)) / number(steps));
  };
}

Schedule step(double rate, std::int64_t every, double gamma, Where where) {
  const graph::CallScope call(where);
  require_rate("step", rate);
  require_steps("step", "every", every);
  require_factor("step", "gamma", gamma);
  return [=](std::int64_t t) { return rate * std::pow(gamma, number(t / every)); };
}

Schedule multi_step(double rate, std::vector<std::int64_t> milestones, double gamma, Where where) {
  const graph::CallScope call(where);
  require_rate("multi_step", rate);
  require_increasing("multi_step", milestones);
  require_factor("multi_step", "gamma", gamma);
  return [=](std::int64_t t) {
    const auto passed = std::ranges::upper_bound(milestones, t) - milestones.begin();
    return rate * std::pow(gamma, number(passed));
  };
}

Schedule exponential(double rate, double gamma, Where where) {
  const graph::CallScope call(where);
  require_rate("exponential", rate);
  require_factor("exponential", "gamma", gamma);
  return [=](std::int64_t t) { return rate * std::pow(gamma, number(t)); };
}

Schedule polynomial(double rate, std::int64_t steps, double power, Where where) {
  const graph::CallScope call(where);
  require_rate("polynomial", rate);
  require_steps("polynomial", "steps", steps);
  require_finite("polynomial", "power", power);
  return [=](std::int64_t t) {
    return rate * std::pow(1 - number(std::min(t, steps)) / number(steps), power);
  };
}

Schedule cosine_annealing(double rate, std::int64_t steps, double least, Where where) {
  const graph::CallScope call(where);
  require_rate("cosine_annealing", rate);
  require_steps("cosine_annealing", "steps", steps);
  require_finite("cosine_annealing", "least", least);
  return [=](std::int64_t t) { return half_cosine(rate, least, number(t) / number(steps)); };
}

Schedule cosine_restarts(double rate, std::int64_t first, std::int64_t growth, double least,
                         Where where) {
  const graph::CallScope call(where);
  require_rate("cosine_restarts", rate);
  require_steps("cosine_restarts", "first", first);
  require_steps("cosine_restarts", "growth", growth);
  require_finite("cosine_restarts", "least", least);
  return [=](std::int64_t t) {
    std::int64_t length = first;
    if (growth == 1) t %= first;
    for (; t >= length; length *= growth) t -= length;
    return half_cosine(rate, least, number(t) / number(length));
  };
}

Schedule lambda(double rate, std::function<double(std::int64_t)> factor, Where where) {
  const graph::CallScope call(where);
  require_rate("lambda", rate);
  require_function("lambda", static_cast<bool>(factor));
  return [=](std::int64_t t) { return rate * factor(t); };
}

Schedule multiplicative(double rate, std::function<double(std::int64_t)> factor, Where where) {
  const graph::CallScope call(where);
  require_rate("multiplicative", rate);
  require_function("multiplicative", static_cast<bool>(factor));
  return [=](std::int64_t t) {
    double product = rate;
    for (std::int64_t i = 1; i <= t; ++i) product *= factor(i);
    return product;
  };
}

namespace {

/// The height above the base at step t, 0 to 1.
double height(const Cycle& c, std::int64_t t) {
  const double up = number(c.up), down = number(c.down > 0 ? c.down : c.up);
  const double cycles = number(t) / (up + down);
  const double whole = std::floor(cycles);
  const double part = cycles - whole, top = up / (up + down);
  const double triangle = part <= top ? part / top : (part - 1) / (top - 1);
  if (c.mode == Cycle::Mode::triangular2) return triangle * std::pow(0.5, whole);
  if (c.mode == Cycle::Mode::exp_range) return triangle * std::pow(c.gamma, number(t));
  return triangle;
}

void check(const Cycle& c) {
  require_rate("cyclic", c.base_rate);
  require_rate("cyclic", c.largest_rate);
  require_steps("cyclic", "up", c.up);
  require_steps("cyclic", "down", c.down, 0);
}

struct Phase {
  double end;  // its last step
  double first_rate, last_rate, first_momentum, last_momentum;
};

std::vector<Phase> phases(const OneCycle& c) {
  const char* self = "one_cycle";
  require_rate(self, c.largest_rate);
  require_steps(self, "steps", c.steps);
  require(c.rising >= 0 && c.rising <= 1, self, "rising", c.rising, "from 0 to 1");
  require(c.div_factor > 0, self, "div_factor", c.div_factor, "above 0");
  require(c.final_div_factor > 0, self, "final_div_factor", c.final_div_factor, "above 0");
  const double first = c.largest_rate / c.div_factor, last = first / c.final_div_factor;
  const double high = c.largest_momentum, low = c.base_momentum;
  const double top = c.rising * number(c.steps) - 1, end = number(c.steps - 1);
  if (c.three_phases)
    return {{top, first, c.largest_rate, high, low},
            {2 * c.rising * number(c.steps) - 2, c.largest_rate, first, low, high},
            {end, first, last, high, high}};
  return {{top, first, c.largest_rate, high, low}, {end, c.largest_rate, last, low, high}};
}

Schedule one_cycle(const OneCycle& c, double Phase::*first, double Phase::*last,
                   const Where& where) {
  return [c, first, last, where, phases = phases(c)](std::int64_t t) {
    if (t > c.steps)
      throw IndexError({.operation = "schedule::one_cycle",
                        .problem = "step " + std::to_string(t) + " is past the last",
                        .received = {{"steps", std::to_string(c.steps)}},
                        .where = to_string(where)});
    double start = 0;
    std::size_t k = 0;
    for (; k + 1 < phases.size() && number(t) > phases[k].end; ++k) start = phases[k].end;
    const Phase& p = phases[k];
    // A phase of no length, as of a rise within one step, is over at once.
    const double part = p.end > start ? (number(t) - start) / (p.end - start) : 1;
    return (c.linear ? line : half_cosine)(p.*first, p.*last, part);
  };
}

}  // namespace

Schedule cyclic(const Cycle& c, Where where) {
  const graph::CallScope call(where);
  check(c);
  return [c](std::int64_t t) { return line(c.base_rate, c.largest_rate, height(c, t)); };
}
Schedule cyclic_momentum(const Cycle& c, Where where) {
  const graph::CallScope call(where);
  check(c);
  return [c](std::int64_t t) { return line(c.largest_momentum, c.base_momentum, height(c, t)); };
}

Schedule one_cycle(const OneCycle& c, Where where) {
  const graph::CallScope call(where);
  return one_cycle(c, &Phase::first_rate, &Phase::last_rate, where);
}
Schedule one_cycle_momentum(const OneCycle& c, Where where) {
  const graph::CallScope call(where);
  return one_cycle(c, &Phase::first_momentum, &Phase::last_momentum, where);
}

Schedule swa(double rate, double to, std::int64_t steps, bool linear, Where where) {
  const graph::CallScope call(where);
  require_rate("swa", rate);
  require_rate("swa", to);
  require_steps("swa", "steps", steps, 0);
  return [=](std::int64_t t) {
    const double part = steps > 0 ? std::min(1.0, number(t) / number(steps)) : 1;
    return (linear ? line : half_cosine)(rate, to, part);
  };
}

namespace {

/// A line from 0 over `warm_up` steps, then `after` with the share of what remains that is done.
Schedule warmed_up(const char* operation, double rate, std::int64_t warm_up, std::int64_t steps,
                   std::function<double(double)> after) {
  require_rate(operation, rate);
  require_steps(operation, "warm_up", warm_up, 0);
  require_steps(operation, "steps", steps, 0);
  return [=](std::int64_t t) {
    if (t < warm_up) return rate * (number(t) / number(warm_up));
    return after(number(t - warm_up) / number(std::max<std::int64_t>(1, steps - warm_up)));
  };
}

}  // namespace

Schedule warm_up_constant(double rate, std::int64_t warm_up, Where where) {
  const graph::CallScope call(where);
  return warmed_up("warm_up_constant", rate, warm_up, 0, [=](double) { return rate; });
}
Schedule warm_up_linear(double rate, std::int64_t warm_up, std::int64_t steps, Where where) {
  const graph::CallScope call(where);
  return warmed_up("warm_up_linear", rate, warm_up, steps,
                   [=](double part) { return rate * std::max(0.0, 1 - part); });
}
Schedule warm_up_cosine(double rate, std::int64_t warm_up, std::int64_t steps, double cycles,
                        Where where) {
  const graph::CallScope call(where);
  return warmed_up("warm_up_cosine", rate, warm_up, steps, [=](double part) {
    return rate * std::max(0.0, (1 + std::cos(pi * cycles * 2 * part)) / 2);
  });
}
Schedule warm_up_cosine_restarts(double rate, std::int64_t warm_up, std::int64_t steps,
                                 std::int64_t cycles, Where where) {
  const graph::CallScope call(where);
  return warmed_up("warm_up_cosine_restarts", rate, warm_up, steps, [=](double part) {
    return part >= 1 ? 0 : rate * (1 + std::cos(pi * std::fmod(number(cycles) * part, 1))) / 2;
  });
}
Schedule warm_up_polynomial(double rate, std::int64_t warm_up, std::int64_t steps, double end,
                            double power, Where where) {
  const graph::CallScope call(where);
  require(end >= 0 && end < rate, "warm_up_polynomial", "end", end, "at least 0 and below rate");
  return warmed_up("warm_up_polynomial", rate, warm_up, steps, [=](double part) {
    return part > 1 ? end : end + (rate - end) * std::pow(1 - part, power);
  });
}
Schedule inverse_sqrt(double rate, std::int64_t warm_up, std::int64_t time_scale, Where where) {
  const graph::CallScope call(where);
  require_steps("inverse_sqrt", "time_scale", time_scale, 0);
  if (time_scale == 0) time_scale = warm_up > 0 ? warm_up : 10'000;
  return warmed_up("inverse_sqrt", rate, warm_up, 0, [=](double after) {
    return rate / std::sqrt((after + number(time_scale)) / number(time_scale));
  });
}

Schedule sequential(std::vector<Schedule> schedules, std::vector<std::int64_t> milestones,
                    Where where) {
  const graph::CallScope call(where);
  if (schedules.empty() || schedules.size() != milestones.size() + 1)
    throw ValueError({.operation = "schedule::sequential",
                      .problem = "the numbers of schedules and milestones do not fit",
                      .received = {{"schedules", std::to_string(schedules.size())},
                                   {"milestones", std::to_string(milestones.size())}},
                      .expected = "one milestone between each two schedules"});
  require_increasing("sequential", milestones);
  return [=](std::int64_t t) {
    const auto k =
        static_cast<std::size_t>(std::ranges::upper_bound(milestones, t) - milestones.begin());
    return schedules[k](k == 0 ? t : t - milestones[k - 1]);
  };
}

Schedule chained(std::vector<Schedule> schedules, Where where) {
  const graph::CallScope call(where);
  if (schedules.empty())
    throw ValueError({.operation = "schedule::chained", .problem = "there is no schedule"});
  return [=](std::int64_t t) {
    double product = 1;
    for (const Schedule& s : schedules) product *= s(t);
    return product;
  };
}

}  // namespace schedule

double ReduceOnPlateau::step(double learning_rate, double metric, Where where) {
  const graph::CallScope call(where);
  const auto check = [](bool good, const char* option, double value, const char* expected) {
    if (!good)
      throw ValueError({.operation = "optim::ReduceOnPlateau",
                        .problem = std::string(option) + " is out of range",
                        .received = {{option, graph::print_field(value)}},
                        .expected = expected});
  };
  check(factor >= 0 && factor < 1, "factor", factor, "at least 0 and below 1");
  check(patience >= 0, "patience", number(patience), "at least 0");
  const double margin = relative ? threshold * best : threshold;
  const bool better = std::isnan(best)    ? std::isfinite(metric)
                      : mode == Mode::min ? metric < best - margin
                                          : metric > best + margin;
  if (better) best = metric;
  bad_steps = better ? 0 : bad_steps + 1;
  if (cooling > 0) {
    --cooling;
    bad_steps = 0;
  }
  if (bad_steps <= patience) return learning_rate;
  cooling = cooldown;
  bad_steps = 0;
  const double lower = std::max(learning_rate * factor, least);
  return learning_rate - lower > epsilon ? lower : learning_rate;
}

}  // namespace fathom::optim
