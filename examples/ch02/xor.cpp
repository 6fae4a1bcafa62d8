// A 2-2-1 network learns XOR: backpropagation by hand, then the same gradient from the graph
//
// Chapter 2: a network without a hidden layer cannot compute XOR, one with two hidden units can.
// The gradient is worked out by the chain rule on plain tensors and compared with value_and_grad's.
// The decision regions are drawn to xor.png.
#include <fathom/fathom.h>

#include <cmath>
#include <cstdio>

#include "fathom/figure/figure.h"

using namespace fathom;

struct Net {
  nn::Linear hidden{2, 2};
  nn::Linear out{2, 1};
  // (B, 2) -> (B, 1)
  Tensor operator()(const Tensor& x) const { return sigmoid(out(tanh(hidden(x)))); }
};

Tensor squared_error(const Net& net, const Tensor& x, const Tensor& t) {
  return mean(square(net(x) - t));
}

/// The gradient of squared_error by the chain rule, from the loss back to the first layer.
Net gradient_by_hand(const Net& net, const Tensor& x, const Tensor& t) {
  const Tensor h = tanh(matmul(x, transpose(net.hidden.weight)) + net.hidden.bias);  // (B, 2)
  const Tensor y = sigmoid(matmul(h, transpose(net.out.weight)) + net.out.bias);     // (B, 1)
  const double rows = static_cast<double>(x.size(0));
  const Tensor dy = 2 / rows * (y - t);          // (B, 1): the mean of squares
  const Tensor dz = dy * y * (1 - y);            // (B, 1): through the sigmoid
  const Tensor dh = matmul(dz, net.out.weight);  // (B, 2)
  const Tensor da = dh * (1 - square(h));        // (B, 2): through tanh
  Net gradient = net;
  gradient.out.weight = matmul(transpose(dz), h);     // (1, 2)
  gradient.out.bias = sum(dz, 0);                     // (1,)
  gradient.hidden.weight = matmul(transpose(da), x);  // (2, 2)
  gradient.hidden.bias = sum(da, 0);                  // (2,)
  return gradient;
}

double largest_difference(const Net& a, const Net& b) {
  const auto tensors_a = nn::named_tensors(a), tensors_b = nn::named_tensors(b);
  double largest = 0;
  for (std::size_t i = 0; i < tensors_a.size(); ++i)
    largest = std::fmax(largest, max(abs(tensors_a[i].tensor - tensors_b[i].tensor)).item());
  return largest;
}

void draw(const Net& net, const Tensor& x, const Tensor& t) {
  figure::Grid grid = figure::Grid::around(x, 0.5);
  grid.values = net(grid.points()) > 0.5;
  figure::Figure picture(1, 1, {.width = 480, .height = 460});
  picture.axes()
      .title("XOR: what the network says")
      .x_label("first input")
      .y_label("second input")
      .equal_units()
      .regions(grid)
      .scatter_classes(x, t, {.size = 12});
  picture.save("xor.png");
}

int main() {
  const Tensor x = tensor<float>({{0, 0}, {0, 1}, {1, 0}, {1, 1}});
  const Tensor t = tensor<float>({{0}, {1}, {1}, {0}});
  seed(1);
  Net net;

  const auto [first_loss, gradient] = value_and_grad(squared_error)(net, x, t);
  const double difference = largest_difference(gradient, gradient_by_hand(net, x, t));
  std::printf("loss %.4f; the gradient by hand and the graph's differ by %.1e at most\n",
              first_loss.item(), difference);
  if (difference > 1e-6) return 1;

  // Gradient descent, by hand all the way: no graph gradient, no optimizer.
  constexpr double rate = 2;
  int step = 0;
  double loss = 1;
  for (; loss > 0.005 && step < 20000; ++step) {
    const Net g = gradient_by_hand(net, x, t);
    net.hidden.weight = net.hidden.weight - rate * g.hidden.weight;
    net.hidden.bias = net.hidden.bias - rate * g.hidden.bias;
    net.out.weight = net.out.weight - rate * g.out.weight;
    net.out.bias = net.out.bias - rate * g.out.bias;
    loss = squared_error(net, x, t).item();
    if (step % 200 == 0) std::printf("step %5d  loss %.4f\n", step, loss);
  }
  std::printf("step %5d  loss %.4f\n", step, loss);
  const std::vector<float> y = net(x).to_vector<float>();
  const std::vector<float> in = x.to_vector<float>(), wanted = t.to_vector<float>();
  bool solved = true;
  for (std::size_t i = 0; i < y.size(); ++i) {
    std::printf("%.0f xor %.0f = %.0f, the network says %.3f\n", in[2 * i], in[2 * i + 1],
                wanted[i], y[i]);
    solved = solved && (y[i] > 0.5F) == (wanted[i] > 0.5F);
  }
  draw(net, x, t);
  std::printf("%s; decision regions in xor.png\n", solved ? "solved" : "not solved");
  return solved ? 0 : 1;
}
