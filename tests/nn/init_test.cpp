// Initialisers: bounds, moments and fans.
#include <doctest/doctest.h>

#include <cmath>

#include "fathom/fathom.h"

using namespace fathom;
namespace init = fathom::nn::init;

namespace {
struct Moments {
  double mean, deviation, low, high;
};
Moments of(const Tensor& x) {
  return {mean(x).item(), std_dev(x).item(), min(x).item(), max(x).item()};
}
bool near(double a, double b, double relative = 0.01) {
  return std::abs(a - b) <= relative * std::abs(b);
}
}  // namespace

TEST_CASE("initialisers have their distribution's bounds and moments") {
  seed(1);
  const Shape shape{300, 400};
  const Moments u = of(init::uniform(shape, -1, 3));
  CHECK(near(u.mean, 1));
  CHECK(near(u.deviation, 4 / std::sqrt(12.0)));
  CHECK(u.low >= -1);
  CHECK(u.high < 3);
  const Moments n = of(init::normal(shape, 2, 0.5));
  CHECK(near(n.mean, 2));
  CHECK(near(n.deviation, 0.5));
  const Moments xu = of(init::xavier_uniform(shape, 2));
  CHECK(near(xu.high, 2 * std::sqrt(6.0 / 700)));
  CHECK(near(xu.low, -xu.high));
  CHECK(near(of(init::xavier_normal(shape)).deviation, std::sqrt(2.0 / 700)));
  CHECK(near(of(init::kaiming_uniform(shape)).high, std::sqrt(6.0 / 400)));
  CHECK(near(of(init::kaiming_uniform(shape, std::sqrt(5.0))).high, 1 / std::sqrt(400.0)));
  CHECK(near(of(init::kaiming_normal(shape, 0, init::FanMode::fan_out, init::Nonlinearity::tanh))
                 .deviation,
             5.0 / 3 / std::sqrt(300.0)));
}

TEST_CASE("initialisers that draw matrices and cut tails") {
  seed(4);
  const Moments t = of(init::trunc_normal({300, 400}, 1, 2, -0.5, 4));
  CHECK(t.low >= -0.5);
  CHECK(t.high <= 4);
  CHECK(near(t.mean, 1.4858));  // 1 + 2 (phi(-0.75) - phi(1.5)) / (Phi(1.5) - Phi(-0.75))
  for (const Shape& shape : {Shape{30, 50}, Shape{50, 30}, Shape{8, 3, 2, 2}}) {
    const Tensor w = flatten(init::orthogonal(shape, 3), 1);
    const bool wide = w.shape()[0] < w.shape()[1];
    const Tensor gram = wide ? matmul(w, transpose(w)) : matmul(transpose(w), w);
    CHECK(max(abs(gram - 9 * eye(gram.shape()[0]))).item() < 1e-5);
  }
  CHECK_THROWS_AS(init::orthogonal({4}), ShapeError);
  const Tensor s = init::sparse({50, 40}, 0.31, 0.1);
  CHECK(min(sum(s == 0, 0)).item() == 16);
  CHECK(max(sum(s == 0, 0)).item() == 16);
  CHECK(near(std_dev(masked_select(s, s != 0)).item(), 0.1, 0.06));
  CHECK_THROWS_AS(init::sparse({4}, 0.1), ShapeError);
  CHECK_THROWS_AS(init::sparse({4, 4}, 1.1), ValueError);
}

TEST_CASE("fans and gains") {
  CHECK(init::fans({8, 4, 3, 5}) == std::pair<std::int64_t, std::int64_t>{60, 120});
  CHECK_THROWS_AS(init::fans({8}), ShapeError);
  CHECK(init::calculate_gain(init::Nonlinearity::relu) == doctest::Approx(std::sqrt(2.0)));
  CHECK(init::calculate_gain(init::Nonlinearity::leaky_relu, 0.2) ==
        doctest::Approx(std::sqrt(2 / 1.04)));
  CHECK(init::calculate_gain(init::Nonlinearity::selu) == 0.75);
}

TEST_CASE("initialisers that are not random") {
  CHECK(init::eye({2, 3}).to_vector<float>() == std::vector<float>{1, 0, 0, 0, 1, 0});
  CHECK(sum(init::ones({2, 3})).item() == 6);
  CHECK(sum(init::constant({2, 3}, 0.5)).item() == 3);
  CHECK(sum(init::zeros({2, 3})).item() == 0);
  const Tensor d = init::dirac({4, 2, 3, 3}, 2);
  CHECK(sum(d).item() == 4);
  CHECK(select(select(select(select(d, 0, 3), 0, 1), 0, 1), 0, 1).item() == 1);
  CHECK_THROWS_AS(init::dirac({4, 2}), ShapeError);
  CHECK_THROWS_AS(init::dirac({4, 2, 3}, 3), ValueError);
  CHECK_THROWS_AS(init::eye({4}), ShapeError);
}

TEST_CASE("layers start as torch's do") {
  seed(3);
  CHECK(near(of(nn::Linear(400, 300).weight).high, 0.05));
  CHECK(near(of(nn::Linear(400, 3000).bias).high, 0.05));
  CHECK(near(of(nn::Bilinear(100, 20, 30).weight).high, 0.1));
  CHECK(near(of(nn::Embedding(500, 200).weight).deviation, 1));
  CHECK(of(nn::PReLU(7).weight).low == 0.25);
  CHECK(of(nn::GroupNorm(2, 4).weight).low == 1);
}
