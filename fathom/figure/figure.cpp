#include "fathom/figure/figure.h"

#include <algorithm>

#include "fathom/figure/checks.h"
#include "fathom/figure/draw.h"
#include "fathom/graph/context.h"
#include "fathom/io/file.h"

namespace fathom::figure {

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

void Figure::save(const std::string& path, double scale, Where where) const {
  const graph::CallScope call(where);
  require_format(path);
  if (path.ends_with(".png"))
    io::write_atomically(path, png(scale));
  else
    io::write_atomically(path, svg());
}

void Figure::require_format(const std::string& path, Where where) {
  const graph::CallScope call(where);
  check(path.ends_with(".png") || path.ends_with(".svg"), "save", "no such picture format", path,
        "a name that ends in .png or .svg");
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
