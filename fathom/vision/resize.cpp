#include "fathom/vision/resize.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "fathom/backend/cpu/kernels.h"
#include "fathom/graph/context.h"
#include "fathom/vision/picture.h"

namespace fathom::vision {
namespace {

double sinc(double x) {
  if (x == 0) return 1;
  x *= std::numbers::pi;
  return std::sin(x) / x;
}

/// Keys' cubic with slope a at 1.
double cubic(double x, double a) {
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

double weight_at(InterpolationMode filter, double x) {
  switch (filter) {
    case InterpolationMode::box:
      return x > -0.5 && x <= 0.5 ? 1 : 0;
    case InterpolationMode::bilinear:
      return std::max(0.0, 1 - std::abs(x));
    case InterpolationMode::hamming:
      if (x == 0) return 1;
      if (std::abs(x) >= 1) return 0;
      return sinc(x) * (0.54 + 0.46 * std::cos(std::numbers::pi * x));
    case InterpolationMode::bicubic:
      return cubic(x, -0.5);
    default:
      return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
  }
}

double support_of(InterpolationMode filter) {
  switch (filter) {
    case InterpolationMode::box:
      return 0.5;
    case InterpolationMode::bilinear:
    case InterpolationMode::hamming:
      return 1;
    case InterpolationMode::bicubic:
      return 2;
    default:
      return 3;
  }
}

/// Weights of one axis.
struct Axis {
  std::vector<std::int32_t> first, count;
  std::vector<double> weight;
  std::int64_t stride = 0, results = 0;

  Axis(std::int64_t from, std::int64_t to, std::int64_t widest)
      : first(static_cast<std::size_t>(to)),
        count(static_cast<std::size_t>(to)),
        weight(static_cast<std::size_t>(to * std::min(widest, from))),
        stride(std::min(widest, from)),
        results(to) {}
  double* weights(std::int64_t i) { return weight.data() + i * stride; }
};

/// A filter as wide as the picture shrinks.
Axis wide_filter(std::int64_t from, std::int64_t to, InterpolationMode filter) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double widened = std::max(scale, 1.0), support = support_of(filter) * widened;
  Axis axis(from, to, static_cast<std::int64_t>(std::ceil(support)) * 2 + 1);
  for (std::int64_t i = 0; i < to; ++i) {
    const double center = (static_cast<double>(i) + 0.5) * scale, unit = 1 / widened;
    const auto low = std::max<std::int64_t>(0, static_cast<std::int64_t>(center - support + 0.5));
    const auto high = std::min(from, static_cast<std::int64_t>(center + support + 0.5));
    double sum = 0;
    double* weights = axis.weights(i);
    for (std::int64_t t = 0; t < high - low; ++t) {
      weights[t] = weight_at(filter, (static_cast<double>(t + low) - center + 0.5) * unit);
      sum += weights[t];
    }
    for (std::int64_t t = 0; sum != 0 && t < high - low; ++t) weights[t] /= sum;
    axis.first[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(low);
    axis.count[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(high - low);
  }
  return axis;
}

/// Two or four neighbours; beyond the rim its pixels are repeated.
Axis narrow_filter(std::int64_t from, std::int64_t to, InterpolationMode filter) {
  const bool linear = filter == InterpolationMode::bilinear;
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  Axis axis(from, to, 4);
  for (std::int64_t i = 0; i < to; ++i) {
    double at = (static_cast<double>(i) + 0.5) * scale - 0.5;
    if (linear) at = std::max(at, 0.0);
    const auto base = static_cast<std::int64_t>(std::floor(at));
    const auto clamped = [&](std::int64_t p) { return std::clamp<std::int64_t>(p, 0, from - 1); };
    const std::int64_t low = clamped(linear ? base : base - 1);
    const std::int64_t high = clamped(linear ? base + 1 : base + 2);
    double* weights = axis.weights(i);
    for (std::int64_t p = linear ? base : base - 1; p <= (linear ? base + 1 : base + 2); ++p) {
      const double x = static_cast<double>(p) - at;
      weights[clamped(p) - low] += linear ? 1 - std::abs(x) : cubic(x, -0.75);
    }
    axis.first[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(low);
    axis.count[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(high - low + 1);
  }
  return axis;
}

/// The pixel that each result is.
std::vector<std::int64_t> places(std::int64_t from, std::int64_t to, bool exact) {
  std::vector<std::int64_t> list;
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const auto narrow = static_cast<float>(from) / static_cast<float>(to);
  double at = scale * 0.5;
  for (std::int64_t i = 0; i < to; ++i, at += scale)  // summed up, as Pillow does
    list.push_back(std::min(
        from - 1,
        static_cast<std::int64_t>(exact ? at : std::floor(static_cast<float>(i) * narrow))));
  return list;
}

std::vector<std::int32_t> whole_weights(const Axis& axis) {
  std::vector<std::int32_t> whole;
  whole.reserve(axis.weight.size());
  for (const double w : axis.weight)
    whole.push_back(static_cast<std::int32_t>((w < 0 ? -0.5 : 0.5) + w * (1 << cpu::kTapBits)));
  return whole;
}

/// An axis with its weights as the kernels take them.
template <class T> struct KernelAxis {
  using Weight = std::conditional_t<std::is_same_v<T, float>, double, std::int32_t>;
  explicit KernelAxis(Axis made) : axis(std::move(made)) {
    if constexpr (std::is_same_v<T, float>)
      weight = axis.weight;
    else
      weight = whole_weights(axis);
  }
  cpu::Taps<Weight> taps() const {
    return {axis.results, axis.first.data(), axis.count.data(), weight.data(), axis.stride};
  }
  Axis axis;
  std::vector<Weight> weight;
};

template <class T>
Tensor filtered(const Tensor& picture, const Extents& from, const Extents& to,
                InterpolationMode filter, bool antialias) {
  const bool narrow =
      !antialias && (filter == InterpolationMode::bilinear || filter == InterpolationMode::bicubic);
  const auto axis_of = [&](std::int64_t a, std::int64_t b) {
    return KernelAxis<T>(narrow ? narrow_filter(a, b, filter) : wide_filter(a, b, filter));
  };
  const cpu::PictureKernels& kernels = cpu::pictures();
  const auto across = [&](auto... a) {
    if constexpr (std::is_same_v<T, float>)
      kernels.across_f32(a...);
    else
      kernels.across_u8(a...);
  };
  const auto down = [&](const T* in, std::int64_t columns, const auto& taps, T* out) {
    if constexpr (std::is_same_v<T, float>)
      kernels.down_f32(in, columns, taps, out);
    else
      kernels.down_u8(in, columns, taps, out);
  };
  NewPicture<T> made(to);
  const T* in = pixels_of<T>(picture);
  std::vector<T> between;
  if (from.width != to.width) {
    const KernelAxis<T> axis = axis_of(from.width, to.width);
    const std::int64_t rows = from.channels * from.height;
    T* out = made.pixels;
    if (from.height != to.height) {
      between.resize(static_cast<std::size_t>(rows * to.width));
      out = between.data();
    }
    std::vector<T> scratch(static_cast<std::size_t>((from.width + to.width) * cpu::kPictureRows));
    across(in, from.width, rows, axis.taps(), scratch.data(), out);
    in = out;
  }
  if (from.height != to.height) {
    const KernelAxis<T> axis = axis_of(from.height, to.height);
    for (std::int64_t c = 0; c < from.channels; ++c)
      down(in + c * from.height * to.width, to.width, axis.taps(), made.pixels + c * to.plane());
  }
  return made.tensor;
}

template <class T>
Tensor nearest(const Tensor& picture, const Extents& from, const Extents& to, bool exact) {
  NewPicture<T> made(to);
  const auto rows = places(from.height, to.height, exact);
  const auto columns = places(from.width, to.width, exact);
  T* out = made.pixels;
  for (std::int64_t c = 0; c < from.channels; ++c)
    for (const std::int64_t y : rows) {
      const T* row = pixels_of<T>(picture) + c * from.plane() + y * from.width;
      for (const std::int64_t x : columns) *out++ = row[x];
    }
  return made.tensor;
}

}  // namespace

Shape resized_size(std::int64_t height, std::int64_t width, const Shape& size,
                   std::int64_t max_size, Where where) {
  const graph::CallScope call(where);
  if (size.rank() != 1 && size.rank() != 2)
    throw ShapeError({.operation = "resize",
                      .problem = "a size of " + std::to_string(size.rank()) + " numbers",
                      .received = {{"size", to_string(size)}},
                      .expected = "one number, the shorter side's, or height and width"});
  for (const std::int64_t side : size)
    if (side < 1 || side > 1 << 20)
      refuse("resize", "a side out of range", "size", to_string(size), "sides from 1 to 1048576");
  if (size.rank() == 2) {
    if (max_size != 0)
      refuse("resize", "max_size is for a size of one number", "size", to_string(size),
             "the shorter side alone");
    return size;
  }
  if (max_size != 0 && max_size <= size[0])
    refuse("resize", "max_size is not larger than the shorter side", "max_size",
           std::to_string(max_size), "more than " + std::to_string(size[0]));
  std::int64_t short_side = size[0];
  const double ratio_long = static_cast<double>(std::max(height, width));
  auto long_side = static_cast<std::int64_t>(static_cast<double>(short_side) * ratio_long /
                                             static_cast<double>(std::min(height, width)));
  if (max_size != 0 && long_side > max_size) {
    short_side = static_cast<std::int64_t>(static_cast<double>(max_size * short_side) /
                                           static_cast<double>(long_side));
    long_side = max_size;
  }
  short_side = std::max<std::int64_t>(short_side, 1);
  return width <= height ? Shape{long_side, short_side} : Shape{short_side, long_side};
}

Tensor resize(const Tensor& picture, const Shape& size, InterpolationMode interpolation,
              std::int64_t max_size, bool antialias, Where where) {
  const graph::CallScope call(where);
  const Extents from = require_picture("resize", picture);
  const Shape sides = resized_size(from.height, from.width, size, max_size);
  const Extents to{from.channels, sides[0], sides[1]};
  if (to.height == from.height && to.width == from.width) return picture;
  return with_type(picture, [&](auto type) {
    using T = decltype(type);
    if (interpolation == InterpolationMode::nearest ||
        interpolation == InterpolationMode::nearest_exact)
      return nearest<T>(picture, from, to, interpolation == InterpolationMode::nearest_exact);
    return filtered<T>(picture, from, to, interpolation, antialias);
  });
}

}  // namespace fathom::vision
