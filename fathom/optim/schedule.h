// Schedules: what the learning rate is at each step, as plain functions of the step. Nothing is
// remembered, so a resumed run needs the step alone.
//
//   const optim::Schedule rate = optim::schedule::warm_up_cosine(1e-3, 100, 2000);
//   adam.learning_rate = rate(step);
//
// Steps count from 0, as PyTorch's do: rate(0) is the first step's. `rate` is the base learning
// rate; errors are ValueErrors, thrown where a schedule is made.
#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "fathom/core/where.h"

namespace fathom::optim {

/// A learning rate, or momentum, as a function of the steps taken so far.
using Schedule = std::function<double(std::int64_t step)>;

namespace schedule {

/// rate * factor for the first `steps` steps, then rate; for ever if `steps` is 0: ConstantLR.
Schedule constant(double rate, double factor = 1, std::int64_t steps = 0,
                  Where where = Where::current());
/// From rate * start to rate * end in a line over `steps` steps: LinearLR.
Schedule linear(double rate, double start = 1.0 / 3, double end = 1, std::int64_t steps = 5,
                Where where = Where::current());
/// Multiplied by gamma every `every` steps: StepLR.
Schedule step(double rate, std::int64_t every, double gamma = 0.1, Where where = Where::current());
/// Multiplied by gamma at each milestone: MultiStepLR.
Schedule multi_step(double rate, std::vector<std::int64_t> milestones, double gamma = 0.1,
                    Where where = Where::current());
/// Multiplied by gamma at every step: ExponentialLR.
Schedule exponential(double rate, double gamma, Where where = Where::current());
/// rate * (1 - t / steps)^power, 0 from `steps` on: PolynomialLR.
Schedule polynomial(double rate, std::int64_t steps = 5, double power = 1,
                    Where where = Where::current());
/// Half a cosine from rate down to `least` over `steps` steps, and up again: CosineAnnealingLR
/// (Loshchilov and Hutter 2017).
Schedule cosine_annealing(double rate, std::int64_t steps, double least = 0,
                          Where where = Where::current());
/// Half a cosine again and again, each `growth` times as long: CosineAnnealingWarmRestarts.
Schedule cosine_restarts(double rate, std::int64_t first, std::int64_t growth = 1, double least = 0,
                         Where where = Where::current());
/// rate * factor(t): LambdaLR.
Schedule lambda(double rate, std::function<double(std::int64_t)> factor,
                Where where = Where::current());
/// rate * factor(1) * ... * factor(t): MultiplicativeLR. Each call takes t calls of factor.
Schedule multiplicative(double rate, std::function<double(std::int64_t)> factor,
                        Where where = Where::current());

/// Up and down between two learning rates (Smith 2017): CyclicLR.
struct Cycle {
  enum class Mode : std::uint8_t {
    triangular,
    triangular2,  ///< the height is halved with every cycle
    exp_range,    ///< the height is gamma^t
  };
  double base_rate, largest_rate;
  std::int64_t up = 2000;
  std::int64_t down = 0;  ///< 0: as many as up
  Mode mode = Mode::triangular;
  double gamma = 1;
  double base_momentum = 0.8, largest_momentum = 0.9;
};
/// The learning rate of a Cycle.
Schedule cyclic(const Cycle& cycle, Where where = Where::current());
/// The momentum that goes with it: high where the learning rate is low.
Schedule cyclic_momentum(const Cycle& cycle, Where where = Where::current());

/// One rise and one long fall (Smith and Topin 2017): OneCycleLR.
struct OneCycle {
  double largest_rate;
  std::int64_t steps;
  double rising = 0.3;                             ///< share of the steps
  bool linear = false;                             ///< lines instead of cosines
  double div_factor = 25, final_div_factor = 1e4;  ///< of the first rate, and of that the last
  bool three_phases = false;                       ///< fall to the first rate as fast as it rose
  double base_momentum = 0.85, largest_momentum = 0.95;
};
/// Errors: IndexError for a step past the last.
Schedule one_cycle(const OneCycle& cycle, Where where = Where::current());
/// The momentum that goes with it: low where the learning rate is high. Errors: as one_cycle.
Schedule one_cycle_momentum(const OneCycle& cycle, Where where = Where::current());

/// From rate to `to` over `steps` steps by half a cosine or a line, and there it stays: SWALR.
Schedule swa(double rate, double to, std::int64_t steps = 10, bool linear = false,
             Where where = Where::current());

// Warm-up: a line from 0 to rate over the first steps, then as Hugging Face Transformers'
// get_constant_, get_linear_, get_cosine_, get_polynomial_ and get_inverse_sqrt_schedule have it.
/// A rise, then `rate`.
Schedule warm_up_constant(double rate, std::int64_t warm_up, Where where = Where::current());
/// A rise, then a line down to 0 at the last step.
Schedule warm_up_linear(double rate, std::int64_t warm_up, std::int64_t steps,
                        Where where = Where::current());
/// A rise, then `cycles` waves of a cosine down to 0; half a wave by default.
Schedule warm_up_cosine(double rate, std::int64_t warm_up, std::int64_t steps, double cycles = 0.5,
                        Where where = Where::current());
/// The cosine starts again `cycles` times.
Schedule warm_up_cosine_restarts(double rate, std::int64_t warm_up, std::int64_t steps,
                                 std::int64_t cycles = 1, Where where = Where::current());
/// A rise, then down to `end` by a power of what is left.
Schedule warm_up_polynomial(double rate, std::int64_t warm_up, std::int64_t steps,
                            double end = 1e-7, double power = 1, Where where = Where::current());
/// rate / sqrt(t) in units of `time_scale` steps; 0: of the warm-up's, or 10,000 without one.
Schedule inverse_sqrt(double rate, std::int64_t warm_up, std::int64_t time_scale = 0,
                      Where where = Where::current());

/// One after another: schedule k runs from milestone k-1 on, with steps counted from there:
/// SequentialLR.
Schedule sequential(std::vector<Schedule> schedules, std::vector<std::int64_t> milestones,
                    Where where = Where::current());
/// The product: ChainedScheduler, if one has the learning rate and the others 1.
Schedule chained(std::vector<Schedule> schedules, Where where = Where::current());

}  // namespace schedule

/// Lowers the learning rate when a metric has stopped improving: torch's ReduceLROnPlateau, with
/// the state in plain sight.
///
///   optim::ReduceOnPlateau plateau{.factor = 0.5, .patience = 3};
///   adam.learning_rate = plateau.step(adam.learning_rate, validation_loss);
struct ReduceOnPlateau {
  enum class Mode : std::uint8_t { min, max };
  Mode mode = Mode::min;  ///< whether less is better
  double factor = 0.1;
  std::int64_t patience = 10;  ///< steps without improvement that are borne
  double threshold = 1e-4;     ///< what counts as improvement,
  bool relative = true;        ///< as a share of the best
  std::int64_t cooldown = 0;   ///< steps after a change in which nothing is counted
  double least = 0;            ///< the learning rate goes no lower
  double epsilon = 1e-8;       ///< smaller changes are not made

  // State; NaN as the best: nothing was seen yet.
  double best = std::numeric_limits<double>::quiet_NaN();
  std::int64_t bad_steps = 0;
  std::int64_t cooling = 0;

  /// The learning rate after the metric was `metric`. Errors: ValueError for an option out of
  /// range.
  double step(double learning_rate, double metric, Where where = Where::current());
};

}  // namespace fathom::optim
