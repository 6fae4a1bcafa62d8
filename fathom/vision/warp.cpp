#include "fathom/vision/warp.h"

#include <cmath>
#include <numbers>
#include <utility>

#include "fathom/graph/context.h"
#include "fathom/vision/picture.h"

namespace fathom::vision {
namespace {

void require_warp(const char* operation, const Extents& e, InterpolationMode interpolation,
                  const Fill& fill) {
  if (interpolation != InterpolationMode::nearest && interpolation != InterpolationMode::bilinear)
    refuse(operation, "an interpolation that warps do not have", "interpolation",
           std::to_string(static_cast<int>(interpolation)), "nearest or bilinear");
  if (fill.size() > 1 && static_cast<std::int64_t>(fill.size()) != e.channels)
    refuse(operation, "another number of values than channels", "fill",
           std::to_string(fill.size()) + " values",
           "none, 1 or " + std::to_string(e.channels) + " values");
}

/// Makes each pixel of the result from what lies at (x, y) of the picture, in single precision as
/// torch's grid_sample does; `place(column, row)` gives them in pixels, a pixel's centre being
/// whole.
template <class T, class Place>
Tensor warped(const Tensor& picture, const Extents& from, std::int64_t height, std::int64_t width,
              InterpolationMode interpolation, const Fill& fill, const Place& place) {
  NewPicture<T> made({from.channels, height, width});
  const T* in = pixels_of<T>(picture);
  const std::int64_t plane = height * width;
  const bool linear = interpolation == InterpolationMode::bilinear;
  for (std::int64_t row = 0; row < height; ++row)
    for (std::int64_t column = 0; column < width; ++column) {
      const auto [x, y] = place(static_cast<float>(column), static_cast<float>(row));
      // The pixels looked at, their weights, and how much of the weight lies in the picture.
      std::int64_t at[4] = {-1, -1, -1, -1};
      float weight[4] = {1, 0, 0, 0}, covered = 0;
      const float left = linear ? std::floor(x) : std::nearbyint(x);
      const float top = linear ? std::floor(y) : std::nearbyint(y);
      for (int i = 0; i < (linear ? 4 : 1); ++i) {
        const float px = left + static_cast<float>(i % 2), py = top + static_cast<float>(i / 2);
        if (linear)
          weight[i] = (i % 2 == 0 ? left + 1 - x : x - left) * (i / 2 == 0 ? top + 1 - y : y - top);
        if (!(px >= 0 && py >= 0 && px < static_cast<float>(from.width) &&
              py < static_cast<float>(from.height)))
          continue;
        at[i] = static_cast<std::int64_t>(py) * from.width + static_cast<std::int64_t>(px);
        covered += weight[i];
      }
      for (std::int64_t c = 0; c < from.channels; ++c) {
        float value = 0;
        for (int i = 0; i < 4; ++i)
          if (at[i] >= 0) value += static_cast<float>(in[c * from.plane() + at[i]]) * weight[i];
        if (!fill.empty()) {
          const auto margin =
              static_cast<float>(fill[fill.size() == 1 ? 0 : static_cast<std::size_t>(c)]);
          if (linear)
            value = (value - margin) * covered + margin;
          else if (covered < 0.5f)
            value = margin;
        }
        made.pixels[c * plane + row * width + column] = rounded<T>(value);
      }
    }
  return made.tensor;
}

/// From a result's pixel to the picture's, both counted from the middle: x' = m0 x + m1 y + m2.
using Matrix = std::array<double, 6>;

/// The inverse of: slant, turn, enlarge, shift; around `center`, which is counted from the middle.
Matrix inverse_matrix(const Point& center, double angle, const Point& translate, double scale,
                      const Point& shear) {
  constexpr double degree = std::numbers::pi / 180;
  const double turn = angle * degree, sx = shear[0] * degree, sy = shear[1] * degree;
  const double a = std::cos(turn - sy) / std::cos(sy);
  const double b = -(a * std::tan(sx) + std::sin(turn));
  const double c = std::sin(turn - sy) / std::cos(sy);
  const double d = std::cos(turn) - c * std::tan(sx);
  Matrix m{d / scale, -b / scale, 0, -c / scale, a / scale, 0};
  const double x = center[0] + translate[0], y = center[1] + translate[1];
  m[2] = center[0] - m[0] * x - m[1] * y;
  m[5] = center[1] - m[3] * x - m[4] * y;
  return m;
}

Tensor warp_by(const Tensor& picture, const Extents& e, std::int64_t height, std::int64_t width,
               const Matrix& m, InterpolationMode interpolation, const Fill& fill) {
  // As torchvision: the matrix is divided by half of the picture's sides, in single precision.
  const auto half_width = 0.5f * static_cast<float>(e.width);
  const auto half_height = 0.5f * static_cast<float>(e.height);
  float n[6];
  for (std::size_t i = 0; i < 6; ++i)
    n[i] = static_cast<float>(m[i]) / (i < 3 ? half_width : half_height);
  const float x0 = (1.0f - static_cast<float>(width)) * 0.5f;
  const float y0 = (1.0f - static_cast<float>(height)) * 0.5f;
  const auto place = [&, e](float column, float row) {
    const float x = x0 + column, y = y0 + row;
    const float gx = n[0] * x + n[1] * y + n[2], gy = n[3] * x + n[4] * y + n[5];
    return std::pair{((gx + 1) * static_cast<float>(e.width) - 1) / 2,
                     ((gy + 1) * static_cast<float>(e.height) - 1) / 2};
  };
  return with_type(picture, [&](auto type) {
    return warped<decltype(type)>(picture, e, height, width, interpolation, fill, place);
  });
}

/// A quarter turn counterclockwise, or clockwise.
Tensor quarter_turn(const Tensor& picture, const Extents& e, bool clockwise) {
  return with_type(picture, [&](auto type) {
    using T = decltype(type);
    NewPicture<T> made({e.channels, e.width, e.height});
    const T* in = pixels_of<T>(picture);
    T* out = made.pixels;
    for (std::int64_t c = 0; c < e.channels; ++c)
      for (std::int64_t y = 0; y < e.width; ++y)
        for (std::int64_t x = 0; x < e.height; ++x)
          *out++ = clockwise ? in[c * e.plane() + (e.height - 1 - x) * e.width + y]
                             : in[c * e.plane() + x * e.width + (e.width - 1 - y)];
    return made.tensor;
  });
}

/// Extents of the turned picture's hull.
std::pair<std::int64_t, std::int64_t> hull(const Matrix& m, const Extents& e) {
  double low[2] = {0, 0}, high[2] = {0, 0};
  bool first = true;
  for (const double x : {-0.5, 0.5})
    for (const double y : {-0.5, 0.5}) {
      for (std::size_t axis = 0; axis < 2; ++axis) {
        const double side = 0.5 * static_cast<double>(axis == 0 ? e.width : e.height);
        const double at = m[3 * axis] * x * static_cast<double>(e.width) +
                          m[3 * axis + 1] * y * static_cast<double>(e.height) + m[3 * axis + 2] +
                          side;
        low[axis] = first ? at : std::min(low[axis], at);
        high[axis] = first ? at : std::max(high[axis], at);
      }
      first = false;
    }
  // What is off by less than a thousandth of a pixel is no pixel more.
  const auto extent = [&](std::size_t axis) {
    return static_cast<std::int64_t>(std::ceil(std::trunc(high[axis] * 1e3) * 1e-3) -
                                     std::floor(std::trunc(low[axis] * 1e3) * 1e-3));
  };
  return {extent(1), extent(0)};
}

Point from_middle(const std::optional<Point>& center, const Extents& e) {
  if (!center) return {0, 0};
  return {(*center)[0] - 0.5 * static_cast<double>(e.width),
          (*center)[1] - 0.5 * static_cast<double>(e.height)};
}

}  // namespace

Tensor rotate(const Tensor& picture, double angle, InterpolationMode interpolation, bool expand,
              std::optional<Point> center, const Fill& fill, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_picture("rotate", picture);
  require_warp("rotate", e, interpolation, fill);
  if (!std::isfinite(angle)) refuse("rotate", "no angle", "angle", angle, "degrees");
  angle = std::fmod(angle, 360);
  if (angle < 0) angle += 360;
  if (!center) {
    if (angle == 0) return picture;
    if (angle == 180) return vertical_flip(horizontal_flip(picture));
    if ((angle == 90 || angle == 270) && (expand || e.width == e.height))
      return quarter_turn(picture, e, angle == 270);
  }
  const Matrix m = inverse_matrix(from_middle(center, e), -angle, {0, 0}, 1, {0, 0});
  const auto [height, width] = expand ? hull(m, e) : std::pair{e.height, e.width};
  return warp_by(picture, e, height, width, m, interpolation, fill);
}

Tensor affine(const Tensor& picture, double angle, const Point& translate, double scale,
              const Point& shear, InterpolationMode interpolation, const Fill& fill,
              std::optional<Point> center, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_picture("affine", picture);
  require_warp("affine", e, interpolation, fill);
  if (!(scale > 0)) refuse("affine", "a scale that is not above 0", "scale", scale, "above 0");
  const Matrix m = inverse_matrix(from_middle(center, e), angle, translate, scale, shear);
  return warp_by(picture, e, e.height, e.width, m, interpolation, fill);
}

std::array<double, 8> perspective_coefficients(const std::array<Point, 4>& startpoints,
                                               const std::array<Point, 4>& endpoints, Where where) {
  const graph::CallScope call(where);
  // Two equations a pair of points, eliminated with the largest pivot.
  double rows[8][9] = {};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto [sx, sy] = startpoints[i];
    const auto [x, y] = endpoints[i];
    const double first[9] = {x, y, 1, 0, 0, 0, -sx * x, -sx * y, sx};
    const double second[9] = {0, 0, 0, x, y, 1, -sy * x, -sy * y, sy};
    std::copy(first, first + 9, rows[2 * i]);
    std::copy(second, second + 9, rows[2 * i + 1]);
  }
  for (std::size_t k = 0; k < 8; ++k) {
    std::size_t best = k;
    for (std::size_t r = k; r < 8; ++r)
      if (std::abs(rows[r][k]) > std::abs(rows[best][k])) best = r;
    if (std::abs(rows[best][k]) < 1e-12)
      refuse("perspective", "points that make no picture", "endpoints", "three on a line",
             "four corners");
    for (std::size_t c = 0; c < 9; ++c) std::swap(rows[k][c], rows[best][c]);
    for (std::size_t r = 0; r < 8; ++r) {
      if (r == k) continue;
      const double factor = rows[r][k] / rows[k][k];
      for (std::size_t c = k; c < 9; ++c) rows[r][c] -= factor * rows[k][c];
    }
  }
  std::array<double, 8> solution{};
  for (std::size_t k = 0; k < 8; ++k) solution[k] = rows[k][8] / rows[k][k];
  return solution;
}

Tensor perspective(const Tensor& picture, const std::array<double, 8>& coefficients,
                   InterpolationMode interpolation, const Fill& fill, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_picture("perspective", picture);
  require_warp("perspective", e, interpolation, fill);
  float n[8];
  for (std::size_t i = 0; i < 8; ++i) n[i] = static_cast<float>(coefficients[i]);
  const auto width = static_cast<float>(e.width), height = static_cast<float>(e.height);
  for (std::size_t i = 0; i < 6; ++i) n[i] /= 0.5f * (i < 3 ? width : height);
  const auto place = [&](float column, float row) {
    const float x = column + 0.5f, y = row + 0.5f;
    const float below = n[6] * x + n[7] * y + 1;
    const float gx = (n[0] * x + n[1] * y + n[2]) / below - 1;
    const float gy = (n[3] * x + n[4] * y + n[5]) / below - 1;
    return std::pair{((gx + 1) * width - 1) / 2, ((gy + 1) * height - 1) / 2};
  };
  return with_type(picture, [&](auto type) {
    return warped<decltype(type)>(picture, e, e.height, e.width, interpolation, fill, place);
  });
}

}  // namespace fathom::vision
