// Derivatives of functions: gradients by tensors, structs and containers of them, of gradients, and
// products with Jacobians and Hessians.
#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <tuple>

#include "fathom/fathom.h"

using namespace fathom;

namespace {

using Floats = std::vector<float>;
Floats values(const Tensor& t) { return t.to_vector<float>(); }
void check_near(const Tensor& got, const Floats& wanted) {
  const Floats v = values(got);
  REQUIRE(v.size() == wanted.size());
  for (std::size_t i = 0; i < v.size(); ++i)
    CHECK(v[i] == doctest::Approx(wanted[i]).epsilon(1e-5));
}

struct Line {
  Tensor slope, offset;
  int power = 1;
};

}  // namespace

TEST_CASE("grad: by a tensor") {
  const auto f = [](const Tensor& x) { return sum(x * x * x); };
  check_near(grad(f)(tensor({1.f, 2.f, -3.f})), {3, 12, 27});
  const auto [value, gradient] = value_and_grad(f)(tensor({2.f}));
  CHECK(value.item() == 8);
  CHECK(gradient.item() == 12);
}

TEST_CASE("grad: of a gradient, to the fourth order") {
  const auto f = [](const Tensor& x) { return sin(x); };
  const Tensor x = tensor({0.7f});
  check_near(grad(f)(x), {std::cos(0.7f)});
  check_near(grad(grad(f))(x), {-std::sin(0.7f)});
  check_near(grad(grad(grad(f)))(x), {-std::cos(0.7f)});
  check_near(grad(grad(grad(grad(f))))(x), {std::sin(0.7f)});
}

TEST_CASE("grad: by structs and containers of tensors") {
  const Tensor x = tensor({1.f, 2.f});
  const auto loss = [&](const Line& l) { return sum(l.slope * x + l.offset); };
  const Line g = grad(loss)(Line{tensor({3.f}), tensor({4.f})});
  CHECK(g.slope.item() == 3);
  CHECK(g.offset.item() == 2);

  const std::vector<Tensor> list{tensor({2.f}), tensor({5.f}), Tensor::from(std::vector<int>{1})};
  const auto lg = grad([](const std::vector<Tensor>& v) { return sum(v[0] * v[0] * v[1]); })(list);
  CHECK(lg[0].item() == 20);
  CHECK(lg[1].item() == 4);
  CHECK_FALSE(lg[2].defined());  // integers have none

  const std::map<std::string, Tensor> map{{"a", tensor({2.f})}, {"b", tensor({3.f})}};
  const auto mg =
      grad([](const std::map<std::string, Tensor>& m) { return sum(m.at("a") * m.at("b")); })(map);
  CHECK(mg.at("a").item() == 3);

  const std::pair<Tensor, Tensor> pair{tensor({2.f}), tensor({3.f})};
  const auto pg = grad([](const auto& p) { return sum(p.first / p.second); })(pair);
  CHECK(pg.second.item() == doctest::Approx(-2.0 / 9));
}

TEST_CASE("grad: a model's tensors are settings beside its parameters") {
  struct Scaled {
    Param weight = tensor({2.f});
    Tensor scale = tensor({5.f});
  };
  const Scaled g = grad([](const Scaled& s) { return sum(s.weight * s.scale); })(Scaled{});
  CHECK(g.weight.item() == 5);
  CHECK(g.scale.item() == 5);  // as it was
}

TEST_CASE("grad: what a function captures is held fixed, and one tensor in two places is two") {
  const Tensor x = tensor({3.f});
  CHECK(grad([&](const Tensor& t) { return sum(t * x); })(x).item() == 3);
  const Line g = grad([](const Line& l) { return sum(l.slope * l.slope * l.offset); })(Line{x, x});
  CHECK(g.slope.item() == 18);
  CHECK(g.offset.item() == 9);
}

