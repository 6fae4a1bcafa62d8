#include "fathom/train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "fathom/core/error.h"
#include "fathom/core/storage.h"
#include "fathom/data/loader.h"
#include "fathom/graph/plan.h"
#include "fathom/nn/gradient.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/loss.h"
#include "fathom/optim/state.h"

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

/// Bytes of the plan that ran last.
std::size_t last_plan_bytes() {
  const auto plans = graph::cached_plans();
  return plans.empty() ? 0 : plans.front()->estimated_bytes();
}

}  // namespace

Trainer::Trainer(const Settings& settings, const data::Split& parts)
    : settings_(settings),
      parts_(parts),
      config_(config_of(settings, parts.train)),
      net_(fresh_model(settings, config_)),
      optimizer_(settings.optimizer, settings.learning_rate, settings.weight_decay),
      // Another stream than the one that drew the parameters.
      rng_{.seed = ~settings.seed, .count = 0} {
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

void Trainer::step(const data::Batch& batch, const RunOptions&) {
  bool warmup = steps_taken_ < 2;
  if (std::ranges::find(sizes_seen_, batch.size()) == sizes_seen_.end()) {
    sizes_seen_.push_back(batch.size());
    warmup = true;
  }
  count_misses(warmup, [&] {
    rng_.count = static_cast<std::uint64_t>(position_.step);
    const nn::ModeScope scope = nn::training(rng_);
    Tensor logits;
    const auto loss_fn = [&](const nn::Layer& net, const data::Batch& b) {
      logits = net(b.inputs);  // held, so that the step's plan also gives them
      return cross_entropy(logits, b.labels);
    };
    const auto [loss, gradients] = value_and_grad(loss_fn)(net_, batch);
    optimizer_.set_learning_rate(schedule_(position_.step));
    optimizer_.step(net_, gradients);
    const double value = loss.item();
    if (!std::isfinite(value))
      throw NumericError(
          {.operation = "train",
           .problem = "the loss is " + std::to_string(value) + " at step " +
                      std::to_string(position_.step + 1),
           .received = {{"epoch", std::to_string(position_.epoch + 1)},
                        {"batch",
                         std::to_string(position_.batch + 1) + " of " + std::to_string(batches_)}},
           .hint = "a smaller learning rate (--lr), or inputs without extreme values"});
    position_.loss_sum += value * static_cast<double>(batch.size());
    position_.correct += count_correct(logits, batch.labels);
  });
  if (warmup) step_plan_bytes_ = std::max(step_plan_bytes_, last_plan_bytes());
  position_.rows += batch.size();
  ++position_.batch;
  ++position_.step;
  ++steps_taken_;
}

void Trainer::finish_epoch(const RunOptions& options) {
  Evaluation test;
  count_misses(!tested_, [&] { test = evaluate(net_, parts_.test); });
  if (!tested_) test_plan_bytes_ = last_plan_bytes();
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

Trainer::End Trainer::run(const RunOptions& options) {
  if (position_.step == 0) checkpoint(options);  // so that any run that has begun can be resumed
  data::Loader loader(parts_.train, {.batch_size = settings_.batch_size,
                                     .shuffle = true,
                                     .workers = options.workers,
                                     .seed = settings_.seed});
  const auto stopping = [&] {
    return options.stop && options.stop->load(std::memory_order_relaxed);
  };
  const auto start = Clock::now();
  const double seconds_before = position_.seconds;
  auto last_checkpoint = start;
  std::int64_t last_step = position_.step;
  while (position_.epoch < settings_.epochs) {
    loader.seek(position_.epoch, position_.batch);
    for (const data::Batch& batch : loader) {
      if (stopping()) break;
      step(batch, options);
      position_.seconds = seconds_before + seconds_since(start);
      if (options.after_step) options.after_step();
      const bool due =
          seconds_since(last_checkpoint) >= options.checkpoint_seconds ||
          (options.checkpoint_steps > 0 && position_.step - last_step >= options.checkpoint_steps);
      if (due && position_.batch < batches_) {
        checkpoint(options);
        last_checkpoint = Clock::now();
        last_step = position_.step;
      }
    }
    if (position_.batch == batches_) finish_epoch(options);
    const bool stopped = stopping() && position_.epoch < settings_.epochs;
    // Writing to disk takes longer than a short epoch, and losing a moment's work loses no bits.
    if (stopped || position_.epoch == settings_.epochs || options.checkpoint_steps > 0 ||
        seconds_since(last_checkpoint) >=
            std::min(least_seconds_between_checkpoints, options.checkpoint_seconds)) {
      checkpoint(options);
      last_checkpoint = Clock::now();
      last_step = position_.step;
    }
    if (stopped) return End::stopped;
  }
  return End::finished;
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
  return data + std::max(step_plan_bytes_, test_plan_bytes_ + state_bytes());
}

}  // namespace fathom::train
