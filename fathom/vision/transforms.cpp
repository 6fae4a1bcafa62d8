#include "fathom/vision/transforms.h"

#include <cmath>
#include <cstdio>
#include <numbers>
#include <utility>

#include "fathom/data/random.h"
#include "fathom/graph/context.h"
#include "fathom/vision/blur.h"
#include "fathom/vision/picture.h"

namespace fathom::vision {
namespace {

using data::Random;

Random draws(Key key) { return Random(key.value, 0); }
double between(Random& random, double low, double high) {
  return low + (high - low) * random.unit();
}
double between(Random& random, const Range& range) { return between(random, range[0], range[1]); }
/// A whole number from low to high, the latter too.
std::int64_t whole(Random& random, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(high - low + 1)));
}
/// Halves to even, as Python rounds.
std::int64_t nearest_whole(double x) { return static_cast<std::int64_t>(std::nearbyint(x)); }

bool happens(const char* operation, double p, Random& random) {
  if (!(p >= 0 && p <= 1)) refuse(operation, "no probability", "p", p, "0 to 1");
  return random.unit() < p;
}

void require_range(const char* operation, const char* name, const Range& range, double low,
                   double high) {
  if (!(range[0] <= range[1]))
    refuse(operation, "a range that ends before it begins", name, range[0],
           "the lower number first");
  if (range[0] >= low && range[1] <= high) return;
  char bounds[64];
  if (high == HUGE_VAL)
    std::snprintf(bounds, sizeof bounds, "%s", low > 0 ? "above 0" : "0 or more");
  else
    std::snprintf(bounds, sizeof bounds, "%g to %g", low, high);
  refuse(operation, "a range out of bounds", name, range[0] < low ? range[0] : range[1], bounds);
}

/// -a to a of one number, or the two numbers.
Range symmetric(const char* operation, const char* name, const std::vector<double>& list) {
  if (list.size() != 1 && list.size() != 2)
    refuse(operation, "another number of values", name, std::to_string(list.size()) + " values",
           "one number, or the lowest and the highest");
  if (list.size() == 1 && list[0] < 0)
    refuse(operation, "a single number below 0", name, list[0], "0 or more");
  const Range range = list.size() == 1 ? Range{-list[0], list[0]} : Range{list[0], list[1]};
  require_range(operation, name, range, -HUGE_VAL, HUGE_VAL);
  return range;
}

/// What ColorJitter draws a factor from.
std::optional<Range> factors(const char* name, const std::vector<double>& list, double middle,
                             double low, double high) {
  if (list.empty()) return std::nullopt;
  Range range = symmetric("ColorJitter", name, list);
  if (list.size() == 1) range = {std::max(middle - list[0], low), middle + list[0]};
  require_range("ColorJitter", name, range, low, high);
  return range[0] == middle && range[1] == middle ? std::nullopt : std::optional(range);
}

/// Height and width of a part with an area and proportions out of ranges; the draw of torchvision.
std::pair<std::int64_t, std::int64_t> random_part(Random& random, const Extents& e,
                                                  const Range& scale, const Range& ratio) {
  const double area = static_cast<double>(e.plane()) * between(random, scale);
  const double proportion = std::exp(between(random, std::log(ratio[0]), std::log(ratio[1])));
  return {nearest_whole(std::sqrt(area / proportion)), nearest_whole(std::sqrt(area * proportion))};
}

void require_parts(const char* operation, const Range& scale, const Range& ratio) {
  require_range(operation, "scale", scale, 0, 1);
  require_range(operation, "ratio", ratio, 1e-9, HUGE_VAL);
}

}  // namespace

Tensor Resize::operator()(const Tensor& picture, Where where) const {
  const graph::CallScope call(where);
  return resize(picture, size, interpolation, max_size, antialias);
}
Tensor CenterCrop::operator()(const Tensor& picture, Where where) const {
  const graph::CallScope call(where);
  return center_crop(picture, size);
}
std::vector<Tensor> FiveCrop::operator()(const Tensor& picture, Where where) const {
  const graph::CallScope call(where);
  return five_crop(picture, size);
}
std::vector<Tensor> TenCrop::operator()(const Tensor& picture, Where where) const {
  const graph::CallScope call(where);
  return ten_crop(picture, size, vertical_flip);
}
Tensor Pad::operator()(const Tensor& picture, Where where) const {
  const graph::CallScope call(where);
  return pad(picture, padding, fill, padding_mode);
}
Tensor Grayscale::operator()(const Tensor& picture, Where where) const {
  const graph::CallScope call(where);
  return rgb_to_grayscale(picture, num_output_channels);
}
Tensor ToDtype::operator()(const Tensor& picture, Where where) const {
  const graph::CallScope call(where);
  return to_dtype(picture, dtype, scale);
}
Tensor Normalize::operator()(const Tensor& picture, Where where) const {
  const graph::CallScope call(where);
  return normalize(picture, mean, std);
}

