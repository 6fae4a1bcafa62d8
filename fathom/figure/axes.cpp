#include "fathom/figure/axes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "fathom/core/tensor.h"
#include "fathom/figure/checks.h"
#include "fathom/graph/context.h"

namespace fathom::figure {
namespace {

std::pair<double, double> checked_range(const char* operation, double low, double high) {
  check(std::isfinite(low) && std::isfinite(high) && low < high, operation, "an empty range",
        std::to_string(low) + " to " + std::to_string(high), "finite numbers, low < high");
  return {low, high};
}

void check_finite(const char* operation, double value) {
  check(std::isfinite(value), operation, "a place that is not finite", std::to_string(value),
        "a finite number");
}

void check_points(const char* operation, const Values& x, const Values& y) {
  check_list(operation, x);
  check_list(operation, y);
  check_same(operation, x.size(), y.size(), "values of x as of y");
}

int bin_count(const std::vector<double>& sorted) {
  const auto n = static_cast<double>(sorted.size());
  const double sturges = std::ceil(std::log2(n) + 1);
  const double spread = sorted[sorted.size() * 3 / 4] - sorted[sorted.size() / 4];
  const double width = 2 * spread / std::cbrt(n);
  const double freedman = width > 0 ? std::ceil((sorted.back() - sorted.front()) / width) : 1;
  return static_cast<int>(std::clamp(std::max(sturges, freedman), 1.0, 200.0));
}

}  // namespace

void check_list(const char* operation, const Values& values) {
  check(!values.empty(), operation, "nothing to draw", "an empty list", "at least one value");
  const Shape shape = values.shape();
  check<ShapeError>(std::ranges::count_if(shape, [](std::int64_t n) { return n > 1; }) <= 1,
                    operation, "a tensor that is no list", to_string(shape),
                    "one axis longer than 1 at most", "draw one column: x[{range(), 0}]");
}

std::size_t class_number(const char* operation, double value) {
  check(value >= 0 && value < 1000 && value == std::floor(value), operation,
        "not the number of a class", std::to_string(value), "whole numbers from 0 to 999");
  return static_cast<std::size_t>(value);
}

Axes& Axes::title(std::string text) { return description_.title = std::move(text), *this; }
Axes& Axes::x_label(std::string text) { return description_.x_label = std::move(text), *this; }
Axes& Axes::y_label(std::string text) { return description_.y_label = std::move(text), *this; }
Axes& Axes::log_x(bool on) { return description_.log_x = on, *this; }
Axes& Axes::log_y(bool on) { return description_.log_y = on, *this; }
Axes& Axes::legend(LegendPlace place) { return description_.legend = place, *this; }
Axes& Axes::equal_units(bool on) { return description_.equal_units = on, *this; }
Axes& Axes::x_range(double low, double high, Where where) {
  const graph::CallScope call(where);
  return description_.x_range = checked_range("x_range", low, high), *this;
}
Axes& Axes::y_range(double low, double high, Where where) {
  const graph::CallScope call(where);
  return description_.y_range = checked_range("y_range", low, high), *this;
}

Axes& Axes::line(Values x, Values y, LineStyle style, Where where) {
  const graph::CallScope call(where);
  check_points("line", x, y);
  description_.marks.emplace_back(Line{std::move(x), std::move(y), std::move(style)});
  return *this;
}

Axes& Axes::line(Values y, LineStyle style, Where where) {
  const graph::CallScope call(where);
  std::vector<double> x(y.size());
  std::iota(x.begin(), x.end(), 1.0);
  return line(std::move(x), std::move(y), std::move(style));
}

Axes& Axes::band(Values x, Values low, Values high, BandStyle style, Where where) {
  const graph::CallScope call(where);
  for (const Values* values : {&x, &low, &high}) check_list("band", *values);
  check_same("band", x.size(), low.size(), "values of x as of the lower curve");
  check_same("band", x.size(), high.size(), "values of x as of the upper curve");
  check(style.alpha > 0 && style.alpha <= 1, "band", "wrong opacity", std::to_string(style.alpha),
        "above 0 and at most 1");
  description_.marks.emplace_back(
      Band{std::move(x), std::move(low), std::move(high), std::move(style)});
  return *this;
}

Axes& Axes::horizontal(double y, RuleStyle style, Where where) {
  const graph::CallScope call(where);
  check_finite("horizontal", y);
  description_.marks.emplace_back(Rule{false, y, std::move(style)});
  return *this;
}

Axes& Axes::vertical(double x, RuleStyle style, Where where) {
  const graph::CallScope call(where);
  check_finite("vertical", x);
  description_.marks.emplace_back(Rule{true, x, std::move(style)});
  return *this;
}

Axes& Axes::labels(Values x, Values y, std::vector<std::string> names, LabelStyle style,
                   Where where) {
  const graph::CallScope call(where);
  check_points("labels", x, y);
  check_same("labels", x.size(), names.size(), "names as points");
  description_.marks.emplace_back(
      Labels{std::move(x), std::move(y), std::move(names), std::move(style)});
  return *this;
}

Axes& Axes::scatter(Values x, Values y, ScatterStyle style, Where where) {
  const graph::CallScope call(where);
  check_points("scatter", x, y);
  description_.marks.emplace_back(Scatter{std::move(x), std::move(y), std::move(style)});
  return *this;
}

Axes& Axes::scatter_classes(const Values& x, const Values& y, const Values& classes,
                            const ClassStyle& style, Where where) {
  const graph::CallScope call(where);
  for (const Values* values : {&x, &y, &classes}) check_list("scatter_classes", *values);
  check_same("scatter_classes", x.size(), y.size(), "values of x as of y");
  check_same("scatter_classes", x.size(), classes.size(), "classes as points");
  std::map<std::size_t, std::pair<Values, Values>> points;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto number = class_number("scatter_classes", classes[i]);
    check(style.names.empty() || number < style.names.size(), "scatter_classes",
          "a class without a name", std::to_string(number),
          "numbers below " + std::to_string(style.names.size()));
    auto& [px, py] = points[number];
    px.push_back(x[i]);
    py.push_back(y[i]);
  }
  // Where the palette begins again, another shape tells the classes apart.
  constexpr Marker shapes[] = {Marker::circle, Marker::square, Marker::triangle, Marker::diamond};
  for (auto& [number, place] : points)
    scatter(std::move(place.first), std::move(place.second),
            {.label = style.names.empty() ? std::to_string(number) : style.names[number],
             .color = series_color(number),
             .size = style.size,
             .marker = shapes[number / series_colors % std::size(shapes)]});
  return *this;
}

