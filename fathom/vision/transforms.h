// Transforms with torchvision.transforms.v2's names and defaults. Each takes u8 (0 to 255) or f32
// (0 to 1) of shape (C, H, W) and throws what its function in resize.h, geometry.h, color.h or
// warp.h does. Random ones draw by their key alone; which pictures they give is Fathom's own
// choice, how they are distributed is torchvision's.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "fathom/core/tensor.h"
#include "fathom/vision/color.h"
#include "fathom/vision/geometry.h"
#include "fathom/vision/resize.h"
#include "fathom/vision/transform.h"
#include "fathom/vision/warp.h"

namespace fathom::vision {

/// Lowest and highest of what is drawn.
using Range = std::array<double, 2>;

/// To (h, w), or the shorter side to one number.
struct Resize {
  Shape size;
  InterpolationMode interpolation = InterpolationMode::bilinear;
  std::int64_t max_size = 0;
  bool antialias = true;
  Tensor operator()(const Tensor& picture, Where where = Where::current()) const;
};

/// The middle.
struct CenterCrop {
  Shape size;
  Tensor operator()(const Tensor& picture, Where where = Where::current()) const;
};

/// The corners and the middle.
struct FiveCrop {
  Shape size;
  std::vector<Tensor> operator()(const Tensor& picture, Where where = Where::current()) const;
};

/// The corners and the middle, of the picture and of its mirror image.
struct TenCrop {
  Shape size;
  bool vertical_flip = false;
  std::vector<Tensor> operator()(const Tensor& picture, Where where = Where::current()) const;
};

/// A margin.
struct Pad {
  std::vector<std::int64_t> padding;
  Fill fill = {0};
  PaddingMode padding_mode = PaddingMode::constant;
  Tensor operator()(const Tensor& picture, Where where = Where::current()) const;
};

/// Grey, as 1 or 3 channels.
struct Grayscale {
  int num_output_channels = 1;
  Tensor operator()(const Tensor& picture, Where where = Where::current()) const;
};

/// Another type; with `scale`, 0 to 255 becomes 0 to 1.
struct ToDtype {
  DType dtype = DType::f32;
  bool scale = false;
  Tensor operator()(const Tensor& picture, Where where = Where::current()) const;
};

/// (picture - mean) / std a channel.
struct Normalize {
  std::vector<double> mean, std;
  Tensor operator()(const Tensor& picture, Where where = Where::current()) const;
};

/// A part of this size at a random place, after a margin was put around.
/// Errors: ValueError for a size larger than the picture with its margin.
struct RandomCrop {
  Shape size;
  std::vector<std::int64_t> padding = {};  ///< none, or as pad() takes it
  bool pad_if_needed = false;
  Fill fill = {0};
  PaddingMode padding_mode = PaddingMode::constant;
  Tensor operator()(const Tensor& picture, Key key, Where where = Where::current()) const;
};

/// A part of random area and proportions (width by height), brought to size.
struct RandomResizedCrop {
  Shape size;
  Range scale = {0.08, 1.0};
  Range ratio = {3.0 / 4.0, 4.0 / 3.0};
  InterpolationMode interpolation = InterpolationMode::bilinear;
  bool antialias = true;
  Tensor operator()(const Tensor& picture, Key key, Where where = Where::current()) const;
};

/// Mirrored left to right with probability p.
struct RandomHorizontalFlip {
  double p = 0.5;
  Tensor operator()(const Tensor& picture, Key key, Where where = Where::current()) const;
};

/// Mirrored upside down with probability p.
struct RandomVerticalFlip {
  double p = 0.5;
  Tensor operator()(const Tensor& picture, Key key, Where where = Where::current()) const;
};

/// Turned by an angle out of a range: of one number, from -degrees to degrees.
struct RandomRotation {
  std::vector<double> degrees;
  InterpolationMode interpolation = InterpolationMode::nearest;
  bool expand = false;
  std::optional<Point> center = {};
  Fill fill = {0};
  Tensor operator()(const Tensor& picture, Key key, Where where = Where::current()) const;
};

/// Turned, shifted, enlarged and slanted at random.
struct RandomAffine {
  std::vector<double> degrees;          ///< as RandomRotation's
  std::optional<Point> translate = {};  ///< most parts of width and height, 0 to 1
  std::optional<Range> scale = {};
  /// Degrees: s for -s to s along x, (low, high) along x, or (low, high, low, high) along x and y.
  std::vector<double> shear = {};
  InterpolationMode interpolation = InterpolationMode::nearest;
  Fill fill = {0};
  std::optional<Point> center = {};
  Tensor operator()(const Tensor& picture, Key key, Where where = Where::current()) const;
};

/// Seen askew with probability p: each corner moves inwards by up to half of distortion_scale.
struct RandomPerspective {
  double distortion_scale = 0.5;
  double p = 0.5;
  InterpolationMode interpolation = InterpolationMode::bilinear;
  Fill fill = {0};
  Tensor operator()(const Tensor& picture, Key key, Where where = Where::current()) const;
};

/// Brightness, contrast, saturation and hue changed in random order. Of one number v the factor is
/// drawn from 1 - v (at least 0) to 1 + v, hue from -v to v; of two numbers between them; none
/// leaves it. Errors: ValueError for a range out of order or, of hue, beyond -0.5 to 0.5.
struct ColorJitter {
  std::vector<double> brightness = {}, contrast = {}, saturation = {}, hue = {};
  Tensor operator()(const Tensor& picture, Key key, Where where = Where::current()) const;
};

/// Grey, of as many channels, with probability p.
struct RandomGrayscale {
  double p = 0.1;
  Tensor operator()(const Tensor& picture, Key key, Where where = Where::current()) const;
};

/// Smoothed by a bell of random deviation. `kernel_size` is one number or (across, down).
struct GaussianBlur {
  std::vector<int> kernel_size;
  Range sigma = {0.1, 2.0};
  Tensor operator()(const Tensor& picture, Key key, Where where = Where::current()) const;
};

/// A rectangle of random area and proportions (height by width) filled, with probability p.
struct RandomErasing {
  double p = 0.5;
  Range scale = {0.02, 0.33};
  Range ratio = {0.3, 3.3};
  std::vector<double> value = {0};  ///< one, or one a channel; none: normal numbers
  Tensor operator()(const Tensor& picture, Key key, Where where = Where::current()) const;
};

}  // namespace fathom::vision
