#include "fathom/data/picture.h"

#include <algorithm>
#include <vector>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/io/png.h"

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

}  // namespace

Tensor load_picture(const std::string& path, const PictureOptions& options, Where where) {
  const graph::CallScope call(where);
  const Tensor picture = io::load_png(path, io::PngChannels::gray);
  const std::int64_t height = picture.size(0), width = picture.size(1);
  const std::int64_t rows = options.size[0], columns = options.size[1];
  if (height * columns != width * rows)
    throw ShapeError(
        {.operation = "picture " + path,
         .problem = "its proportions are not those of the model's pictures",
         .received = {{"picture", std::to_string(width) + " x " + std::to_string(height)}},
         .expected =
             std::to_string(columns) + " x " + std::to_string(rows) + ", or a multiple of it",
         .hint = "cut the picture so that it shows one thing, as in training"});
  const auto pixels = picture.data<std::uint8_t>();
  std::vector<float> row;
  for (std::int64_t y = 0; y < rows; ++y) {
    const std::vector<Piece> down = pieces(y, rows, height);
    for (std::int64_t x = 0; x < columns; ++x) {
      double mean = 0;
      for (const Piece& a : down)
        for (const Piece& b : pieces(x, columns, width))
          mean += a.weight * b.weight * pixels[static_cast<std::size_t>(a.at * width + b.at)];
      const double bright = options.invert ? 255 - mean : mean;
      row.push_back(static_cast<float>(bright * options.largest_pixel / 255));
    }
  }
  return Tensor::from(row, {1, rows * columns});
}

bool looks_inverted(const Tensor& row, const PictureOptions& options, Where where) {
  const graph::CallScope call(where);
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
