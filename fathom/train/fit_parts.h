// What fit is made of: losses, optimizers and data of any type.
#pragma once
#include <concepts>
#include <functional>
#include <optional>

#include "fathom/data/loader.h"
#include "fathom/metrics/metric.h"
#include "fathom/optim/adam.h"
#include "fathom/optim/state.h"
#include "fathom/train/run.h"

namespace fathom::train {

/// What a loss function gives: the loss, and what metrics look at.
struct Outputs {
  Tensor loss;        ///< (), or one a row, which is then averaged
  Tensor prediction;  ///< rows as the metrics take them; undefined: none
  Tensor target;
};

/// What the sum of a batch's weighted losses is divided by; the names are Keras'.
enum class WeightedLoss : std::uint8_t {
  sum_over_batch_size,     ///< the number of rows: a batch of heavy rows makes a larger step
  mean_with_sample_weight  ///< the sum of the weights: a weight of 2 is the row twice; torch's rule
};

namespace detail {

/// What the user called and where, for messages.
struct Call {
  const char* operation;  ///< "train::fit"
  Where where;
};

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
/// What a model makes of inputs. One that is a layer itself is told the user's line, any other
/// calls its layers from lines of its own.
template <class M, class X> Tensor predict(const M& net, const X& inputs, const Where& where) {
  if constexpr (requires { net(inputs, where); })
    return net(inputs, where);
  else
    return net(inputs);
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

/// A learning rate as a number; 0 where an optimizer has none of its own choice.
inline double number_of(double rate) { return rate; }
inline double number_of(const std::optional<double>& rate) { return rate.value_or(0); }

/// What each row's loss counts: the batch's weights times those of the classes; undefined without
/// either. Errors: ValueError for class weights without labels; IndexError for a label without one.
Tensor row_weights(const Outputs& out, const Tensor& weights, const Tensor& class_weight,
                   const Call& call);
/// A batch's loss as one number.
struct MeanLoss {
  Tensor loss;
  Tensor weight;  ///< what its sum was divided by, if not the number of rows
};
/// Errors: ValueError for weights without a loss for each row; ShapeError for another number of
/// weights.
MeanLoss mean_loss(const Tensor& loss, const Tensor& weights, WeightedLoss rule, const Call& call);
/// cross_entropy of each row.
Tensor default_loss(const Tensor& prediction, const Tensor& target, const Call& call);
/// Errors: ValueError.
void require_at_least(std::int64_t least, const char* option, std::int64_t value);
/// Class weights by label; undefined if there are none. Errors: ValueError for one that is
/// negative, NaN or infinite.
Tensor class_weights(const std::vector<double>& weights);

/// Multiplies gradients by a number.
void scale_gradients(void (*visit)(void*, nn::Visitor&), void* gradients, double factor);
[[noreturn]] void refuse_optimizer();
[[noreturn]] void refuse_null_optimizer(const Where& where);
template <class M> void archive(Archive& a, optim::State& state, const M& net) {
  std::vector<io::NamedTensor> tensors;
  if (!a.reading()) tensors = optim::named_state(state, net);
  a.tensors("state", tensors);
  if (a.reading()) state = optim::state_from(net, tensors, a.source());
}

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
      function_ = [f = std::move(f)](const M& net, const B& batch, const Where&) mutable {
        return f(net, batch);
      };
    } else if constexpr (std::is_invocable_r_v<Tensor, F&, const M&, const B&>) {
      function_ = [f](const M& net, const B& batch, const Where&) {
        Outputs out{f(net, batch), {}, {}};
        if constexpr (detail::Labelled<B>) out.target = detail::target_of(batch);
        return out;
      };
    } else {
      static_assert(std::is_invocable_r_v<Tensor, F&, const Tensor&, const Tensor&>,
                    "fathom: a loss takes (const Net&, const Batch&) or (const Tensor& prediction, "
                    "const Tensor& target) and returns a Tensor or train::Outputs; of functions "
                    "with more parameters, such as mse_loss, give the layer, nn::MSELoss()");
      static_assert(detail::Supervised<M, B>,
                    "fathom: a loss of (prediction, target) needs batches with inputs that the net "
                    "takes, and labels or targets");
      function_ = [f](const M& net, const B& batch, const Where& where) {
        Outputs out = prediction_of(net, batch, where);
        out.loss = f(out.prediction, out.target);
        return out;
      };
    }
  }
  Outputs operator()(const M& net, const B& batch, const detail::Call& call) const {
    if (function_) return function_(net, batch, call.where);
    if constexpr (detail::Supervised<M, B>) {
      Outputs out = prediction_of(net, batch, call.where);
      out.loss = detail::default_loss(out.prediction, out.target, call);
      return out;
    } else {
      throw ValueError({.operation = call.operation,
                        .problem = "there is no loss for batches of this type",
                        .hint = "give .loss = [](const Net& net, const Batch& batch) { ... }"});
    }
  }

