// Charts for run directories, examples and docs: one description, drawn as PNG or SVG.
//
//   Figure figure;
//   figure.axes().title("Loss").x_label("epoch").line(train, {.label = "training"});
//   figure.save("loss.png");
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fathom/core/where.h"
#include "fathom/figure/marks.h"

namespace fathom::figure {

using Values = std::vector<double>;

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

/// One plot. Every function returns the plot itself, so that calls can be chained.
/// Errors: ValueError for lists of different lengths and for empty or impossible sizes. Values that
/// are NaN or infinite leave a gap, as do values not above 0 on a logarithmic axis.
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
  Axes& scatter(Values x, Values y, ScatterStyle style = {}, Where where = Where::current());
  /// A bar for each name. Called again with the same names, it puts a second series beside the
  /// first.
  Axes& bars(std::vector<std::string> names, Values values, BarStyle style = {},
             Where where = Where::current());
  Axes& histogram(const Values& values, HistogramStyle style = {}, Where where = Where::current());
  /// A matrix as coloured cells, the first row on top.
  Axes& heat_map(int rows, int columns, Values values, HeatMapStyle style = {},
                 Where where = Where::current());
  /// Filled contours of a function on a grid.
  Axes& contour(Grid grid, ContourStyle style = {}, Where where = Where::current());
  /// Areas of equal class (whole numbers from 0) in tints of the palette: put scatter() on top.
  Axes& regions(Grid grid, Where where = Where::current());
  /// Pictures in rows and columns, a caption below each. Takes the whole plot.
  Axes& tiles(std::vector<Tile> tiles, TileStyle style = {}, Where where = Where::current());

  const AxesDescription& description() const { return description_; }

 private:
  AxesDescription description_;
};

struct FigureSize {
  double width = 0;   ///< in CSS pixels; 0: 560 a column for one plot, 440 for several
  double height = 0;  ///< 0: 400 a row for one plot, 340 for several
};

class Figure {
 public:
  /// Errors: ValueError for less than one row or column or a size that is not from 1 to 10000.
  explicit Figure(int rows = 1, int columns = 1, FigureSize size = {},
                  Where where = Where::current());

  /// The plot at a row and column, counted from 0. Errors: IndexError.
  Axes& axes(int row = 0, int column = 0, Where where = Where::current());
  /// A title above all plots.
  Figure& title(std::string text);

  /// Writes ".png" or ".svg", by the path's extension, atomically. Errors: IoError; ValueError for
  /// another extension.
  void save(const std::string& path, Where where = Where::current()) const;
  std::string svg() const;
  /// The bytes of a PNG file, `scale` pixels for each CSS pixel.
  std::vector<std::uint8_t> png(double scale = 2, Where where = Where::current()) const;

 private:
  int rows_, columns_;
  double width_, height_;
  std::string title_;
  std::vector<Axes> axes_;

  friend class Drawing;
};

}  // namespace fathom::figure