Tensor RandomCrop::operator()(const Tensor& picture, Key key, Where where) const {
  const graph::CallScope call(where);
  const Shape sides = two_sides("RandomCrop", size);
  Tensor padded = padding.empty() ? picture : pad(picture, padding, fill, padding_mode);
  Extents e = require_picture("RandomCrop", padded);
  if (pad_if_needed && (e.height < sides[0] || e.width < sides[1])) {
    const std::int64_t down = std::max<std::int64_t>(0, sides[0] - e.height);
    const std::int64_t across = std::max<std::int64_t>(0, sides[1] - e.width);
    padded = pad(padded, {across, down}, fill, padding_mode);
    e = {e.channels, e.height + 2 * down, e.width + 2 * across};
  }
  if (e.height < sides[0] || e.width < sides[1])
    refuse("RandomCrop", "the size is larger than the picture", "size", to_string(sides),
           "at most " + to_string(Shape{e.height, e.width}));
  Random random = draws(key);
  const std::int64_t top = whole(random, 0, e.height - sides[0]);
  const std::int64_t left = whole(random, 0, e.width - sides[1]);
  return crop(padded, top, left, sides[0], sides[1]);
}

Tensor RandomResizedCrop::operator()(const Tensor& picture, Key key, Where where) const {
  const graph::CallScope call(where);
  const Extents e = require_picture("RandomResizedCrop", picture);
  require_parts("RandomResizedCrop", scale, ratio);
  Random random = draws(key);
  for (int attempt = 0; attempt < 10; ++attempt) {
    const auto [h, w] = random_part(random, e, scale, ratio);
    if (h < 1 || w < 1 || h > e.height || w > e.width) continue;
    const std::int64_t top = whole(random, 0, e.height - h);
    const std::int64_t left = whole(random, 0, e.width - w);
    return resized_crop(picture, top, left, h, w, size, interpolation, antialias);
  }
  // The middle, as much of it as the proportions allow.
  std::int64_t h = e.height, w = e.width;
  const double proportion = static_cast<double>(w) / static_cast<double>(h);
  if (proportion < ratio[0])
    h = std::min(h, nearest_whole(static_cast<double>(w) / ratio[0]));
  else if (proportion > ratio[1])
    w = std::min(w, nearest_whole(static_cast<double>(h) * ratio[1]));
  h = std::max<std::int64_t>(h, 1), w = std::max<std::int64_t>(w, 1);
  return resized_crop(picture, (e.height - h) / 2, (e.width - w) / 2, h, w, size, interpolation,
                      antialias);
}

Tensor RandomHorizontalFlip::operator()(const Tensor& picture, Key key, Where where) const {
  const graph::CallScope call(where);
  Random random = draws(key);
  return happens("RandomHorizontalFlip", p, random) ? horizontal_flip(picture) : picture;
}

Tensor RandomVerticalFlip::operator()(const Tensor& picture, Key key, Where where) const {
  const graph::CallScope call(where);
  Random random = draws(key);
  return happens("RandomVerticalFlip", p, random) ? vertical_flip(picture) : picture;
}

Tensor RandomRotation::operator()(const Tensor& picture, Key key, Where where) const {
  const graph::CallScope call(where);
  Random random = draws(key);
  const double angle = between(random, symmetric("RandomRotation", "degrees", degrees));
  return rotate(picture, angle, interpolation, expand, center, fill);
}

Tensor RandomAffine::operator()(const Tensor& picture, Key key, Where where) const {
  const graph::CallScope call(where);
  const Extents e = require_picture("RandomAffine", picture);
  Random random = draws(key);
  const double angle = between(random, symmetric("RandomAffine", "degrees", degrees));
  Point shift = {0, 0};
  if (translate) {
    const double extents[2] = {static_cast<double>(e.width), static_cast<double>(e.height)};
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const double most = (*translate)[axis];
      if (!(most >= 0 && most <= 1))
        refuse("RandomAffine", "a shift that is no part of the picture", "translate", most,
               "0 to 1");
      shift[axis] = std::nearbyint(between(random, -most * extents[axis], most * extents[axis]));
    }
  }
  double size = 1;
  if (scale) {
    require_range("RandomAffine", "scale", *scale, 1e-9, HUGE_VAL);
    size = between(random, *scale);
  }
  Point slant = {0, 0};
  if (shear.size() == 4) {
    slant[0] = between(random, symmetric("RandomAffine", "shear", {shear[0], shear[1]}));
    slant[1] = between(random, symmetric("RandomAffine", "shear", {shear[2], shear[3]}));
  } else if (!shear.empty()) {
    slant[0] = between(random, symmetric("RandomAffine", "shear", shear));
  }
  return affine(picture, angle, shift, size, slant, interpolation, fill, center);
}

