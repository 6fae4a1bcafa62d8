// fit, evaluate and predict: the bits of a loop by hand, weights, accumulation, batches of one's
// own, interruption.
#include "fathom/train/fit.h"

#include <doctest/doctest.h>

#include <csignal>

#include "fathom/data/builtin.h"
#include "fathom/data/split.h"
#include "fathom/fathom.h"
#include "fathom/metrics/classification.h"
#include "fathom/train/callbacks.h"
#include "tests/contains.h"
#include "tests/io/support.h"

using namespace fathom;
using test::contains;
using test::error_text;

namespace {

struct Net {
  nn::Linear hidden{64, 16};
  nn::BatchNorm norm{16};
  nn::Dropout dropout{0.2};
  nn::Linear out{16, 10};
  Tensor operator()(const Tensor& x) const { return out(dropout(relu(norm(hidden(x))))); }
};
struct Line {
  nn::Linear layer{3, 1};
  Tensor operator()(const Tensor& x) const { return squeeze(layer(x), 1); }
};

template <class M> std::vector<float> numbers(const M& net) {
  std::vector<float> all;
  for (const nn::NamedTensor& t : nn::named_tensors(net))
    for (const float x : cast(t.tensor, DType::f32).to_vector<float>()) all.push_back(x);
  return all;
}
template <class M> M fresh() {
  seed(3);
  return M{};
}

struct Rows {
  Tensor inputs, targets;
};
/// y = x . (1, -2, 3) + 0.5.
Rows line_data(std::int64_t n) {
  const Tensor x = random_normal({n, 3}, make_key(7, 1));
  return {x.eval(), (sum(x * tensor<float>({1, -2, 3}), 1) + 0.5).eval()};
}
Tensor squared(const Tensor& p, const Tensor& t) { return square(p - t); }

}  // namespace

TEST_CASE("fit: the bits of a loop by hand, for any number of workers") {
  const data::Split parts = data::digits();
  Net by_hand = fresh<Net>();
  optim::Adam adam{.learning_rate = 3e-3};
  nn::Rng rng{.seed = ~std::uint64_t{5}};
  double loss_sum = 0;
  data::Loader loader(parts.train, {.batch_size = 50, .shuffle = true, .seed = 5});
  nn::eval(by_hand);
  for (int epoch = 0; epoch < 3; ++epoch) {
    loss_sum = 0;
    for (const data::Batch& batch : loader) {
      const nn::ModeScope scope = nn::training(rng);
      const auto loss_fn = [](const Net& net, const data::Batch& b) {
        return cross_entropy(net(b.inputs), b.labels);
      };
      auto [loss, gradients] = value_and_grad(loss_fn)(by_hand, batch);
      adam.step(by_hand, gradients);
      loss_sum += loss.item() * static_cast<double>(batch.size());
    }
  }
  for (const int workers : {0, 3}) {
    Net net = fresh<Net>();
    const train::History h = train::fit(net, parts.train,
                                        {.optimizer = optim::Adam{.learning_rate = 3e-3},
                                         .metrics = {metrics::accuracy()},
                                         .validation = parts.test,
                                         .epochs = 3,
                                         .batch_size = 50,
                                         .workers = workers,
                                         .seed = 5,
                                         .verbose = train::Verbose::silent});
    CHECK(numbers(net) == numbers(by_hand));
    REQUIRE(h.epochs.size() == 3);
    CHECK(h.stopped.empty());
    CHECK(h["loss"].back() == doctest::Approx(loss_sum / static_cast<double>(parts.train.size())));
    CHECK(h.names() == std::vector<std::string>{"loss", "accuracy", "val_loss", "val_accuracy"});
    CHECK(h["val_accuracy"].back() > 0.85);
    // evaluate and predict agree with the validation.
    const train::Values v = train::evaluate(net, parts.test, {.metrics = {metrics::accuracy()}});
    CHECK(*train::find(v, "accuracy") == h["val_accuracy"].back());
    const Tensor p = train::predict(net, parts.test, {.batch_size = 7});
    CHECK(metrics::accuracy()(p, parts.test.labels).item() == h["val_accuracy"].back());
    CHECK(contains(error_text<ValueError>([&] { h["f1"]; }), "one of loss, accuracy"));
  }
}

