// Charts for run directories, examples and docs: one description, drawn as PNG or SVG.
//
//   figure::Figure figure;
//   figure.axes().title("Loss").x_label("epoch").line(losses, {.label = "training"});
//   figure.save("loss.png");
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fathom/figure/axes.h"

namespace fathom::figure {

/// How large a figure is.
struct FigureSize {
  double width = 0;   ///< in CSS pixels; 0: 560 a column for one plot, 440 for several
  double height = 0;  ///< 0: 400 a row for one plot, 340 for several
};

/// Plots in rows and columns.
class Figure {
 public:
  /// Errors: ValueError for less than one row or column or a size that is not from 1 to 10000.
  explicit Figure(int rows = 1, int columns = 1, FigureSize size = {},
                  Where where = Where::current());

  /// The plot at a row and column, counted from 0. Errors: IndexError.
  Axes& axes(int row = 0, int column = 0, Where where = Where::current());
  /// All plots, row by row.
  std::span<Axes> plots() { return axes_; }
  /// A title above all plots.
  Figure& title(std::string text);

  /// Writes ".png" (with `scale`, as png()) or ".svg", by the path's extension, atomically.
  /// Errors: IoError; ValueError for another extension.
  void save(const std::string& path, double scale = 2, Where where = Where::current()) const;
  /// Refuses a path that save() would, before the work for a picture is done. Errors: ValueError.
  static void require_format(const std::string& path, Where where = Where::current());
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

/// Several plots in rows and columns, as matplotlib's subplots. Errors: those of Figure.
inline Figure grid(int rows, int columns, FigureSize size = {}, Where where = Where::current()) {
  return Figure(rows, columns, size, where);
}

}  // namespace fathom::figure
