#include "fathom/vision/color.h"

#include <array>
#include <cmath>
#include <cstring>

#include "fathom/backend/cpu/kernels.h"
#include "fathom/graph/context.h"
#include "fathom/vision/picture.h"

namespace fathom::vision {
namespace {

/// The picture with f(pixel) of each pixel, as stored.
template <class T, class F> Tensor each(const Tensor& picture, const Extents& e, const F& f) {
  NewPicture<T> made(e);
  const T* in = pixels_of<T>(picture);
  for (std::int64_t i = 0; i < e.channels * e.plane(); ++i) made.pixels[i] = f(in[i]);
  return made.tensor;
}

float luma(float r, float g, float b) { return r * 0.2989f + g * 0.587f + b * 0.114f; }

/// A picture's grey values, cut to whole ones of u8, as floats; of grey pictures themselves.
template <class T> std::vector<float> grays(const Tensor& picture, const Extents& e) {
  const T* in = pixels_of<T>(picture);
  const std::int64_t n = e.plane();
  std::vector<float> list(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) {
    float gray = static_cast<float>(in[i]);
    if (e.channels == 3) {
      gray = luma(gray, static_cast<float>(in[n + i]), static_cast<float>(in[2 * n + i]));
      if constexpr (!std::is_same_v<T, float>) gray = std::floor(gray);
    }
    list[static_cast<std::size_t>(i)] = gray;
  }
  return list;
}

template <class T> T blended(T pixel, float other, float ratio, float rest) {
  return stored<T>(std::clamp(static_cast<float>(pixel) * ratio + other * rest, 0.0f, white<T>));
}

void require_factor(const char* operation, const char* name, double factor) {
  if (!(factor >= 0) || !std::isfinite(factor))
    refuse(operation, "a factor below 0", name, factor, "0 or more");
}

struct Color {
  float r, g, b;
};

/// The colour with its hue turned by `turn` of a circle, through hue, saturation and value.
Color turned(Color in, float turn) {
  const float high = std::max({in.r, in.g, in.b}), low = std::min({in.r, in.g, in.b});
  const float range = high - low;
  const float saturation = high == low ? 0 : range / high;
  const float divisor = high == low ? 1 : range;
  const float r = (high - in.r) / divisor, g = (high - in.g) / divisor, b = (high - in.b) / divisor;
  float hue = high == in.r ? b - g : high == in.g ? r + 2 - b : g + 4 - r;
  hue = std::fmod(hue * (1.0f / 6.0f) + 1, 1.0f) + turn;
  hue -= std::floor(hue);
  const float six = hue * 6, sector = std::floor(six), fraction = six - sector;
  const auto unit = [&](float x) { return std::clamp(x * high, 0.0f, 1.0f); };
  const float p = unit(1 - saturation), q = unit(1 - saturation * fraction);
  const float t = unit(saturation * fraction + (1 - saturation));
  switch (static_cast<int>(sector) % 6) {
    case 0:
      return {high, t, p};
    case 1:
      return {q, high, p};
    case 2:
      return {p, high, t};
    case 3:
      return {p, q, high};
    case 4:
      return {t, p, high};
    default:
      return {high, p, q};
  }
}

/// Between 0 and 1 as u8: torchvision lets each of 256 levels have as much room.
template <class T> T of_unit(float x) {
  if constexpr (std::is_same_v<T, float>)
    return x;
  else
    return static_cast<T>(std::clamp(x * (256.0f - 1e-3f), 0.0f, 255.0f));
}
template <class T> float to_unit(T x) {
  // torchvision multiplies, which is not the quotient in every bit.
  return std::is_same_v<T, float> ? static_cast<float>(x)
                                  : static_cast<float>(x) * static_cast<float>(1.0 / 255.0);
}

/// What each level of a channel becomes, so that levels are had by equal numbers of pixels.
std::array<std::uint8_t, 256> equal_levels(const std::uint8_t* plane, std::int64_t size) {
  std::array<std::int64_t, 256> count{};
  for (std::int64_t i = 0; i < size; ++i) ++count[plane[i]];
  std::array<std::uint8_t, 256> level{};
  for (std::size_t k = 0; k < 256; ++k) level[k] = static_cast<std::uint8_t>(k);
  std::size_t last = 255;
  while (last > 0 && count[last] == 0) --last;
  const std::int64_t step = (size - count[last]) / 255;
  if (step == 0) return level;
  std::int64_t below = step / 2;
  for (std::size_t k = 0; k < 256; ++k) {
    level[k] = static_cast<std::uint8_t>(std::min<std::int64_t>(below / step, 255));
    below += count[k];
  }
  return level;
}

}  // namespace

Tensor rgb_to_grayscale(const Tensor& picture, int num_output_channels, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_colors("rgb_to_grayscale", picture);
  if (num_output_channels != 1 && num_output_channels != 3)
    refuse("rgb_to_grayscale", "another number of channels", "num_output_channels",
           std::to_string(num_output_channels), "1 or 3");
  return with_type(picture, [&](auto type) {
    using T = decltype(type);
    NewPicture<T> made({num_output_channels, e.height, e.width});
    const std::vector<float> gray = grays<T>(picture, e);
    for (int c = 0; c < num_output_channels; ++c)
      for (std::int64_t i = 0; i < e.plane(); ++i)
        made.pixels[c * e.plane() + i] = stored<T>(gray[static_cast<std::size_t>(i)]);
    return made.tensor;
  });
}

Tensor adjust_brightness(const Tensor& picture, double factor, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_colors("adjust_brightness", picture);
  require_factor("adjust_brightness", "brightness_factor", factor);
  return with_type(picture, [&](auto type) {
    using T = decltype(type);
    const auto ratio = static_cast<float>(factor);
    return each<T>(picture, e, [&](T p) { return blended<T>(p, 0, ratio, 0); });
  });
}

Tensor adjust_contrast(const Tensor& picture, double factor, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_colors("adjust_contrast", picture);
  require_factor("adjust_contrast", "contrast_factor", factor);
  return with_type(picture, [&](auto type) {
    using T = decltype(type);
    double sum = 0;
    for (const float gray : grays<T>(picture, e)) sum += static_cast<double>(gray);
    const auto mean = static_cast<float>(sum / static_cast<double>(e.plane()));
    const auto ratio = static_cast<float>(factor), rest = static_cast<float>(1 - factor);
    return each<T>(picture, e, [&](T p) { return blended<T>(p, mean, ratio, rest); });
  });
}

Tensor adjust_saturation(const Tensor& picture, double factor, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_colors("adjust_saturation", picture);
  require_factor("adjust_saturation", "saturation_factor", factor);
  if (e.channels == 1) return picture;
  return with_type(picture, [&](auto type) {
    using T = decltype(type);
    NewPicture<T> made(e);
    const std::vector<float> gray = grays<T>(picture, e);
    const T* in = pixels_of<T>(picture);
    const auto ratio = static_cast<float>(factor), rest = static_cast<float>(1 - factor);
    for (std::int64_t c = 0; c < 3; ++c)
      for (std::int64_t i = 0; i < e.plane(); ++i)
        made.pixels[c * e.plane() + i] =
            blended<T>(in[c * e.plane() + i], gray[static_cast<std::size_t>(i)], ratio, rest);
    return made.tensor;
  });
}

Tensor adjust_hue(const Tensor& picture, double factor, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_colors("adjust_hue", picture);
  if (!(factor >= -0.5 && factor <= 0.5))
    refuse("adjust_hue", "a factor out of range", "hue_factor", factor, "-0.5 to 0.5");
  if (e.channels == 1) return picture;
  return with_type(picture, [&](auto type) {
    using T = decltype(type);
    NewPicture<T> made(e);
    const T* in = pixels_of<T>(picture);
    const std::int64_t n = e.plane();
    for (std::int64_t i = 0; i < n; ++i) {
      const Color color = turned({to_unit(in[i]), to_unit(in[n + i]), to_unit(in[2 * n + i])},
                                 static_cast<float>(factor));
      made.pixels[i] = of_unit<T>(color.r);
      made.pixels[n + i] = of_unit<T>(color.g);
      made.pixels[2 * n + i] = of_unit<T>(color.b);
    }
    return made.tensor;
  });
}

Tensor adjust_gamma(const Tensor& picture, double gamma, double gain, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_picture("adjust_gamma", picture);
  require_factor("adjust_gamma", "gamma", gamma);
  return with_type(picture, [&](auto type) {
    using T = decltype(type);
    return each<T>(picture, e, [&](T p) {
      const double power = std::pow(static_cast<double>(to_unit(p)), gamma);
      return of_unit<T>(static_cast<float>(gain == 1 ? power : std::clamp(power * gain, 0.0, 1.0)));
    });
  });
}

Tensor invert(const Tensor& picture, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_picture("invert", picture);
  return with_type(picture, [&](auto type) {
    using T = decltype(type);
    return each<T>(picture, e,
                   [](T p) { return static_cast<T>(white<T> - static_cast<float>(p)); });
  });
}

Tensor posterize(const Tensor& picture, int bits, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_picture("posterize", picture);
  if (bits < 0 || bits > 8)
    refuse("posterize", "bits out of range", "bits", std::to_string(bits), "0 to 8");
  const auto levels = static_cast<float>(1 << bits);
  return with_type(picture, [&](auto type) {
    using T = decltype(type);
    return each<T>(picture, e, [&](T p) {
      if constexpr (std::is_same_v<T, float>)
        return std::clamp(std::floor(p * levels), 0.0f, levels - 1) * (1 / levels);
      else
        return static_cast<T>(p & ((1 << bits) - 1) << (8 - bits));
    });
  });
}

Tensor solarize(const Tensor& picture, double threshold, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_picture("solarize", picture);
  return with_type(picture, [&](auto type) {
    using T = decltype(type);
    if (threshold > static_cast<double>(white<T>))
      refuse("solarize", "a threshold above white", "threshold", threshold,
             std::is_same_v<T, float> ? "at most 1" : "at most 255");
    const auto limit = static_cast<float>(threshold);
    return each<T>(picture, e, [&](T p) {
      return static_cast<float>(p) >= limit ? static_cast<T>(white<T> - static_cast<float>(p)) : p;
    });
  });
}

Tensor autocontrast(const Tensor& picture, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_colors("autocontrast", picture);
  return with_type(picture, [&](auto type) {
    using T = decltype(type);
    NewPicture<T> made(e);
    for (std::int64_t c = 0; c < e.channels; ++c) {
      const T* in = pixels_of<T>(picture) + c * e.plane();
      const auto [low_at, high_at] = std::minmax_element(in, in + e.plane());
      const bool flat = *low_at == *high_at;
      const float low = flat ? 0 : static_cast<float>(*low_at);
      const float scale =
          flat ? 1 : (static_cast<float>(*high_at) - low) * static_cast<float>(1.0 / white<T>);
      for (std::int64_t i = 0; i < e.plane(); ++i)
        made.pixels[c * e.plane() + i] =
            stored<T>(std::clamp((static_cast<float>(in[i]) - low) / scale, 0.0f, white<T>));
    }
    return made.tensor;
  });
}

Tensor equalize(const Tensor& picture, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_picture("equalize", picture);
  if (picture.dtype() == DType::f32)
    return to_dtype(equalize(to_dtype(picture, DType::u8, true)), DType::f32, true);
  NewPicture<std::uint8_t> made(e);
  for (std::int64_t c = 0; c < e.channels; ++c) {
    const std::uint8_t* in = pixels_of<std::uint8_t>(picture) + c * e.plane();
    const auto level = equal_levels(in, e.plane());
    for (std::int64_t i = 0; i < e.plane(); ++i) made.pixels[c * e.plane() + i] = level[in[i]];
  }
  return made.tensor;
}

Tensor to_dtype(const Tensor& picture, DType dtype, bool scale, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_picture("to_dtype", picture);
  if (dtype != DType::u8 && dtype != DType::f32)
    throw DTypeError({.operation = "to_dtype",
                      .problem = "pictures do not have this type",
                      .received = {{"dtype", std::string(name(dtype))}},
                      .expected = "u8 or f32"});
  if (dtype == picture.dtype()) return picture;
  const std::int64_t n = e.channels * e.plane();
  if (dtype == DType::f32) {
    NewPicture<float> made(e);
    cpu::pictures().scale(pixels_of<std::uint8_t>(picture), n,
                          scale ? static_cast<float>(1.0 / 255.0) : 1.0f, made.pixels);
    return made.tensor;
  }
  NewPicture<std::uint8_t> made(e);
  const float* in = pixels_of<float>(picture);
  for (std::int64_t i = 0; i < n; ++i)
    made.pixels[i] = scale ? of_unit<std::uint8_t>(in[i]) : stored<std::uint8_t>(in[i]);
  return made.tensor;
}

Tensor normalize(const Tensor& picture, const std::vector<double>& mean,
                 const std::vector<double>& std, Where where) {
  const graph::CallScope call(where);
  const Extents e = require_picture("normalize", picture);
  if (picture.dtype() != DType::f32)
    throw DTypeError({.operation = "normalize",
                      .problem = "pixels are not floats",
                      .received = {{"picture", std::string(name(picture.dtype())) + " " +
                                                   to_string(picture.shape())}},
                      .expected = "f32",
                      .hint = "ToDtype{DType::f32, true} comes before Normalize"});
  const auto of = [&](const char* name, const std::vector<double>& list, std::int64_t c) {
    if (list.size() != 1 && static_cast<std::int64_t>(list.size()) != e.channels)
      refuse("normalize", "another number of values than channels", name,
             std::to_string(list.size()) + " values",
             "1 or " + std::to_string(e.channels) + " values");
    return static_cast<float>(list[list.size() == 1 ? 0 : static_cast<std::size_t>(c)]);
  };
  NewPicture<float> made(e);
  for (std::int64_t c = 0; c < e.channels; ++c) {
    const float low = of("mean", mean, c), scale = of("std", std, c);
    if (scale == 0) refuse("normalize", "a deviation of 0", "std", 0.0, "numbers other than 0");
    cpu::pictures().normalize(pixels_of<float>(picture) + c * e.plane(), e.plane(), low, scale,
                              made.pixels + c * e.plane());
  }
  return made.tensor;
}

}  // namespace fathom::vision