 private:
  static Outputs prediction_of(const M& net, const B& batch, const Where& where) {
    return {{}, detail::predict(net, detail::inputs_of(batch), where), detail::target_of(batch)};
  }
  std::function<Outputs(const M&, const B&, const Where&)> function_;
};

/// An optimizer of any type that has step(net, gradients) and learning_rate: a copy of one, or by
/// its address the caller's own. Checkpoints keep its optim::State state and its learning rate; one
/// with another state has archive(train::Archive&, const Net&).
template <class M> class AnyOptimizer {
 public:
  AnyOptimizer() : AnyOptimizer(optim::Adam{}) {}
  template <class O>
  requires(!std::same_as<O, AnyOptimizer>)
      AnyOptimizer(O optimizer,  // NOLINT(google-explicit-constructor)
                   Where where = Where::current())
      : self_(std::make_unique<Model<O>>(std::move(optimizer))) {
    if constexpr (std::is_pointer_v<O>)
      if (!static_cast<const Model<O>&>(*self_).optimizer) detail::refuse_null_optimizer(where);
  }
  AnyOptimizer(const AnyOptimizer& other) : self_(other.self_->clone()) {}
  AnyOptimizer(AnyOptimizer&&) noexcept = default;
  AnyOptimizer& operator=(const AnyOptimizer& other) {
    self_ = other.self_->clone();
    return *this;
  }
  AnyOptimizer& operator=(AnyOptimizer&&) noexcept = default;
  ~AnyOptimizer() = default;
  void step(M& net, const M& gradients) { self_->step(net, gradients); }
  double learning_rate() const { return self_->learning_rate(); }
  void set_learning_rate(double rate) { self_->set_learning_rate(rate); }
  /// Errors: ValueError for an optimizer whose state nobody knows.
  void archive(Archive& a, const M& net) { self_->archive(a, net); }

 private:
  struct Concept {
    virtual ~Concept() = default;
    virtual std::unique_ptr<Concept> clone() const = 0;
    virtual void archive(Archive& a, const M& net) = 0;
    virtual void step(M& net, const M& gradients) = 0;
    virtual double learning_rate() const = 0;
    virtual void set_learning_rate(double rate) = 0;
  };
  template <class O> struct Model final : Concept {
    explicit Model(O o) : optimizer(std::move(o)) {}
    std::unique_ptr<Concept> clone() const override { return std::make_unique<Model>(optimizer); }
    auto& get() {
      if constexpr (std::is_pointer_v<O>)
        return *optimizer;
      else
        return optimizer;
    }
    void step(M& net, const M& gradients) override { get().step(net, gradients); }
    double learning_rate() const override {
      const auto& o = const_cast<Model*>(this)->get();
      if constexpr (requires { o.learning_rate(); })
        return o.learning_rate();
      else
        return detail::number_of(o.learning_rate);
    }
    void set_learning_rate(double rate) override {
      if constexpr (requires { get().set_learning_rate(rate); })
        get().set_learning_rate(rate);
      else
        get().learning_rate = rate;
    }
    void archive(Archive& a, const M& net) override {
      const auto scope = a.inside("optimizer");
      if constexpr (requires { get().archive(a, net); }) {
        get().archive(a, net);
      } else if constexpr (requires {
                             { get().state } -> std::same_as<optim::State&>;
                           }) {
        detail::archive(a, get().state, net);
        a("learning_rate", get().learning_rate);
      } else {
        detail::refuse_optimizer();
      }
    }
    O optimizer;
  };
  std::unique_ptr<Concept> self_;
};

/// Data whose batches are B: a `Source<B>`, or what becomes one.
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

}  // namespace fathom::train
