// Training: the options of fit, evaluate and predict, what data and losses give, what a history
// holds.
#include "tests/faults/faults.h"

namespace fathom::test {
namespace {

struct Classifier {
  nn::Linear layer{4, 3};
  Tensor operator()(const Tensor& x) const { return layer(x); }
};
struct Weighed {
  Tensor inputs, labels, weights;
};
data::Source<data::Batch> rows_with(const Tensor& y) {
  return data::rows(data::Batch{ones({y.size(), 4}), y});
}
data::Source<data::Batch> four_rows() { return rows_with(labels({0, 1, 2, 0})); }
data::Source<Weighed> weighed_rows(const Tensor& weights) {
  return data::rows(Weighed{ones({4, 4}), labels({0, 1, 2, 0}), weights});
}
data::Source<data::Batch> generated_batches() {
  return data::generate([](const data::Draw&) {
    return [] { return std::optional(data::Batch{ones({4}), zeros({}, DType::i64)}); };
  });
}
Tensor mean_loss(const Classifier& net, const data::Batch& batch) {
  return cross_entropy(net(batch.inputs), batch.labels);
}

using ClassifierOptions = train::FitOptions<Classifier, data::Batch>;
template <class D>
train::History fit(const D& data, train::FitOptions<Classifier, train::BatchOf<D>> options = {},
                   Where where = Where::current()) {
  options.verbose = train::Verbose::silent;
  Classifier net;
  return train::fit(net, data, options, where);
}
/// Options that fit refuses.
Fault refused(std::string name, const ClassifierOptions& options, std::string text,
              Where row = Where::current()) {
  return fault<ValueError>(
      std::move(name), [=] { fit(four_rows(), options, row); }, std::move(text), row);
}

}  // namespace

Faults training_faults() {
  return {
      refused("training in batches of nothing", {.batch_size = 0}, R"(data::loader: batch_size is 0
  expected at least 1
  in: @)"),
      refused("training with too many workers", {.workers = 1000}, R"(data::loader: workers is 1000
  expected a number from 0 to 256
  in: @)"),
      refused("training for fewer epochs than none", {.epochs = -1},
              R"(train: these numbers of epochs make no sense
  epochs: -1     validate_every: 1
  expected epochs from 0 on, validate_every from 1 on
  in: @)"),
      refused("validating every 0 epochs", {.validate_every = 0},
              R"(train: these numbers of epochs make no sense
  epochs: 1     validate_every: 0
  expected epochs from 0 on, validate_every from 1 on
  in: @)"),
      refused("training on a share below nothing", {.validation_split = 1},
              R"(train::fit: validation_split leaves nothing to train on or to validate with
  validation_split: 1.000000     rows: 4
  expected a share from 0 on and below 1
  in: @)"),
      refused("validation data and a share too",
              {.validation = four_rows(), .validation_split = 0.5},
              R"(train::fit: validation and validation_split exclude each other
  expected one of them
  in: @)"),
      refused("gradients of 0 batches", {.accumulate = 0}, R"(train::fit: accumulate is 0
  expected at least 1
  in: @)"),
      refused("parts of fewer rows than none", {.micro_batch = -1}, R"(train::fit: micro_batch is -1
  expected at least 0
  in: @)"),
      refused("fewer steps than none", {.steps_per_epoch = -1}, R"(train::fit: steps_per_epoch is -1
  expected at least 0
  in: @)"),
      refused("no batch that is full to train on", {.batch_size = 8, .drop_last = true},
              R"(data::loader: there is no batch in 4 rows
  expected at least batch_size rows, or drop_last = false
  in: @)"),
      refused("two ways to clip", {.clip_norm = 1, .clip_value = 1},
              R"(train::fit: clip_norm and clip_value exclude each other
  expected one of them
  in: @)"),
      refused("clipping to a negative norm in a fit", {.clip_norm = -1},
              out_of_range("clip_gradient_norm", "most", "-1", "a finite number of at least 0")),
      refused("a negative class weight", {.class_weight = {1, -1, 1}},
              R"(train::fit: a class weight is -1
  expected finite numbers of at least 0
  in: @)"),
      refused("a negative learning rate in a fit", {.optimizer = optim::Sgd{.learning_rate = -1}},
              out_of_range("optim::Sgd", "learning_rate", "-1", "a finite number of at least 0")),
      refused("metrics of a loss without predictions",
              {.loss = mean_loss, .metrics = {metrics::accuracy()}},
              R"(train::fit: the loss gives no predictions for the metrics
  hint: return train::Outputs{loss, prediction, target}, or give a loss of (prediction, target)
  in: @)"),
      fault<ValueError>(
          "an optimizer that is no more",
          [] {
            optim::Adam* nothing = nullptr;
            fit(four_rows(), {.optimizer = nothing});
          },
          R"(train::fit: the optimizer is a null pointer
  expected the address of an optimizer, or an optimizer
  in: @)"),
      fault<ShapeError>(
          "a metric of more classes than there are",
          [] { fit(four_rows(), {.metrics = {metrics::top_k(4)}}); },
          R"(metric top_k: predictions are no scores of 4 or more classes
  prediction: (4, 3)
  expected floating-point scores (N, classes)
  in: @)"),
      fault<IndexError>(
          "a label without a class weight",
          [] {
            fit(four_rows(), {.class_weight = {1, 1}});
          },
          R"(train::fit: class_weight: label 2 is out of range
  element: 3
  expected a number in [0, 2)
  in: @)"),
      fault<ValueError>(
          "weights of a loss that is a mean",
          [] {
            fit(weighed_rows(ones({4})),
                {.loss = [](const Tensor& y, const Tensor& t) { return cross_entropy(y, t); }});
          },
          R"(train::fit: weights need a loss for each row
  loss: f32 ()
  expected (B,)
  hint: give the loss Reduction::none: the mean is taken here
  in: @)"),
      fault<ShapeError>(
          "weights in a column",
          [] {
            fit(weighed_rows(ones({4, 1})));
          },
          R"(train::fit: the weights do not fit the rows
  weights: f32 (4, 1)     loss: f32 (4,)
  expected a weight a row
  in: @)"),
      fault<IndexError>(
          "training on a label beyond the classes",
          [] {
            fit(rows_with(labels({0, 7})));
          },
          no_element("cross_entropy", "target", 7, 1, 0, 3)),
      fault<DTypeError>(
          "training on labels of floats", [] { fit(rows_with(zeros({2}))); },
          R"(train::fit: the loss is cross entropy, and the targets are no classes
  prediction: f32 (2, 3)     target: f32 (2,)
  expected class indices of type i64, or a probability for each class
  hint: give .loss: nn::MSELoss(), or a function of (prediction, target)
  in: @)"),
      fault<ShapeError>(
          "training on inputs of another width",
          [] {
            fit(data::rows(data::Batch{ones({2, 5}), labels({0, 1})}),
                {.loss = [](const Classifier& net, const data::Batch& batch) {
                  return cross_entropy(net.layer(batch.inputs), batch.labels);
                }});
          },
          R"(linear: the features of x do not fit the weight
  x: f32 (2, 5)     weight: f32 (3, 4)
  expected x.shape[-1] == weight.shape[1], got 5 and 4
  in: net.layer (nn::Linear), @)"),
      fault<ShapeError>(
          "training a layer on inputs of another width",
          [] {
            nn::Linear layer(4, 3);
            train::fit(layer, data::rows(data::Batch{ones({2, 5}), labels({0, 1})}),
                       {.verbose = train::Verbose::silent});
          },
          R"(linear: the features of x do not fit the weight
  x: f32 (2, 5)     weight: f32 (3, 4)
  expected x.shape[-1] == weight.shape[1], got 5 and 4
  in: nn::Linear, @)"),
      fault<ShapeError>(
          "a loss of one's own that is wrong",
          [] {
            fit(four_rows(), {.loss = [](const Tensor& y, const Tensor& t) {
                  return mse_loss(y, cast(t, DType::f32));
                }});
          },
          R"(mse_loss: shapes do not broadcast
  prediction: f32 (4, 3)     target: f32 (4,)
  in: @)"),
      fault<NumericError>(
          "training on NaN",
          [] {
            fit(data::rows(data::Batch{full({2, 4}, std::nan("")), labels({0, 1})}),
                {.shuffle = false});
          },
          R"(train: the loss is NaN at step 1: the batch holds NaN or infinity
  epoch: 1     batch: 1 of 1     element: (0, 0), row 0 of the batch, 0 of the data     of: f32 (2, 4)
  hint: clean the data, or fill in what is missing
  in: @)"),
      fault<ValueError>(
          "training on no rows", [] { fit(rows_with(zeros({0}, DType::i64))); },
          R"(train::fit: there are no rows to train on
  expected at least one
  in: @)"),
      fault<ValueError>(
          "training on a data set that was never set", [] { fit(data::Dataset()); },
          empty_tensor("size")),
      fault<ValueError>(
          "a share of generated data",
          [] { fit(generated_batches(), {.validation_split = 0.5, .steps_per_epoch = 1}); },
          R"(data::validation_split: generated data have no row numbers
  hint: do it in the generator itself
  in: @)"),
      fault<ShapeError>(
          "samples that make no batch, in a fit",
          [] {
            fit(data::samples(3, [](std::int64_t i) {
              return data::Batch{ones({4 + i}), zeros({}, DType::i64)};
            }));
          },
          R"(data::stack: samples of different shapes or types make no batch
  one: f32 (4,)     another: f32 (6,)
  hint: pass a collate function that pads or crops them
  in: @)"),
      fault<ValueError>(
          "an evaluation in batches of nothing",
          [] { train::evaluate(Classifier(), four_rows(), {.batch_size = 0}); },
          R"(data::loader: batch_size is 0
  expected at least 1
  in: @)"),
      fault<ValueError>(
          "an evaluation of no rows",
          [] { train::evaluate(Classifier(), rows_with(zeros({0}, DType::i64))); },
          R"(data::loader: there is no batch in 0 rows
  expected at least one row
  in: @)"),
      fault<IndexError>(
          "an evaluation of a label beyond the classes",
          [] {
            train::evaluate(Classifier(), rows_with(labels({0, -1})));
          },
          no_element("cross_entropy", "target", -1, 1, 0, 3)),
      fault<ValueError>(
          "an evaluation of metrics without predictions",
          [] {
            train::evaluate(Classifier(), four_rows(),
                            {.loss = mean_loss, .metrics = {metrics::accuracy()}});
          },
          R"(train::evaluate: the loss gives no predictions for the metrics
  hint: return train::Outputs{loss, prediction, target}, or give a loss of (prediction, target)
  in: @)"),
      fault<ValueError>(
          "predictions in batches of nothing",
          [] { train::predict(Classifier(), four_rows(), {.batch_size = 0}); },
          R"(data::loader: batch_size is 0
  expected at least 1
  in: @)"),
      fault<ShapeError>(
          "predictions of inputs of another width",
          [] {
            train::predict(nn::Linear(4, 3), data::rows(ones({2, 5})));
          },
          R"(linear: the features of x do not fit the weight
  x: f32 (2, 5)     weight: f32 (3, 4)
  expected x.shape[-1] == weight.shape[1], got 5 and 4
  in: nn::Linear, @)"),
      fault<ValueError>(
          "a sweep from high to low",
          [] { train::find_learning_rate(Classifier(), four_rows(), {}, {.from = 1, .to = 0.1}); },
          R"(train::find_learning_rate: this sweep makes no sense
  from: 1     to: 0.1     steps: 100     smoothing: 0.9
  expected 0 < from < to, 3 steps or more, smoothing in [0, 1)
  in: @)"),
      fault<ValueError>(
          "a sweep of no batch that is full",
          [] {
            train::find_learning_rate(Classifier(), four_rows(),
                                      {.batch_size = 8, .drop_last = true});
          },
          R"(data::loader: there is no batch in 4 rows
  expected at least batch_size rows, or drop_last = false
  in: @)"),
      fault<ValueError>(
          "the drawing of a sweep in an unknown format",
          [] {
            train::RateSweep{{0.1, 1}, {2, 1}, 0.1}.draw("sweep.gif");
          },
          R"(figure.save: no such picture format
  got: sweep.gif
  expected a name that ends in .png or .svg
  in: @)"),
      fault<ValueError>(
          "overfitting in no steps",
          [] {
            train::overfit_one_batch(Classifier(), data::Batch{ones({2, 4}), labels({0, 1})}, {},
                                     {.steps = 0});
          },
          R"(train::overfit_one_batch: steps is 0
  expected at least 1
  in: @)"),
      fault<ValueError>(
          "an unknown value of a history",
          [] {
            const train::History history = fit(four_rows());
            history["los"];
          },
          R"(train::History: there is no value los
  expected one of loss
  in: @)"),
      fault<ValueError>(
          "a value of an empty history", [] { train::History()["loss"]; },
          R"(train::History: there is no value loss
  expected a run with an epoch
  in: @)"),
      fault<ValueError>(
          "the curves of an empty history",
          [] { train::draw_curves("loss.png", train::History()); },
          R"(train::draw_curves: there are no epochs
  in: @)"),
  };
}

}  // namespace fathom::test
