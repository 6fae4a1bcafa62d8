// A recurrent network of two weights counts ones: backpropagation through time by hand
//
// Chapter 6. s_t = w s_(t-1) + u x_t counts the ones of a sequence when u = w = 1. The gradient is
// written out, backwards from the last step, and compared with the graph's. Over ten steps the
// network learns; over forty the gradient, a power of w, explodes. Draws count_ones_rnn.svg.
#include <fathom/fathom.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "fathom/figure/figure.h"

using namespace fathom;

struct Net {
  Param u = full({}, 0.5), w = full({}, 0.5);
  /// x (B, T) -> the states after each step, (B) each; the first are zeros.
  std::vector<Tensor> states(const Tensor& x) const {
    std::vector<Tensor> s{zeros({x.size(0)})};
    for (std::int64_t t = 0; t < x.size(1); ++t) s.push_back(s.back() * w + select(x, 1, t) * u);
    return s;
  }
};

Tensor loss_of(const Net& net, const Tensor& x) {
  return sum(square(net.states(x).back() - sum(x, 1)));
}

/// The gradient without the graph: what arrives at a step's state goes to both weights, and by w to
/// the state before it.
Net by_hand(const Net& net, const Tensor& x) {
  const std::vector<Tensor> s = net.states(x);
  Net gradient{zeros({}), zeros({})};
  Tensor arriving = 2 * (s.back() - sum(x, 1));
  for (std::int64_t t = x.size(1); t > 0; --t) {
    gradient.u = gradient.u + sum(arriving * select(x, 1, t - 1));
    gradient.w = gradient.w + sum(arriving * s[static_cast<std::size_t>(t - 1)]);
    arriving = arriving * net.w;
  }
  return gradient;
}

/// What a run looks like, epoch by epoch.
struct Course {
  Net net;
  figure::Values losses, gradients;
};

Course learn(const Tensor& x, int epochs, double rate) {
  Course course;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const Net gradient = by_hand(course.net, x);
    const double loss = loss_of(course.net, x).item(), by_u = gradient.u.item(),
                 by_w = gradient.w.item();
    course.losses.push_back(loss);
    course.gradients.push_back(std::hypot(by_u, by_w));
    course.net.u = (course.net.u - rate * by_u).eval();
    course.net.w = (course.net.w - rate * by_w).eval();
  }
  return course;
}

void report(const char* name, const Course& course) {
  const auto lost = std::ranges::find_if(course.losses, [](double x) { return !std::isfinite(x); });
  const double longest = *std::max_element(
      course.gradients.begin(), course.gradients.begin() + (lost - course.losses.begin()));
  std::printf("%s longest gradient %.3g", name, longest);
  if (lost == course.losses.end())
    std::printf(", loss %.2g, u = %.4f, w = %.4f\n", course.losses.back(), course.net.u.item(),
                course.net.w.item());
  else
    std::printf(", no number any more after epoch %d\n",
                static_cast<int>(lost - course.losses.begin()));
}

int main() {
  // Two sequences, with two and three ones.
  const Tensor x = cast(tensor<std::int64_t>({{0, 0, 0, 0, 1, 0, 0, 0, 0, 1},  //
                                              {0, 0, 1, 0, 0, 1, 0, 0, 1, 0}}),
                        DType::f32);
  const Net net;
  const Net hand = by_hand(net, x);
  const auto [loss, graph] = value_and_grad(loss_of)(net, x);
  std::printf("gradient by hand   u %.1f  w %.1f\nand by the graph   u %.1f  w %.1f\n",
              hand.u.item(), hand.w.item(), graph.u.item(), graph.w.item());

  const Course learns = learn(x, 1000, 2e-3);
  report("10 steps:", learns);
  const Course explodes = learn(concat({x, x, x, x}, 1), 100, 1e-4);
  report("40 steps:", explodes);

  figure::Figure picture(1, 2, {.width = 1000, .height = 400});
  picture.axes(0, 0)
      .title("Ten steps")
      .x_label("epoch")
      .log_y()
      .line(learns.losses, {.label = "loss"})
      .line(learns.gradients, {.label = "length of the gradient"});
  picture.axes(0, 1)
      .title("Forty steps: the gradient explodes")
      .x_label("epoch")
      .log_y()
      .line(explodes.losses, {.label = "loss"})
      .line(explodes.gradients, {.label = "length of the gradient"});
  picture.save("count_ones_rnn.svg");
  std::printf("drawn in count_ones_rnn.svg\n");
  return 0;
}
