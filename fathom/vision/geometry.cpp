#include "fathom/vision/geometry.h"

#include <cmath>
#include <cstring>

#include "fathom/graph/context.h"
#include "fathom/vision/picture.h"

namespace fathom::vision {
namespace {

/// A picture whose row y and column x are those of the old one that the lists name; -1 is `fill`.
template <class T>
Tensor picked(const Tensor& picture, const Extents& e, const std::vector<std::int64_t>& rows,
              const std::vector<std::int64_t>& columns, const Fill& fill) {
  const auto height = static_cast<std::int64_t>(rows.size());
  const auto width = static_cast<std::int64_t>(columns.size());
  NewPicture<T> made({e.channels, height, width});
  T* out = made.pixels;
  for (std::int64_t c = 0; c < e.channels; ++c) {
    const double value = fill.empty()       ? 0
                         : fill.size() == 1 ? fill[0]
                                            : fill[static_cast<std::size_t>(c)];
    const T margin = static_cast<T>(value);
    for (const std::int64_t y : rows) {
      const T* row = pixels_of<T>(picture) + c * e.plane() + y * e.width;
      for (const std::int64_t x : columns) *out++ = x < 0 || y < 0 ? margin : row[x];
    }
  }
  return made.tensor;
}

Tensor picked(const Tensor& picture, const Extents& e, const std::vector<std::int64_t>& rows,
              const std::vector<std::int64_t>& columns, const Fill& fill = {}) {
  return with_type(
      picture, [&](auto type) { return picked<decltype(type)>(picture, e, rows, columns, fill); });
}

/// first, first + step, ...; numbers outside [0, extent) are -1.
std::vector<std::int64_t> run_of(std::int64_t first, std::int64_t count, std::int64_t extent,
                                 std::int64_t step = 1) {
  std::vector<std::int64_t> list;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t at = first + i * step;
    list.push_back(at >= 0 && at < extent ? at : -1);
  }
  return list;
}

/// Where each place of a padded axis comes from.
std::vector<std::int64_t> padded_axis(std::int64_t before, std::int64_t extent, std::int64_t after,
                                      PaddingMode mode) {
  std::vector<std::int64_t> list;
  for (std::int64_t i = -before; i < extent + after; ++i) {
    std::int64_t at = i;
    if (mode == PaddingMode::constant) {
      at = i < 0 || i >= extent ? -1 : i;
    } else if (mode == PaddingMode::edge) {
      at = std::clamp<std::int64_t>(i, 0, extent - 1);
    } else {
      // Both repeat with a period; symmetric shows the rim's pixel twice.
      const std::int64_t twice = mode == PaddingMode::symmetric ? 1 : 0;
      const std::int64_t period = std::max<std::int64_t>(1, 2 * (extent - 1 + twice));
      at = ((i % period) + period) % period;
      if (at >= extent) at = period - at - twice;
    }
    list.push_back(at);
  }
  return list;
}

void require_extent(const char* operation, std::int64_t height, std::int64_t width) {
  if (height < 1 || width < 1 || height > 1 << 20 || width > 1 << 20)
    refuse(operation, "sides out of range", "size",
           to_string(Shape{std::max<std::int64_t>(height, 0), std::max<std::int64_t>(width, 0)}),
           "sides from 1 to 1048576");
}

void require_fill(const char* operation, const Fill& fill, std::int64_t channels) {
  if (fill.size() <= 1 || static_cast<std::int64_t>(fill.size()) == channels) return;
  refuse(operation, "another number of values than channels", "fill",
         std::to_string(fill.size()) + " values",
         "none, 1 or " + std::to_string(channels) + " values");
}

}  // namespace

Shape two_sides(const char* operation, const Shape& size) {
  if (size.rank() != 1 && size.rank() != 2)
    throw ShapeError({.operation = operation,
                      .problem = "a size of " + std::to_string(size.rank()) + " numbers",
                      .received = {{"size", to_string(size)}},
                      .expected = "height and width, or one number for both"});
  require_extent(operation, size[0], size.back());
  return {size[0], size.back()};
}

Tensor crop(const Tensor& picture, std::int64_t top, std::int64_t left, std::int64_t height,
            std::int64_t width, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_picture("crop", picture);
  require_extent("crop", height, width);
  if (top == 0 && left == 0 && height == e.height && width == e.width) return picture;
  const bool inside = top >= 0 && left >= 0 && top <= e.height - height && left <= e.width - width;
  if (!inside)
    return picked(picture, e, run_of(top, height, e.height), run_of(left, width, e.width));
  return with_type(picture, [&](auto type) {
    using T = decltype(type);
    NewPicture<T> made({e.channels, height, width});
    for (std::int64_t c = 0; c < e.channels; ++c)
      for (std::int64_t y = 0; y < height; ++y)
        std::memcpy(made.pixels + (c * height + y) * width,
                    pixels_of<T>(picture) + c * e.plane() + (top + y) * e.width + left,
                    static_cast<std::size_t>(width) * sizeof(T));
    return made.tensor;
  });
}

