#include "fathom/vision/blur.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "fathom/graph/context.h"
#include "fathom/vision/picture.h"

namespace fathom::vision {
namespace {

std::vector<float> bell(int size, double sigma) {
  std::vector<float> weights;
  double sum = 0;
  for (int i = 0; i < size; ++i) {
    const double x = (i - (size - 1) / 2.0) / sigma;
    weights.push_back(static_cast<float>(std::exp(-x * x / 2)));
    sum += static_cast<double>(weights.back());
  }
  for (float& w : weights) w = static_cast<float>(static_cast<double>(w) / sum);
  return weights;
}

/// The place that a mirrored axis shows at `i`.
std::int64_t mirrored(std::int64_t i, std::int64_t extent) {
  i = std::abs(i);
  return i < extent ? i : 2 * (extent - 1) - i;
}

}  // namespace

Tensor gaussian_blur(const Tensor& picture, const std::array<int, 2>& kernel_size,
                     std::optional<std::array<double, 2>> sigma, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_picture("gaussian_blur", picture);
  std::vector<float> weights[2];
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const int size = kernel_size[axis];
    if (size < 1 || size % 2 == 0)
      refuse("gaussian_blur", "a kernel without a middle", "kernel_size", std::to_string(size),
             "odd numbers above 0");
    if (size / 2 >= (axis == 0 ? e.width : e.height))
      refuse("gaussian_blur", "a kernel that the mirrored picture cannot fill", "kernel_size",
             std::to_string(size), "half of it less than the picture's side");
    const double deviation = sigma ? (*sigma)[axis] : size * 0.15 + 0.35;
    if (!(deviation > 0))
      refuse("gaussian_blur", "a deviation that is not above 0", "sigma", deviation, "above 0");
    weights[axis] = bell(size, deviation);
  }
  return with_type(picture, [&](auto type) {
    using T = decltype(type);
    NewPicture<T> made(e);
    std::vector<float> padded(static_cast<std::size_t>(e.width) + weights[0].size());
    std::vector<float> across(static_cast<std::size_t>(e.plane()));
    std::vector<float> sums(static_cast<std::size_t>(e.width));
    const std::int64_t right = kernel_size[0] / 2, below = kernel_size[1] / 2;
    for (std::int64_t c = 0; c < e.channels; ++c) {
      const T* in = pixels_of<T>(picture) + c * e.plane();
      for (std::int64_t y = 0; y < e.height; ++y) {
        for (std::int64_t x = -right; x < e.width + right; ++x)
          padded[static_cast<std::size_t>(x + right)] =
              static_cast<float>(in[y * e.width + mirrored(x, e.width)]);
        float* row = across.data() + y * e.width;
        for (std::size_t t = 0; t < weights[0].size(); ++t)
          for (std::int64_t x = 0; x < e.width; ++x)
            row[x] += padded[static_cast<std::size_t>(x) + t] * weights[0][t];
      }
      for (std::int64_t y = 0; y < e.height; ++y) {
        std::fill(sums.begin(), sums.end(), 0.0f);
        for (std::size_t t = 0; t < weights[1].size(); ++t) {
          const float* row = across.data() +
                             mirrored(y - below + static_cast<std::int64_t>(t), e.height) * e.width;
          for (std::int64_t x = 0; x < e.width; ++x)
            sums[static_cast<std::size_t>(x)] += row[x] * weights[1][t];
        }
        for (std::int64_t x = 0; x < e.width; ++x)
          made.pixels[c * e.plane() + y * e.width + x] =
              rounded<T>(sums[static_cast<std::size_t>(x)]);
      }
      std::fill(across.begin(), across.end(), 0.0f);
    }
    return made.tensor;
  });
}

Tensor adjust_sharpness(const Tensor& picture, double factor, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_colors("adjust_sharpness", picture);
  if (!(factor >= 0) || !std::isfinite(factor))
    refuse("adjust_sharpness", "a factor below 0", "sharpness_factor", factor, "0 or more");
  if (e.height <= 2 || e.width <= 2) return picture;
  return with_type(picture, [&](auto type) {
    using T = decltype(type);
    NewPicture<T> made(e);
    const T* in = pixels_of<T>(picture);
    std::memcpy(made.pixels, in, picture.bytes());
    const auto rest = static_cast<float>(1 - factor);
    for (std::int64_t c = 0; c < e.channels; ++c)
      for (std::int64_t y = 0; y < e.height; ++y)
        for (std::int64_t x = 0; x < e.width; ++x) {
          const std::int64_t at = c * e.plane() + y * e.width + x;
          const auto pixel = static_cast<float>(in[at]);
          float result = pixel;
          if (x > 0 && y > 0 && x < e.width - 1 && y < e.height - 1) {
            // A mean in which the pixel counts five times.
            float sum = 0;
            for (std::int64_t dy = -1; dy <= 1; ++dy)
              for (std::int64_t dx = -1; dx <= 1; ++dx)
                sum += static_cast<float>(in[at + dy * e.width + dx]) *
                       (dx == 0 && dy == 0 ? 5.0f / 13.0f : 1.0f / 13.0f);
            if constexpr (!std::is_same_v<T, float>) sum = std::nearbyint(sum);
            result = pixel + (sum - pixel) * rest;
          }
          made.pixels[at] = stored<T>(std::clamp(result, 0.0f, white<T>));
        }
    return made.tensor;
  });
}

}  // namespace fathom::vision
