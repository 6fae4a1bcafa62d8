// Functions on a grid: filled contours and regions of classes. Between the nodes values are
// bilinear.
#include <algorithm>
#include <array>
#include <set>

#include "fathom/figure/draw.h"

namespace fathom::figure {
namespace {

constexpr double samples_per_unit = 2;  // as fine as the PNG

// Where a place falls in the grid: the node below it and the parts of a cell beyond.
struct Spot {
  std::size_t column, row;
  double u, v;
};

Spot spot(const Grid& grid, double x, double y) {
  const auto axis = [](double value, double low, double high, int count) {
    const double t = std::clamp((value - low) / (high - low), 0.0, 1.0) * (count - 1);
    const auto i = std::min(static_cast<int>(t), count - 2);
    return std::pair(static_cast<std::size_t>(i), t - i);
  };
  const auto [column, u] = axis(x, grid.x_low, grid.x_high, grid.columns);
  const auto [row, v] = axis(y, grid.y_low, grid.y_high, grid.rows);
  return {column, row, u, v};
}

// The four nodes around a spot and their weights.
std::array<std::pair<double, double>, 4> corners(const Grid& grid, const Spot& s) {
  const std::size_t i = s.row * static_cast<std::size_t>(grid.columns) + s.column;
  const auto up = static_cast<std::size_t>(grid.columns);
  const auto& g = grid.values;
  return {{{g[i], (1 - s.u) * (1 - s.v)},
           {g[i + 1], s.u * (1 - s.v)},
           {g[i + up], (1 - s.u) * s.v},
           {g[i + up + 1], s.u * s.v}}};
}

// Paints the part of the frame that the grid covers, each sample by `color_at(spot)`.
template <class ColorAt>
void paint(const Grid& grid, const Frame& frame, Canvas& canvas, const ColorAt& color_at) {
  const double x0 = std::max(frame.area.x, frame.x(grid.x_low));
  const double x1 = std::min(frame.area.right(), frame.x(grid.x_high));
  const double y0 = std::max(frame.area.y, frame.y(grid.y_high));
  const double y1 = std::min(frame.area.bottom(), frame.y(grid.y_low));
  if (!(x1 > x0) || !(y1 > y0)) return;
  const int width = std::max(1, static_cast<int>(std::lround((x1 - x0) * samples_per_unit)));
  const int height = std::max(1, static_cast<int>(std::lround((y1 - y0) * samples_per_unit)));
  std::vector<std::uint8_t> rgb;
  rgb.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  for (int j = 0; j < height; ++j)
    for (int i = 0; i < width; ++i) {
      int sum[3] = {};  // four samples a pixel soften the borders
      for (const double dy : {0.25, 0.75})
        for (const double dx : {0.25, 0.75}) {
          const Color c = color_at(spot(grid, frame.x.value_at(x0 + (x1 - x0) * (i + dx) / width),
                                        frame.y.value_at(y0 + (y1 - y0) * (j + dy) / height)));
          sum[0] += c.r, sum[1] += c.g, sum[2] += c.b;
        }
      for (const int s : sum) rgb.push_back(static_cast<std::uint8_t>((s + 2) / 4));
    }
  canvas.image({x0, y0, x1 - x0, y1 - y0}, width, height, rgb);
}

// The line along which the grid has the value `level`, as stretches between gaps (marching
// squares).
std::vector<Point> level_line(const Grid& grid, double level, const Frame& frame) {
  std::vector<Point> points;
  const auto node = [&](int column, int row) {
    return grid.values[static_cast<std::size_t>(row) * static_cast<std::size_t>(grid.columns) +
                       static_cast<std::size_t>(column)];
  };
  const auto place = [&](double column, double row) {
    return frame(grid.x_low + (grid.x_high - grid.x_low) * column / (grid.columns - 1),
                 grid.y_low + (grid.y_high - grid.y_low) * row / (grid.rows - 1));
  };
  for (int row = 0; row + 1 < grid.rows; ++row)
    for (int column = 0; column + 1 < grid.columns; ++column) {
      const double a = node(column, row), b = node(column + 1, row);
      const double c = node(column + 1, row + 1), d = node(column, row + 1);
      std::vector<Point> cuts;  // counter-clockwise around the cell
      const auto cut = [&](double from, double to, double x0, double y0, double x1, double y1) {
        if ((from < level) == (to < level) || !std::isfinite(from) || !std::isfinite(to)) return;
        const double t = (level - from) / (to - from);
        cuts.push_back(place(column + x0 + (x1 - x0) * t, row + y0 + (y1 - y0) * t));
      };
      cut(a, b, 0, 0, 1, 0);
      cut(b, c, 1, 0, 1, 1);
      cut(c, d, 1, 1, 0, 1);
      cut(d, a, 0, 1, 0, 0);
      // Four cuts are a saddle: the middle says which ends belong together.
      if (cuts.size() == 4 && ((a + b + c + d) / 4 < level) == (a < level))
        std::rotate(cuts.begin(), cuts.begin() + 1, cuts.end());
      for (std::size_t i = 0; i + 1 < cuts.size(); i += 2)
        points.insert(points.end(), {cuts[i], cuts[i + 1], {NAN, NAN}});
    }
  return points;
}

}  // namespace

std::vector<Tick> contour_levels(const Contour& contour) {
  const auto [low, high] = finite_range(contour.grid.values);
  const double step = nice_step(low, high, contour.style.levels);
  // Whole multiples of the step, one beyond each end, so that every value lies between two levels.
  const double first = std::floor(low / step + 1e-9);
  const double last = std::max(std::ceil(high / step - 1e-9), first + 1);
  const int decimals = -static_cast<int>(std::floor(std::log10(step) + 1e-9));
  std::vector<Tick> levels;
  for (double i = first; i <= last; ++i)
    levels.push_back({i * step, number_label(i * step, std::clamp(decimals, 0, 9))});
  return levels;
}

void draw_contour(const Contour& contour, const Frame& frame, Canvas& canvas) {
  const auto levels = contour_levels(contour);
  const double low = levels.front().value, step = levels[1].value - low;
  const int bands = static_cast<int>(levels.size()) - 1;
  paint(contour.grid, frame, canvas, [&](const Spot& s) {
    double value = 0;
    for (const auto& [v, weight] : corners(contour.grid, s)) value += v * weight;
    if (!std::isfinite(value)) return Color{200, 200, 200};
    const int band = std::clamp(static_cast<int>((value - low) / step), 0, bands - 1);
    return map_color(contour.style.colormap, bands > 1 ? band / (bands - 1.0) : 0.5);
  });
  if (!contour.style.lines) return;
  for (int i = 1; i < bands; ++i)
    canvas.polyline(
        level_line(contour.grid, levels[static_cast<std::size_t>(i)].value, frame),
        {mix(map_color(contour.style.colormap, i / static_cast<double>(bands)), {0, 0, 0}, 0.25),
         0.6});
}

void draw_regions(const Regions& regions, const Frame& frame, Canvas& canvas) {
  const std::set<double> classes(regions.grid.values.begin(), regions.grid.values.end());
  paint(regions.grid, frame, canvas, [&](const Spot& s) {
    // The class with the most weight around the spot; of equals the first.
    const auto around = corners(regions.grid, s);
    double best = -1, winner = 0;
    for (const auto& [candidate, ignored] : around) {
      double weight = 0;
      for (const auto& [value, w] : around) weight += value == candidate ? w : 0;
      if (weight > best + 1e-12) best = weight, winner = candidate;
    }
    return mix(series_color(static_cast<std::size_t>(winner)), style::white, 0.72);
  });
}

}  // namespace fathom::figure