Axes& Axes::scatter_classes(const Tensor& points, const Values& classes, const ClassStyle& style,
                            Where where) {
  const graph::CallScope call(where);
  check<ShapeError>(points.rank() == 2 && points.size(1) == 2, "scatter_classes",
                    "not the places of points", to_string(points.shape()), "(N, 2)");
  Values x, y;
  const auto numbers = points.to_vector<double>();
  for (std::size_t i = 0; i < numbers.size(); i += 2) {
    x.push_back(numbers[i]);
    y.push_back(numbers[i + 1]);
  }
  return scatter_classes(x, y, classes, style);
}

Axes& Axes::bars(std::vector<std::string> names, Values values, BarStyle style, Where where) {
  const graph::CallScope call(where);
  check_list("bars", values);
  check_same("bars", names.size(), values.size(), "values as names");
  int series = 0;
  for (const Mark& mark : description_.marks) series += std::holds_alternative<Bars>(mark);
  check(series == 0 || names == description_.bar_names, "bars",
        "names that differ from those before", std::to_string(names.size()) + " names",
        "the same names for all series of a plot");
  description_.bar_names = std::move(names);
  description_.marks.emplace_back(Bars{std::move(values), std::move(style), series});
  return *this;
}

Axes& Axes::histogram(const Values& values, HistogramStyle style, Where where) {
  const graph::CallScope call(where);
  std::vector<double> sorted(values.begin(), values.end());
  const auto strange = std::ranges::count_if(sorted, [](double v) { return !std::isfinite(v); });
  check(strange < std::ssize(sorted), "histogram", "nothing to count",
        fmt::format("{} values, none finite", sorted.size()), "at least one finite value");
  check(strange == 0, "histogram", "values that no bin can count",
        fmt::format("{} of {} not finite", strange, sorted.size()), "finite values");
  check(style.bins >= 0 && style.bins <= 10000, "histogram", "wrong number of bins",
        std::to_string(style.bins), "0 (chosen) to 10000 bins");
  std::ranges::sort(sorted);
  const int bins = style.bins > 0 ? style.bins : bin_count(sorted);
  double low = sorted.front(), high = sorted.back();
  if (style.range)
    std::tie(low, high) = checked_range("histogram", style.range->first, style.range->second);
  if (!(high > low)) low -= 0.5, high += 0.5;
  Histogram histogram{{}, std::vector<double>(static_cast<std::size_t>(bins)), std::move(style)};
  for (int i = 0; i <= bins; ++i) histogram.edges.push_back(low + (high - low) * i / bins);
  double counted = 0;
  for (const double v : sorted) {
    if (v < low || v > high) continue;
    const auto bin = static_cast<int>((v - low) / (high - low) * bins);
    ++histogram.counts[static_cast<std::size_t>(std::clamp(bin, 0, bins - 1))];
    ++counted;
  }
  if (histogram.style.density && counted > 0)
    for (double& count : histogram.counts) count /= counted * (high - low) / bins;
  description_.marks.emplace_back(std::move(histogram));
  return *this;
}

