// fit against the rules of Keras' fit, written out here in double precision: which rows are held
// out, how losses are averaged and weighted, what is validated, when patience ends.
#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "fathom/fathom.h"
#include "tests/io/support.h"

using namespace fathom;

namespace {

constexpr int features = 3, units = 4, classes = 2, row_count = 11;

struct TanhNet {
  nn::Linear hidden{features, units};
  nn::Linear out{units, classes};
  Tensor operator()(const Tensor& x) const { return out(tanh(hidden(x))); }
};
struct LabelledRows {
  Tensor inputs, labels;
};
struct WeightedRows {
  Tensor inputs, labels, weights;
};

std::vector<double> numbers(std::size_t n, double a, double b) {
  std::vector<double> list;
  for (std::size_t i = 0; i < n; ++i) list.push_back(a * std::sin(b * static_cast<double>(i + 1)));
  return list;
}
Tensor floats(const std::vector<double>& values, const Shape& shape) {
  return Tensor::from(std::vector<float>(values.begin(), values.end()), shape);
}

/// The same network by hand.
struct ByHand {
  std::vector<double> w1 = numbers(units * features, 0.7, 1.3), b1 = numbers(units, 0.1, 2),
                      w2 = numbers(classes * units, 0.6, 0.9), b2 = numbers(classes, 0.2, 3);
  std::vector<double> x = numbers(row_count * features, 1.5, 1.7);
  std::array<int, row_count> labels{0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1};

  struct Forward {
    std::array<double, units> h;
    std::array<double, classes> p;
    double loss;
  };
  Forward forward(int row) const {
    Forward f{};
    for (int u = 0; u < units; ++u) {
      double sum = b1[u];
      for (int k = 0; k < features; ++k) sum += w1[u * features + k] * x[row * features + k];
      f.h[u] = std::tanh(sum);
    }
    double total = 0;
    for (int c = 0; c < classes; ++c) {
      double sum = b2[c];
      for (int u = 0; u < units; ++u) sum += w2[c * units + u] * f.h[u];
      total += f.p[c] = std::exp(sum);
    }
    for (double& p : f.p) p /= total;
    f.loss = -std::log(f.p[labels[row]]);
    return f;
  }
  /// One step of SGD on rows whose losses are weighted and divided by their number. The loss.
  double step(int begin, int end, double rate, const std::vector<double>& weights) {
    ByHand next = *this;
    double loss = 0;
    for (int row = begin; row < end; ++row) {
      const Forward f = forward(row);
      const double share = weights[row] / (end - begin);
      loss += share * f.loss;
      for (int u = 0; u < units; ++u) {
        double dh = 0;
        for (int c = 0; c < classes; ++c) {
          const double dz = share * (f.p[c] - (labels[row] == c ? 1 : 0));
          dh += dz * w2[c * units + u];
          next.w2[c * units + u] -= rate * dz * f.h[u];
          if (u == 0) next.b2[c] -= rate * dz;
        }
        const double da = dh * (1 - f.h[u] * f.h[u]);
        for (int k = 0; k < features; ++k)
          next.w1[u * features + k] -= rate * da * x[row * features + k];
        next.b1[u] -= rate * da;
      }
    }
    *this = next;
    return loss;
  }
  double mean_loss(int begin, int end) const {
    double sum = 0;
    for (int row = begin; row < end; ++row) sum += forward(row).loss;
    return sum / (end - begin);
  }
  TanhNet net() const {
    TanhNet n;
    n.hidden.weight = floats(w1, {units, features});
    n.hidden.bias = floats(b1, {units});
    n.out.weight = floats(w2, {classes, units});
    n.out.bias = floats(b2, {classes});
    return n;
  }
  LabelledRows rows() const {
    return {floats(x, {row_count, features}),
            Tensor::from(std::vector<std::int64_t>(labels.begin(), labels.end()))};
  }
};

void check_close(const Tensor& actual, const std::vector<double>& expected) {
  const auto values = actual.to_vector<double>();
  REQUIRE(values.size() == expected.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    CHECK(values[i] == doctest::Approx(expected[i]).epsilon(1e-5));
}

}  // namespace

TEST_CASE("keras: an MLP with class weights and a validation split, three epochs by the rules") {
  // Keras: floor(11 * (1 - 0.3)) = 7 rows to train on, the last 4 to validate with; batches of 3, 3
  // and 1. A batch's loss is the sum of weighted losses over its rows, an epoch's the mean over
  // samples. Class weights count in training alone.
  constexpr int trained = 7;
  const std::vector<double> class_weight{0.5, 3};
  ByHand hand;
  TanhNet net = hand.net();
  const train::History h = train::fit(net, data::rows(hand.rows()),
                                      {.optimizer = optim::Sgd{.learning_rate = 0.4},
                                       .metrics = {metrics::accuracy()},
                                       .validation_split = 0.3,
                                       .epochs = 3,
                                       .batch_size = 3,
                                       .shuffle = false,
                                       .class_weight = class_weight,
                                       .verbose = train::Verbose::silent});
  std::vector<double> weights;
  for (const int label : hand.labels) weights.push_back(class_weight[label]);
  std::vector<double> loss, val_loss;
  for (int epoch = 0; epoch < 3; ++epoch) {
    double sum = 0;
    for (int begin = 0; begin < trained; begin += 3) {
      const int end = std::min(begin + 3, trained);
      sum += (end - begin) * hand.step(begin, end, 0.4, weights);
    }
    loss.push_back(sum / trained);
    val_loss.push_back(hand.mean_loss(trained, row_count));
  }
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    CHECK(h["loss"][epoch] == doctest::Approx(loss[epoch]).epsilon(1e-5));
    CHECK(h["val_loss"][epoch] == doctest::Approx(val_loss[epoch]).epsilon(1e-5));
  }
  check_close(net.hidden.weight, hand.w1);
  check_close(net.hidden.bias, hand.b1);
  check_close(net.out.weight, hand.w2);
  check_close(net.out.bias, hand.b2);
}

