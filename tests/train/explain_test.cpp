// NaN and infinity: the operation, its module, the line and the row are named, in fit and in loops
// by hand.
#include "fathom/train/explain.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "fathom/fathom.h"
#include "fathom/train/callbacks.h"
#include "fathom/train/fit.h"
#include "tests/contains.h"
#include "tests/io/support.h"

using namespace fathom;
using test::contains;
using test::error_text;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

struct Pairs {
  Tensor inputs, targets;
};
struct Exponential {
  nn::Linear first{2, 3};
  nn::Linear second{3, 1};
  Tensor operator()(const Tensor& x) const { return squeeze(second(exp(first(x))), 1); }
};
Tensor squared_error(const Tensor& p, const Tensor& t) { return square(p - t); }
Exponential fresh_exponential() {
  seed(0);
  return {};
}
std::string explained(const auto& loss, const auto& net, const auto& batch) {
  try {
    train::explain_nan(loss, net, batch);
  } catch (const NumericError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("explain: the operation that makes NaN of numbers, with its element") {
  struct Root {
    Param w = Tensor(tensor<float>({1, -4, 9}));
  } root;
  const auto loss = [](const Root& r, const Tensor& x) { return sum(log(r.w) * x); };
  const std::string text = explained(loss, root, tensor<float>({1, 1, 1}));
  CHECK(contains(text, "log: NaN of finite numbers"));
  CHECK(contains(text, "(1)"));
  CHECK(contains(text, "explain_test.cpp"));
}

TEST_CASE("explain: an overflow is named, and the NaN that comes of it") {
  struct Big {
    Param w = Tensor(tensor<float>({1, 100}));
  } big;
  const auto overflow = [](const Big& b, const Tensor&) { return sum(exp(b.w)); };
  CHECK(contains(explained(overflow, big, zeros({1})), "exp: inf of finite numbers"));
  const auto difference = [](const Big& b, const Tensor&) { return sum(exp(b.w) - exp(b.w * 2)); };
  const std::string text = explained(difference, big, zeros({1}));
  CHECK(contains(text, "sub: NaN"));
  CHECK(contains(text, "the first infinity"));
  CHECK(contains(text, "exp at (1)"));
}

TEST_CASE("explain: a gradient that is not finite though the loss is") {
  struct Root {
    Param w = Tensor(tensor<float>({4, 0}));
  } root;
  const auto loss = [](const Root& r, const Tensor&) { return sum(sqrt(r.w)); };
  const std::string text = explained(loss, root, zeros({1}));
  CHECK(contains(text, "gradient of sqrt"));
  CHECK(contains(text, "(1)"));
}

TEST_CASE("explain: inside of a layer its path and the user's line") {
  Exponential net = fresh_exponential();
  net.first.weight = full({3, 2}, 3e38);
  const auto loss = [](const Exponential& n, const Pairs& r) {
    return mse_loss(n(r.inputs), r.targets);
  };
  const std::string text = explained(loss, net, Pairs{full({4, 2}, 10), zeros({4})});
  CHECK(contains(text, "net.first (nn::Linear)"));
  CHECK(contains(text, "explain_test.cpp"));
}

TEST_CASE("explain: data and parameters that are not finite to begin with; nothing to explain") {
  Exponential net = fresh_exponential();
  const auto loss = [](const Exponential& n, const Pairs& r) {
    return mse_loss(n(r.inputs), r.targets);
  };
  CHECK(
      contains(explained(loss, net, Pairs{tensor<float>({{1, 2}, {3, not_a_number}}), zeros({2})}),
               "the batch holds NaN or infinity"));
  CHECK_NOTHROW(train::explain_nan(loss, net, Pairs{zeros({2, 2}), zeros({2})}));
  net.second.weight = full({1, 3}, not_a_number);
  CHECK(contains(explained(loss, net, Pairs{zeros({2, 2}), zeros({2})}),
                 "second.weight is not finite any more"));
}

TEST_CASE("fit: a NaN names step, operation and row of the data, and leaves the net as it was") {
  std::vector<float> x(200, 0.5F), y(100, 0);
  x[2 * 63] = 3e4F;  // exp overflows
  for (const std::int64_t accumulate : {1, 2}) {
    Exponential net = fresh_exponential();
    net.first.weight = full({3, 2}, 1);
    const train::FitOptions<Exponential, Pairs> options{
        .loss = squared_error,
        .optimizer = optim::Sgd{.learning_rate = 1e-3},
        .epochs = 2,
        .batch_size = 8,
        .accumulate = accumulate,
        .verbose = train::Verbose::silent};
    const auto data = data::rows(Pairs{Tensor::from(x, {100, 2}), Tensor::from(y)});
    const std::string text = error_text<NumericError>([&] { train::fit(net, data, options); });
    CHECK(contains(text, "the loss is"));
    CHECK(text.find("-nan") == text.npos);
    CHECK(contains(text, "exp"));
    CHECK(contains(text, "63"));
    CHECK(contains(text, "epoch: 1"));
    for (const nn::NamedTensor& t : nn::named_tensors(net))
      for (const float v : t.tensor.to_vector<float>()) CHECK(std::isfinite(v));
    auto stopping = options;
    stopping.callbacks = {train::TerminateOnNan{}};
    CHECK(contains(train::fit(net, data, stopping).stopped, "the loss is"));
  }
}
