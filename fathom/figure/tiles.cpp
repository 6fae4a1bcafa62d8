// Pictures in rows and columns with captions.
#include <algorithm>

#include "fathom/figure/draw.h"

namespace fathom::figure {
namespace {

struct TileLayout {
  int columns = 1, rows = 1;
  double side = 0;  // of the square that each picture is fitted into
  double gap = 10, caption = 0;
};

TileLayout with_columns(int count, int columns, const Rect& where, double caption) {
  TileLayout layout{columns, (count + columns - 1) / columns};
  layout.caption = caption;
  if (caption == 0) layout.gap = std::clamp(where.width / columns / 8, 2.0, 10.0);
  const double width = (where.width + layout.gap) / columns - layout.gap;
  const double height = (where.height + layout.gap) / layout.rows - layout.gap - caption;
  layout.side = std::max(1.0, std::min(width, height));
  return layout;
}

TileLayout best_layout(int count, const Rect& where, double caption) {
  TileLayout best = with_columns(count, 1, where, caption);
  for (int columns = 2; columns <= count; ++columns)
    if (const TileLayout layout = with_columns(count, columns, where, caption);
        layout.side > best.side)
      best = layout;
  return best;
}

std::vector<std::uint8_t> to_rgb(const Tile& tile) {
  if (tile.channels == 3) return tile.pixels;
  std::vector<std::uint8_t> rgb;
  rgb.reserve(tile.pixels.size() * 3);
  for (const std::uint8_t v : tile.pixels) rgb.insert(rgb.end(), 3, v);
  return rgb;
}

}  // namespace

void draw_tiles(const Tiles& tiles, const Rect& where, const Font& font, Canvas& canvas) {
  const int count = static_cast<int>(tiles.tiles.size());
  if (count == 0) {
    canvas.text(where.center(), "nothing to show", {style::label, style::soft_ink, Anchor::middle});
    return;
  }
  const bool captions =
      std::ranges::any_of(tiles.tiles, [](const Tile& t) { return !t.caption.empty(); });
  const double caption = captions ? style::tick * 1.9 : 0;
  const TileLayout layout =
      tiles.style.columns > 0
          ? with_columns(count, std::min(tiles.style.columns, count), where, caption)
          : best_layout(count, where, caption);
  const double gap = layout.gap;
  const double step_y = layout.side + caption + gap;
  // Captions may be as wide as the place allows; pictures alone stand close together.
  const double step_x = captions ? std::max(layout.side + gap, (where.width + gap) / layout.columns)
                                 : layout.side + gap;
  const double left = where.x + std::max(0.0, where.width + gap - step_x * layout.columns) / 2;
  for (int i = 0; i < count; ++i) {
    const Tile& tile = tiles.tiles[static_cast<std::size_t>(i)];
    const double scale = layout.side / std::max(tile.width, tile.height);
    const double middle = left + (i % layout.columns + 0.5) * step_x - gap / 2;
    const double y = where.y + i / layout.columns * step_y;
    const Rect place{std::round(middle - tile.width * scale / 2), std::round(y),
                     std::round(tile.width * scale), std::round(tile.height * scale)};
    canvas.image(place, tile.width, tile.height, to_rgb(tile));
    canvas.rectangle(place, std::nullopt, Stroke{style::axis, 0.6});
    const double width = std::max(font.width(tile.caption, style::tick), 1.0);
    const double size = std::min(style::tick, style::tick * (step_x - 4) / width);
    canvas.text({middle, place.bottom() + style::tick * 1.35}, tile.caption,
                {size, style::ink, Anchor::middle});
  }
}

}  // namespace fathom::figure
