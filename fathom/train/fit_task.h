// The task that fit has the loop drive, and the pass of evaluate.
#pragma once
#include <cmath>
#include <utility>

#include "fathom/nn/gradient.h"
#include "fathom/nn/mode.h"
#include "fathom/ops/elementwise.h"
#include "fathom/optim/accumulate.h"
#include "fathom/train/explain.h"
#include "fathom/train/fit_parts.h"

namespace fathom::train {

template <class M, class B> struct FitOptions;

namespace detail {

/// Values of metrics: a number each, or name_0, name_1, ... for those that give several.
Values values_of(const std::vector<metrics::Metric>& metrics);
/// Refuses metrics where the loss gives no predictions.
void update_metrics(std::vector<metrics::Metric>& metrics, const Outputs& out,
                    const Tensor& weights);

template <class M, class B>
Values evaluate_source(const M& net, const data::Source<B>& source, const Loss<M, B>& loss,
                       std::vector<metrics::Metric> metrics, const ReadOptions& read) {
  const nn::ModeScope scope = nn::inference();
  for (metrics::Metric& m : metrics) m.reset();
  double sum = 0, total = 0;
  for (const B& batch :
       data::loader(source, {.batch_size = read.batch_size, .workers = read.workers})) {
    const Tensor weights = weights_of(batch);
    Outputs out = loss(net, batch);
    out.loss = mean_loss(out, weights, {}).loss;
    std::vector<Tensor> all{out.loss};
    if (out.prediction.defined()) all.push_back(out.prediction);
    eval(all);
    const double share =
        weights.defined() ? sum_of(weights) : static_cast<double>(data::rows_in(batch));
    sum += out.loss.item() * share;
    total += share;
    update_metrics(metrics, out, weights);
  }
  Values values{{"loss", sum / total}};
  for (auto& value : values_of(metrics)) values.push_back(std::move(value));
  return values;
}

/// What `fit` has the loop do.
template <class M, class B> class FitTask final : public Task {
 public:
  FitTask(M& net, const data::Source<B>& source, const FitOptions<M, B>& options)
      : net_(net),
        options_(options),
        optimizer_(options.optimizer),
        metrics_(options.metrics),
        loader_(source, {.batch_size = options.batch_size,
                         .shuffle = options.shuffle && !options.sampler.draw && !source.open,
                         .drop_last = options.drop_last,
                         .workers = options.workers,
                         .seed = options.seed,
                         .sampler = options.sampler}),
        // Another stream than the one that shuffles.
        rng_{.seed = ~options.seed, .count = 0} {
    require_positive("accumulate", options.accumulate);
    if (!options.class_weight.empty()) class_weight_ = Tensor::from(options.class_weight);
    nn::eval(net);
  }

  std::int64_t batches() const override { return loader_.batches(); }
  void begin_epoch(std::int64_t epoch, std::int64_t batch) override {
    loader_.seek(epoch, batch);
    place_ = {.epoch = epoch, .batch = batch, .batches = batches(), .step = 0};
    at_ = loader_.begin();
    for (metrics::Metric& m : metrics_) m.reset();
  }
  bool has_batch() override { return at_ != loader_.end(); }

  StepResult step(std::int64_t step) override {
    place_.step = step;
    const bool parts = options_.accumulate > 1 || options_.micro_batch > 0;
    // Each part takes a key of its own.
    rng_.count = static_cast<std::uint64_t>(step) << (parts ? 20 : 0);
    return parts ? in_parts() : one_batch();
  }

  Values values() const override { return values_of(metrics_); }
  Values validate() override {
    if (!options_.validation) return {};
    return evaluate_source(net_, options_.validation->source, options_.loss, metrics_,
                           {options_.batch_size, options_.workers});
  }
  double learning_rate() const override { return optimizer_.learning_rate(); }
  void set_learning_rate(double rate) override { optimizer_.set_learning_rate(rate); }
  std::shared_ptr<const void> snapshot() const override { return std::make_shared<M>(net_); }
  void restore(const std::shared_ptr<const void>& model) override {
    net_ = *std::static_pointer_cast<const M>(model);
  }
  void save(const std::string& path) const override { save_tensors(path, nn::named_tensors(net_)); }

 private:
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
    const auto loss_fn = [&](const M& net, const B& b) {
      out = options_.loss(net, b);
      if (metrics_.empty()) out.prediction = {};  // what nobody holds is not written out
      const Tensor loss = mean_loss(out, weights_of(b), class_weight_).loss;
      out.loss = {};
      return loss;
    };
    auto [loss, gradients] = value_and_grad(loss_fn)(net_, batch);
    const double value = loss.item();
    require_finite(value, loss_fn, batch, loader_.row_numbers());
    optimizer_.step(net_, gradients);
    update_metrics(metrics_, out, weights_of(batch));
    const StepResult result{value, data::rows_in(batch), 1};
    ++place_.batch;
    ++at_;
    return result;
  }

  /// A step in parts of some rows each, whose gradients are added up in a fixed tree: its bits do
  /// not depend on the batches in which the rows arrive.
  StepResult in_parts() {
    struct Part {
      B batch;
      Outputs out;
      MeanLoss mean;
    };
    std::vector<Part> parts;  // that have been computed, but not looked at
    std::vector<std::int64_t> row_numbers;
    std::size_t looked_at = 0;
    double weight = 0;
    nn::Rng again = rng_;  // gives each part's key once more
    const auto loss_fn = [&](const M& net, const B& b) {
      Outputs out = options_.loss(net, b);
      const MeanLoss mean = mean_loss(out, weights_of(b), class_weight_);
      out.loss = {};
      if (metrics_.empty()) out.prediction = {};
      parts.push_back({b, std::move(out), mean});
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
        update_metrics(metrics_, part.out, weights_of(part.batch));
        if (part.mean.weight.defined()) weight += part.mean.weight.item();
        looked_at += rows;
      }
    };
    StepResult result{.batches = 0};
    optim::Accumulator<M, B> sum(
        loss_fn,
        {.micro_batch = options_.micro_batch > 0 ? options_.micro_batch : options_.batch_size,
         .rng = &rng_});
    for (; result.batches < options_.accumulate && has_batch(); ++at_, ++result.batches) {
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
    optimizer_.step(net_, gradients);
    result.loss = loss.item() * factor;
    place_.batch += result.batches;
    return result;
  }

  M& net_;
  const FitOptions<M, B>& options_;
  AnyOptimizer<M> optimizer_;
  std::vector<metrics::Metric> metrics_;
  data::LoaderOf<B> loader_;
  typename data::LoaderOf<B>::Iterator at_{};
  nn::Rng rng_;
  Tensor class_weight_;
  Place place_{};
};

}  // namespace detail
}  // namespace fathom::train
