#include "fathom/figure/figure.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "fathom/core/error.h"
#include "fathom/figure/draw.h"
#include "fathom/graph/context.h"
#include "fathom/io/file.h"

namespace fathom::figure {
namespace {

void check(bool good, const char* operation, const std::string& problem, const std::string& got,
           const std::string& expected) {
  if (!good)
    throw ValueError({.operation = std::string("figure.") + operation,
                      .problem = problem,
                      .received = {{"got", got}},
                      .expected = expected});
}

void check_same(const char* operation, std::size_t a, std::size_t b, const char* what) {
  check(a == b, operation, "lists of different lengths",
        std::to_string(a) + " and " + std::to_string(b), std::string("as many ") + what);
}

void check_grid(const char* operation, const Grid& grid) {
  check(grid.rows >= 2 && grid.columns >= 2, operation, "the grid is too small",
        std::to_string(grid.rows) + " x " + std::to_string(grid.columns), "at least 2 x 2 nodes");
  check_same(operation, grid.values.size(),
             static_cast<std::size_t>(grid.rows) * static_cast<std::size_t>(grid.columns),
             "values as nodes");
  check(grid.x_high > grid.x_low && grid.y_high > grid.y_low, operation, "an empty range",
        "x " + std::to_string(grid.x_low) + " to " + std::to_string(grid.x_high) + ", y " +
            std::to_string(grid.y_low) + " to " + std::to_string(grid.y_high),
        "low < high");
}

std::pair<double, double> checked_range(const char* operation, double low, double high) {
  check(std::isfinite(low) && std::isfinite(high) && low < high, operation, "an empty range",
        std::to_string(low) + " to " + std::to_string(high), "finite numbers, low < high");
  return {low, high};
}

int bin_count(const Values& sorted) {
  const auto n = static_cast<double>(sorted.size());
  const double sturges = std::ceil(std::log2(n) + 1);
  const double spread = sorted[sorted.size() * 3 / 4] - sorted[sorted.size() / 4];
  const double width = 2 * spread / std::cbrt(n);
  const double freedman = width > 0 ? std::ceil((sorted.back() - sorted.front()) / width) : 1;
  return static_cast<int>(std::clamp(std::max(sturges, freedman), 1.0, 200.0));
}

}  // namespace

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
  check_same("line", x.size(), y.size(), "values of x as of y");
  description_.marks.emplace_back(Line{std::move(x), std::move(y), std::move(style)});
  return *this;
}

Axes& Axes::line(Values y, LineStyle style, Where where) {
  const graph::CallScope call(where);
  Values x(y.size());
  std::iota(x.begin(), x.end(), 1.0);
  return line(std::move(x), std::move(y), std::move(style));
}

Axes& Axes::scatter(Values x, Values y, ScatterStyle style, Where where) {
  const graph::CallScope call(where);
  check_same("scatter", x.size(), y.size(), "values of x as of y");
  description_.marks.emplace_back(Scatter{std::move(x), std::move(y), std::move(style)});
  return *this;
}

Axes& Axes::bars(std::vector<std::string> names, Values values, BarStyle style, Where where) {
  const graph::CallScope call(where);
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
  Values sorted;
  std::ranges::copy_if(values, std::back_inserter(sorted),
                       [](double v) { return std::isfinite(v); });
  check(!sorted.empty(), "histogram", "nothing to count",
        std::to_string(values.size()) + " values, none finite", "at least one finite value");
  std::ranges::sort(sorted);
  const int bins = style.bins > 0 ? std::min(style.bins, 10000) : bin_count(sorted);
  double low = sorted.front(), high = sorted.back();
  if (!(high > low)) low -= 0.5, high += 0.5;
  Histogram histogram{{}, Values(static_cast<std::size_t>(bins)), std::move(style)};
  for (int i = 0; i <= bins; ++i) histogram.edges.push_back(low + (high - low) * i / bins);
  for (const double v : sorted) {
    const auto bin = static_cast<int>((v - low) / (high - low) * bins);
    ++histogram.counts[static_cast<std::size_t>(std::clamp(bin, 0, bins - 1))];
  }
  description_.marks.emplace_back(std::move(histogram));
  return *this;
}

Axes& Axes::heat_map(int rows, int columns, Values values, HeatMapStyle style, Where where) {
  const graph::CallScope call(where);
  check(rows > 0 && columns > 0, "heat_map", "an empty matrix",
        std::to_string(rows) + " x " + std::to_string(columns), "at least 1 x 1");
  check_same("heat_map", values.size(),
             static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns), "values as cells");
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
  description_.marks.emplace_back(Contour{std::move(grid), style});
  return *this;
}

Axes& Axes::regions(Grid grid, Where where) {
  const graph::CallScope call(where);
  check_grid("regions", grid);
  for (const double v : grid.values)
    check(v >= 0 && v < 1000 && v == std::floor(v), "regions", "not the number of a class",
          std::to_string(v), "whole numbers from 0 to 999");
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

Figure::Figure(int rows, int columns, FigureSize size, Where where)
    : rows_(rows), columns_(columns) {
  const graph::CallScope call(where);
  check(rows >= 1 && columns >= 1 && rows <= 50 && columns <= 50, "Figure", "wrong number of plots",
        std::to_string(rows) + " x " + std::to_string(columns), "1 to 50 rows and columns");
  const bool one = rows * columns == 1;
  width_ = size.width != 0 ? size.width : std::min(10000, columns * (one ? 560 : 440));
  height_ = size.height != 0 ? size.height : std::min(10000, rows * (one ? 400 : 340));
  check(width_ >= 1 && width_ <= 10000 && height_ >= 1 && height_ <= 10000, "Figure", "wrong size",
        std::to_string(width_) + " x " + std::to_string(height_), "1 to 10000 units a side");
  axes_.resize(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
}

Axes& Figure::axes(int row, int column, Where where) {
  const graph::CallScope call(where);
  if (row < 0 || row >= rows_ || column < 0 || column >= columns_)
    throw IndexError(
        {.operation = "figure.axes",
         .problem = "no such plot",
         .received = {{"row", std::to_string(row)}, {"column", std::to_string(column)}},
         .expected = "below " + std::to_string(rows_) + " and " + std::to_string(columns_)});
  return axes_[static_cast<std::size_t>(row * columns_ + column)];
}

Figure& Figure::title(std::string text) { return title_ = std::move(text), *this; }

void Figure::save(const std::string& path, Where where) const {
  const graph::CallScope call(where);
  if (path.ends_with(".png"))
    io::write_atomically(path, png());
  else if (path.ends_with(".svg"))
    io::write_atomically(path, svg());
  else
    check(false, "save", "no such picture format", path, "a name that ends in .png or .svg");
}

std::string Figure::svg() const {
  const auto canvas = make_svg_canvas(width_, height_);
  Drawing(*this).draw(*canvas);
  const auto bytes = canvas->finish();
  return {bytes.begin(), bytes.end()};
}

std::vector<std::uint8_t> Figure::png(double scale, Where where) const {
  const graph::CallScope call(where);
  check(scale > 0 && std::max(width_, height_) * scale <= 40000, "png", "wrong scale",
        std::to_string(scale), "a scale above 0 that keeps the sides below 40000 pixels");
  const auto canvas = make_png_canvas(width_, height_, scale);
  Drawing(*this).draw(*canvas);
  return canvas->finish();
}

}  // namespace fathom::figure