TEST_CASE("keras: rows are held out before they are shuffled") {
  const ByHand hand;
  const LabelledRows all = hand.rows();
  const auto first = [](const Tensor& x, std::int64_t n) { return x[{range(0, n)}].eval(); };
  const auto trained = [&](const LabelledRows& rows, double split) {
    TanhNet net = hand.net();
    train::fit(net, data::rows(rows),
               {.validation_split = split,
                .epochs = 3,
                .batch_size = 2,
                .seed = 4,
                .verbose = train::Verbose::silent});
    return net.hidden.weight.to_vector<float>();
  };
  CHECK(trained(all, 0.3) == trained({first(all.inputs, 7), first(all.labels, 7)}, 0));
}

TEST_CASE("keras: losses are averaged over samples, weights of rows and metrics with and without") {
  const ByHand hand;
  const LabelledRows all = hand.rows();
  std::vector<double> weights = numbers(row_count, 0.5, 1);
  for (double& w : weights) w += 1;
  TanhNet net = hand.net();
  const auto rows = data::rows(WeightedRows{all.inputs, all.labels, floats(weights, {row_count})});
  const train::FitOptions<TanhNet, WeightedRows> options{
      .optimizer = optim::Sgd{.learning_rate = 0},
      .metrics = {metrics::accuracy()},
      .weighted_metrics = {metrics::accuracy().named("weighted_accuracy")},
      .validation = rows,
      .batch_size = 4,
      .verbose = train::Verbose::silent};
  const train::History h = train::fit(net, rows, options);
  double loss = 0, right = 0, weighted_right = 0, total = 0;
  for (int row = 0; row < row_count; ++row) {
    const auto f = hand.forward(row);
    const bool hit = (f.p[1] > f.p[0]) == (hand.labels[row] == 1);
    loss += weights[row] * f.loss;
    right += hit;
    weighted_right += hit ? weights[row] : 0;
    total += weights[row];
  }
  for (const std::string prefix : {"", "val_"}) {
    CHECK(h[prefix + "loss"][0] == doctest::Approx(loss / row_count).epsilon(1e-5));
    CHECK(h[prefix + "accuracy"][0] == doctest::Approx(right / row_count));
    CHECK(h[prefix + "weighted_accuracy"][0] == doctest::Approx(weighted_right / total));
  }
  // The other rule: the sum of the weights divides.
  const auto evaluated = train::evaluate(
      net, rows, {.batch_size = 4, .weighted_loss = train::WeightedLoss::mean_with_sample_weight});
  CHECK(*train::find(evaluated, "loss") == doctest::Approx(loss / total).epsilon(1e-5));
}

TEST_CASE("keras: an epoch of so many steps goes on in the data where the last one ended") {
  const ByHand hand;
  std::vector<float> seen;  // the first feature of each row, in the order of training
  const auto rows = data::map(data::rows(hand.rows()), [&](LabelledRows r) {
    const auto x = r.inputs.to_vector<float>();
    for (std::size_t i = 0; i < x.size(); i += features) seen.push_back(x[i]);
    return r;
  });
  TanhNet net = hand.net();
  const train::History h = train::fit(net, rows,
                                      {.epochs = 3,
                                       .batch_size = 2,
                                       .shuffle = false,
                                       .drop_last = true,
                                       .steps_per_epoch = 3,
                                       .verbose = train::Verbose::silent});
  REQUIRE(h.epochs.size() == 3);
  CHECK(h.epochs[2].step == 9);
  const auto x = hand.rows().inputs.to_vector<float>();
  REQUIRE(seen.size() >= 18);  // the loader gathers a batch ahead
  for (std::size_t i = 0; i < 18; ++i) CHECK(seen[i] == x[i % 10 * features]);
}

