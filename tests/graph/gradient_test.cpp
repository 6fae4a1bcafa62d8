// Differentiation, graph to graph: what gets a gradient, of what order, and how deep.
#include "fathom/ops/gradient.h"

#include <doctest/doctest.h>

#include <cmath>

#include "fathom/fathom.h"

using namespace fathom;

namespace {
std::vector<float> values(const Tensor& t) { return t.to_vector<float>(); }
using Floats = std::vector<float>;
}  // namespace

TEST_CASE("gradient: what the loss does not depend on gets zeros") {
  const Tensor a = tensor({1.f, 2.f}), unused = ones({3, 2});
  const auto g = gradients(sum(a * a), {unused, a});
  CHECK(g[0].shape() == Shape{3, 2});
  CHECK(values(g[0]) == Floats(6, 0.f));
  CHECK(values(g[1]) == Floats{2, 4});
}

TEST_CASE("gradient: integers and truth values get none") {
  const Tensor x = tensor({1.f, 2.f});
  const Tensor i = Tensor::from(std::vector<std::int64_t>{2, 3});
  const auto g = gradients(sum(x * i), {x, i});
  CHECK(values(g[0]) == Floats{2, 3});
  CHECK(g[1].dtype() == DType::i64);
  CHECK(g[1].to_vector<std::int64_t>() == std::vector<std::int64_t>{0, 0});
  // Nor does a way through them pass any on.
  CHECK(values(gradients(sum(x * cast(cast(x, DType::i64), DType::f32)), {x})[0]) == Floats{1, 2});
  CHECK(values(gradients(sum(where(x > 1, x * 3, x)), {x})[0]) == Floats{1, 3});
}

TEST_CASE("gradient: the loss must be one floating-point number") {
  const Tensor x = tensor({1.f, 2.f});
  CHECK_THROWS_AS(gradients(x, {x}), ShapeError);
  CHECK_THROWS_AS(gradients(sum(cast(x, DType::i64)), {x}), DTypeError);
  CHECK(values(gradients(reshape(sum(x), {1, 1}), {x})[0]) == Floats{1, 1});
}

TEST_CASE("gradient: a loss that has been computed no longer knows what it was made from") {
  const Tensor x = tensor({3.f});
  const Tensor loss = sum(x * x);
  CHECK(loss.item() == 9);
  CHECK_THROWS_WITH_AS(gradients(loss, {x}), doctest::Contains("hint: ask for gradients before"),
                       ValueError);
}

TEST_CASE("gradient: by the loss itself, by one tensor twice, by what lies between") {
  const Tensor x = tensor({3.f});
  const Tensor loss = sum(x * x);
  const auto twice = gradients(loss, {x, x});
  CHECK(gradients(loss, {loss})[0].item() == 1);
  CHECK(twice[0].item() == 6);
  CHECK(twice[1].item() == 6);
  const Tensor h = x * x;
  const auto g = gradients(sum(h * x), {h, x});
  CHECK(g[0].item() == 3);   // h held fixed is not what is asked: h gets its own
  CHECK(g[1].item() == 27);  // and x the total through h
}

TEST_CASE("gradient: of broadcasting is a sum") {
  const Tensor column = ones({3, 1}), row = ones({4}), number = ones({});
  const auto g = gradients(sum(column * row * number), {column, row, number});
  CHECK(g[0].shape() == Shape{3, 1});
  CHECK(values(g[0]) == Floats{4, 4, 4});
  CHECK(values(g[1]) == Floats{3, 3, 3, 3});
  CHECK(g[2].item() == 12);
}

TEST_CASE("gradient: orders one to four") {
  const Tensor x = tensor({2.f});
  std::vector<Tensor> orders{sum(x * x * x * x)};
  for (int i = 0; i < 5; ++i) orders.push_back(sum(gradients(orders.back(), {x})[0]));
  const double wanted[] = {16, 32, 48, 48, 24, 0};
  for (std::size_t i = 0; i < orders.size(); ++i) CHECK(orders[i].item() == wanted[i]);
}

