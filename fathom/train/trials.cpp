#include "fathom/train/trials.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "fathom/core/error.h"
#include "fathom/figure/figure.h"
#include "fathom/graph/context.h"

namespace fathom::train {

namespace detail {

double SweepCallback::rate(std::int64_t step) const {
  const double at = static_cast<double>(step) / static_cast<double>(options.steps - 1);
  return options.from * std::pow(options.to / options.from, at);
}

void SweepCallback::after_step(Run& run) {
  const double keep = options.smoothing;
  mean = keep * mean + (1 - keep) * run.loss();
  // The mean starts at 0: what is missing of it is made up for, as in Adam.
  const double smooth = mean / (1 - std::pow(keep, static_cast<double>(run.step())));
  sweep->rates.push_back(rate(run.step() - 1));
  sweep->losses.push_back(smooth);
  best = run.step() == 1 ? smooth : std::min(best, smooth);
  if (run.step() == options.steps) run.stop("the sweep is done");
  if (smooth > options.give_up * best) run.stop("the loss explodes");
}

bool SweepCallback::nan(Run& run, const NumericError&) {
  run.stop("the loss explodes");
  return true;
}

void SweepCallback::end(Run&) {
  sweep->suggestion = std::numeric_limits<double>::quiet_NaN();
  double steepest = 0;
  for (std::size_t i = 1; i + 1 < sweep->losses.size(); ++i) {
    const double slope = sweep->losses[i + 1] - sweep->losses[i - 1];
    if (slope >= steepest) continue;
    steepest = slope;
    sweep->suggestion = sweep->rates[i];
  }
}

void require_sweep(const SweepOptions& o, const Where& where) {
  const graph::CallScope call(where);
  if (!(o.from > 0 && o.to > o.from) || o.steps < 3 || !(o.smoothing >= 0 && o.smoothing < 1))
    throw ValueError({.operation = "train::find_learning_rate",
                      .problem = "this sweep makes no sense",
                      .received = {{"from", fmt::format("{}", o.from)},
                                   {"to", fmt::format("{}", o.to)},
                                   {"steps", std::to_string(o.steps)},
                                   {"smoothing", fmt::format("{}", o.smoothing)}},
                      .expected = "0 < from < to, 3 steps or more, smoothing in [0, 1)"});
}

void require_overfit(std::int64_t steps, const Where& where) {
  const graph::CallScope call(where);
  if (steps < 1)
    throw ValueError({.operation = "train::overfit_one_batch",
                      .problem = "steps is " + std::to_string(steps),
                      .expected = "at least 1"});
}

}  // namespace detail

void RateSweep::draw(const std::string& path, Where where) const {
  const graph::CallScope call(where);
  figure::Figure figure;
  figure::Axes& axes = figure.axes();
  axes.title("Learning rate range test").x_label("learning rate").y_label("loss").log_x();
  axes.line(rates, losses, {.label = "loss, smoothed"});
  for (std::size_t i = 0; i < rates.size(); ++i)
    if (rates[i] == suggestion)
      axes.scatter({rates[i]}, {losses[i]},
                   {.label = fmt::format("steepest at {:.2g}", suggestion), .size = 9});
  figure.save(path);
}

}  // namespace fathom::train