TEST_CASE("keras: a run that goes on after another one counts its epochs") {
  const ByHand hand;
  const auto options = [](std::int64_t epochs, optim::Adam* adam, train::History before = {}) {
    return train::FitOptions<TanhNet, LabelledRows>{.optimizer = adam,
                                                    .validation_split = 0.3,
                                                    .epochs = epochs,
                                                    .batch_size = 3,
                                                    .initial_history = std::move(before),
                                                    .verbose = train::Verbose::silent};
  };
  optim::Adam adam, same;
  TanhNet whole = hand.net(), parts = hand.net();
  const auto rows = data::rows(hand.rows());
  const train::History all = train::fit(whole, rows, options(5, &adam));
  const train::History first = train::fit(parts, rows, options(2, &same));
  const train::History second = train::fit(parts, rows, options(5, &same, first));
  CHECK(whole.out.weight.to_vector<float>() == parts.out.weight.to_vector<float>());
  REQUIRE(second.epochs.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(second.epochs[i].values == all.epochs[i].values);
    CHECK(second.epochs[i].epoch == static_cast<std::int64_t>(i + 1));
    CHECK(second.epochs[i].step == all.epochs[i].step);
  }
}

TEST_CASE("keras: gradients are clipped by their norm or element by element") {
  const ByHand hand;
  const auto rows = data::rows(hand.rows());
  const auto step = [&](std::optional<double> norm, std::optional<double> value) {
    TanhNet net = hand.net();
    train::fit(net, rows,
               {.optimizer = optim::Sgd{.learning_rate = 1},
                .batch_size = row_count,
                .clip_norm = norm,
                .clip_value = value,
                .verbose = train::Verbose::silent});
    std::vector<double> change;
    const auto before = io::weights_of(hand.net()), after = io::weights_of(net);
    for (std::size_t i = 0; i < before.size(); ++i)
      for (const double x : (before[i].second - after[i].second).to_vector<double>())
        change.push_back(x);
    return change;
  };
  const std::vector<double> free = step({}, {}), by_norm = step(0.05, {}),
                            by_value = step({}, 0.02);
  double norm = 0;
  for (const double x : free) norm += x * x;
  norm = std::sqrt(norm);
  REQUIRE(norm > 0.05);
  for (std::size_t i = 0; i < free.size(); ++i) {
    CHECK(std::abs(by_norm[i] - free[i] * 0.05 / norm) < 1e-6);
    CHECK(std::abs(by_value[i] - std::clamp(free[i], -0.02, 0.02)) < 1e-6);
  }
  CHECK_THROWS_AS(step(1, 1), ValueError);
  CHECK_THROWS_AS(step(-1, {}), ValueError);
}

TEST_CASE("keras: epochs without validation are not counted by what watches it") {
  const ByHand hand;
  TanhNet net = hand.net();
  const train::History h =
      train::fit(net, data::rows(hand.rows()),
                 {.optimizer = optim::Sgd{.learning_rate = 0},  // nothing ever gets better
                  .validation_split = 0.3,
                  .epochs = 20,
                  .validate_every = 3,
                  .callbacks = {train::EarlyStopping{.patience = 2},
                                train::ReduceOnPlateau{.rule = {.patience = 5}}},
                  .verbose = train::Verbose::silent});
  CHECK(h.epochs.size() == 9);  // validated after 3, 6 and 9
}

TEST_CASE("fit: options that make no sense together are refused") {
  const ByHand hand;
  const auto rows = data::rows(hand.rows());
  const auto refused = [&](train::FitOptions<TanhNet, LabelledRows> options) {
    options.verbose = train::Verbose::silent;
    TanhNet net = hand.net();
    return test::error_text<ValueError>([&] { train::fit(net, rows, options); });
  };
  CHECK(refused({.validation = rows, .validation_split = 0.1}).find("exclude each other") !=
        std::string::npos);
  for (const double split : {-0.1, 1.0, 0.999, std::nan("")})
    CHECK(refused({.validation_split = split}).find("validation_split") != std::string::npos);
  CHECK(refused({.steps_per_epoch = -1}).find("steps_per_epoch") != std::string::npos);
  CHECK(refused({.validation_split = 0.3, .validation_batch_size = -1})
            .find("validation_batch_size") != std::string::npos);
}
