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
  const Values& g = grid.values;
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

// Levels of equal ratios around [low, high], about `wanted` of them: of each decade 1, 2 and 5, or
// 1 and 3, or each or every so many of the powers of ten.
std::vector<double> log_levels(double low, double high, int wanted) {
  const double first = std::floor(std::log10(low) + 1e-9);
  const double last = std::max(std::ceil(std::log10(high) - 1e-9), first + 1);
  using Digits = std::vector<double>;
  for (const Digits& digits : {Digits{1, 2, 5}, Digits{1, 3}, Digits{1}}) {
    std::vector<double> levels;
    for (double exponent = first; exponent <= last; ++exponent)
      for (const double digit : digits) levels.push_back(digit * std::pow(10, exponent));
    // One level below the least value and one above the greatest are enough.
    while (levels.size() > 2 && levels[1] <= low) levels.erase(levels.begin());
    while (levels.size() > 2 && levels[levels.size() - 2] >= high) levels.pop_back();
    if (static_cast<int>(levels.size()) <= wanted + 2) return levels;
  }
  const double stride = std::ceil((last - first) / wanted);
  std::vector<double> levels;
  for (double exponent = first; exponent < last + stride; exponent += stride)
    levels.push_back(std::pow(10, exponent));
  return levels;
}

}  // namespace

std::vector<Tick> contour_levels(const Contour& contour) {
  const ContourStyle& look = contour.style;
  std::vector<Tick> levels;
  if (!look.at.empty()) {
    for (const double level : look.at) levels.push_back({level, number_label(level)});
    return levels;
  }
  if (look.log) {
    std::vector<double> positive;
    std::ranges::copy_if(contour.grid.values, std::back_inserter(positive),
                         [](double v) { return v > 0; });
    const auto [low, high] = finite_range(positive);
    for (const double level : log_levels(low, high, look.levels))
      levels.push_back({level, number_label(level)});
    return levels;
  }
  const auto [low, high] = finite_range(contour.grid.values);
  const double step = nice_step(low, high, look.levels);
  // Whole multiples of the step, one beyond each end, so that every value lies between two levels.
  const double first = std::floor(low / step + 1e-9);
  const double last = std::max(std::ceil(high / step - 1e-9), first + 1);
  const int decimals = -static_cast<int>(std::floor(std::log10(step) + 1e-9));
  for (double i = first; i <= last; ++i)
    levels.push_back({i * step, number_label(i * step, std::clamp(decimals, 0, 9))});
  return levels;
}

void draw_contour(const Contour& contour, const Frame& frame, Canvas& canvas) {
  const ContourStyle& look = contour.style;
  std::vector<double> levels;
  for (const Tick& tick : contour_levels(contour)) levels.push_back(tick.value);
  Grid grid = contour.grid;
  if (look.log) {  // straight between the nodes is what the logarithm then is
    std::vector<double> logs;
    for (const double v : grid.values)
      logs.push_back(v <= levels.front() ? std::log(levels.front()) : std::log(v));
    grid.values = std::move(logs);
    for (double& level : levels) level = std::log(level);
  }
  const auto bands = static_cast<double>(levels.size()) - 1;
  const auto color_of = [&](double band) {
    const double t = bands > 1 ? std::clamp(band / (bands - 1), 0.0, 1.0) : 0.5;
    return mix(map_color(look.colormap, t), style::white, look.filled ? look.fade : 0);
  };
  if (look.filled)
    paint(grid, frame, canvas, [&](const Spot& s) {
      double value = 0;
      for (const auto& [v, weight] : corners(grid, s))
        if (weight > 0) value += v * weight;
      if (!std::isfinite(value)) return Color{200, 200, 200};
      const auto above = std::upper_bound(levels.begin() + 1, levels.end() - 1, value);
      return color_of(static_cast<double>(above - levels.begin()) - 1);
    });
  if (look.filled && !look.lines) return;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const Color own = color_of(static_cast<double>(i) - 0.5);
    canvas.polyline(
        level_line(grid, levels[i], frame),
        {look.color.value_or(look.filled ? mix(own, {0, 0, 0}, 0.25) : own), look.width});
  }
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
