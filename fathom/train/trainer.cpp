#include "fathom/train/trainer.h"

#include <algorithm>
#include <chrono>
#include <functional>

#include "fathom/core/error.h"
#include "fathom/core/storage.h"
#include "fathom/data/loader.h"
#include "fathom/graph/plan.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/loss.h"
#include "fathom/optim/state.h"
#include "fathom/train/fit.h"

namespace fathom::train {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double least_seconds_between_checkpoints = 0.5;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

models::MlpConfig config_of(const Settings& s, const data::Dataset& data) {
  return {.in_features = data.features(),
          .hidden = s.model == "linear" ? std::vector<std::int64_t>{} : s.hidden,
          .classes = data.classes(),
          .batch_norm = s.batch_norm,
          .relu = s.relu,
          .dropout = s.dropout};
}

nn::Layer fresh_model(const Settings& s, const models::MlpConfig& config) {
  seed(s.seed);
  return models::create(s.model, config);
}

/// Bytes of the plan that ran last, or so many plans before it.
std::size_t plan_bytes(std::size_t back = 0) {
  const auto plans = graph::cached_plans();
  return back < plans.size() ? plans[back]->estimated_bytes() : 0;
}

}  // namespace

Trainer::Trainer(const Settings& settings, const data::Split& parts)
    : settings_(settings),
      parts_(parts),
      config_(config_of(settings, parts.train)),
      net_(fresh_model(settings, config_)),
      optimizer_(settings.optimizer, settings.learning_rate, settings.weight_decay) {
  data::check(parts.train);
  data::check(parts.test);
  batches_ = data::Loader(parts_.train, {.batch_size = settings.batch_size}).batches();
  if (settings_.epochs <= 0)
    settings_.epochs = std::clamp<std::int64_t>((1999 + batches_) / batches_, 20, 200);
  schedule_ = make_schedule(settings.schedule, settings.learning_rate, settings.warm_up,
                            settings_.epochs * batches_);
  // A single row has no variance to normalise by, so a last batch of one could not be trained on.
  if (config_.batch_norm && !config_.hidden.empty() &&
      parts.train.size() - (batches_ - 1) * settings.batch_size == 1)
    throw ValueError({.operation = "train",
                      .problem = "batch norm cannot train on the last batch, which has one row",
                      .received = {{"rows", std::to_string(parts.train.size())},
                                   {"batch", std::to_string(settings.batch_size)}},
                      .hint = "another --batch, or --no-batch-norm"});
  nn::eval(net_);
}

void Trainer::resume(const std::string& checkpoint) {
  Position position = load_checkpoint(checkpoint, net_, optimizer_);
  if (position.batch > batches_ || position.step != position.epoch * batches_ + position.batch)
    throw FormatError(
        {.operation = "resume",
         .problem = "the checkpoint is of a run on other data or with another batch size",
         .received = {{"step", std::to_string(position.step)},
                      {"epoch", std::to_string(position.epoch)},
                      {"batch", std::to_string(position.batch)}},
         .expected = std::to_string(batches_) + " batches in an epoch"});
  position_ = std::move(position);
}

template <class F> void Trainer::count_misses(bool warmup, F&& work) {
  const std::uint64_t before = graph::plan_statistics().misses;
  work();
  const std::uint64_t missed = graph::plan_statistics().misses - before;
  misses_ += missed;
  if (warmup) warmup_misses_ += missed;
}

void Trainer::finish_epoch(const RunOptions& options) {
  Evaluation test;
  count_misses(!tested_, [&] { test = evaluate_classifier(net_, parts_.test); });
  if (!tested_) test_plan_bytes_ = plan_bytes();
  tested_ = true;
  ++position_.epoch;
  position_.batch = 0;
  const EpochRecord record{position_.epoch, position_.step,  position_.loss(), position_.accuracy(),
                           test.loss,       test.accuracy(), position_.seconds};
  position_.loss_sum = 0;
  position_.correct = 0;
  position_.rows = 0;
  position_.history.push_back(record);
  if (options.after_epoch) options.after_epoch(record);
}

void Trainer::checkpoint(const RunOptions& options) {
  if (!options.checkpoint.empty()) save_checkpoint(options.checkpoint, position_, net_, optimizer_);
}

/// What the run does around the steps of the loop.
class Trainer::Hooks {
 public:
  Hooks(Trainer& trainer, const RunOptions& options) : t_(trainer), options_(options) {}

  /// Cross entropy; logits and labels are held, so that the step's plan also gives them.
  Tensor loss(const nn::Layer& net, const data::Batch& batch) {
    logits_ = net(batch.inputs);
    labels_ = batch.labels;
    return cross_entropy(logits_, labels_);
  }

