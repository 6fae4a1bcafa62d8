// fit, evaluate, predict: a whole training in one call, made of the parts that a loop by hand uses.
//
//   train::History h = train::fit(net, parts.train, {.epochs = 20, .validation = parts.test,
//                                                    .metrics = {metrics::accuracy()}});
//
// Data are a data::Dataset or any data::Source. What a batch holds is told by its fields:
//
//   inputs                what the net is called with, if no loss says otherwise
//   labels, or targets    what the loss and the metrics compare with
//   weights (optional)    one number a row, by which its loss counts
//
// What decides the outcome (the last part of the data held out before they are shuffled, losses
// averaged over samples, class weights, patience) follows Keras; names and the rest PyTorch.
#pragma once
#include <type_traits>

#include "fathom/data/loader.h"
#include "fathom/metrics/metric.h"
#include "fathom/nn/gradient.h"
#include "fathom/nn/mode.h"
#include "fathom/ops/loss.h"
#include "fathom/optim/adam.h"
#include "fathom/train/fit_task.h"
#include "fathom/train/progress.h"
#include "fathom/train/run.h"

namespace fathom::train {

/// What the data of a data set or source come in.
template <class D>
using BatchOf =
    typename std::remove_cvref_t<decltype(data::source(std::declval<const D&>()))>::Batch;

/// How evaluate() goes about it.
template <class M, class B> struct EvaluateOptions {
  Loss<M, B> loss{};                       ///< cross entropy of net(inputs) and labels
  std::vector<metrics::Metric> metrics{};  ///< of the predictions
  std::int64_t batch_size = 256;
  int workers = 0;
  std::vector<metrics::Metric> weighted_metrics{};  ///< in which rows count by their weights
  WeightedLoss weighted_loss = WeightedLoss::sum_over_batch_size;
};

/// How fit() goes about it.
template <class M, class B> struct FitOptions {
  Loss<M, B> loss{};            ///< cross entropy of net(inputs) and labels
  AnyOptimizer<M> optimizer{};  ///< Adam; &adam steps the caller's own and leaves it its state
  std::vector<metrics::Metric> metrics{};           ///< of the rows as they are
  std::vector<metrics::Metric> weighted_metrics{};  ///< in which rows count by their weights
  std::optional<DataFor<B>> validation{};           ///< evaluated after each epoch: val_loss, ...
  /// Instead of validation: this share of the rows, the last ones as the data stand, is not trained
  /// on but evaluated.
  double validation_split = 0;
  std::int64_t epochs = 1;
  std::int64_t batch_size = 32;
  bool shuffle = true;
  bool drop_last = false;
  data::Sampler sampler{};  ///< instead of shuffle
  /// Steps of an epoch; 0: one pass over the data. A pass that ends within an epoch is followed by
  /// the next, in another order.
  std::int64_t steps_per_epoch = 0;
  int workers = 0;              ///< threads that gather batches ahead
  std::uint64_t seed = 0;       ///< decides the order and what dropout drops
  std::int64_t accumulate = 1;  ///< batches whose gradients make one step
  /// Rows whose gradients are computed at once and then added up, which takes less memory: 32 rows
  /// in parts of 8 and 4 batches of 8 accumulated give the same bits. 0: a whole batch.
  std::int64_t micro_batch = 0;
  std::vector<double> class_weight{};  ///< by label: a row's loss counts so many times
  WeightedLoss weighted_loss = WeightedLoss::sum_over_batch_size;
  std::optional<double> clip_norm{};       ///< most that the norm of all gradients together may be
  std::optional<double> clip_value{};      ///< most that each of their elements may be
  std::int64_t validate_every = 1;         ///< epochs
  std::int64_t validation_batch_size = 0;  ///< 0: batch_size
  Checkpoint checkpoint{};                 ///< written on the way, and where to go on from
  History initial_history{};  ///< of a run that this one goes on after: its epochs count
  std::vector<Callback> callbacks{};
  Verbose verbose = Verbose::automatic;
  /// Ctrl-C ends the run after the step at hand; for one run at a time, since signals are the
  /// program's.
  bool catch_interrupt = true;
};

namespace detail {
/// The data as a source; errors name the user's line.
template <class D> data::Source<BatchOf<D>> source_of(const D& data, const Where& where) {
  const graph::CallScope call(where);
  return data::source(data);
}
template <class M, class B> LoopOptions loop_of(const FitOptions<M, B>& options) {
  return {.epochs = options.epochs,
          .validate_every = options.validate_every,
          .callbacks = options.callbacks,
          .checkpoint = options.checkpoint,
          .initial_history = options.initial_history};
}
}  // namespace detail

/// Trains `net` in place and returns what it measured.
///
/// Shuffling and dropout are decided by the seed and the step alone: neither workers nor threads
/// show in the result. A step whose loss is NaN or infinite is not taken: `net` stays as it was
/// before, the step is repeated one operation at a time, and the error names the operation, its
/// module and the row of the data.
///
/// A run with a checkpoint may be killed at any moment: with `resume` it goes on to the bits of one
/// that was not, whatever the number of threads and workers.
///
/// Errors: NumericError as said; ValueError for options or data that make no sense; those of the
/// loss, the data and the callbacks.
template <class M, class D>
History fit(M& net, const D& data,
            const std::type_identity_t<FitOptions<M, BatchOf<D>>>& options = {},
            Where where = Where::current()) {
  return located(where, [&] {
    detail::FitTask<M, BatchOf<D>> task(net, detail::source_of(data, where), options, where);
    LoopOptions loop = detail::loop_of(options);
    if (const Progress progress(options.verbose); progress.shows())
      loop.callbacks.push_back(progress);
    if (!options.catch_interrupt) return run(task, std::move(loop), where);
    const InterruptScope interrupts;
    loop.interrupt = interrupts.flag();
    return run(task, std::move(loop), where);
  });
}

/// The loss and metrics of a model over data, in inference mode; exact over uneven batches.
/// Errors: ValueError for no data; those of the loss and metrics.
template <class M, class D>
Values evaluate(const M& net, const D& data,
                const std::type_identity_t<EvaluateOptions<M, BatchOf<D>>>& options = {},
                Where where = Where::current()) {
  return located(where, [&] {
    return detail::evaluate_source(net, detail::source_of(data, where), options.loss,
                                   detail::Meters(options.metrics, options.weighted_metrics),
                                   {options.batch_size, options.workers}, options.weighted_loss,
                                   {"train::evaluate", where});
  });
}

/// What the model makes of every row's inputs, in inference mode. Shapes: -> (N, ...).
/// Errors: ValueError for no data; those of the model.
template <class M, class D>
Tensor predict(const M& net, const D& data, const ReadOptions& options = {.batch_size = 256},
               Where where = Where::current()) {
  return located(where, [&] {
    const nn::ModeScope scope = nn::inference();
    std::vector<Tensor> parts;
    for (const auto& batch :
         data::loader(data, {.batch_size = options.batch_size, .workers = options.workers}, where))
      parts.push_back(detail::predict(net, detail::inputs_of(batch), where).eval(where));
    return data::join(parts, where);
  });
}

}  // namespace fathom::train