TEST_CASE("grad: copies of a layer are parameters of their own") {
  std::vector<nn::Linear> layers(2, nn::Linear(1, 1, false));
  layers[0].weight = tensor({{2.f}});
  layers[1] = layers[0];
  const auto loss = [](const std::vector<nn::Linear>& l) {
    return sum(l[1](l[0](tensor({{3.f}})) * 10));
  };
  auto [value, g] = value_and_grad(loss)(layers);
  CHECK(value.item() == 120);
  CHECK(g[0].weight.item() == 60);
  CHECK(g[1].weight.item() == 60);
  optim::Sgd sgd{.learning_rate = 0.01};
  for (int i = 0; i < 2; ++i) {
    auto [again, step] = value_and_grad(loss)(layers);
    sgd.step(layers, step);
  }
  CHECK(layers[0].weight.item() != 2);
}

TEST_CASE("vjp, jvp and jacobian agree with the derivative worked out by hand") {
  // f(a, b) = (a b, a^2, sin b)
  const auto f = [](const Tensor& x) {
    const Tensor a = slice(x, 0, 0, 1), b = slice(x, 0, 1, 2);
    return concat({a * b, a * a, sin(b)});
  };
  const Tensor x = tensor({2.f, 0.5f});
  const float c = std::cos(0.5f);
  const Tensor j = jacobian(f, x);
  CHECK(j.shape() == Shape{3, 2});
  check_near(j, {0.5f, 2, 4, 0, 0, c});
  const auto [y, left] = vjp(f, x, tensor({1.f, 10.f, 100.f}));
  check_near(y, {1, 4, std::sin(0.5f)});
  check_near(left, {0.5f + 40, 2 + 100 * c});
  check_near(jvp(f, x, tensor({1.f, 10.f})).second, {0.5f + 20, 4, 10 * c});
}

TEST_CASE("jacobian: scalars, matrices, empty values") {
  CHECK(jacobian([](const Tensor& x) { return sum(x); }, ones({2, 3})).shape() == Shape{2, 3});
  const Tensor j = jacobian([](const Tensor& x) { return transpose(x); }, ones({2, 3}));
  CHECK(j.shape() == Shape{3, 2, 2, 3});
  CHECK(sum(j).item() == 6);
  CHECK(jacobian([](const Tensor& x) { return slice(x, 0, 0, 0); }, ones({4})).shape() ==
        Shape{0, 4});
}

TEST_CASE("hessian and hvp") {
  const auto f = [](const Tensor& x) {
    const Tensor a = slice(x, 0, 0, 1), b = slice(x, 0, 1, 2);
    return sum(a * a * a * b);
  };
  const Tensor x = tensor({2.f, 3.f});
  check_near(hessian(f, x), {36, 12, 12, 0});
  check_near(hvp(f, x, tensor({1.f, -1.f})).second, {24, 12});
}

TEST_CASE("vmap: slices in and out along any axis") {
  const Tensor x = reshape(arange(6), {2, 3});
  const auto double_sum = [](const Tensor& row) { return 2 * sum(row, 0, true); };
  CHECK(vmap(double_sum, x).shape() == Shape{2, 1});
  CHECK(vmap(double_sum, x, 1).shape() == Shape{3, 1});
  CHECK(vmap(double_sum, x, 1, -1).shape() == Shape{1, 3});
  CHECK(vmap([](const Tensor& r) { return r; }, x, 1, 1).to_vector<std::int64_t>() ==
        x.to_vector<std::int64_t>());
}

TEST_CASE("derivatives of functions: wrong calls") {
  const auto f = [](const Tensor& x) { return x * 2; };
  const Tensor x = ones({3});
  CHECK_THROWS_WITH_AS(vjp(f, x, ones({2})), doctest::Contains("the cotangent has another shape"),
                       ShapeError);
  CHECK_THROWS_AS(jvp(f, x, ones({2})), ShapeError);
  CHECK_THROWS_WITH_AS(hessian(f, x), doctest::Contains("hint: jacobian()"), ShapeError);
  CHECK_THROWS_AS(hvp(f, x, x), ShapeError);
  CHECK_THROWS_AS(jacobian(f, arange(3)), DTypeError);
  CHECK_THROWS_AS(vmap(f, x, 1), IndexError);
  CHECK_THROWS_AS(vmap(f, ones({0, 2})), ShapeError);
}
