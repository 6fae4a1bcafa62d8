// What fit is made of: losses and optimizers of any type, and the task that the loop drives.
#pragma once
#include <cmath>
#include <concepts>
#include <functional>
#include <optional>

#include "fathom/data/loader.h"
#include "fathom/metrics/metric.h"
#include "fathom/nn/gradient.h"
#include "fathom/nn/mode.h"
#include "fathom/ops/elementwise.h"
#include "fathom/optim/optimizer.h"
#include "fathom/train/explain.h"
#include "fathom/train/run.h"

namespace fathom::train {

/// What a loss function gives: the loss, and what metrics look at.
struct Outputs {
  Tensor loss;        ///< (), or one a row, which is then averaged
  Tensor prediction;  ///< rows as the metrics take them; undefined: none
  Tensor target;
};

namespace detail {

template <class B>
concept Labelled = requires(const B& b) {
  b.labels;
}
|| requires(const B& b) { b.targets; };
template <class B>
concept WithInputs = std::same_as<B, Tensor> || requires(const B& b) {
  b.inputs;
};
template <WithInputs B> const auto& inputs_of(const B& batch) {
  if constexpr (std::same_as<B, Tensor>)
    return batch;
  else
    return batch.inputs;
}
template <Labelled B> const Tensor& target_of(const B& batch) {
  if constexpr (requires { batch.labels; })
    return batch.labels;
  else
    return batch.targets;
}
/// A batch whose loss can be that of net(batch.inputs) and its labels.
template <class M, class B>
concept Supervised = Labelled<B> && requires(const M& net, const B& batch) {
  { net(inputs_of(batch)) } -> std::convertible_to<Tensor>;
};
template <class B> Tensor weights_of(const B& batch) {
  if constexpr (requires { batch.weights; })
    return batch.weights;
  else
    return {};
}

/// One number: the mean of the rows' losses, weighted by the rows' weights and their classes'.
/// Errors: ValueError for weights without a loss for each row; IndexError for a label without a
/// weight.
Tensor mean_loss(const Tensor& loss, const Tensor& target, const Tensor& weights,
                 const Tensor& class_weight);
/// cross_entropy of each row.
Tensor default_loss(const Tensor& prediction, const Tensor& target);
void require_positive(const char* option, std::int64_t value);

/// Adds gradients to `total`, whose buffers take the newer values, and computes both.
void add_gradients(void (*visit)(void*, nn::Visitor&), void* total, void* more);
template <class M> void add_gradients(M& total, const M& more) {
  add_gradients(nn::detail::visit_erased<M>, &total, nn::detail::erase(more));
}
/// Buffers of `net` take the next values that come with gradients.
void take_buffers(void (*visit)(void*, nn::Visitor&), void* net, void* gradients);
template <class M> void take_buffers(M& net, const M& gradients) {
  take_buffers(nn::detail::visit_erased<M>, &net, nn::detail::erase(gradients));
}
void save_tensors(const std::string& path, const std::vector<nn::NamedTensor>& tensors);
double sum_of(const Tensor& weights);

}  // namespace detail

/// A loss function of any of these forms; `weights` and class weights need a loss for each row,
/// Reduction::none.
///
///   (const M& net, const B& batch) -> Tensor      the loss alone: there is nothing for metrics
///   (const M& net, const B& batch) -> Outputs
///   (const Tensor& prediction, const Tensor& target) -> Tensor    of net(batch.inputs)
template <class M, class B> class Loss {
 public:
  Loss() = default;
  template <class F>
  requires(!std::same_as<F, Loss>) Loss(F f) {  // NOLINT(google-explicit-constructor)
    if constexpr (std::is_invocable_r_v<Outputs, F&, const M&, const B&> &&
                  !std::is_invocable_r_v<Tensor, F&, const M&, const B&>) {
      function_ = std::move(f);
    } else if constexpr (std::is_invocable_r_v<Tensor, F&, const M&, const B&>) {
      function_ = [f](const M& net, const B& batch) {
        Outputs out{f(net, batch), {}, {}};
        if constexpr (detail::Labelled<B>) out.target = detail::target_of(batch);
        return out;
      };
    } else {
      static_assert(std::is_invocable_r_v<Tensor, F&, const Tensor&, const Tensor&>,
                    "fathom: a loss takes (const Net&, const Batch&) or (const Tensor& prediction, "
                    "const Tensor& target) and returns a Tensor or train::Outputs");
      static_assert(detail::Supervised<M, B>,
                    "fathom: a loss of (prediction, target) needs batches with inputs that the net "
                    "takes, and labels or targets");
      function_ = [f](const M& net, const B& batch) { return of_prediction(f, net, batch); };
    }
  }
  Outputs operator()(const M& net, const B& batch) const {
    if (function_) return function_(net, batch);
    if constexpr (detail::Supervised<M, B>)
      return of_prediction(detail::default_loss, net, batch);
    else
      throw ValueError({.operation = "train::fit",
                        .problem = "there is no loss for batches of this type",
                        .hint = "give .loss = [](const Net& net, const Batch& batch) { ... }"});
  }

 private:
  template <class F> static Outputs of_prediction(const F& f, const M& net, const B& batch) {
    Outputs out{{}, net(detail::inputs_of(batch)), detail::target_of(batch)};
    out.loss = f(out.prediction, out.target);
    return out;
  }
  std::function<Outputs(const M&, const B&)> function_;
};

/// An optimizer of any type that has step(net, gradients) and learning_rate: a copy of one, or by
/// its address the caller's own.
template <class M> class AnyOptimizer {
 public:
  AnyOptimizer() : AnyOptimizer(optim::Adam{}) {}
  template <class O>
  requires(!std::same_as<O, AnyOptimizer>)
      AnyOptimizer(O optimizer)  // NOLINT(google-explicit-constructor)
      : self_(std::make_shared<Model<O>>(std::move(optimizer))) {}
  void step(M& net, const M& gradients) { self_->step(net, gradients); }
  double& learning_rate() { return self_->learning_rate(); }

 private:
  struct Concept {
    virtual ~Concept() = default;
    virtual void step(M& net, const M& gradients) = 0;
    virtual double& learning_rate() = 0;
  };
  template <class O> struct Model final : Concept {
    explicit Model(O o) : optimizer(std::move(o)) {}
    auto& get() {
      if constexpr (std::is_pointer_v<O>)
        return *optimizer;
      else
        return optimizer;
    }
    void step(M& net, const M& gradients) override { get().step(net, gradients); }
    double& learning_rate() override {
      if constexpr (requires { get().learning_rate(); })
        return get().learning_rate();
      else
        return get().learning_rate;
    }
    O optimizer;
  };
  std::shared_ptr<Concept> self_;
};

/// Data whose batches are B: a Source<B>, or what becomes one.
template <class B> struct DataFor {
  data::Source<B> source;
  template <class D>
  requires requires(const D& d) {
    { data::source(d) } -> std::convertible_to<data::Source<B>>;
  }
  DataFor(const D& data) : source(data::source(data)) {}  // NOLINT(google-explicit-constructor)
};

/// How the data are read.
struct ReadOptions {
  std::int64_t batch_size = 32;
  int workers = 0;  ///< threads that gather batches ahead
};

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
    out.loss = mean_loss(out.loss, out.target, weights, {});
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
    rng_.count = static_cast<std::uint64_t>(step * options_.accumulate);  // a key a batch
    return options_.accumulate == 1 ? one_batch() : accumulated();
  }

  Values values() const override { return values_of(metrics_); }
  Values validate() override {
    if (!options_.validation) return {};
    return evaluate_source(net_, options_.validation->source, options_.loss, metrics_,
                           {options_.batch_size, options_.workers});
  }
  double learning_rate() const override { return optimizer_.learning_rate(); }
  void set_learning_rate(double rate) override { optimizer_.learning_rate() = rate; }
  std::shared_ptr<const void> snapshot() const override { return std::make_shared<M>(net_); }
  void restore(const std::shared_ptr<const void>& model) override {
    net_ = *std::static_pointer_cast<const M>(model);
  }
  void save(const std::string& path) const override { save_tensors(path, nn::named_tensors(net_)); }

 private:
  /// Forward and backward pass of a batch; the gradients are of `share` times its loss. The loss is
  /// looked at before anything is changed by it.
  std::pair<double, M> gradients_of(const B& batch, double share,
                                    std::span<const std::int64_t> row_numbers) {
    const nn::ModeScope scope = nn::training(rng_);
    Outputs out;
    const auto loss_fn = [&](const M& net, const B& b) {
      out = options_.loss(net, b);
      out.loss = mean_loss(out.loss, out.target, weights_of(b), class_weight_);
      if (metrics_.empty()) out.prediction = {};  // what nobody holds is not written out
      return share == 1 ? out.loss : out.loss * share;
    };
    auto [loss, gradients] = value_and_grad(loss_fn)(net_, batch);
    loss.eval();
    const double value = out.loss.item();
    if (!std::isfinite(value))
      fail_on_loss(value, place_, [&] {
        explain({data::rows_in(batch), {row_numbers.begin(), row_numbers.end()}}, loss_fn, net_,
                batch);
      });
    ++place_.batch;
    update_metrics(metrics_, out, weights_of(batch));
    return {value, std::move(gradients)};
  }

  /// What a batch counts for in a mean over batches.
  double weight_of(const B& batch) const {
    const Tensor weights = weights_of(batch);
    return weights.defined() ? sum_of(weights) : static_cast<double>(data::rows_in(batch));
  }

  StepResult one_batch() {
    auto [loss, gradients] = gradients_of(*at_, 1, loader_.row_numbers());
    optimizer_.step(net_, gradients);
    const StepResult result{loss, data::rows_in(*at_), 1};
    ++at_;
    return result;
  }

  StepResult accumulated() {
    std::vector<B> batches;
    std::vector<std::vector<std::int64_t>> row_numbers;
    double total = 0;
    StepResult result{.batches = 0};
    for (; result.batches < options_.accumulate && has_batch(); ++at_, ++result.batches) {
      batches.push_back(*at_);
      const auto numbers = loader_.row_numbers();
      row_numbers.emplace_back(numbers.begin(), numbers.end());
      result.rows += data::rows_in(*at_);
      total += weight_of(*at_);
    }
    std::optional<M> sum;
    for (std::size_t i = 0; i < batches.size(); ++i) {
      const double share = weight_of(batches[i]) / total;
      auto [loss, gradients] = gradients_of(batches[i], share, row_numbers[i]);
      result.loss += loss * share;
      take_buffers(net_, gradients);
      if (sum)
        add_gradients(*sum, gradients);
      else
        sum = std::move(gradients);
    }
    optimizer_.step(net_, *sum);
    return result;
  }

  M& net_;
  const FitOptions<M, B>& options_;
  mutable AnyOptimizer<M> optimizer_;
  std::vector<metrics::Metric> metrics_;
  data::LoaderOf<B> loader_;
  typename data::LoaderOf<B>::Iterator at_{};
  nn::Rng rng_;
  Tensor class_weight_;
  Place place_{};
};

}  // namespace detail
}  // namespace fathom::train
