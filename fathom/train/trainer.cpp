#include "fathom/train/trainer.h"

#include <algorithm>
#include <functional>

#include "fathom/core/error.h"
#include "fathom/core/storage.h"
#include "fathom/data/loader.h"
#include "fathom/graph/plan.h"
#include "fathom/metrics/classification.h"
#include "fathom/models/heads.h"
#include "fathom/nn/freeze.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/loss.h"
#include "fathom/optim/state.h"
#include "fathom/train/augmentation.h"
#include "fathom/train/fit.h"

namespace fathom::train {
namespace {

// Passes over pictures and texts where nobody says how many.
constexpr std::int64_t network_epochs = 10;

models::MlpConfig config_of(const Settings& s, const data::Dataset& data) {
  return {.in_features = data.features(),
          .hidden = s.model == "linear" ? std::vector<std::int64_t>{} : s.hidden,
          .classes = data.classes(),
          .batch_norm = s.batch_norm,
          .relu = s.relu,
          .dropout = s.dropout.value_or(0)};
}

/// A perceptron with fresh parameters for the data of a table or of small pictures.
Classifier fresh_perceptron(const Settings& s, const data::Dataset& data) {
  const models::MlpConfig config = config_of(s, data);
  seed(s.seed);
  return {.model = s.model,
          .config = config,
          .net = models::create_mlp(s.model, config),
          .sample_shape = data.sample_shape,
          .largest_pixel = data.largest_pixel,
          .class_names = data.class_names,
          .preprocessing = data.preprocessing,
          .feature_names = data.feature_names,
          .pictures = {},
          .options = {}};
}

/// Bytes of the plan that ran last, or so many plans before it.
std::size_t plan_bytes(std::size_t back = 0) {
  const auto plans = graph::cached_plans();
  return back < plans.size() ? plans[back]->estimated_bytes() : 0;
}

}  // namespace

TrainingData TrainingData::of(const data::Split& parts) {
  data::check(parts.train);
  data::check(parts.test);
  return {.train = data::source(parts.train),
          .test = data::source(parts.test),
          .bytes = parts.train.bytes() + parts.test.bytes()};
}

TrainingData TrainingData::of(const data::PictureParts& parts, const Classifier& classifier,
                              const std::string& augment) {
  const vision::ImageClassification pictures = classifier.pictures.value();
  const vision::Transform varied = augmentation(augment, pictures);
  return {.train = classifier.adapt(parts.train,
                                    [varied, pictures](const Tensor& picture, const Tensor& key) {
                                      return pictures.numbers(varied(picture, key));
                                    }),
          .test = classifier.adapt(parts.test),
          .test_batch = picture_batch,
          .bytes = parts.train.bytes + parts.test.bytes};
}

TrainingData TrainingData::of(const data::TextSplit& parts, const Classifier& classifier) {
  return {.train = classifier.adapt(parts.train),
          .test = classifier.adapt(parts.test),
          .test_batch = text_batch,
          .bytes = parts.train.bytes() + parts.test.bytes()};
}

Trainer::Trainer(const Settings& settings, const data::Split& parts)
    : Trainer(settings, fresh_perceptron(settings, parts.train), TrainingData::of(parts)) {
  // A single row has no variance to normalise by, so a last batch of one could not be trained on.
  const models::MlpConfig& config = classifier_.config;
  if (config.batch_norm && !config.hidden.empty() &&
      parts.train.size() - (batches_ - 1) * settings.batch_size == 1)
    throw ValueError({.operation = "train",
                      .problem = "batch norm cannot train on the last batch, which has one row",
                      .received = {{"rows", std::to_string(parts.train.size())},
                                   {"batch", std::to_string(settings.batch_size)}},
                      .hint = "another --batch, or --no-batch-norm"});
}

Trainer::Trainer(const Settings& settings, Classifier start, TrainingData data)
    : settings_(settings),
      classifier_(std::move(start)),
      data_(std::move(data)),
      optimizer_(settings.optimizer, settings.learning_rate, settings.weight_decay) {
  batches_ = data::Loader(data_.train, {.batch_size = settings.batch_size}).batches();
  if (settings_.epochs <= 0)
    settings_.epochs = classifier_.pictures || classifier_.texts
                           ? network_epochs
                           : std::clamp<std::int64_t>((1999 + batches_) / batches_, 20, 200);
  schedule_ = make_schedule(settings.schedule, settings.learning_rate, settings.warm_up,
                            settings_.epochs * batches_);
  nn::Layer& net = classifier_.net;
  for (const std::string& pattern : settings.freeze) nn::freeze(net, pattern);
  const std::vector<nn::NamedTensor> tensors = nn::named_tensors(net);
  if (std::ranges::none_of(tensors, &nn::NamedTensor::trainable))
    throw ValueError({.operation = "train",
                      .problem = "everything is frozen: nothing is left to train",
                      .hint = "a --freeze that leaves out the head"});
  nn::eval(net);
}

Evaluation Trainer::evaluate(int workers) const {
  return evaluate_classifier(classifier_.net, data_.test, classifier_.classes(), data_.test_batch,
                             workers);
}

/// Counts the plans that are made, and how much memory they need.
class Trainer::Watch {
 public:
  explicit Watch(Trainer& trainer) : t_(trainer) {}

