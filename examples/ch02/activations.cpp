// Activation functions and their derivatives: what a unit passes on, and what it lets flow back
//
// Chapter 2: a network without a bend between its layers is one layer. These are the usual bends,
// each with its derivative by value_and_grad's sister grad, drawn to activations.svg.
#include <fathom/fathom.h>

#include <cmath>
#include <cstdio>
#include <functional>

#include "fathom/figure/figure.h"

using namespace fathom;

struct Activation {
  const char* name;
  std::function<Tensor(const Tensor&)> function;
};

const std::vector<Activation> activations = {
    {"sigmoid", [](const Tensor& x) { return sigmoid(x); }},
    {"tanh", [](const Tensor& x) { return tanh(x); }},
    {"ReLU", [](const Tensor& x) { return relu(x); }},
    {"leaky ReLU", [](const Tensor& x) { return leaky_relu(x, 0.1); }},
    {"ELU", [](const Tensor& x) { return elu(x); }},
    {"softplus", [](const Tensor& x) { return softplus(x); }},
    {"SiLU (swish)", [](const Tensor& x) { return silu(x); }},
    {"GELU", [](const Tensor& x) { return gelu(x); }},
};

/// The derivative at every element: an element of the sum depends on its own x alone.
Tensor derivative(const std::function<Tensor(const Tensor&)>& f, const Tensor& x) {
  return grad([&](const Tensor& x) { return sum(f(x)); })(x);
}

int main() {
  const Tensor x = linspace(-4, 4, 161);
  figure::Figure picture = figure::grid(2, 4, {.width = 1240, .height = 600});
  std::printf("%-13s %9s %9s   %s\n", "", "smallest", "largest", "largest slope, ten layers deep");
  for (std::size_t i = 0; i < activations.size(); ++i) {
    const auto& [name, f] = activations[i];
    const Tensor slope = derivative(f, x);
    const double most = max(slope).item();
    std::printf("%-13s %9.4f %9.4f   %.2g\n", name, min(slope).item(), most, std::pow(most, 10));
    picture.plots()[i]
        .title(name)
        .y_range(-1.25, 2.25)
        .horizontal(0)
        .vertical(0)
        .line(x, f(x), {.label = "function"})
        .line(x, slope, {.label = "derivative", .dashed = true})
        .legend(i == 0 ? figure::LegendPlace::top_left : figure::LegendPlace::none);
  }
  // A saturated sigmoid passes nothing back; of ReLU, only the positive side passes anything.
  std::printf("slope at x = 4: sigmoid %.4f, tanh %.4f, ReLU %.0f\n",
              derivative(activations[0].function, tensor({4.0F})).item(),
              derivative(activations[1].function, tensor({4.0F})).item(),
              derivative(activations[2].function, tensor({4.0F})).item());
  picture.save("activations.svg");
  std::printf("the picture is activations.svg\n");
  return 0;
}
