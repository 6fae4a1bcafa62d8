// Clipping, accumulation, averages and L-BFGS.
#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "fathom/fathom.h"
#include "fathom/graph/plan.h"
#include "fathom/io/safetensors.h"
#include "tests/ops/compare.h"

using namespace fathom;
using test::bit_difference;

namespace {

struct Net {
  nn::Linear hidden{6, 9};
  nn::BatchNorm norm{9};
  nn::Dropout dropout{0.3};
  nn::Linear out{9, 3};
  Tensor operator()(const Tensor& x) const { return out(relu(dropout(norm(hidden(x))))); }
};

bool same(const Net& a, const Net& b) {
  const auto left = nn::named_tensors(a), right = nn::named_tensors(b);
  bool equal = left.size() == right.size();
  for (std::size_t i = 0; equal && i < left.size(); ++i)
    equal = bit_difference(left[i].tensor, right[i].tensor).empty();
  return equal;
}

data::Batch batch(std::int64_t begin, std::int64_t end) {
  static const Tensor x = random_normal({40, 6}, make_key(3, 1)).eval();
  static const Tensor y = cast(floor(random_uniform({40}, make_key(3, 2)) * 3), DType::i64).eval();
  const auto rows = static_cast<std::size_t>(end - begin);
  const auto from = static_cast<std::size_t>(begin);
  return {Tensor::from(x.data<float>().subspan(from * 6, rows * 6), {end - begin, 6}),
          Tensor::from(y.data<std::int64_t>().subspan(from, rows), {end - begin})};
}
Tensor loss_of(const Net& net, const data::Batch& b) {
  return cross_entropy(net(b.inputs), b.labels);
}

Net start() {
  seed(5);
  Net net;
  nn::eval(net);
  return net;
}

/// Three steps of 32 rows that arrive in batches of the given sizes.
Net trained(const std::vector<std::int64_t>& sizes, std::int64_t micro_batch) {
  Net net = start();
  nn::Rng rng{.seed = 4};
  optim::Adam adam{.learning_rate = 0.01};
  optim::Accumulator<Net, data::Batch> sum(loss_of, {.micro_batch = micro_batch, .rng = &rng});
  for (int step = 0; step < 3; ++step) {
    std::int64_t at = step;
    for (const std::int64_t size : sizes) {
      sum.add(net, batch(at, at + size));
      at += size;
    }
    auto [loss, gradients] = sum.take(net);
    adam.step(net, gradients);
  }
  return net;
}

}  // namespace

TEST_CASE("32 rows at once equal 4 times 8 and any other cut, bit for bit") {
  const Net whole = trained({32}, 8);
  CHECK(same(whole, trained({8, 8, 8, 8}, 8)));
  CHECK(same(whole, trained({10, 10, 12}, 8)));
  CHECK(same(whole, trained({1, 30, 1}, 8)));
  CHECK_FALSE(same(whole, trained({32}, 16)));  // batch norm sees other parts
  const Net uneven = trained({30}, 7);
  CHECK(same(uneven, trained({7, 7, 7, 7, 2}, 7)));
  CHECK(same(uneven, trained({29, 1}, 7)));
}

TEST_CASE("accumulated gradients are those of the whole batch") {
  struct Plain {
    nn::Linear hidden{6, 9}, out{9, 3};
    Tensor operator()(const Tensor& x) const { return out(tanh(hidden(x))); }
  };
  seed(6);
  const Plain net;
  const auto loss = [](const Plain& n, const Tensor& x, const Tensor& y) {
    return cross_entropy(n(x), y);
  };
  const data::Batch b = batch(0, 29);
  const auto whole = value_and_grad(loss)(net, b.inputs, b.labels);
  const auto parts = optim::accumulated(loss, {.micro_batch = 4})(net, b.inputs, b.labels);
  CHECK(std::abs(whole.loss.item() - parts.loss.item()) < 1e-6);
  CHECK(max(abs(whole.gradients.hidden.weight - parts.gradients.hidden.weight)).item() < 1e-6);
  CHECK(max(abs(whole.gradients.out.bias - parts.gradients.out.bias)).item() < 1e-6);
}

TEST_CASE("accumulation has no plan miss after the first steps, and refuses bad rows") {
  trained({10, 10, 12}, 8);
  const auto misses = graph::plan_statistics().misses;
  trained({12, 9, 11}, 8);
  CHECK(graph::plan_statistics().misses == misses);
  const Net net = start();
  CHECK_THROWS_AS((optim::Accumulator<Net, data::Batch>(loss_of, {.micro_batch = 0})), ValueError);
  optim::Accumulator<Net, data::Batch> sum(loss_of);
  CHECK_THROWS_AS(sum.take(net), ValueError);
  CHECK_THROWS_AS(sum.add(net, {batch(0, 8).inputs, batch(0, 7).labels}), ShapeError);
}