TEST_CASE("fit: batches, losses and optimizers of one's own") {
  const Rows all = line_data(200);
  Line net = fresh<Line>();
  optim::Sgd sgd{.learning_rate = 0.05};
  const train::History h = train::fit(
      net, data::rows(all),
      {.loss = squared, .optimizer = &sgd, .epochs = 30, .verbose = train::Verbose::silent});
  CHECK(h["loss"].back() < 1e-6);
  CHECK(net.layer.weight.to_vector<float>()[1] == doctest::Approx(-2).epsilon(1e-3));
  // The whole step as a function of the net and the batch.
  struct Pair {
    Tensor a, b;
  };
  Line other = fresh<Line>();
  train::fit(other, data::rows(Pair{all.inputs, all.targets}),
             {.loss = [](const Line& net, const Pair& p) { return mse_loss(net(p.a), p.b); },
              .optimizer = optim::Sgd{.learning_rate = 0.05},
              .epochs = 30,
              .verbose = train::Verbose::silent});
  CHECK(other.layer.bias.item() == doctest::Approx(0.5).epsilon(1e-3));
}

TEST_CASE("fit: weights of rows and classes are copies of rows") {
  struct Weighted {
    Tensor inputs, labels, weights;
  };
  const data::Dataset iris = data::iris().train;
  const Tensor x = iris.preprocessing(iris.inputs).eval();
  std::vector<std::int64_t> twice;
  std::vector<float> weights;
  const auto labels = iris.labels.to_vector<std::int64_t>();
  for (std::int64_t i = 0; i < iris.size(); ++i) {
    const bool heavy = labels[static_cast<std::size_t>(i)] == 1;
    twice.push_back(i);
    if (heavy) twice.push_back(i);
    weights.push_back(heavy ? 2 : 1);
  }
  struct Flowers {
    nn::Linear out{4, 3};
    Tensor operator()(const Tensor& x) const { return out(x); }
  };
  const auto trained = [&](const auto& source, std::vector<double> class_weight) {
    Flowers net = fresh<Flowers>();
    train::fit(net, source,
               {.optimizer = optim::Sgd{.learning_rate = 0.5},
                .epochs = 5,
                .batch_size = 1000,
                .class_weight = class_weight,
                .weighted_loss = train::WeightedLoss::mean_with_sample_weight,
                .verbose = train::Verbose::silent});
    return numbers(net);
  };
  struct Plain {
    Tensor inputs, labels;
  };
  const auto copies = trained(
      data::rows(Plain{data::gather_rows(x, twice), data::gather_rows(iris.labels, twice)}), {});
  const auto by_row = trained(data::rows(Weighted{x, iris.labels, Tensor::from(weights)}), {});
  const auto by_class = trained(data::rows(Plain{x, iris.labels}), {1, 2, 1});
  for (std::size_t i = 0; i < copies.size(); ++i) {
    CHECK(by_row[i] == doctest::Approx(copies[i]).epsilon(1e-4));
    CHECK(by_class[i] == doctest::Approx(copies[i]).epsilon(1e-4));
  }
}

TEST_CASE("fit: 32 rows in parts of 8 are 4 batches of 8, bit for bit, uneven ones too") {
  const data::Split parts = data::digits();
  const data::Dataset rows = data::random_split(parts.train, {0.1, 0.9})[0];  // 144 rows
  const auto trained = [&](std::int64_t batch_size, std::int64_t accumulate,
                           std::int64_t micro_batch, std::vector<double> class_weight = {}) {
    Net net = fresh<Net>();
    const auto h = train::fit(net, rows,
                              {.metrics = {metrics::accuracy()},
                               .epochs = 2,
                               .batch_size = batch_size,
                               .accumulate = accumulate,
                               .micro_batch = micro_batch,
                               .class_weight = class_weight,
                               .verbose = train::Verbose::silent});
    CHECK(h.epochs.back().step ==
          2 * ((rows.size() + batch_size * accumulate - 1) / (batch_size * accumulate)));
    return std::tuple(numbers(net), h["loss"], h["accuracy"]);
  };
  CHECK(trained(32, 1, 8) == trained(8, 4, 0));
  CHECK(trained(50, 1, 10) == trained(10, 5, 0));  // 144 = 50 + 50 + 44
  const std::vector<double> weights{1, 2, 3, 4, 5, 1, 2, 3, 4, 5};
  CHECK(trained(32, 1, 8, weights) == trained(8, 4, 0, weights));
  CHECK(trained(32, 1, 8, weights) != trained(32, 1, 8));
}

