// What can be drawn in a plot, as plain data. Users fill the style structs; the rest is what the
// functions of Axes keep.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fathom/figure/color.h"
#include "fathom/figure/values.h"

namespace fathom::figure {

/// What a point is drawn as.
enum class Marker { none, circle, square, triangle, diamond, ring };

/// How a line is drawn.
struct LineStyle {
  std::string label;           ///< its name in the legend; empty: none
  std::optional<Color> color;  ///< by default the next of the palette
  double width = 1.8;
  bool dashed = false;
  Marker marker = Marker::none;
};

/// How a band is drawn.
struct BandStyle {
  std::string label;
  /// By default that of the line drawn next, to which the band then belongs.
  std::optional<Color> color;
  double alpha = 0.2;  ///< from 0 (clear) to 1 (opaque)
};

/// Of a straight line across the whole plot.
struct RuleStyle {
  std::string label;
  Color color{120, 120, 120};
  double width = 1;
  bool dashed = false;
};

/// How points are drawn.
struct ScatterStyle {
  std::string label;
  std::optional<Color> color;
  double size = 6;  ///< diameter in canvas units
  Marker marker = Marker::circle;
};

/// How names are written beside points.
struct LabelStyle {
  Color color{34, 34, 34};
  double size = 11;
};

/// Of points that have a class each.
struct ClassStyle {
  std::vector<std::string> names;  ///< of classes 0, 1, 2...; by default their numbers
  double size = 6;                 ///< diameter in canvas units
};

/// How bars are drawn.
struct BarStyle {
  std::string label;
  std::optional<Color> color;
  bool show_values = false;  ///< writes each value above its bar
};

/// How a histogram is drawn.
struct HistogramStyle {
  std::string label;
  std::optional<Color> color;
  int bins = 0;  ///< 0: as many as Sturges' and Freedman-Diaconis' rules suggest, whichever is more
  /// The two ends of the bins, beyond which nothing is counted; by default the least and the
  /// greatest value.
  std::optional<std::pair<double, double>> range;
  bool density = false;  ///< the bars' area is 1, as that under a density
};

/// How a heat map is drawn.
struct HeatMapStyle {
  std::vector<std::string> row_names, column_names;  ///< by default 0, 1, 2...
  bool show_values = true;
  int decimals = -1;  ///< of the values; -1: as few as they need
  Colormap colormap = Colormap::blues;
  /// The values at the ends of the colour map, which what is beyond them shares. By default the
  /// least and the greatest; of Colormap::red_blue, as far below 0 as above.
  std::optional<double> low, high;
  bool color_bar = true;
  std::string bar_label;
};

/// How contours are drawn.
struct ContourStyle {
  int levels = 10;             ///< about as many, at round numbers
  std::vector<double> at;      ///< the levels themselves instead, ascending
  bool log = false;            ///< levels that grow by a factor; values not above 0 count as lowest
  bool filled = true;          ///< else the level lines alone
  bool lines = true;           ///< level lines on what is filled
  std::optional<Color> color;  ///< of the lines; by default the map's, darker if filled
  double width = 0.7;          ///< of the lines
  Colormap colormap = Colormap::viridis;
  double fade = 0;        ///< mixes what is filled with white, up to 1, so that points stand out
  bool color_bar = true;  ///< if filled
  std::string bar_label;
};

/// Values at the nodes of a grid over [x_low, x_high] x [y_low, y_high]; rows go upwards from
/// y_low.
///
///   figure::Grid grid = figure::Grid::around(points);
///   grid.values = argmax(net(grid.points()), 1);
///   figure.axes().regions(grid).scatter_classes(points, labels);
struct Grid {
  double x_low = 0, x_high = 1, y_low = 0, y_high = 1;
  int columns = 0, rows = 0;  ///< 0: as the values' shape says
  Values values;              ///< rows * columns, row by row; of a tensor (rows, columns) or flat

  /// A grid of `nodes` x `nodes` over the square or rectangle that holds the points and `margin` of
  /// its extent around. Shapes: (N, 2), columns x and y.
  /// Errors: ShapeError, ValueError for no points or points that are not finite.
  static Grid around(const Tensor& points, double margin = 0.1, int nodes = 161,
                     Where where = Where::current());
  /// Where the nodes are, in the order of the values: what to call a function with.
  /// Shapes: f32 (rows * columns, 2). Errors: ValueError for less than 2 x 2 nodes.
  Tensor points(Where where = Where::current()) const;
};

/// A small picture with a line of text below.
struct Tile {
  int height = 0, width = 0, channels = 1;  ///< 1 (gray) or 3 (RGB)
  std::vector<std::uint8_t> pixels;         ///< (height, width, channels)
  std::string caption;
};

/// How pictures are laid out.
struct TileStyle {
  int columns = 0;  ///< 0: chosen so that the tiles are as large as they can be
};

/// How the numbers of a tensor become a grid of pictures.
struct ImageStyle {
  std::vector<std::string> captions;  ///< one each, or none
  int columns = 0;                    ///< 0: as TileStyle
  /// The values at the ends of the colour map, which what is beyond them shares. By default 0 and
  /// 255 of u8, else the least and the greatest of all pictures, or of each alone; of
  /// Colormap::red_blue, as far below 0 as above.
  std::optional<double> low, high;
  bool each_alone = false;
  Colormap colormap = Colormap::gray;  ///< of pictures of one channel
};

/// A line through points.
struct Line {
  Values x, y;
  LineStyle style;
};
/// The area between two lines.
struct Band {
  Values x, low, high;
  BandStyle style;
};
/// A straight line across the whole plot.
struct Rule {
  bool vertical = false;
  double at = 0;
  RuleStyle style;
};
/// Points.
struct Scatter {
  Values x, y;
  ScatterStyle style;
};
/// Names beside points.
struct Labels {
  Values x, y;
  std::vector<std::string> names;
  LabelStyle style;
};
/// A bar for each name.
struct Bars {
  Values values;
  BarStyle style;
  int series = 0;  ///< its place among the series of bars that share the names
};
/// Counts between edges.
struct Histogram {
  std::vector<double> edges, counts;
  HistogramStyle style;
};
/// A matrix as coloured cells.
struct HeatMap {
  int rows = 0, columns = 0;
  Values values;
  HeatMapStyle style;
};
/// Filled contours of values on a grid.
struct Contour {
  Grid grid;
  ContourStyle style;
};
/// A class number at each node, drawn as tinted areas.
struct Regions {
  Grid grid;
};
/// Small pictures in rows and columns.
struct Tiles {
  std::vector<Tile> tiles;
  TileStyle style;
};

/// Anything that a plot shows.
using Mark = std::variant<Line, Band, Rule, Scatter, Labels, Bars, Histogram, HeatMap, Contour,
                          Regions, Tiles>;

}  // namespace fathom::figure