Tensor RandomPerspective::operator()(const Tensor& picture, Key key, Where where) const {
  const graph::CallScope call(where);
  const Extents e = require_picture("RandomPerspective", picture);
  if (!(distortion_scale >= 0 && distortion_scale <= 1))
    refuse("RandomPerspective", "a distortion out of range", "distortion_scale", distortion_scale,
           "0 to 1");
  Random random = draws(key);
  if (!happens("RandomPerspective", p, random)) return picture;
  const auto most = [&](std::int64_t side) {
    return static_cast<std::int64_t>(distortion_scale * static_cast<double>(side / 2));
  };
  const double right = static_cast<double>(e.width - 1), bottom = static_cast<double>(e.height - 1);
  const std::array<Point, 4> corners = {{{0, 0}, {right, 0}, {right, bottom}, {0, bottom}}};
  std::array<Point, 4> moved = corners;
  for (Point& corner : moved) {
    const auto x = static_cast<double>(whole(random, 0, most(e.width)));
    const auto y = static_cast<double>(whole(random, 0, most(e.height)));
    corner = {std::abs(corner[0] - x), std::abs(corner[1] - y)};  // inwards from either side
  }
  return perspective(picture, perspective_coefficients(corners, moved), interpolation, fill);
}

Tensor ColorJitter::operator()(const Tensor& picture, Key key, Where where) const {
  const graph::CallScope call(where);
  const std::optional<Range> ranges[4] = {factors("brightness", brightness, 1, 0, HUGE_VAL),
                                          factors("contrast", contrast, 1, 0, HUGE_VAL),
                                          factors("saturation", saturation, 1, 0, HUGE_VAL),
                                          factors("hue", hue, 0, -0.5, 0.5)};
  Random random = draws(key);
  std::vector<std::int64_t> order = {0, 1, 2, 3};
  random.shuffle(order);
  double factor[4] = {};
  for (std::size_t i = 0; i < 4; ++i)
    if (ranges[i]) factor[i] = between(random, *ranges[i]);
  constexpr Tensor (*change[4])(const Tensor&, double, Where) = {adjust_brightness, adjust_contrast,
                                                                 adjust_saturation, adjust_hue};
  Tensor result = picture;
  for (const std::int64_t i : order)
    if (ranges[i]) result = change[i](result, factor[i], where);
  return result;
}

Tensor RandomGrayscale::operator()(const Tensor& picture, Key key, Where where) const {
  const graph::CallScope call(where);
  const Extents e = require_colors("RandomGrayscale", picture);
  Random random = draws(key);
  if (!happens("RandomGrayscale", p, random)) return picture;
  return rgb_to_grayscale(picture, static_cast<int>(e.channels));
}

Tensor GaussianBlur::operator()(const Tensor& picture, Key key, Where where) const {
  const graph::CallScope call(where);
  if (kernel_size.size() != 1 && kernel_size.size() != 2)
    refuse("GaussianBlur", "another number of values", "kernel_size",
           std::to_string(kernel_size.size()) + " values", "one number, or those across and down");
  require_range("GaussianBlur", "sigma", sigma, 1e-9, HUGE_VAL);
  Random random = draws(key);
  const double deviation = between(random, sigma);
  return gaussian_blur(picture, {kernel_size.front(), kernel_size.back()},
                       std::array{deviation, deviation});
}

Tensor RandomErasing::operator()(const Tensor& picture, Key key, Where where) const {
  const graph::CallScope call(where);
  const Extents e = require_picture("RandomErasing", picture);
  require_parts("RandomErasing", scale, ratio);
  if (value.size() > 1 && static_cast<std::int64_t>(value.size()) != e.channels)
    refuse("RandomErasing", "another number of values than channels", "value",
           std::to_string(value.size()) + " values", "none, 1 or one a channel");
  Random random = draws(key);
  if (!happens("RandomErasing", p, random)) return picture;
  for (int attempt = 0; attempt < 10; ++attempt) {
    const auto [w, h] = random_part(random, e, scale, ratio);
    if (h >= e.height || w >= e.width) continue;
    const std::int64_t top = whole(random, 0, e.height - h);
    const std::int64_t left = whole(random, 0, e.width - w);
    std::vector<float> values(value.begin(), value.end());
    if (values.empty()) {
      values.resize(static_cast<std::size_t>(e.channels * h * w));
      for (float& v : values) {  // Box and Muller's normal numbers
        const double length = std::sqrt(-2 * std::log1p(-random.unit()));
        v = static_cast<float>(length * std::cos(2 * std::numbers::pi * random.unit()));
      }
    }
    return h == 0 || w == 0 ? picture : erase(picture, top, left, h, w, values);
  }
  return picture;
}

}  // namespace fathom::vision