Tensor center_crop(const Tensor& picture, const Shape& size, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_picture("center_crop", picture);
  const Shape sides = two_sides("center_crop", size);
  // Halves are rounded to even, and a margin's odd pixel goes to the right and below, as in
  // torchvision.
  const auto begin = [](std::int64_t extent, std::int64_t wanted) {
    if (wanted > extent) return -((wanted - extent) / 2);
    return static_cast<std::int64_t>(std::nearbyint(static_cast<double>(extent - wanted) / 2));
  };
  return crop(picture, begin(e.height, sides[0]), begin(e.width, sides[1]), sides[0], sides[1]);
}

std::vector<Tensor> five_crop(const Tensor& picture, const Shape& size, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_picture("five_crop", picture);
  const Shape sides = two_sides("five_crop", size);
  const std::int64_t h = sides[0], w = sides[1];
  if (h > e.height || w > e.width)
    refuse("five_crop", "the size is larger than the picture", "size", to_string(size),
           "at most " + to_string(Shape{e.height, e.width}));
  return {crop(picture, 0, 0, h, w), crop(picture, 0, e.width - w, h, w),
          crop(picture, e.height - h, 0, h, w), crop(picture, e.height - h, e.width - w, h, w),
          center_crop(picture, sides)};
}

std::vector<Tensor> ten_crop(const Tensor& picture, const Shape& size, bool vertical, Where where) {
  const graph::CallScope call(where);
  std::vector<Tensor> all = five_crop(picture, size);
  const Tensor mirrored = vertical ? vertical_flip(picture) : horizontal_flip(picture);
  for (Tensor& part : five_crop(mirrored, size)) all.push_back(std::move(part));
  return all;
}

Tensor resized_crop(const Tensor& picture, std::int64_t top, std::int64_t left, std::int64_t height,
                    std::int64_t width, const Shape& size, InterpolationMode interpolation,
                    bool antialias, Where where) {
  const graph::CallScope call(where);
  return resize(crop(picture, top, left, height, width), two_sides("resized_crop", size),
                interpolation, 0, antialias);
}

Tensor horizontal_flip(const Tensor& picture, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_picture("horizontal_flip", picture);
  return with_type(picture, [&](auto type) {
    using T = decltype(type);
    NewPicture<T> made(e);
    const T* in = pixels_of<T>(picture);
    for (std::int64_t y = 0; y < e.channels * e.height; ++y)
      std::reverse_copy(in + y * e.width, in + (y + 1) * e.width, made.pixels + y * e.width);
    return made.tensor;
  });
}

Tensor vertical_flip(const Tensor& picture, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_picture("vertical_flip", picture);
  return picked(picture, e, run_of(e.height - 1, e.height, e.height, -1),
                run_of(0, e.width, e.width));
}

Tensor pad(const Tensor& picture, const std::vector<std::int64_t>& padding, const Fill& fill,
           PaddingMode mode, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_picture("pad", picture);
  require_fill("pad", fill, e.channels);
  const std::size_t n = padding.size();
  if (n != 1 && n != 2 && n != 4)
    refuse("pad", "a margin of another number of values", "padding", std::to_string(n) + " values",
           "1, 2 or 4 values");
  const std::int64_t left = padding[0], top = padding[n == 1 ? 0 : 1];
  const std::int64_t right = padding[n == 4 ? 2 : 0], bottom = padding[n == 4 ? 3 : n == 2 ? 1 : 0];
  for (const std::int64_t margin : padding) {
    if (margin < 0)
      refuse("pad", "a margin below 0", "padding", std::to_string(margin),
             "0 or more; crop() makes pictures smaller");
    if (margin > 1 << 20)
      refuse("pad", "a margin out of range", "padding", std::to_string(margin), "up to 1048576");
  }
  const std::int64_t most = mode == PaddingMode::reflect ? 1 : 0;
  if ((mode == PaddingMode::reflect || mode == PaddingMode::symmetric) &&
      (std::max(left, right) > e.width - most || std::max(top, bottom) > e.height - most))
    refuse("pad", "a margin wider than the picture that it mirrors", "picture",
           to_string(picture.shape()), "at most the picture's side, less 1 for reflect");
  return picked(picture, e, padded_axis(top, e.height, bottom, mode),
                padded_axis(left, e.width, right, mode), fill);
}

Tensor erase(const Tensor& picture, std::int64_t top, std::int64_t left, std::int64_t height,
             std::int64_t width, const std::vector<float>& values, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_picture("erase", picture);
  if (top < 0 || left < 0 || height < 0 || width < 0 || top > e.height - height ||
      left > e.width - width)
    refuse("erase", "a rectangle outside of the picture", "picture", to_string(picture.shape()),
           "top, left, height and width within it");
  const std::int64_t whole = e.channels * height * width;
  const auto count = static_cast<std::int64_t>(values.size());
  if (count != 1 && count != e.channels && count != whole)
    refuse("erase", "another number of values", "values", std::to_string(count),
           "1, one a channel or one a pixel");
  return with_type(picture, [&](auto type) {
    using T = decltype(type);
    NewPicture<T> made(e);
    std::memcpy(made.pixels, pixels_of<T>(picture), picture.bytes());
    for (std::int64_t c = 0; c < e.channels; ++c)
      for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x) {
          const std::int64_t at = count == whole ? (c * height + y) * width + x
                                  : count == 1   ? 0
                                                 : c;
          made.pixels[c * e.plane() + (top + y) * e.width + left + x] =
              stored<T>(values[static_cast<std::size_t>(at)]);
        }
    return made.tensor;
  });
}

}  // namespace fathom::vision