TEST_CASE("gradient: a penalty on the gradient's norm") {
  const Tensor w = tensor({1.f, -2.f}), x = tensor({0.5f, 0.25f});
  const auto slope = [&](const Tensor& at) { return gradients(sum(tanh(w * at)), {at})[0]; };
  const Tensor g = gradients(sum(square(slope(x))), {w})[0];
  for (std::size_t i = 0; i < 2; ++i) {
    const double wi = w.to_vector<float>()[i], xi = x.to_vector<float>()[i];
    const auto penalty = [&](double v) {
      return std::pow(v * (1 - std::pow(std::tanh(v * xi), 2)), 2);
    };
    CHECK(g.to_vector<float>()[i] ==
          doctest::Approx((penalty(wi + 1e-4) - penalty(wi - 1e-4)) / 2e-4).epsilon(1e-3));
  }
}

TEST_CASE("gradient: stop_gradient stops it, and nothing else") {
  const Tensor x = tensor({3.f});
  CHECK(gradients(sum(x * stop_gradient(x)), {x})[0].item() == 3);
  CHECK(gradients(sum(stop_gradient(x * x)), {x})[0].item() == 0);
}

TEST_CASE("gradient: through ten thousand operations") {
  const graph::RecordingScope
      recording;  // value_and_grad has one: no flush may cut what is differentiated
  const Tensor x = ones({5});
  Tensor y = x;
  for (int i = 0; i < 5000; ++i) y = y * 1.0001 + x * 0.0001;
  const Tensor g = gradients(sum(y), {x})[0];
  double wanted = 1;
  for (int i = 0; i < 5000; ++i) wanted = wanted * 1.0001 + 0.0001;
  for (const float v : values(g)) CHECK(v == doctest::Approx(wanted).epsilon(1e-3));
}

TEST_CASE("gradient: through diamonds is not exponential") {
  const Tensor x = tensor({1.f});
  Tensor y = x;
  for (int i = 0; i < 60; ++i) y = y * 0.5 + y * 0.5;
  CHECK(gradients(sum(y), {x})[0].item() == doctest::Approx(1));
}

TEST_CASE("gradient: looked at before, after and together with the loss gives the same bits") {
  const auto run = [](int order) {
    const Tensor w = linspace(-1, 1, 50), x = linspace(0, 2, 50);
    const Tensor loss = mean(gelu(w * x) * w);
    std::vector<Tensor> group{loss, w};
    graph::gradient_group(group);
    if (order == 0) group[0].eval();
    if (order == 1) group[1].eval();
    if (order == 2) eval(group);
    auto result = values(group[1]);
    result.push_back(group[0].item<float>());
    return result;
  };
  CHECK(run(0) == run(1));
  CHECK(run(1) == run(2));
}

TEST_CASE("gradient: a loss of more bytes than may wait is differentiated all the same") {
  struct Scale {
    Param factor{Tensor::from(std::vector<float>{2}, {})};
  } scale;
  const auto loss_fn = [](const Scale& s, const Tensor& x) { return sum(s.factor * x); };
  const Tensor x = ones({static_cast<std::int64_t>(graph::kept_byte_limit / sizeof(float))});
  const auto [loss, gradients] = value_and_grad(loss_fn)(scale, x);
  CHECK(gradients.factor.item() == static_cast<float>(x.size()));
}

TEST_CASE("gradient: a frozen parameter is undefined, a buffer carries its next value") {
  struct Net {
    Param a{tensor({2.f})}, b{tensor({3.f})};
    Buffer count{zeros({})};
  };
  Net net;
  net.b.frozen = true;
  const auto [loss, g] = value_and_grad([](const Net& n, int) {
    n.count.update(n.count.value + 1);
    return sum(n.a * n.b);
  })(net, 0);
  CHECK(loss.item() == 6);
  CHECK(g.a.item() == 3);
  CHECK(!g.b.defined());
  CHECK(g.count.value.item() == 1);
  CHECK(net.count.value.item() == 0);
}
