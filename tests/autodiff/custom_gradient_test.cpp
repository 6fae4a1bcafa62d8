// Gradients of one's own.
#include "fathom/autodiff/custom_gradient.h"

#include <doctest/doctest.h>

#include <cmath>

#include "fathom/fathom.h"
#include "fathom/graph/plan.h"

using namespace fathom;

namespace {
using In = std::span<const Tensor>;

Tensor clipped(const Tensor& x) {
  return custom_gradient(x, {x}, [](In, const Tensor&, const Tensor& dy) {
    return std::vector<Tensor>{clamp(dy, -1, 1)};
  });
}
// exp whose gradient is taken from its output, times what a second input says.
Tensor scaled_exp(const Tensor& x, const Tensor& scale) {
  return custom_gradient(exp(x), {x, scale}, [](In in, const Tensor& y, const Tensor& dy) {
    return std::vector<Tensor>{dy * y * in[1], Tensor()};
  });
}
}  // namespace

TEST_CASE("custom_gradient: the rule replaces the gradient of the way taken") {
  const Tensor x = tensor({1.f, 2.f});
  CHECK(clipped(x).to_vector<float>() == x.to_vector<float>());
  CHECK(grad([](const Tensor& t) { return sum(5 * clipped(t * t)); })(x).to_vector<float>() ==
        std::vector<float>{2, 4});
  const Tensor g = grad([](const Tensor& t) { return sum(scaled_exp(t, tensor({3.f}))); })(x);
  CHECK(g.to_vector<float>() == (3 * exp(x)).to_vector<float>());
  // It can be differentiated again, as the rule is graph.
  const Tensor second =
      grad(grad([](const Tensor& t) { return sum(scaled_exp(t, tensor({3.f}))); }))(tensor({1.f}));
  CHECK(second.item() == doctest::Approx(9 * std::exp(1.0)));
}

TEST_CASE("custom_gradient: equal steps find their plan") {
  const auto step = [](const Tensor& x) {
    return grad([](const Tensor& t) { return sum(clipped(t * 3)); })(x).item();
  };
  step(tensor({1.f}));
  const auto before = graph::plan_statistics().misses;
  CHECK(step(tensor({2.f})) == 3);
  CHECK(graph::plan_statistics().misses == before);
}

TEST_CASE("custom_gradient: wrong rules") {
  const Tensor x = ones({2});
  const auto loss = [](GradientRule rule) {
    return [rule](const Tensor& t) { return sum(custom_gradient(t, {t}, rule)); };
  };
  CHECK_THROWS_WITH_AS(
      grad(loss([](In, const Tensor&, const Tensor&) { return std::vector<Tensor>{}; }))(x).eval(),
      doctest::Contains("0 gradients for 1 inputs"), ValueError);
  CHECK_THROWS_AS(
      grad(loss([](In, const Tensor&, const Tensor&) { return std::vector<Tensor>{ones({3})}; }))(x)
          .eval(),
      ShapeError);
}
