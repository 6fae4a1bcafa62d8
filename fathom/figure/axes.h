// One plot: what it shows, built by chained calls.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fathom/core/where.h"
#include "fathom/figure/marks.h"

namespace fathom::figure {

/// Where the legend stands.
enum class LegendPlace { best, top_left, top_right, bottom_left, bottom_right, none };

/// What one plot shows.
struct AxesDescription {
  std::string title, x_label, y_label;
  bool log_x = false, log_y = false;
  std::optional<std::pair<double, double>> x_range, y_range;
  LegendPlace legend = LegendPlace::best;
  bool equal_units = false;
  std::vector<std::string> bar_names;
  std::vector<Mark> marks;
};

/// One plot. Every function returns the plot itself, so that calls can be chained. Lists are
/// anything that Values takes; a tensor drawn as a list has one axis longer than 1 at most.
///
/// Errors: ValueError for lists of different lengths, for empty ones, and for sizes and numbers
/// that cannot be drawn; ShapeError for a tensor of the wrong axes. In lines, bands, points, bars
/// and cells, values that are NaN or infinite leave a gap, as do values not above 0 on a
/// logarithmic axis.
class Axes {
 public:
  Axes& title(std::string text);
  Axes& x_label(std::string text);
  Axes& y_label(std::string text);
  Axes& log_x(bool on = true);
  Axes& log_y(bool on = true);
  Axes& x_range(double low, double high, Where where = Where::current());
  Axes& y_range(double low, double high, Where where = Where::current());
  Axes& legend(LegendPlace place);
  /// One unit of x is as long as one of y.
  Axes& equal_units(bool on = true);

  Axes& line(Values x, Values y, LineStyle style = {}, Where where = Where::current());
  /// The same over x = 1, 2, 3...: epochs, steps.
  Axes& line(Values y, LineStyle style = {}, Where where = Where::current());
  /// The area between two curves: a spread, a confidence.
  Axes& band(Values x, Values low, Values high, BandStyle style = {},
             Where where = Where::current());
  /// A straight line across the plot, behind what is drawn later: a threshold, a zero.
  Axes& horizontal(double y, RuleStyle style = {}, Where where = Where::current());
  Axes& vertical(double x, RuleStyle style = {}, Where where = Where::current());

  Axes& scatter(Values x, Values y, ScatterStyle style = {}, Where where = Where::current());
  /// Points in the colours of their classes, which are those of regions().
  Axes& scatter_classes(const Values& x, const Values& y, const Values& classes,
                        const ClassStyle& style = {}, Where where = Where::current());
  /// The same of the rows of a tensor. Shapes: points (N, 2), classes (N,).
  Axes& scatter_classes(const Tensor& points, const Values& classes, const ClassStyle& style = {},
                        Where where = Where::current());

  /// A name beside each point, where it covers least.
  Axes& labels(Values x, Values y, std::vector<std::string> names, LabelStyle style = {},
               Where where = Where::current());

  /// A bar for each name. Called again with the same names, it puts a second series beside the
  /// first.
  Axes& bars(std::vector<std::string> names, Values values, BarStyle style = {},
             Where where = Where::current());
  /// Errors: ValueError for a value that is not finite, which no bin would count.
  Axes& histogram(const Values& values, HistogramStyle style = {}, Where where = Where::current());

  /// A matrix as coloured cells, the first row on top. Shapes: (rows, columns).
  Axes& heat_map(const Tensor& matrix, HeatMapStyle style = {}, Where where = Where::current());
  Axes& heat_map(int rows, int columns, Values values, HeatMapStyle style = {},
                 Where where = Where::current());
  /// A function on a grid as coloured steps, level lines, or both.
  Axes& contour(Grid grid, ContourStyle style = {}, Where where = Where::current());
  /// Areas of equal class (whole numbers from 0) in tints of the palette: put scatter_classes() on
  /// top.
  Axes& regions(Grid grid, Where where = Where::current());

  /// Pictures in rows and columns, a caption below each. Takes the whole plot.
  Axes& tiles(std::vector<Tile> tiles, TileStyle style = {}, Where where = Where::current());
  /// The same of the numbers of a tensor. Shapes: (N, height, width), (N, channels, height, width)
  /// with 1 (gray) or 3 (RGB) channels, or (height, width).
  Axes& images(const Tensor& pictures, const ImageStyle& style = {},
               Where where = Where::current());

  const AxesDescription& description() const { return description_; }

 private:
  AxesDescription description_;
};

}  // namespace fathom::figure
