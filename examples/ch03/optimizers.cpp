// Eight optimizers walk down one valley: their paths on its contours, their heights step by step
//
// Chapter 3. Rosenbrock's valley (1960), a bent and narrow one: steep across, almost flat along. A
// plain gradient step jumps from side to side; momentum carries on along the floor; optimizers that
// scale each coordinate for itself turn into the valley at once. Writes optimizers.svg.
#include <fathom/fathom.h>

#include <cmath>
#include <cstdio>
#include <functional>

#include "fathom/figure/figure.h"

using namespace fathom;

constexpr int steps = 150;

struct Point {
  Param x = zeros({}) - 1.2, y = zeros({}) + 1.0;
};

/// Lowest, 0, at (1, 1).
template <class T> auto valley(const T& x, const T& y) {
  const auto across = y - x * x, along = 1 - x;
  return 5 * across * across + along * along;
}

struct Path {
  figure::Values x, y, height;
};

/// One optimizer's way down.
template <class Optimizer> Path walk(Optimizer optimizer) {
  Point at;
  Path path;
  const auto loss_fn = [](const Point& p) { return valley<Tensor>(p.x, p.y); };
  for (int step = 0; step <= steps; ++step) {
    const auto [loss, gradient] = value_and_grad(loss_fn)(at);  // gradient is a Point
    path.x.push_back(at.x.item());
    path.y.push_back(at.y.item());
    path.height.push_back(loss.item());
    optimizer.step(at, gradient);
  }
  return path;
}

struct Walker {
  const char* name;
  std::function<Path()> walk;
};

figure::Grid heights() {
  constexpr int columns = 65, rows = 49;
  figure::Grid grid{
      .x_low = -1.6, .x_high = 1.6, .y_low = -0.6, .y_high = 1.8, .columns = columns, .rows = rows};
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column) {
      const double x = grid.x_low + (grid.x_high - grid.x_low) * column / (columns - 1);
      const double y = grid.y_low + (grid.y_high - grid.y_low) * row / (rows - 1);
      grid.values.push_back(std::log10(valley(x, y) + 0.01));
    }
  return grid;
}

int main() {
  // Each with a learning rate that suits it: the valley's curvature is 1 along and 90 across.
  const Walker walkers[] = {
      {"SGD", [] { return walk(optim::Sgd{.learning_rate = 0.02}); }},
      {"momentum", [] { return walk(optim::Sgd{.learning_rate = 0.01, .momentum = 0.9}); }},
      {"Nesterov",
       [] { return walk(optim::Sgd{.learning_rate = 0.01, .momentum = 0.9, .nesterov = true}); }},
      {"Adagrad", [] { return walk(optim::Adagrad{.learning_rate = 0.5}); }},
      {"RMSprop", [] { return walk(optim::RmsProp{.learning_rate = 0.02}); }},
      {"Adam", [] { return walk(optim::Adam{.learning_rate = 0.1}); }},
      {"AdamW", [] { return walk(optim::AdamW{.learning_rate = 0.1}); }},
      {"Lion", [] { return walk(optim::Lion{.learning_rate = 0.02}); }},
  };
  figure::Figure picture(1, 2, {.width = 1180, .height = 480});
  figure::Axes& map = picture.axes(0, 0)
                          .title("The valley, and the ways down")
                          .x_label("x")
                          .y_label("y")
                          .x_range(-1.6, 1.6)
                          .y_range(-0.6, 1.8)
                          .legend(figure::LegendPlace::none)
                          .contour(heights(), {.levels = 8, .lines = false, .color_bar = false});
  figure::Axes& curves =
      picture.axes(0, 1).title("Height").x_label("step").y_label("loss").log_y().y_range(1e-9, 20);
  std::printf("%-10s %10s %22s\n", "", "loss", "ends at");
  std::size_t series = 0;
  for (const Walker& walker : walkers) {
    const Path path = walker.walk();
    const figure::Color color = figure::series_color(series++);
    map.line(path.x, path.y, {.label = walker.name, .color = color, .width = 1.6});
    map.scatter({path.x.back()}, {path.y.back()}, {.color = color, .size = 8});
    curves.line(path.height, {.label = walker.name, .color = color});
    std::printf("%-10s %10.2e        (%6.3f, %6.3f)\n", walker.name, path.height.back(),
                path.x.back(), path.y.back());
  }
  map.scatter({1}, {1},
              {.label = "lowest point",
               .color = figure::Color{0, 0, 0},
               .marker = figure::Marker::diamond});
  picture.save("optimizers.svg");
  std::printf("%d steps each; drawn in optimizers.svg\n", steps);
  return 0;
}
