// Signals and gradients through twenty layers: what the size of the first weights decides
//
// Chapter 3. Weights that are a little too small make activations vanish from layer to layer, and
// gradients on the way back; too large ones make them explode. Xavier's and He's deviations keep
// both. The figure shows the spread of activations and gradients in each layer before training, and
// then the loss of training on handwritten digits. Writes initialization.svg.
#include <fathom/fathom.h>

#include <cmath>
#include <cstdio>
#include <functional>

#include "fathom/figure/figure.h"

using namespace fathom;

constexpr int depth = 20, width = 64;

struct Deep {
  Tensor (*activation)(const Operand&);
  std::vector<nn::Linear> layers;  // hidden ones, 64 wide as the input is
  nn::Linear out{width, 10};

  /// `seen`, if given, gets the activations of each layer.
  Tensor operator()(const Tensor& x, std::vector<Tensor>* seen = nullptr) const {
    Tensor h = x;
    for (const nn::Linear& layer : layers) {
      h = activation(layer(h));
      if (seen) seen->push_back(h);
    }
    return out(h);
  }
};

using Initializer = std::function<Tensor(const Shape&)>;

Deep make(Tensor (*activation)(const Operand&), const Initializer& initial) {
  seed(0);
  Deep net{.activation = activation, .layers = {}};
  for (int i = 0; i < depth; ++i) {
    nn::Linear layer(width, width);
    layer.weight = initial({width, width});
    layer.bias = zeros({width});
    net.layers.push_back(layer);
  }
  return net;
}

/// The root of the mean square: what is exactly 0 would not show on a logarithmic axis.
double spread(const Tensor& x) { return std::sqrt(mean(square(x)).item()); }

struct Case {
  const char* name;
  Tensor (*activation)(const Operand&);
  Initializer initial;
};

int main() {
  namespace init = nn::init;
  const data::Split digits = data::digits();
  const Case cases[] = {
      {"ReLU, normal, deviation 0.05", relu,
       [](const Shape& s) { return init::normal(s, 0, 0.05); }},
      {"ReLU, normal, deviation 0.5", relu, [](const Shape& s) { return init::normal(s, 0, 0.5); }},
      {"ReLU, Xavier", relu, [](const Shape& s) { return init::xavier_normal(s); }},
      {"ReLU, He", relu,
       [](const Shape& s) {
         return init::kaiming_normal(s, 0, init::FanMode::fan_in, init::Nonlinearity::relu);
       }},
      {"tanh, Xavier", tanh, [](const Shape& s) { return init::xavier_normal(s); }},
  };
  figure::Figure picture(1, 3, {.width = 1260, .height = 400});
  figure::Axes& forward = picture.axes(0, 0).title("Activations").x_label("layer").log_y();
  figure::Axes& backward = picture.axes(0, 1).title("Gradients by biases").x_label("layer").log_y();
  figure::Axes& training = picture.axes(0, 2).title("Training").x_label("epoch").y_label("loss");
  forward.y_label("root mean square").legend(figure::LegendPlace::none);
  backward.y_label("root mean square").legend(figure::LegendPlace::none);
  training.y_range(0, 3.6).legend(figure::LegendPlace::top_right);

  std::printf("%-30s %12s %12s %12s %10s\n", "", "activations", "of layer 20", "gradient of",
              "accuracy");
  std::printf("%-30s %12s %12s %12s %10s\n", "", "of layer 1", "", "layer 1", "");
  for (const Case& c : cases) {
    Deep net = make(c.activation, c.initial);
    const auto loss_fn = [](const Deep& n, const data::Batch& b) {
      return cross_entropy(n(b.inputs), b.labels);
    };
    figure::Values activations, gradients;
    data::Loader loader(digits.train, {.batch_size = 256});
    const data::Batch first = *loader.begin();
    std::vector<Tensor> seen;
    net(first.inputs, &seen);
    for (const Tensor& h : seen) activations.push_back(spread(h));
    const Deep gradient = grad(loss_fn)(net, first);
    for (const nn::Linear& layer : gradient.layers) gradients.push_back(spread(layer.bias));

    const train::History h = train::fit(net, digits.train,
                                        {.loss = loss_fn,
                                         .optimizer = optim::Sgd{.learning_rate = 0.02},
                                         .epochs = 30,
                                         .callbacks = {train::TerminateOnNan{}},
                                         .verbose = train::Verbose::silent});
    const double right =
        metrics::accuracy()(train::predict(net, digits.test), digits.test.labels).item();
    forward.line(activations, {.label = c.name});
    backward.line(gradients, {.label = c.name});
    training.line(h.epochs.empty() ? figure::Values{2.5} : h["loss"], {.label = c.name});
    std::printf("%-30s %12.2e %12.2e %12.2e %8.1f %%%s\n", c.name, activations.front(),
                activations.back(), gradients.front(), 100 * right,
                h.stopped.empty() ? "" : "  (the loss became infinite)");
  }
  picture.save("initialization.svg");
  std::printf("drawn in initialization.svg\n");
  return 0;
}