TEST_CASE("fit: gradients of parts are those of the whole, weighted ones too") {
  struct Weighted {
    Tensor inputs, targets, weights;
  };
  const Rows all = line_data(50);
  const Tensor weights = random_uniform({50}, make_key(1, 1), 0.5, 2).eval();
  const auto trained = [&](std::int64_t batch_size, std::int64_t accumulate) {
    Line net = fresh<Line>();
    const auto h = train::fit(net, data::rows(Weighted{all.inputs, all.targets, weights}),
                              {.loss = squared,
                               .optimizer = optim::Sgd{.learning_rate = 0.1},
                               .epochs = 2,
                               .batch_size = batch_size,
                               .accumulate = accumulate,
                               .verbose = train::Verbose::silent});
    return std::pair(numbers(net), h["loss"]);
  };
  const auto [whole, whole_loss] = trained(32, 1);  // 32 and 18 rows
  const auto [parts, parts_loss] = trained(8, 4);   // 4 x 8, then 8, 8 and 2
  for (std::size_t i = 0; i < whole.size(); ++i) CHECK(parts[i] == doctest::Approx(whole[i]));
  CHECK(parts_loss[1] == doctest::Approx(whole_loss[1]));
}

TEST_CASE("fit: an interrupt ends it after the step at hand") {
  const data::Split parts = data::iris();
  struct Flowers {
    nn::Linear out{4, 3};
    Tensor operator()(const Tensor& x) const { return out(x); }
  } net;
  bool ended = false;
  const train::History h = train::fit(
      net, parts.train,
      {.epochs = 5,
       .callbacks = {train::LambdaCallback{
           .on_step =
               [](train::Run& run) {
                 if (run.step() == 6) std::raise(SIGINT);
               },
           .on_end = [&](train::Run& run) { ended = run.step() == 6 && run.batch() == 2; }}},
       .verbose = train::Verbose::silent});
  CHECK(ended);
  CHECK(h.stopped == "interrupted");
  CHECK(h.epochs.size() == 1);
}

TEST_CASE("fit: wrong use") {
  const data::Split parts = data::iris();
  struct Flowers {
    nn::Linear out{4, 3};
    Tensor operator()(const Tensor& x) const { return out(x); }
  } net;
  using Options = train::FitOptions<Flowers, data::Batch>;
  const auto refused = [&](Options options) {
    options.verbose = train::Verbose::silent;
    return error_text<ValueError>([&] { train::fit(net, parts.train, options); });
  };
  CHECK(contains(refused({.epochs = -1}), "epochs"));
  CHECK(contains(refused({.batch_size = 0}), "batch_size is 0"));
  CHECK(contains(refused({.accumulate = 0}), "accumulate is 0"));
  CHECK(contains(refused({.validate_every = 0}), "validate_every"));
  CHECK(contains(
      refused({.loss = [](const Tensor& p, const Tensor& t) { return cross_entropy(p, t); },
               .class_weight = {1, 1, 1}}),
      "a loss for each row"));
  CHECK(contains(
      refused({.loss = [](const Flowers& n,
                          const data::Batch& b) { return cross_entropy(n(b.inputs), b.labels); },
               .metrics = {metrics::accuracy()}}),
      "no predictions"));
  struct Odd {
    Tensor a;
  };
  CHECK(contains(error_text<ValueError>([&] {
                   train::fit(net, data::rows(Odd{zeros({4, 4})}));
                 }),
                 "no loss for batches of this type"));
  Line line;
  CHECK(contains(error_text<DTypeError>([&] { train::fit(line, data::rows(line_data(8))); }),
                 "give .loss: nn::MSELoss()"));
  CHECK(contains(refused({.callbacks = {train::EarlyStopping{}}}), "if it is given .validation"));
  CHECK(contains(
      error_text<IndexError>([&] {
        train::fit(net, parts.train, {.class_weight = {1, 2}, .verbose = train::Verbose::silent});
      }),
      "2"));
}
