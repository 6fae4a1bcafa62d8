// Short runs on a copy of a model, before the real one: which learning rate, and whether it can
// learn at all.
#pragma once
#include <cmath>

#include "fathom/train/callbacks.h"
#include "fathom/train/fit.h"

namespace fathom::train {

/// What a range test found (Smith 2017).
struct RateSweep {
  std::vector<double> rates, losses;  ///< of each step; losses are smoothed
  /// The rate at which the loss falls fastest. NaN if it never falls.
  double suggestion = 0;
  /// Loss over rate, with the suggestion marked. Errors: IoError.
  void draw(const std::string& path, Where where = Where::current()) const;
};

/// Which learning rates are tried.
struct SweepOptions {
  double from = 1e-6, to = 10;
  std::int64_t steps = 100;
  double smoothing = 0.9;  ///< share of the past in the running mean of the loss
  double give_up = 4;      ///< ends when the loss is so many times its best
};

namespace detail {
/// Takes in losses of growing rates; `finish` smooths them and looks for the steepest fall.
struct SweepCallback {
  SweepOptions options;
  RateSweep* sweep;
  double mean = 0, best = 0;
  double rate(std::int64_t step) const;
  void before_step(Run& run) { run.set_learning_rate(rate(run.step())); }
  void after_step(Run& run);
  bool nan(Run& run, const NumericError&);
  void end(Run& run);
};
void require_sweep(const SweepOptions& options, const Where& where);
void require_overfit(std::int64_t steps, const Where& where);
/// Leaves out what a trial must not do: look at other data, print, touch the real run's checkpoint.
template <class Options> void make_trial(Options& options) {
  options.validation.reset();
  options.validation_split = 0;
  options.steps_per_epoch = 0;
  options.checkpoint = {};
  options.initial_history = {};
  options.verbose = Verbose::silent;
}
}  // namespace detail

/// Trains a copy of `net` at a learning rate that grows from step to step. `options` are those of
/// the real run. Errors: ValueError for a range or a number of steps that make no sense; those of
/// fit.
template <class M, class D>
RateSweep find_learning_rate(M net, const D& data,
                             std::type_identity_t<FitOptions<M, BatchOf<D>>> options = {},
                             const SweepOptions& sweep = {}, Where where = Where::current()) {
  detail::require_sweep(sweep, where);
  RateSweep result;
  options.callbacks = {detail::SweepCallback{sweep, &result}};
  detail::make_trial(options);
  options.epochs = sweep.steps;  // of one step and more each
  fit(net, data, options, where);
  return result;
}

/// The losses of a copy of `net` trained on one batch again and again. A model and a loss that are
/// right bring it near 0; if `fit` cannot, no amount of data will help.
struct Overfit {
  std::vector<double> losses;
  bool passed = false;  ///< the last loss is below the goal
};
/// How long is tried, and what counts as learnt.
struct OverfitOptions {
  std::int64_t steps = 200;
  double goal = 0.01;  ///< as a share of the first loss
};
/// Trains a copy of the net on one batch again and again. Errors: ValueError for no steps; those of
/// fit.
template <class M, class B>
Overfit overfit_one_batch(M net, const B& batch,
                          std::type_identity_t<FitOptions<M, B>> options = {},
                          const OverfitOptions& overfit = {}, Where where = Where::current()) {
  detail::require_overfit(overfit.steps, where);
  Overfit result;
  options.callbacks = {
      LambdaCallback{.on_step = [&](Run& run) { result.losses.push_back(run.loss()); }}};
  detail::make_trial(options);
  options.epochs = overfit.steps;
  options.batch_size = data::rows_in(batch);
  options.shuffle = false;
  options.sampler = {};
  fit(net, data::rows(batch, where), options, where);
  result.passed = !result.losses.empty() &&
                  result.losses.back() <= overfit.goal * std::abs(result.losses.front());
  return result;
}

}  // namespace fathom::train
