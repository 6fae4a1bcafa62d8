// A straight line through data: least squares in one step, gradient descent in many, one answer
//
// Chapter 1: how wide is an iris' petal if its length is known? The mean squared error of a line is
// a bowl over slope and intercept; its bottom can be solved for or walked to. Both are drawn to
// linear_regression.png.
#include <fathom/fathom.h>

#include <cmath>
#include <cstdio>

#include "fathom/figure/figure.h"

using namespace fathom;

/// Errors of lines: each row of `lines` is a slope and an intercept. Shapes: (M, 2) -> (M,).
Tensor squared_error(const Tensor& lines, const Tensor& x, const Tensor& y) {
  const Tensor slope = lines[{range(), range(0, 1)}], intercept = lines[{range(), range(1, 2)}];
  return mean(square(slope * x + intercept - y), 1);
}

int main() {
  const io::CsvTable table = data::iris_table();
  const Tensor length = io::columns_to_f32(table, {2})[{range(), 0}];  // (150,), in cm
  const Tensor width = io::columns_to_f32(table, {3})[{range(), 0}];
  // Counted from its mean, the length tells nothing about the intercept: the bowl becomes round.
  const Tensor middle = mean(length);
  const Tensor x = length - middle;

  // The bottom of the bowl: the least-squares solution of [x 1] line = width.
  const Tensor design = stack({x, ones_like(x)}, 1);                               // (150, 2)
  const Tensor exact = linalg::lstsq(design, width[{range(), newaxis}]).solution;  // (2, 1)
  std::printf("least squares:    width = %.4f (length - %.4f) + %.4f\n", exact[0].item(),
              middle.item(), exact[1].item());

  // The same by walking against the gradient from a line of slope 0 through the origin.
  Tensor line = zeros({1, 2});
  std::vector<float> path = {0, 0};
  const auto loss = [&](const Tensor& line) { return sum(squared_error(line, x, width)); };
  for (int step = 1; step <= 60; ++step) {
    line = (line - 0.1 * grad(loss)(line)).eval();
    for (const float v : line.to_vector<float>()) path.push_back(v);
    if (step % 20 == 0 || step == 1)
      std::printf("step %2d of the walk: slope %.4f, intercept %.4f, error %.4f\n", step,
                  line[{0, 0}].item(), line[{0, 1}].item(), loss(line).item());
  }

  const double error = loss(line).item();
  const double explained = 1 - error / var(width, {}, 0).item();
  const double deviation = std::sqrt(error);
  const double difference = max(abs(line - transpose(exact))).item();
  std::printf("the two lines differ by %.0e; the length explains %.1f %% of the width's variance\n",
              difference, 100 * explained);
  std::printf("the picture is linear_regression.png\n");

  figure::Figure picture = figure::grid(1, 2, {.width = 780, .height = 320});
  const Tensor ends = linspace(1, 7, 2);
  const Tensor fitted = line[{0, 0}] * (ends - middle) + line[{0, 1}];
  picture.axes(0, 0)
      .title("A line and what it leaves open")
      .x_label("petal length (cm)")
      .y_label("petal width (cm)")
      .band(ends, fitted - 2 * deviation, fitted + 2 * deviation, {.label = "± 2 deviations"})
      .line(ends, fitted, {.label = "fitted line"})
      .scatter(length, width, {.label = "150 flowers", .size = 4.5});

  figure::Grid bowl{
      .x_low = -0.1, .x_high = 0.9, .y_low = -0.1, .y_high = 2.2, .columns = 101, .rows = 101};
  bowl.values = squared_error(bowl.points(), x, width);
  const Tensor walked = Tensor::from(path, {61, 2});
  picture.axes(0, 1)
      .title("The walk to the bottom of the bowl")
      .x_label("slope")
      .y_label("intercept")
      .contour(bowl, {.log = true, .bar_label = "mean squared error"})
      .line(walked[{range(), 0}], walked[{range(), 1}],
            {.label = "gradient descent",
             .color = figure::series_color(1),
             .marker = figure::Marker::circle})
      .scatter({exact[0].item()}, {exact[1].item()},
               {.label = "least squares",
                .color = figure::Color{255, 255, 255},
                .size = 10,
                .marker = figure::Marker::diamond});
  picture.save("linear_regression.png", 1.4);
  return difference < 1e-3 ? 0 : 1;
}
