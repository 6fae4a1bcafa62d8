#include "fathom/data/picture.h"

#include <algorithm>
#include <vector>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/io/image.h"

namespace fathom::data {
namespace {

/// The mean over [begin, end) of a function that is constant on unit intervals, as weights of its
/// pieces.
struct Piece {
  std::int64_t at;
  double weight;
};
std::vector<Piece> pieces(std::int64_t i, std::int64_t to, std::int64_t from) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double begin = static_cast<double>(i) * scale;
  const double end = begin + scale;
  std::vector<Piece> list;
  for (auto p = static_cast<std::int64_t>(begin); p < from && static_cast<double>(p) < end; ++p) {
    const double low = std::max(begin, static_cast<double>(p));
    const double high = std::min(end, static_cast<double>(p + 1));
    if (high > low) list.push_back({p, (high - low) / scale});
  }
  return list;
}

/// Grey or red, green and blue over white, one plane after another.
std::vector<std::uint8_t> over_white(const Tensor& picture, bool gray) {
  const auto rgba = picture.data<std::uint8_t>();
  const std::size_t size = rgba.size() / 4;
  std::vector<std::uint8_t> planes(gray ? size : 3 * size);
  for (std::size_t i = 0; i < size; ++i) {
    const int alpha = rgba[3 * size + i];
    int color[3];
    for (std::size_t c = 0; c < 3; ++c)
      color[c] = (rgba[c * size + i] * alpha + 255 * (255 - alpha) + 127) / 255;
    if (gray)
      planes[i] = static_cast<std::uint8_t>(
          (19595 * color[0] + 38470 * color[1] + 7471 * color[2] + 32768) >> 16);
    else
      for (std::size_t c = 0; c < 3; ++c)
        planes[c * size + i] = static_cast<std::uint8_t>(color[c]);
  }
  return planes;
}

}  // namespace

Tensor load_picture(const std::string& path, const PictureOptions& options, Where where) {
  const graph::CallScope call(where);
  const Tensor picture =
      io::read_image(path, {.mode = io::ImageReadMode::rgb_alpha, .apply_exif_orientation = true});
  const std::int64_t height = picture.size(1), width = picture.size(2);
  const int rank = options.size.rank();
  const std::int64_t planes = rank == 3 ? options.size[0] : 1;
  const std::int64_t rows = options.size[rank - 2], columns = options.size[rank - 1];
  if (height * columns != width * rows)
    throw ShapeError(
        {.operation = "picture " + path,
         .problem = "its proportions are not those of the model's pictures",
         .received = {{"picture", std::to_string(width) + " x " + std::to_string(height)}},
         .expected =
             std::to_string(columns) + " x " + std::to_string(rows) + ", or a multiple of it",
         .hint = "cut the picture so that it shows one thing, as in training"});
  const std::vector<std::uint8_t> pixels = over_white(picture, planes == 1);
  std::vector<float> row;
  for (std::int64_t i = 0; i < planes * rows; ++i) {
    const std::int64_t first = i / rows * height, y = i % rows;
    const std::vector<Piece> down = pieces(y, rows, height);
    for (std::int64_t x = 0; x < columns; ++x) {
      double mean = 0;
      for (const Piece& a : down)
        for (const Piece& b : pieces(x, columns, width))
          mean +=
              a.weight * b.weight * pixels[static_cast<std::size_t>((first + a.at) * width + b.at)];
      const double bright = options.invert ? 255 - mean : mean;
      row.push_back(static_cast<float>(bright * options.largest_pixel / 255));
    }
  }
  return Tensor::from(row, {1, planes * rows * columns});
}

bool looks_inverted(const Tensor& row, const PictureOptions& options, Where where) {
  const graph::CallScope call(where);
  if (options.size.rank() != 2) return false;
  const auto pixels = row.data<float>();
  const std::int64_t height = options.size[0], width = options.size[1];
  double sum = 0;
  std::int64_t count = 0;
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x) {
      if (y > 0 && y < height - 1 && x > 0 && x < width - 1) continue;
      sum += pixels[static_cast<std::size_t>(y * width + x)];
      ++count;
    }
  return sum > 0.5 * options.largest_pixel * static_cast<double>(count);
}

}  // namespace fathom::data
