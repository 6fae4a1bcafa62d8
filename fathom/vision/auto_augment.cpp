#include "fathom/vision/auto_augment.h"

#include <cmath>
#include <numbers>
#include <span>

#include "fathom/data/random.h"
#include "fathom/graph/context.h"
#include "fathom/vision/blur.h"
#include "fathom/vision/color.h"
#include "fathom/vision/picture.h"
#include "fathom/vision/warp.h"

namespace fathom::vision {
namespace {

enum Op : std::uint8_t {
  identity,
  shear_x,
  shear_y,
  translate_x,
  translate_y,
  turn,
  brightness,
  color,
  contrast,
  sharpness,
  posterized,
  solarized,
  auto_contrast,
  equalized,
  inverted
};
constexpr std::uint64_t drawn_ops = 14;  // all but inverted, which only AutoAugment's lists have

/// How far each operation goes at most; negative or positive for those that have a direction.
struct Strength {
  double shear, shift_x, shift_y, turn, factor, bits;
};

/// Strength `i` of n from none to the most.
double step_of(double most, int i, int n) { return n == 1 ? 0 : most * i / (n - 1); }

double strength_of(Op op, const Strength& most, int i, int n) {
  switch (op) {
    case shear_x:
    case shear_y:
      return step_of(most.shear, i, n);
    case translate_x:
      return step_of(most.shift_x, i, n);
    case translate_y:
      return step_of(most.shift_y, i, n);
    case turn:
      return step_of(most.turn, i, n);
    case brightness:
    case color:
    case contrast:
    case sharpness:
      return step_of(most.factor, i, n);
    case posterized:
      return std::nearbyint(8 - step_of(most.bits, i, n));
    case solarized:
      return 1 - step_of(1, i, n);
    default:
      return 0;
  }
}

bool has_direction(Op op) { return op >= shear_x && op <= sharpness; }

/// Direction and all, as torchvision gives the strength to its function.
Tensor done(const Tensor& picture, Op op, double strength, InterpolationMode interpolation,
            const Fill& fill) {
  const auto slanted = [&](double x, double y) {
    const double degrees = 180 / std::numbers::pi;
    return affine(picture, 0, {0, 0}, 1, {std::atan(x) * degrees, std::atan(y) * degrees},
                  interpolation, fill, Point{0, 0});
  };
  const auto shifted = [&](double x, double y) {
    return affine(picture, 0, {std::trunc(x), std::trunc(y)}, 1, {0, 0}, interpolation, fill);
  };
  switch (op) {
    case shear_x:
      return slanted(strength, 0);
    case shear_y:
      return slanted(0, strength);
    case translate_x:
      return shifted(strength, 0);
    case translate_y:
      return shifted(0, strength);
    case turn:
      return rotate(picture, strength, interpolation, false, {}, fill);
    case brightness:
      return adjust_brightness(picture, 1 + strength);
    case color:
      return adjust_saturation(picture, 1 + strength);
    case contrast:
      return adjust_contrast(picture, 1 + strength);
    case sharpness:
      return adjust_sharpness(picture, 1 + strength);
    case posterized:
      return posterize(picture, static_cast<int>(strength));
    case solarized:
      return solarize(picture, strength * (picture.dtype() == DType::u8 ? 255 : 1));
    case auto_contrast:
      return autocontrast(picture);
    case equalized:
      return equalize(picture);
    case inverted:
      return invert(picture);
    case identity:
      break;
  }
  return picture;
}

Tensor drawn(const Tensor& picture, Op op, const Strength& most, int i, int n, data::Random& random,
             InterpolationMode interpolation, const Fill& fill) {
  double strength = strength_of(op, most, i, n);
  if (has_direction(op) && random.unit() <= 0.5) strength = -strength;
  return done(picture, op, strength, interpolation, fill);
}

/// Of AutoAugment and RandAugment.
Strength usual_strength(const Extents& e) {
  const double part = 150.0 / 331.0;
  return {0.3, part * static_cast<double>(e.width), part * static_cast<double>(e.height), 30, 0.9,
          4};
}

void require_bins(const char* operation, int bins) {
  if (bins < 1 || bins > 1 << 20)
    refuse(operation, "bins out of range", "num_magnitude_bins", std::to_string(bins), "1 or more");
}

/// An operation, its probability in tenths and its strength of 10, where it has one.
struct Half {
  Op op;
  int tenths;
  int strength = 0;
};
struct Pair {
  Half first, second;
};

constexpr Pair imagenet_pairs[] = {
    {{posterized, 4, 8}, {turn, 6, 9}},  {{solarized, 6, 5}, {auto_contrast, 6}},
    {{equalized, 8}, {equalized, 6}},    {{posterized, 6, 7}, {posterized, 6, 6}},
    {{equalized, 4}, {solarized, 2, 4}}, {{equalized, 4}, {turn, 8, 8}},
    {{solarized, 6, 3}, {equalized, 6}}, {{posterized, 8, 5}, {equalized, 10}},
    {{turn, 2, 3}, {solarized, 6, 8}},   {{equalized, 6}, {posterized, 4, 6}},
    {{turn, 8, 8}, {color, 4, 0}},       {{turn, 4, 9}, {equalized, 6}},
    {{equalized, 0}, {equalized, 8}},    {{inverted, 6}, {equalized, 10}},
    {{color, 6, 4}, {contrast, 10, 8}},  {{turn, 8, 8}, {color, 10, 2}},
    {{color, 8, 8}, {solarized, 8, 7}},  {{sharpness, 4, 7}, {inverted, 6}},
    {{shear_x, 6, 5}, {equalized, 10}},  {{color, 4, 0}, {equalized, 6}},
    {{equalized, 4}, {solarized, 2, 4}}, {{solarized, 6, 5}, {auto_contrast, 6}},
    {{inverted, 6}, {equalized, 10}},    {{color, 6, 4}, {contrast, 10, 8}},
    {{equalized, 8}, {equalized, 6}}};

constexpr Pair cifar10_pairs[] = {
    {{inverted, 1}, {contrast, 2, 6}},        {{turn, 7, 2}, {translate_x, 3, 9}},
    {{sharpness, 8, 1}, {sharpness, 9, 3}},   {{shear_y, 5, 8}, {translate_y, 7, 9}},
    {{auto_contrast, 5}, {equalized, 9}},     {{shear_y, 2, 7}, {posterized, 3, 7}},
    {{color, 4, 3}, {brightness, 6, 7}},      {{sharpness, 3, 9}, {brightness, 7, 9}},
    {{equalized, 6}, {equalized, 5}},         {{contrast, 6, 7}, {sharpness, 6, 5}},
    {{color, 7, 7}, {translate_x, 5, 8}},     {{equalized, 3}, {auto_contrast, 4}},
    {{translate_y, 4, 3}, {sharpness, 2, 6}}, {{brightness, 9, 6}, {color, 2, 8}},
    {{solarized, 5, 2}, {inverted, 0}},       {{equalized, 2}, {auto_contrast, 6}},
    {{equalized, 2}, {equalized, 6}},         {{color, 9, 9}, {equalized, 6}},
    {{auto_contrast, 8}, {solarized, 2, 8}},  {{brightness, 1, 3}, {color, 7, 0}},
    {{solarized, 4, 5}, {auto_contrast, 9}},  {{translate_y, 9, 9}, {translate_y, 7, 9}},
    {{auto_contrast, 9}, {solarized, 8, 3}},  {{equalized, 8}, {inverted, 1}},
    {{translate_y, 7, 9}, {auto_contrast, 9}}};

constexpr Pair svhn_pairs[] = {
    {{shear_x, 9, 4}, {inverted, 2}},         {{shear_y, 9, 8}, {inverted, 7}},
    {{equalized, 6}, {solarized, 6, 6}},      {{inverted, 9}, {equalized, 6}},
    {{equalized, 6}, {turn, 9, 3}},           {{shear_x, 9, 4}, {auto_contrast, 8}},
    {{shear_y, 9, 8}, {inverted, 4}},         {{shear_y, 9, 5}, {solarized, 2, 6}},
    {{inverted, 9}, {auto_contrast, 8}},      {{equalized, 6}, {turn, 9, 3}},
    {{shear_x, 9, 4}, {solarized, 3, 3}},     {{shear_y, 8, 8}, {inverted, 7}},
    {{equalized, 9}, {translate_y, 6, 6}},    {{inverted, 9}, {equalized, 6}},
    {{contrast, 3, 3}, {turn, 8, 4}},         {{inverted, 8}, {translate_y, 0, 2}},
    {{shear_y, 7, 6}, {solarized, 4, 8}},     {{inverted, 6}, {turn, 8, 4}},
    {{shear_y, 3, 7}, {translate_x, 9, 3}},   {{shear_x, 1, 6}, {inverted, 6}},
    {{solarized, 7, 2}, {translate_y, 6, 7}}, {{shear_y, 8, 4}, {inverted, 8}},
    {{shear_x, 7, 9}, {translate_y, 8, 3}},   {{shear_y, 8, 5}, {auto_contrast, 7}},
    {{shear_x, 7, 2}, {inverted, 1}}};

std::span<const Pair> pairs_of(AutoAugmentPolicy policy) {
  switch (policy) {
    case AutoAugmentPolicy::cifar10:
      return cifar10_pairs;
    case AutoAugmentPolicy::svhn:
      return svhn_pairs;
    default:
      return imagenet_pairs;
  }
}

}  // namespace

Tensor AutoAugment::operator()(const Tensor& picture, Key key, Where where) const {
  const graph::CallScope call(where);
  const Strength most = usual_strength(require_colors("AutoAugment", picture));
  data::Random random(key.value, 0);
  const std::span<const Pair> pairs = pairs_of(policy);
  const Pair& pair = pairs[random.below(pairs.size())];
  Tensor result = picture;
  for (const Half& half : {pair.first, pair.second})
    if (random.unit() * 10 < half.tenths)
      result = drawn(result, half.op, most, half.strength, 10, random, interpolation, fill);
  return result;
}

Tensor RandAugment::operator()(const Tensor& picture, Key key, Where where) const {
  const graph::CallScope call(where);
  const Strength most = usual_strength(require_colors("RandAugment", picture));
  require_bins("RandAugment", num_magnitude_bins);
  if (num_ops < 0)
    refuse("RandAugment", "a number of operations below 0", "num_ops", std::to_string(num_ops),
           "0 or more");
  if (magnitude < 0 || magnitude >= num_magnitude_bins)
    refuse("RandAugment", "a strength out of range", "magnitude", std::to_string(magnitude),
           "0 to " + std::to_string(num_magnitude_bins - 1));
  data::Random random(key.value, 0);
  Tensor result = picture;
  for (int i = 0; i < num_ops; ++i) {
    const Op op = static_cast<Op>(random.below(drawn_ops));
    result = drawn(result, op, most, magnitude, num_magnitude_bins, random, interpolation, fill);
  }
  return result;
}

Tensor TrivialAugmentWide::operator()(const Tensor& picture, Key key, Where where) const {
  const graph::CallScope call(where);
  require_colors("TrivialAugmentWide", picture);
  require_bins("TrivialAugmentWide", num_magnitude_bins);
  data::Random random(key.value, 0);
  const Op op = static_cast<Op>(random.below(drawn_ops));
  const auto i = static_cast<int>(random.below(static_cast<std::uint64_t>(num_magnitude_bins)));
  return drawn(picture, op, {0.99, 32, 32, 135, 0.99, 6}, i, num_magnitude_bins, random,
               interpolation, fill);
}

}  // namespace fathom::vision
