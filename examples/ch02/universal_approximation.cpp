// One hidden layer comes as near to any continuous function as one likes: built by hand, and learnt
//
// Chapter 2. By hand: two steep sigmoids make a box, and boxes side by side follow any curve, each
// doubling of their number halving the error. Learnt: gradient descent finds better uses for the
// units. Both are drawn to universal_approximation.svg.
#include <fathom/fathom.h>

#include <cstdio>
#include <numbers>
#include <string>

#include "fathom/figure/figure.h"

using namespace fathom;

/// The curve to follow, on [0, 1].
Tensor target(const Tensor& x) {
  constexpr double pi = std::numbers::pi;
  return sin(2 * pi * x) + 0.5 * cos(6 * pi * x);
}

/// A network of 2 n hidden sigmoids, its weights set by hand: unit 2i steps up where the i-th of n
/// boxes begins, unit 2i + 1 steps down where it ends, both by the curve's height in its middle.
/// Shapes: (B, 1) -> (B, 1).
Tensor boxes(std::int64_t n, const Tensor& x) {
  const double steepness = 1000.0 * static_cast<double>(n);
  const Tensor number = arange(n) * 1.0;                                // (n,)
  const Tensor begin = number / n, end = (number + 1) / n;              // (n,)
  const Tensor height = target((begin + end) / 2)[{range(), newaxis}];  // (n, 1)
  const Tensor up = sigmoid(steepness * (x - begin)), down = sigmoid(steepness * (x - end));
  return matmul(up, height) - matmul(down, height);
}

struct Net {
  nn::Linear hidden, out;
  Tensor operator()(const Tensor& x) const { return out(tanh(hidden(x))); }  // (B, 1) -> (B, 1)
};

double largest_error(const Tensor& curve, const Tensor& x) {
  return max(abs(curve - target(x))).item();
}

/// A net of so many hidden units, fitted to the curve.
Net learnt(std::int64_t units, const Tensor& x) {
  seed(3);
  Net net{.hidden = nn::Linear(1, units), .out = nn::Linear(units, 1)};
  optim::Adam adam{.learning_rate = 0.02};
  const auto loss_of = [&](const Net& net) { return mse_loss(net(4 * x - 2), target(x)); };
  for (int step = 1; step <= 4000; ++step) {
    const auto [loss, gradients] = value_and_grad(loss_of)(net);
    adam.step(net, gradients);
    if (step % 2000 == 0)
      std::printf("%2lld units, step %d: mean squared error %.6f\n", static_cast<long long>(units),
                  step, loss.item());
  }
  return net;
}

int main() {
  const Tensor x = (arange(320) + 0.5)[{range(), newaxis}] / 320;  // (320, 1)
  figure::Figure picture = figure::grid(2, 3, {.width = 1200, .height = 640});
  const auto draw = [&](int row, int column, const std::string& title, const Tensor& curve) {
    picture.axes(row, column)
        .title(title)
        .y_range(-1.9, 1.9)
        .line(x, target(x), {.label = "target", .color = figure::Color{150, 150, 150}, .width = 4})
        .line(x, curve, {.label = "network"})
        .legend(row + column == 0 ? figure::LegendPlace::top_right : figure::LegendPlace::none);
  };

  std::printf("by hand: boxes   units   largest error\n");
  int column = 0;
  for (const std::int64_t n : {5, 10, 20, 40, 80, 160}) {
    const Tensor curve = boxes(n, x);
    std::printf("%14lld %7lld   %.4f\n", static_cast<long long>(n), static_cast<long long>(2 * n),
                largest_error(curve, x));
    if (n == 5 || n == 20 || n == 80)
      draw(0, column++, "By hand: " + std::to_string(2 * n) + " units", curve);
  }
  column = 0;
  for (const std::int64_t units : {2, 4, 8}) {
    const Tensor curve = learnt(units, x)(4 * x - 2);
    std::printf("learnt: %lld units, largest error %.4f\n", static_cast<long long>(units),
                largest_error(curve, x));
    draw(1, column++, "Learnt: " + std::to_string(units) + " units", curve);
  }
  picture.save("universal_approximation.svg");
  std::printf("the picture is universal_approximation.svg\n");
  return 0;
}
