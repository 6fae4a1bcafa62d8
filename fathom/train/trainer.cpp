#include "fathom/train/trainer.h"

#include <algorithm>
#include <functional>

#include "fathom/core/error.h"
#include "fathom/core/storage.h"
#include "fathom/data/loader.h"
#include "fathom/graph/plan.h"
#include "fathom/metrics/classification.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/loss.h"
#include "fathom/optim/state.h"
#include "fathom/train/fit.h"

namespace fathom::train {
namespace {

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
  return models::create_mlp(s.model, config);
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

/// Counts the plans that are made, and how much memory they need.
class Trainer::Watch {
 public:
  explicit Watch(Trainer& trainer) : t_(trainer) {}

  Outputs loss(const nn::Layer& net, const data::Batch& batch) {
    rows_ = batch.size();
    Outputs out{{}, net(batch.inputs), batch.labels};
    out.loss = cross_entropy(out.prediction, out.target);
    return out;
  }

  void before_step(Run& run) {
    run.set_learning_rate(t_.schedule_(run.step()));
    before_ = graph::plan_statistics().misses;
  }

  void after_step(Run&) {
    bool warmup = t_.steps_taken_++ < 2;
    if (std::ranges::find(t_.sizes_seen_, rows_) == t_.sizes_seen_.end()) {
      t_.sizes_seen_.push_back(rows_);
      warmup = true;
    }
    count(warmup);
    if (!warmup) return;
    // A step runs two plans: loss and gradients, then the update.
    t_.update_plan_bytes_ = std::max(t_.update_plan_bytes_, plan_bytes(0));
    t_.gradient_plan_bytes_ = std::max(t_.gradient_plan_bytes_, plan_bytes(1));
  }

  /// The test part has been evaluated since the last step.
  void after_epoch(Run&) {
    count(!t_.tested_);
    if (!t_.tested_) t_.test_plan_bytes_ = plan_bytes();
    t_.tested_ = true;
  }

 private:
  void count(bool warmup) {
    const std::uint64_t now = graph::plan_statistics().misses;
    t_.misses_ += now - before_;
    if (warmup) t_.warmup_misses_ += now - before_;
    before_ = now;
  }

  Trainer& t_;
  std::int64_t rows_ = 0;
  std::uint64_t before_ = graph::plan_statistics().misses;
};

History Trainer::run(const RunOptions& options) {
  Watch watch(*this);
  FitOptions<nn::Layer, data::Batch> fit{
      .loss = [&](const nn::Layer& net,
                  const data::Batch& batch) { return watch.loss(net, batch); },
      .optimizer = &optimizer_,
      .metrics = {metrics::accuracy()},
      .validation = parts_.test,
      .epochs = settings_.epochs,
      .batch_size = settings_.batch_size,
      .workers = options.workers,
      .seed = settings_.seed,
      .validation_batch_size = evaluation_batch,
      .checkpoint = options.checkpoint,
      .callbacks = {std::ref(watch)}};
  fit.callbacks.insert(fit.callbacks.end(), options.callbacks.begin(), options.callbacks.end());
  detail::FitTask<nn::Layer, data::Batch> task(net_, data::source(parts_.train), fit);
  LoopOptions loop = detail::loop_of(fit);
  loop.validation_prefix = "test_";
  loop.interrupt = options.stop;
  return train::run(task, std::move(loop));
}

Classifier Trainer::classifier() const {
  const data::Dataset& data = parts_.train;
  return {.model = settings_.model,
          .config = config_,
          .net = net_,
          .sample_shape = data.sample_shape,
          .largest_pixel = data.largest_pixel,
          .class_names = data.class_names,
          .preprocessing = data.preprocessing,
          .feature_names = data.feature_names};
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
