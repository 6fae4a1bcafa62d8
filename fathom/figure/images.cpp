// Tensors as pictures.
#include <algorithm>
#include <cmath>
#include <limits>

#include "fathom/core/tensor.h"
#include "fathom/figure/checks.h"

namespace fathom::figure {
namespace {

struct Ends {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void add(std::span<const double> values) {
    for (const double v : values) {
      check(std::isfinite(v), "images", "a value without a colour", std::to_string(v),
            "finite numbers");
      low = std::min(low, v);
      high = std::max(high, v);
    }
  }
};

}  // namespace

std::vector<Tile> tiles_of(const Tensor& pictures, const ImageStyle& style) {
  const Shape& shape = pictures.shape();
  const int rank = shape.rank();
  const std::int64_t channels = rank == 4 ? shape[1] : 1;
  check<ShapeError>(rank >= 2 && rank <= 4 && (channels == 1 || channels == 3), "images",
                    "not pictures", to_string(shape),
                    "(N, height, width), (N, 1 or 3, height, width) or (height, width)");
  const std::int64_t count = rank == 2 ? 1 : shape[0];
  const std::int64_t height = shape[rank - 2], width = shape[rank - 1];
  check(count == 0 || (height > 0 && width > 0 && height <= 10000 && width <= 10000), "images",
        "pictures of a size that cannot be drawn", to_string(shape), "sides from 1 to 10000");
  const auto n = static_cast<std::size_t>(count);
  if (!style.captions.empty())
    check_same("images", style.captions.size(), n, "captions as pictures");

  const std::vector<double> values = pictures.to_vector<double>();
  const auto pixels = static_cast<std::size_t>(height * width);
  const std::size_t size = pixels * static_cast<std::size_t>(channels);
  const bool bytes = pictures.dtype() == DType::u8;
  Ends all;
  all.add(values);
  std::vector<Tile> tiles(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::span<const double> picture(values.data() + i * size, size);
    Ends ends = bytes ? Ends{0, 255} : all;
    if (style.each_alone) ends = {}, ends.add(picture);
    if (style.colormap == Colormap::red_blue && !bytes) {
      ends.high = std::max(std::abs(ends.low), std::abs(ends.high));
      ends.low = -ends.high;
    }
    if (style.low) ends.low = *style.low;
    if (style.high) ends.high = *style.high;
    if (ends.low == ends.high) ends.high = ends.low + 1;
    check(ends.low < ends.high, "images", "an empty range",
          std::to_string(ends.low) + " to " + std::to_string(ends.high), "low < high");
    const auto share = [&](double v) { return (v - ends.low) / (ends.high - ends.low); };
    Tile& tile = tiles[i];
    tile.height = static_cast<int>(height);
    tile.width = static_cast<int>(width);
    tile.channels = 3;
    for (std::size_t p = 0; p < pixels; ++p)
      if (channels == 1) {
        const Color c = map_color(style.colormap, share(picture[p]));
        tile.pixels.insert(tile.pixels.end(), {c.r, c.g, c.b});
      } else {
        for (std::size_t c = 0; c < 3; ++c)
          tile.pixels.push_back(map_color(Colormap::gray, share(picture[c * pixels + p])).r);
      }
    if (!style.captions.empty()) tile.caption = style.captions[i];
  }
  return tiles;
}

}  // namespace fathom::figure