TEST_CASE("gradients are clipped by norms of several types and by value") {
  struct Pair {
    Param a, b;
  };
  const Pair g{tensor<float>({3, -4}), tensor<float>({12})};
  CHECK(optim::gradient_norm(g).item() == 13);
  CHECK(optim::gradient_norm(g, {.type = 1}).item() == 19);
  CHECK(optim::gradient_norm(g, {.type = INFINITY}).item() == 12);
  CHECK(optim::gradient_norm(g, {.type = 3}).item() == doctest::Approx(std::cbrt(1819.0)));
  Pair clipped = g;
  CHECK(optim::clip_gradient_norm(clipped, 6.5).item() == 13);
  CHECK(clipped.a.to_vector<float>()[1] == doctest::Approx(-2));
  CHECK(clipped.b.to_vector<float>()[0] == doctest::Approx(6));
  Pair small = g;
  optim::clip_gradient_norm(small, 100);
  CHECK(bit_difference(small.a, g.a) == "");
  optim::clip_gradient_value(clipped, 1.75);
  CHECK(clipped.a.to_vector<float>()[0] == doctest::Approx(1.5));
  CHECK(clipped.a.to_vector<float>()[1] == -1.75f);
  CHECK(clipped.b.item() == 1.75);
  Pair bad{tensor<float>({NAN, 1}), Tensor()};
  CHECK(std::isnan(optim::clip_gradient_norm(bad, 1).item()));
  CHECK_THROWS_AS(optim::clip_gradient_norm(bad, 1, {.error_if_nonfinite = true}), NumericError);
  CHECK_THROWS_AS(optim::gradient_norm(g, {.type = 0}), ValueError);
  CHECK_THROWS_AS(optim::clip_gradient_norm(clipped, -1), ValueError);
  CHECK_THROWS_AS(optim::clip_gradient_value(clipped, NAN), ValueError);
}

TEST_CASE("averages of weights") {
  struct One {
    Param p;
    Buffer buffer{zeros({})};
  };
  const auto model = [](double x) { return One{full({20}, x).eval(), full({}, x).eval()}; };
  const auto value = [](const One& m) { return static_cast<double>(m.p.to_vector<float>()[7]); };
  optim::Ema ema{model(0)};
  ema.decay = 0.75;
  for (const double x : {1.0, 2.0, 4.0}) ema.update(model(x));
  CHECK(value(ema.model) == 0.75 * 1.25 + 0.25 * 4);
  CHECK(ema.model.buffer.value.item() == 4);  // copied
  optim::Ema warm{model(0)};
  warm.warm_up = true;
  for (const double x : {1.0, 2.0}) warm.update(model(x));
  CHECK(value(warm.model) == doctest::Approx(1 + (1 - 2.0 / 11)));
  optim::Swa swa{model(0)};
  swa.average_buffers = true;
  for (const double x : {1.0, 2.0, 6.0}) swa.update(model(x));
  CHECK(value(swa.model) == 3);
  CHECK(swa.model.buffer.value.item() == 3);
  const void* memory = swa.model.p.raw_data();
  const One next = model(7);
  swa.update(next);
  CHECK(swa.model.p.raw_data() == memory);
  CHECK(value(next) == 7);
  ema.decay = 1.5;
  CHECK_THROWS_AS(ema.update(model(1)), ValueError);
}

TEST_CASE("twenty-five steps of L-BFGS equal PyTorch's, and resume") {
  struct Point {
    Param x;
  };
  const auto rosenbrock = [](const Point& p) {
    const Tensor a = slice(p.x, 0, 0, 3), b = slice(p.x, 0, 1, 4);
    return sum(square(b - a * a) * 100 + square(1 - a));
  };
  const auto closure = [&](const Point& p) { return value_and_grad(rosenbrock)(p); };
  const io::Safetensors file =
      io::load_safetensors(FATHOM_TEST_SOURCE "/golden/optim/lbfgs.safetensors");
  for (const nlohmann::json& test : nlohmann::json::parse(file.metadata.at("cases"))) {
    const std::string name = test["name"];
    INFO(name);
    const auto& o = test["options"];
    optim::Lbfgs lbfgs{.learning_rate = o["lr"],
                       .max_iterations = o["max_iter"],
                       .max_evaluations = o["max_eval"],
                       .history_size = o["history_size"]};
    if (o["line_search_fn"] == "strong_wolfe")
      lbfgs.line_search = optim::Lbfgs::LineSearch::strong_wolfe;
    Point p{*file.find("init")};
    const std::vector<double> losses = file.find(name + ".losses")->to_vector<double>();
    for (int step = 1; step <= 25; ++step) {
      INFO("step ", step);
      if (step == 10) {
        optim::Lbfgs resumed = lbfgs;
        resumed.state = {};
        resumed.load_state(lbfgs.named_state());
        lbfgs.state = resumed.state;
      }
      const double loss = lbfgs.step(p, closure);
      const double expected = losses[static_cast<std::size_t>(step - 1)];
      CHECK(std::abs(loss - expected) <= 1e-8 * std::max(1.0, expected));
      if (const Tensor* x = file.find(name + ".step" + std::to_string(step)))
        CHECK(max(abs(p.x - *x)).item() <= 1e-7);
    }
  }
  Point p{*file.find("init")};
  CHECK_THROWS_AS((optim::Lbfgs{.max_iterations = 0}.step(p, closure)), ValueError);
  CHECK_THROWS_AS(optim::Lbfgs{}.load_state({}), FormatError);
}
