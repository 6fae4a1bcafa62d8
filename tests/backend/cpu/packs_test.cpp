// Weights packed once: kept while they stay the same, made anew when they change; and what a plan
// for answers folds into them.
#include <doctest/doctest.h>

#include <cmath>
#include <thread>

#include "fathom/fathom.h"
#include "fathom/graph/plan.h"
#include "tests/ops/compare.h"

using namespace fathom;

namespace {

struct Net {
  nn::Conv2d conv{3, 20, 3, {.padding = 1}};
  nn::BatchNorm norm{20};
  nn::Conv2d mix{20, 33, 1};
  Tensor operator()(const Tensor& x) const { return mix(relu(norm(conv(x)))); }
};

Tensor answer(const Net& net, const Tensor& x) {
  const auto scope = nn::inference();
  return net(x).eval();
}

/// The answer of a plan that has seen nothing before.
Tensor fresh_answer(const Net& net, const Tensor& x) {
  graph::clear_plan_cache();
  return answer(net, x);
}

Tensor picture() { return randn({2, 3, 9, 11}).eval(); }

std::size_t scratch_of_newest_plan() {
  return graph::cached_plans().front()->executable->scratch_bytes();
}

}  // namespace

TEST_CASE("packs: later answers have the bits of the first") {
  seed(3);
  const Net net;
  nn::eval(net);
  const Tensor x = picture();
  const Tensor first = fresh_answer(net, x);
  const std::size_t before = scratch_of_newest_plan();
  answer(net, picture());
  CHECK(scratch_of_newest_plan() != before);  // now they are kept
  for (int i = 0; i < 3; ++i) CHECK(test::bit_difference(answer(net, x), first) == "");
}

TEST_CASE("packs: another weight, or the same changed in place, is seen") {
  seed(4);
  Net net;
  const Tensor x = picture();
  for (int i = 0; i < 3; ++i) answer(net, x);
  net.mix.weight = (net.mix.weight * 2).eval();
  Tensor now = answer(net, x);
  CHECK(test::bit_difference(now, fresh_answer(net, x)) == "");

  for (int i = 0; i < 3; ++i) answer(net, x);
  optim::Sgd sgd{.learning_rate = 0.1};
  const void* const memory = net.mix.weight.raw_data();
  const auto loss = [](const Net& net, const Tensor& x) { return mean(square(net(x))); };
  auto [value, gradients] = value_and_grad(loss)(net, x);
  sgd.step(net, gradients);
  CHECK(net.mix.weight.raw_data() == memory);  // updated where it lies
  now = answer(net, x);
  CHECK(test::bit_difference(now, fresh_answer(net, x)) == "");

  // A bias of at most 64 bytes lies in its node and is told by its contents.
  nn::Conv2d small(3, 4, 3);
  const auto small_answer = [&] {
    const auto scope = nn::inference();
    return small(x).eval();
  };
  for (int i = 0; i < 3; ++i) small_answer();
  const Tensor before = small_answer();
  small.bias = (small.bias + 1).eval();
  const Tensor after = small_answer();
  CHECK(test::bit_difference(before, after) != "");
  CHECK(all(abs(after - before - 1) < 1e-5).item<bool>());
}

TEST_CASE("packs: of a linear layer, for few rows and many") {
  seed(7);
  for (const DType dtype : {DType::f32, DType::f64})
    for (const Shape& sizes : {Shape{201, 130}, Shape{64, 300}, Shape{16384, 1}})
      for (const std::int64_t rows : {1, 2, 5, 8, 9, 40}) {
        CAPTURE(sizes);
        CAPTURE(rows);
        const Tensor x = cast(randn({rows, sizes[0]}), dtype).eval();
        Tensor weight = cast(randn({sizes[1], sizes[0]}), dtype).eval();
        const Tensor bias = cast(randn({sizes[1]}), dtype).eval();
        graph::clear_plan_cache();
        const Tensor first = linear(x, weight, bias).eval();
        for (int i = 0; i < 3; ++i)
          CHECK(test::bit_difference(linear(x, weight, bias).eval(), first) == "");
        weight = (weight * 2).eval();
        const Tensor later = linear(x, weight, bias).eval();
        graph::clear_plan_cache();
        CHECK(test::bit_difference(linear(x, weight, bias).eval(), later) == "");
      }
}

TEST_CASE("packs: threads that answer at once share them") {
  seed(5);
  const Net net;
  nn::eval(net);
  const Tensor x = picture();
  const Tensor expected = fresh_answer(net, x);
  std::vector<int> right(4, 0);
  std::vector<std::thread> threads;
  for (int& count : right)
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) count += test::bit_difference(answer(net, x), expected).empty();
    });
  for (std::thread& t : threads) t.join();
  for (const int count : right) CHECK(count == 20);
}

TEST_CASE("packs: batch norm folds into the convolution before it, unless that is looked at") {
  seed(6);
  Net net;
  net.norm.running_mean = Buffer(randn({20}).eval());
  net.norm.running_var = Buffer((rand({20}) + 0.5).eval());
  net.norm.weight = randn({20}).eval();
  const Tensor x = picture();
  const auto scope = nn::inference();
  const Tensor inner = net.conv(x);
  const Tensor watched = net.norm(inner);
  eval(std::vector<Tensor>{inner, watched});
  graph::clear_plan_cache();
  const Tensor folded = net.norm(net.conv(x)).eval();
  CHECK(graph::print(graph::cached_plans().front()->program).find("conv") != std::string::npos);
  CHECK(all(abs(folded - watched) < 1e-5 * (1 + abs(watched))).item<bool>());
  // The whole is a convolution and a few operations on vectors of channels.
  for (const std::string& line : graph::cached_plans().front()->executable->describe())
    if (line.find("conv") == std::string::npos) CHECK(line.find("2x9x11") == std::string::npos);
}
