// What `fit` costs beside a loop by hand: epochs of MNIST by turns, both with loss and accuracy.
//
//   FATHOM_DATA=... fit_bench [rounds]
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "fathom/data/builtin.h"
#include "fathom/data/loader.h"
#include "fathom/fathom.h"
#include "fathom/metrics/classification.h"
#include "fathom/train/fit.h"

using namespace fathom;

namespace {

struct Net {
  nn::Linear hidden{784, 100};
  nn::BatchNorm norm{100};
  nn::Linear out{100, 10};
  Tensor operator()(const Tensor& x) const { return out(relu(norm(hidden(x)))); }
};

double seconds_of(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}
double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 15;
  const data::Dataset train = data::mnist().train;
  Net by_hand, fitted;
  optim::Adam adam, adam_of_fit;
  data::Loader loader(train, {.batch_size = 100, .shuffle = true});
  const auto hand_epoch = [&] {
    Tensor right;
    double loss_sum = 0, right_sum = 0;
    const auto loss_fn = [&right](const Net& net, const data::Batch& b) {
      const Tensor scores = net(b.inputs);
      right = sum(argmax(scores, 1) == b.labels);
      return cross_entropy(scores, b.labels);
    };
    for (const data::Batch& batch : loader) {
      auto [loss, gradients] = value_and_grad(loss_fn)(by_hand, batch);
      adam.step(by_hand, gradients);
      loss_sum += loss.item();
      right_sum += right.item();
    }
  };
  const auto fit_epoch = [&] {
    train::fit(fitted, train,
               {.optimizer = &adam_of_fit,
                .metrics = {metrics::accuracy()},
                .batch_size = 100,
                .verbose = train::Verbose::silent});
  };
  std::vector<double> hand, fit, ratios;
  for (int i = 0; i < rounds + 2; ++i) {
    const double a = seconds_of(hand_epoch), b = seconds_of(fit_epoch);
    if (i < 2) continue;  // plans are made
    hand.push_back(1e3 * a);
    fit.push_back(1e3 * b);
    ratios.push_back(b / a);
  }
  fmt::print(
      "by hand {:.1f} ms, fit {:.1f} ms an epoch; fit costs {:+.2f} % (median of {} pairs)\n",
      median(hand), median(fit), 100 * (median(ratios) - 1), rounds);
}
