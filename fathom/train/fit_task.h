// The task that fit has the loop drive, and the pass of evaluate.
#pragma once
#include <cmath>
#include <numeric>
#include <utility>

#include "fathom/nn/gradient.h"
#include "fathom/nn/mode.h"
#include "fathom/ops/elementwise.h"
#include "fathom/optim/accumulate.h"
#include "fathom/optim/clip.h"
#include "fathom/train/explain.h"
#include "fathom/train/fit_parts.h"

namespace fathom::train {

template <class M, class B> struct FitOptions;

namespace detail {

/// The metrics of a pass over data.
class Meters {
 public:
  Meters(std::vector<metrics::Metric> plain, std::vector<metrics::Metric> weighted)
      : plain_(std::move(plain)), weighted_(std::move(weighted)) {}
  bool empty() const { return plain_.empty() && weighted_.empty(); }
  bool weighs() const { return !weighted_.empty(); }
  void reset();
  /// Errors: ValueError where the loss gives no predictions; those of the metrics.
  void update(const Outputs& out, const Tensor& weights, const Call& call);
  /// A number each, or name_0, name_1, ... for those that give several.
  Values values() const;
  void archive(Archive& a);

 private:
  std::vector<metrics::Metric> plain_, weighted_;
};

/// Errors: ValueError for a share that leaves either part empty.
std::int64_t rows_to_train_on(std::int64_t rows, double validation_split);
/// Errors: ValueError for both.
void require_one(const char* a, bool has_a, const char* b, bool has_b);

/// The rows [begin, end) of a source.
template <class B>
data::Source<B> part_of(const data::Source<B>& source, std::int64_t begin, std::int64_t end) {
  if (begin == 0 && end == source.size) return source;
  std::vector<std::int64_t> rows(static_cast<std::size_t>(end - begin));
  std::iota(rows.begin(), rows.end(), begin);
  return data::subset(source, std::move(rows));
}

template <class M, class B>
Values evaluate_source(const M& net, const data::Source<B>& source, const Loss<M, B>& loss,
                       Meters meters, const ReadOptions& read, WeightedLoss rule,
                       const Call& call) {
  const nn::ModeScope scope = nn::inference();
  meters.reset();
  double sum = 0, total = 0;
  for (const B& batch :
       data::loader(source, {.batch_size = read.batch_size, .workers = read.workers}, call.where)) {
    const Tensor weights = weights_of(batch);
    Outputs out = loss(net, batch, call);
    const MeanLoss mean = mean_loss(out.loss, weights, rule, call);
    std::vector<Tensor> all{mean.loss};
    if (mean.weight.defined()) all.push_back(mean.weight);
    if (out.prediction.defined()) all.push_back(out.prediction);
    eval(all);
    const double share =
        mean.weight.defined() ? mean.weight.item() : static_cast<double>(data::rows_in(batch));
    sum += mean.loss.item() * share;
    total += share;
    meters.update(out, weights, call);
  }
  Values values{{"loss", sum / total}};
  for (auto& value : meters.values()) values.push_back(std::move(value));
  return values;
}

/// What `fit` has the loop do.
template <class M, class B> class FitTask final : public Task {
 public:
  FitTask(M& net, const data::Source<B>& source, const FitOptions<M, B>& options,
          const Where& where = Where::current())
      : net_(net),
        options_(options),
        call_{"train::fit", where},
        rows_(source.open ? -1 : rows_to_train_on(source.size, options.validation_split)),
        optimizer_(options.optimizer),
        meters_(options.metrics, options.weighted_metrics),
        loader_(source.open ? source : part_of(source, 0, rows_),
                {.batch_size = options.batch_size,
                 .shuffle = options.shuffle && !options.sampler.draw && !source.open,
                 .drop_last = options.drop_last,
                 .workers = options.workers,
                 .seed = options.seed,
                 .sampler = options.sampler},
                where),
        // Another stream than the one that shuffles.
        rng_{.seed = ~options.seed, .count = 0} {
    require_at_least(1, "accumulate", options.accumulate);
    require_at_least(0, "micro_batch", options.micro_batch);
    require_at_least(0, "steps_per_epoch", options.steps_per_epoch);
    require_at_least(0, "validation_batch_size", options.validation_batch_size);
    require_one("validation", options.validation.has_value(), "validation_split",
                options.validation_split > 0);
    require_one("clip_norm", options.clip_norm.has_value(), "clip_value",
                options.clip_value.has_value());
    if (options.validation) validation_ = options.validation->source;
    if (options.validation_split > 0) {
      if (source.open) data::detail::refuse_generated("validation_split");
      validation_ = part_of(source, rows_, source.size);
    }
    class_weight_ = class_weights(options.class_weight);
    nn::eval(net);
  }

  std::int64_t batches() const override {
    return in_steps() ? options_.steps_per_epoch * options_.accumulate : loader_.batches();
  }
  void begin_epoch(std::int64_t epoch, std::int64_t batch) override {
    if (batch == 0) meters_.reset(), steps_ = 0;
    place_ = {.epoch = epoch, .batch = batch, .batches = batches(), .step = 0};
    if (!in_steps()) {
      begin_pass(epoch, batch);
    } else if (!running_) {
      // Where a run from its first epoch on would be, or where a checkpoint stood.
      const std::int64_t before = epoch * options_.steps_per_epoch * options_.accumulate;
      if (!resumed_) pass_ = before / loader_.batches(), batch_ = before % loader_.batches();
      begin_pass(pass_, batch_);
    }
  }
  bool has_batch() override {
    if (in_steps()) {
      if (steps_ == options_.steps_per_epoch) return false;
      if (at_ == loader_.end()) begin_pass(pass_ + 1, 0);
    }
    return at_ != loader_.end();
  }

  StepResult step(std::int64_t step) override {
    place_.step = step;
    const bool parts = options_.accumulate > 1 || options_.micro_batch > 0;
    // Each part takes a key of its own.
    rng_.count = static_cast<std::uint64_t>(step) << (parts ? 20 : 0);
    const StepResult result = parts ? in_parts() : one_batch();
    ++steps_;
    return result;
  }

  Values values() const override { return meters_.values(); }
  Values validate() override {
    if (!validation_) return {};
    const std::int64_t rows = options_.validation_batch_size;
    return evaluate_source(net_, *validation_, options_.loss, meters_,
                           {rows > 0 ? rows : options_.batch_size, options_.workers},
                           options_.weighted_loss, call_);
  }
  double learning_rate() const override { return optimizer_.learning_rate(); }
  void set_learning_rate(double rate) override { optimizer_.set_learning_rate(rate); }
  std::shared_ptr<const void> snapshot() const override { return std::make_shared<M>(net_); }
  void restore(const std::shared_ptr<const void>& model) override {
    net_ = *std::static_pointer_cast<const M>(model);
  }
  void save(const std::string& path) const override {
    io::save_weights(path, net_, {}, call_.where);
  }

  void archive(Archive& a) override {
    if (!a.reading()) {
      std::vector<nn::NamedTensor> trained = nn::named_tensors(net_);
      std::erase_if(trained, [](const nn::NamedTensor& t) { return !t.trainable; });
      require_finite_model(trained);
    }
    a.model("model", net_);
    optimizer_.archive(a, net_);
    meters_.archive(a);
    const auto scope = a.inside("data");
    a.same("rows", rows_);
    a.same("batch_size", options_.batch_size);
    a.same("seed", static_cast<std::int64_t>(options_.seed));
    a.same("shuffle", options_.shuffle);
    a.same("drop_last", options_.drop_last);
    a.same("accumulate", options_.accumulate);
    a.same("micro_batch", options_.micro_batch);
    a.same("steps_per_epoch", options_.steps_per_epoch);
    // A pass that has just ended is the next one, at its first batch.
    const bool ended = running_ && at_ == loader_.end();
    std::int64_t pass = ended ? pass_ + 1 : pass_, batch = ended ? 0 : batch_;
    a("pass", pass);
    a("batch", batch);
    a("steps", steps_);
    if (a.reading()) pass_ = pass, batch_ = batch, resumed_ = true;
  }
  void archive(Archive& a, std::string_view name, std::shared_ptr<const void>& model) override {
    const auto scope = a.inside(name);
    bool kept = model != nullptr;
    a("kept", kept);
    if (!kept) return model.reset();
    const auto copy = std::make_shared<M>(model ? *std::static_pointer_cast<const M>(model) : net_);
    a.model("model", *copy);
    model = copy;
  }

 private:
  bool in_steps() const { return options_.steps_per_epoch > 0; }
  void begin_pass(std::int64_t pass, std::int64_t batch) {
    pass_ = pass;
    batch_ = batch;
    loader_.seek(pass, batch);
    at_ = loader_.begin();
    running_ = true;
  }
  void next_batch() {
    ++at_;
    ++batch_;
  }
  void take_step(M& gradients) {
    const graph::CallScope scope(call_.where);
    if (options_.clip_norm) optim::clip_gradient_norm(gradients, *options_.clip_norm);
    if (options_.clip_value) optim::clip_gradient_value(gradients, *options_.clip_value);
    optimizer_.step(net_, gradients);
  }
  /// Looks at a loss before anything is changed by it.
  template <class F>
  void require_finite(double value, const F& loss_fn, const B& batch,
                      std::span<const std::int64_t> row_numbers) const {
    if (std::isfinite(value)) return;
    fail_on_loss(value, place_, [&] {
      explain({data::rows_in(batch), {row_numbers.begin(), row_numbers.end()}}, loss_fn, net_,
              batch);
    });
  }

  StepResult one_batch() {
    const B& batch = *at_;
    const nn::ModeScope scope = nn::training(rng_);
    Outputs out;
    Tensor weights;
    const auto loss_fn = [&](const M& net, const B& b) {
      out = options_.loss(net, b, call_);
      weights = row_weights(out, weights_of(b), class_weight_, call_);
      const Tensor loss = mean_loss(out.loss, weights, options_.weighted_loss, call_).loss;
      out.loss = {};  // what nobody holds is not written out
      if (meters_.empty()) out.prediction = {};
      if (!meters_.weighs()) weights = {};
      return loss;
    };
    auto [loss, gradients] = value_and_grad(loss_fn, call_.where)(net_, batch);
    const double value = loss.item();
    require_finite(value, loss_fn, batch, loader_.row_numbers());
    take_step(gradients);
    meters_.update(out, weights, call_);
    const StepResult result{value, data::rows_in(batch), 1};
    ++place_.batch;
    next_batch();
    return result;
  }

  /// A step in parts of some rows each, whose gradients are added up in a fixed tree: its bits do
  /// not depend on the batches in which the rows arrive.
  StepResult in_parts() {
    struct Part {
      B batch;
      Outputs out;
      Tensor weights;
      MeanLoss mean;
    };
    std::vector<Part> parts;  // that have been computed, but not looked at
    std::vector<std::int64_t> row_numbers;
    std::size_t looked_at = 0;
    double weight = 0;
    nn::Rng again = rng_;  // gives each part's key once more
    const auto loss_fn = [&](const M& net, const B& b) {
      Outputs out = options_.loss(net, b, call_);
      Tensor weights = row_weights(out, weights_of(b), class_weight_, call_);
      const MeanLoss mean = mean_loss(out.loss, weights, options_.weighted_loss, call_);
      out.loss = {};
      if (meters_.empty()) out.prediction = {};
      if (!meters_.weighs()) weights = {};
      parts.push_back({b, std::move(out), std::move(weights), mean});
      // The sum over parts counts rows: weights are brought to their mean at the end.
      return mean.weight.defined() ? mean.loss * mean.weight / data::rows_in(b) : mean.loss;
    };
    const auto look = [&] {
      // Explaining a part calls loss_fn, which adds to the list.
      const std::vector<Part> done = std::exchange(parts, {});
      for (const Part& part : done) {
        const auto rows = static_cast<std::size_t>(data::rows_in(part.batch));
        const auto numbers = row_numbers.empty() ? std::span<const std::int64_t>()
                                                 : std::span(row_numbers).subspan(looked_at, rows);
        const nn::ModeScope scope = nn::training(again);
        require_finite(part.mean.loss.item(), loss_fn, part.batch, numbers);
        meters_.update(part.out, part.weights, call_);
        if (part.mean.weight.defined()) weight += part.mean.weight.item();
        looked_at += rows;
      }
    };
    StepResult result{.batches = 0};
    optim::Accumulator<M, B> sum(
        loss_fn,
        {.micro_batch = options_.micro_batch > 0 ? options_.micro_batch : options_.batch_size,
         .rng = &rng_},
        call_.where);
    for (; result.batches < options_.accumulate && has_batch(); next_batch(), ++result.batches) {
      const auto numbers = loader_.row_numbers();
      row_numbers.insert(row_numbers.end(), numbers.begin(), numbers.end());
      result.rows += data::rows_in(*at_);
      sum.add(net_, *at_);
      look();
    }
    auto [loss, gradients] = sum.take(net_);
    look();
    const double factor = weight > 0 ? static_cast<double>(result.rows) / weight : 1;
    if (weight > 0) scale_gradients(nn::detail::visit_erased<M>, &gradients, factor);
    take_step(gradients);
    result.loss = loss.item() * factor;
    place_.batch += result.batches;
    return result;
  }

  M& net_;
  const FitOptions<M, B>& options_;
  const Call call_;
  std::int64_t rows_;  // to train on; -1: nobody knows
  AnyOptimizer<M> optimizer_;
  Meters meters_;
  data::LoaderOf<B> loader_;
  typename data::LoaderOf<B>::Iterator at_{};
  nn::Rng rng_;
  std::optional<data::Source<B>> validation_;
  Tensor class_weight_;
  Place place_{};
  // Where the loader stands: a pass over the data is an epoch, unless that is so many steps.
  std::int64_t pass_ = 0, batch_ = 0;
  std::int64_t steps_ = 0;  // of the epoch at hand
  bool running_ = false, resumed_ = false;
};

}  // namespace detail
}  // namespace fathom::train
