// How a picture of any size becomes the input of a network that classifies it.
#pragma once
#include <cstdint>
#include <vector>

#include "fathom/core/tensor.h"
#include "fathom/vision/resize.h"

namespace fathom::vision {

/// torchvision's preset of this name, with its defaults: the shorter side is resized, the middle is
/// cut out, pixels from 0 to 1 are normalised a channel. Beside that, what networks of others take.
struct ImageClassification {
  std::int64_t resize_size = 256;
  std::int64_t crop_size = 224;
  InterpolationMode interpolation = InterpolationMode::bilinear;
  std::vector<double> mean = {0.485, 0.456, 0.406}, std = {0.229, 0.224, 0.225};
  std::int64_t channels = 3;  ///< 1: grey; mean and std then have one number each
  bool square_first = false;  ///< the middle square is cut out before it is resized
  bool bgr = false;           ///< blue, green, red
  bool unit = true;           ///< pixels from 0 to 1; else as stored, from 0 to 255

  /// The part that the network sees. Shapes: u8 (1 or 3, H, W) -> u8 (channels, crop_size,
  /// crop_size). Errors: DTypeError, ShapeError; ValueError for sizes below 1.
  Tensor view(const Tensor& picture, Where where = Where::current()) const;
  /// A picture of the network's size as its numbers. Shapes: u8 (1 or 3, h, w) -> f32 (channels, h,
  /// w). Errors: DTypeError, ShapeError; ValueError as normalize().
  Tensor numbers(const Tensor& picture, Where where = Where::current()) const;
  /// numbers(view(picture)).
  Tensor operator()(const Tensor& picture, Where where = Where::current()) const;

  /// The same for a network that takes pictures of another size: what is resized keeps its
  /// proportion to what is cut out. Errors: ValueError for a size below 1.
  ImageClassification with_size(std::int64_t size, Where where = Where::current()) const;
};

}  // namespace fathom::vision
