// An MLP with batch norm reads MNIST digits: one call of fit, and what its hidden units look for
//
// Chapter 3. The network of mnist_mlp, trained by train::fit with a progress bar. Each unit of the
// hidden layer has a weight for every pixel: drawn as a picture, it shows what the unit answers to.
// Needs FATHOM_DATA (mnist/ in it). An argument sets the number of epochs, 20 by default. Writes
// mnist_mlp_fit.png and mnist_mlp_fit_curves.svg.
#include <fathom/fathom.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "fathom/figure/figure.h"

using namespace fathom;

struct Net {
  nn::Linear hidden{784, 100};
  nn::BatchNorm norm{100};
  nn::Linear out{100, 10};
  // (B, 784) -> (B, 10)
  Tensor operator()(const Tensor& x) const { return out(relu(norm(hidden(x)))); }
};

/// The rows of the weight as 10 x 10 pictures: red pixels speak for a unit, blue ones against it.
void draw_weights(const Tensor& weight, const std::string& path) {
  constexpr int side = 28, step = side + 2, whole = 10 * step - 2;
  const std::vector<float> w = weight.to_vector<float>();  // (100, 784)
  const std::vector<float> deviation = std_dev(weight, 1).to_vector<float>();
  figure::Tile mosaic{.height = whole, .width = whole, .channels = 3};
  mosaic.pixels.assign(static_cast<std::size_t>(3 * whole * whole), 255);
  for (int unit = 0; unit < 100; ++unit)
    for (int pixel = 0; pixel < side * side; ++pixel) {
      const double share = w[unit * side * side + pixel] / (3 * deviation[unit]);
      const double x = std::round(3 * share) / 3;  // few tones: a smaller file
      const figure::Color end = x > 0 ? figure::Color{178, 24, 43} : figure::Color{33, 102, 172};
      const figure::Color c = figure::mix({255, 255, 255}, end, std::min(std::abs(x), 1.0));
      const int y_at = unit / 10 * step + pixel / side, x_at = unit % 10 * step + pixel % side;
      std::uint8_t* to = &mosaic.pixels[static_cast<std::size_t>(3 * (y_at * whole + x_at))];
      to[0] = c.r, to[1] = c.g, to[2] = c.b;
    }
  figure::Figure picture(1, 1, {.width = 640, .height = 660});
  picture.axes().title("What the 100 hidden units look for").tiles({mosaic});
  picture.save(path, 1);  // a pixel for a pixel of the page: a small file
}

int main(int argc, char** argv) {
  const auto [train, test] = data::mnist();
  seed(0);
  Net net;
  std::printf("%s", nn::summary(net, Shape{100, 784}).str().c_str());

  const train::History history =
      train::fit(net, train,
                 {.optimizer = optim::Adam{.learning_rate = 1e-3},
                  .metrics = {metrics::accuracy()},
                  .validation = test,
                  .epochs = argc > 1 ? std::atoi(argv[1]) : 20,
                  .batch_size = 100,
                  .callbacks = {train::CurvePlot{.path = "mnist_mlp_fit_curves.svg"}},
                  .verbose = train::Verbose::bar});
  for (const train::Record& r : history.epochs)
    std::printf("epoch %2lld  %s\n", static_cast<long long>(r.epoch),
                train::to_string(r.values).c_str());

  const train::Values result = train::evaluate(net, test, {.metrics = {metrics::accuracy()}});
  draw_weights(net.hidden.weight, "mnist_mlp_fit.png");
  std::printf("%zu epochs: test loss %.4f, test accuracy %.2f %%\n", history.epochs.size(),
              *train::find(result, "loss"), 100 * *train::find(result, "accuracy"));
  std::printf(
      "the hidden layer's weights are in mnist_mlp_fit.png, the curves in "
      "mnist_mlp_fit_curves.svg\n");
  return 0;
}