Axes& Axes::heat_map(const Tensor& matrix, HeatMapStyle style, Where where) {
  const graph::CallScope call(where);
  check<ShapeError>(matrix.rank() == 2, "heat_map", "not a matrix", to_string(matrix.shape()),
                    "(rows, columns)");
  return heat_map(static_cast<int>(matrix.size(0)), static_cast<int>(matrix.size(1)), matrix,
                  std::move(style));
}

Axes& Axes::heat_map(int rows, int columns, Values values, HeatMapStyle style, Where where) {
  const graph::CallScope call(where);
  check(rows > 0 && columns > 0, "heat_map", "an empty matrix",
        std::to_string(rows) + " x " + std::to_string(columns), "at least 1 x 1");
  check_same("heat_map", values.size(),
             static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns), "values as cells");
  if (style.low && style.high) checked_range("heat_map", *style.low, *style.high);
  const auto fill = [](std::vector<std::string>& names, int count, const char* what) {
    if (names.empty())
      for (int i = 0; i < count; ++i) names.push_back(std::to_string(i));
    check_same("heat_map", names.size(), static_cast<std::size_t>(count), what);
  };
  fill(style.row_names, rows, "names as rows");
  fill(style.column_names, columns, "names as columns");
  description_.marks.emplace_back(HeatMap{rows, columns, std::move(values), std::move(style)});
  return *this;
}

Axes& Axes::contour(Grid grid, ContourStyle style, Where where) {
  const graph::CallScope call(where);
  check_grid("contour", grid);
  check(style.levels >= 1 && style.levels <= 100, "contour", "wrong number of levels",
        std::to_string(style.levels), "1 to 100 levels");
  check(style.fade >= 0 && style.fade <= 1, "contour", "wrong share of white",
        std::to_string(style.fade), "0 to 1");
  if (!style.at.empty()) {
    const auto& at = style.at;
    const bool good = std::ranges::all_of(at, [](double v) { return std::isfinite(v); }) &&
                      std::ranges::is_sorted(at) && std::ranges::adjacent_find(at) == at.end();
    check(good && at.size() <= 100 && at.size() >= (style.filled ? 2 : 1), "contour",
          "levels that cannot be drawn", fmt::format("{}", fmt::join(at, ", ")),
          "finite ascending levels, 2 at least if filled, 100 at most");
  }
  check(!style.log || std::ranges::any_of(grid.values, [](double v) { return v > 0; }), "contour",
        "nothing above 0", "levels that grow by a factor", "values above 0");
  description_.marks.emplace_back(Contour{std::move(grid), std::move(style)});
  return *this;
}

Axes& Axes::regions(Grid grid, Where where) {
  const graph::CallScope call(where);
  check_grid("regions", grid);
  for (const double v : grid.values) class_number("regions", v);
  description_.marks.emplace_back(Regions{std::move(grid)});
  return *this;
}

Axes& Axes::tiles(std::vector<Tile> tiles, TileStyle style, Where where) {
  const graph::CallScope call(where);
  for (const Tile& tile : tiles) {
    check(tile.height > 0 && tile.width > 0 && (tile.channels == 1 || tile.channels == 3), "tiles",
          "not a picture",
          std::to_string(tile.height) + " x " + std::to_string(tile.width) + " x " +
              std::to_string(tile.channels),
          "1 or 3 channels and at least one pixel");
    check_same("tiles", tile.pixels.size(),
               static_cast<std::size_t>(tile.height) * static_cast<std::size_t>(tile.width) *
                   static_cast<std::size_t>(tile.channels),
               "bytes as the picture has");
  }
  description_.marks.emplace_back(Tiles{std::move(tiles), style});
  return *this;
}

Axes& Axes::images(const Tensor& pictures, const ImageStyle& style, Where where) {
  const graph::CallScope call(where);
  return tiles(tiles_of(pictures, style), {.columns = style.columns});
}

}  // namespace fathom::figure
