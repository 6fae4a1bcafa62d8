#include "fathom/figure/draw.h"

#include <algorithm>

namespace fathom::figure {

void Drawing::draw(Canvas& canvas) const {
  canvas.rectangle({0, 0, figure_.width_, figure_.height_}, style::white, std::nullopt);
  constexpr double margin = 8;
  double top = margin;
  if (!figure_.title_.empty()) {
    top += style::title * 2;
    canvas.text({figure_.width_ / 2, margin + style::title * 1.1}, figure_.title_,
                {style::title * 1.15, style::ink, Anchor::middle});
  }
  const double width = (figure_.width_ - 2 * margin) / figure_.columns_;
  const double height = (figure_.height_ - top - margin) / figure_.rows_;
  const double gap = figure_.rows_ * figure_.columns_ > 1 ? 6 : 0;
  for (int row = 0; row < figure_.rows_; ++row)
    for (int column = 0; column < figure_.columns_; ++column) {
      const Rect cell{margin + column * width + gap, top + row * height + gap, width - 2 * gap,
                      height - 2 * gap};
      draw_axes(
          figure_.axes_[static_cast<std::size_t>(row * figure_.columns_ + column)].description(),
          cell, canvas);
    }
}

void Drawing::draw_axes(const AxesDescription& axes, Rect cell, Canvas& canvas) const {
  cell.width = std::max(cell.width, 1.0);
  cell.height = std::max(cell.height, 1.0);
  const auto tiles = std::ranges::find_if(
      axes.marks, [](const Mark& mark) { return std::holds_alternative<Tiles>(mark); });
  if (tiles != axes.marks.end()) {
    Rect where = cell;
    if (!axes.title.empty()) {
      canvas.text({cell.center().x, cell.y + style::title}, axes.title,
                  {style::title, style::ink, Anchor::middle});
      where.y += style::title * 2;
      where.height -= style::title * 2;
    }
    return draw_tiles(std::get<Tiles>(*tiles), where, font_, canvas);
  }
  const std::vector<Color> colors = mark_colors(axes);
  Frame frame = make_frame(axes, cell, font_);
  if (const double room = legend_room(axes, colors, frame, font_); room > 0)
    frame = make_frame(axes, cell, font_, room);
  draw_frame_behind(frame, canvas);
  canvas.clip(frame.area);
  for (std::size_t i = 0; i < axes.marks.size(); ++i)
    draw_mark(axes.marks[i], colors[i], axes, frame, font_, canvas);
  canvas.clip(std::nullopt);
  draw_frame_above(frame, axes, cell, font_, canvas);
  draw_legend(axes, colors, frame, font_, canvas);
}

}  // namespace fathom::figure