  Outputs loss(const nn::Layer& net, const data::Batch& batch) {
    size_ = batch.inputs.size();
    const std::vector<models::Head> heads = models::training_heads(net, batch.inputs);
    Outputs out{{}, heads[0].logits, batch.labels};
    out.loss = cross_entropy(out.prediction, out.target);
    for (std::size_t i = 1; i < heads.size(); ++i)
      out.loss = out.loss + heads[i].weight * cross_entropy(heads[i].logits, out.target);
    return out;
  }

  void before_step(Run& run) {
    run.set_learning_rate(t_.schedule_(run.step()));
    before_ = graph::plan_statistics().misses;
  }

  void after_step(Run&) {
    bool warmup = t_.steps_taken_++ < 2;
    if (std::ranges::find(t_.sizes_seen_, size_) == t_.sizes_seen_.end()) {
      t_.sizes_seen_.push_back(size_);
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
  std::int64_t size_ = 0;  // of the batch at hand: of texts it says how long they are
  std::uint64_t before_ = graph::plan_statistics().misses;
};

History Trainer::run(const RunOptions& options) {
  Watch watch(*this);
  FitOptions<nn::Layer, data::Batch> fit{
      .loss = [&](const nn::Layer& net,
                  const data::Batch& batch) { return watch.loss(net, batch); },
      .optimizer = &optimizer_,
      .metrics = {metrics::accuracy()},
      .validation = data_.test,
      .epochs = settings_.epochs,
      .batch_size = settings_.batch_size,
      .workers = options.workers,
      .seed = settings_.seed,
      .validation_batch_size = data_.test_batch,
      .checkpoint = options.checkpoint,
      .callbacks = {std::ref(watch)}};
  fit.callbacks.insert(fit.callbacks.end(), options.callbacks.begin(), options.callbacks.end());
  detail::FitTask<nn::Layer, data::Batch> task(classifier_.net, data_.train, fit);
  LoopOptions loop = detail::loop_of(fit);
  loop.validation_prefix = "test_";
  loop.interrupt = options.stop;
  return train::run(task, std::move(loop));
}

std::size_t Trainer::state_bytes() const {
  std::size_t bytes = 0;
  for (const auto& [name, tensor] : optim::named_state(optimizer_.state(), classifier_.net))
    bytes += storage_bytes(tensor.bytes());
  return bytes;
}

std::size_t Trainer::estimated_bytes() const {
  return data_.bytes + std::max(update_plan_bytes_,
                                std::max(gradient_plan_bytes_, test_plan_bytes_) + state_bytes());
}

}  // namespace fathom::train
