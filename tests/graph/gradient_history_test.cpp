// Looking at a value must never change what a gradient that is still lazy will be.
#include <doctest/doctest.h>

#include "fathom/fathom.h"

using namespace fathom;

TEST_CASE("a gradient of a gradient survives that the inner one is looked at first") {
  const Tensor w = tensor({2.0f});
  const Tensor inner = gradients(sum(w * w * w), {w})[0];
  const Tensor outer = gradients(sum(inner), {w})[0];
  CHECK(inner.item() == doctest::Approx(12));
  CHECK(outer.item() == doctest::Approx(12));
}

TEST_CASE("a gradient survives that what it goes through is looked at first") {
  const Tensor w = tensor({3.0f});
  const Tensor hidden = w * w;
  const Tensor loss = sum(hidden * hidden);
  const Tensor g = gradients(loss, {w})[0];
  CHECK(hidden.item() == doctest::Approx(9));
  CHECK(loss.item() == doctest::Approx(81));
  CHECK(g.item() == doctest::Approx(4 * 27));
}

TEST_CASE("item() inside of a loss function does not cut the gradient") {
  struct Net {
    Param w{tensor({3.0f})};
  };
  const Net net;
  double seen = 0;
  auto [loss, gradients] = value_and_grad([&](const Net& n, int) {
    const Tensor square = n.w * n.w;
    seen = square.item();
    return sum(square * square);
  })(net, 0);
  CHECK(seen == doctest::Approx(9));
  CHECK(gradients.w.item() == doctest::Approx(108));
}