  void before_step(Run& run) {
    run.set_learning_rate(t_.schedule_(run.step()));
    misses_before_ = graph::plan_statistics().misses;
  }

  void after_step(Run& run) {
    Position& p = t_.position_;
    p.loss_sum += run.loss() * static_cast<double>(labels_.size());
    p.correct += count_correct(logits_, labels_);
    p.rows += labels_.size();
    p.batch = run.batch();
    p.step = run.step();
    p.seconds = seconds_before_ + seconds_since(start_);
    count_plans();
    ++t_.steps_taken_;
    if (options_.after_step) options_.after_step();
    const bool due =
        seconds_since(last_checkpoint_) >= options_.checkpoint_seconds ||
        (options_.checkpoint_steps > 0 && p.step - last_step_ >= options_.checkpoint_steps);
    if (due && p.batch < t_.batches_) checkpoint();
  }

  void after_epoch(Run& run) {
    t_.finish_epoch(options_);
    // Writing to disk takes longer than a short epoch, and losing a moment's work loses no bits.
    if (run.stopping() || run.epoch() == run.epochs() || options_.checkpoint_steps > 0 ||
        seconds_since(last_checkpoint_) >=
            std::min(least_seconds_between_checkpoints, options_.checkpoint_seconds))
      checkpoint();
  }

  void end(Run& run) {
    if (run.batch() > 0) checkpoint();  // stopped in the middle of an epoch
  }

 private:
  void checkpoint() {
    t_.checkpoint(options_);
    last_checkpoint_ = Clock::now();
    last_step_ = t_.position_.step;
  }

  void count_plans() {
    bool warmup = t_.steps_taken_ < 2;
    if (std::ranges::find(t_.sizes_seen_, labels_.size()) == t_.sizes_seen_.end()) {
      t_.sizes_seen_.push_back(labels_.size());
      warmup = true;
    }
    const std::uint64_t missed = graph::plan_statistics().misses - misses_before_;
    t_.misses_ += missed;
    if (!warmup) return;
    t_.warmup_misses_ += missed;
    // A step runs two plans: loss and gradients, then the update.
    t_.update_plan_bytes_ = std::max(t_.update_plan_bytes_, plan_bytes(0));
    t_.gradient_plan_bytes_ = std::max(t_.gradient_plan_bytes_, plan_bytes(1));
  }

  Trainer& t_;
  const RunOptions& options_;
  Tensor logits_, labels_;
  std::uint64_t misses_before_ = 0;
  Clock::time_point start_ = Clock::now(), last_checkpoint_ = start_;
  double seconds_before_ = t_.position_.seconds;
  std::int64_t last_step_ = t_.position_.step;
};

Trainer::End Trainer::run(const RunOptions& options) {
  if (position_.step == 0) checkpoint(options);  // so that any run that has begun can be resumed
  Hooks hooks(*this, options);
  const FitOptions<nn::Layer, data::Batch> fit{
      .loss = [&](const nn::Layer& net,
                  const data::Batch& batch) { return hooks.loss(net, batch); },
      .optimizer = &optimizer_,
      .batch_size = settings_.batch_size,
      .workers = options.workers,
      .seed = settings_.seed};
  detail::FitTask<nn::Layer, data::Batch> task(net_, data::source(parts_.train), fit);
  train::run(task, {.epochs = settings_.epochs,
                    .first_epoch = position_.epoch,
                    .first_batch = position_.batch,
                    .first_step = position_.step,
                    .interrupt = options.stop,
                    .callbacks = {std::ref(hooks)}});
  return position_.epoch >= settings_.epochs ? End::finished : End::stopped;
}

Classifier Trainer::classifier() const {
  const data::Dataset& data = parts_.train;
  return {.model = settings_.model,
          .config = config_,
          .net = net_,
          .sample_shape = data.sample_shape,
          .largest_pixel = data.largest_pixel,
          .class_names = data.class_names,
          .preprocessing = data.preprocessing};
}

std::size_t Trainer::state_bytes() const {
  std::size_t bytes = 0;
  for (const auto& [name, tensor] : optim::named_state(optimizer_.state(), net_))
    bytes += storage_bytes(tensor.bytes());
  return bytes;
}

std::size_t Trainer::estimated_bytes() const {
  const std::size_t data = parts_.train.bytes() + parts_.test.bytes();
  return data + std::max(update_plan_bytes_,
                         std::max(gradient_plan_bytes_, test_plan_bytes_) + state_bytes());
}

}  // namespace fathom::train
