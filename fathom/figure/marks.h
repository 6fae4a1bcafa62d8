// What can be drawn in a plot, as plain data. Users fill the style structs; the rest is what the
// functions of Axes keep.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "fathom/figure/color.h"

namespace fathom::figure {

enum class Marker { none, circle, square, triangle, diamond };

struct LineStyle {
  std::string label;           ///< its name in the legend; empty: none
  std::optional<Color> color;  ///< by default the next of the palette
  double width = 1.8;
  bool dashed = false;
  Marker marker = Marker::none;
};

struct ScatterStyle {
  std::string label;
  std::optional<Color> color;
  double size = 6;  ///< diameter in canvas units
  Marker marker = Marker::circle;
};

struct BarStyle {
  std::string label;
  std::optional<Color> color;
  bool show_values = false;  ///< writes each value above its bar
};

struct HistogramStyle {
  std::string label;
  std::optional<Color> color;
  int bins = 0;  ///< 0: as many as Sturges' and Freedman-Diaconis' rules suggest, whichever is more
};

struct HeatMapStyle {
  std::vector<std::string> row_names, column_names;  ///< by default 0, 1, 2...
  bool show_values = true;
  int decimals = -1;  ///< of the values; -1: as few as they need
  Colormap colormap = Colormap::blues;
  bool color_bar = true;
};

struct ContourStyle {
  int levels = 10;
  Colormap colormap = Colormap::viridis;
  bool lines = true;
  bool color_bar = true;
};

/// Values at the nodes of a grid over [x_low, x_high] x [y_low, y_high]; rows go upwards from
/// y_low.
struct Grid {
  double x_low = 0, x_high = 1, y_low = 0, y_high = 1;
  int columns = 0, rows = 0;
  std::vector<double> values;  ///< row-major, rows * columns
};

/// A small picture with a line of text below.
struct Tile {
  int height = 0, width = 0, channels = 1;  ///< 1 (gray) or 3 (RGB)
  std::vector<std::uint8_t> pixels;         ///< (height, width, channels)
  std::string caption;
};

struct TileStyle {
  int columns = 0;  ///< 0: chosen so that the tiles are as large as they can be
};

struct Line {
  std::vector<double> x, y;
  LineStyle style;
};
struct Scatter {
  std::vector<double> x, y;
  ScatterStyle style;
};
struct Bars {
  std::vector<double> values;
  BarStyle style;
  int series = 0;  ///< its place among the series of bars that share the names
};
struct Histogram {
  std::vector<double> edges, counts;
  HistogramStyle style;
};
struct HeatMap {
  int rows = 0, columns = 0;
  std::vector<double> values;
  HeatMapStyle style;
};
struct Contour {
  Grid grid;
  ContourStyle style;
};
/// A class number at each node, drawn as tinted areas.
struct Regions {
  Grid grid;
};
struct Tiles {
  std::vector<Tile> tiles;
  TileStyle style;
};

using Mark = std::variant<Line, Scatter, Bars, Histogram, HeatMap, Contour, Regions, Tiles>;

}  // namespace fathom::figure
