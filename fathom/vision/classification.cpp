#include "fathom/vision/classification.h"

#include <algorithm>

#include "fathom/graph/context.h"
#include "fathom/vision/color.h"
#include "fathom/vision/geometry.h"
#include "fathom/vision/picture.h"

namespace fathom::vision {
namespace {

constexpr const char* operation = "vision::ImageClassification";

/// The picture with its channels in the opposite order.
Tensor opposite(const Tensor& picture) {
  const Extents e = require_picture(operation, picture);
  const NewPicture<float> made(e);
  const auto* from = pixels_of<float>(picture);
  for (std::int64_t c = 0; c < e.channels; ++c)
    std::copy_n(from + (e.channels - 1 - c) * e.plane(), e.plane(), made.pixels + c * e.plane());
  return made.tensor;
}

}  // namespace

Tensor ImageClassification::view(const Tensor& picture, Where where) const {
  const graph::CallScope call(where);
  const Extents e = require_colors(operation, picture);
  if (channels != 1 && channels != 3)
    refuse(operation, "another number of channels", "channels", static_cast<double>(channels),
           "1 or 3");
  Tensor seen = picture;
  if (e.channels != channels) seen = rgb_to_grayscale(seen, static_cast<int>(channels));
  if (square_first) seen = center_crop(seen, {std::min(e.height, e.width)});
  return center_crop(resize(seen, {resize_size}, interpolation), {crop_size});
}

Tensor ImageClassification::numbers(const Tensor& picture, Where where) const {
  const graph::CallScope call(where);
  const Tensor ordered = to_dtype(picture, DType::f32, unit);
  return normalize(bgr ? opposite(ordered) : ordered, mean, std);
}

Tensor ImageClassification::operator()(const Tensor& picture, Where where) const {
  const graph::CallScope call(where);
  return numbers(view(picture));
}

ImageClassification ImageClassification::with_size(std::int64_t size, Where where) const {
  const graph::CallScope call(where);
  if (size < 1)
    refuse(operation, "a size below 1", "size", static_cast<double>(size), "at least 1");
  ImageClassification other = *this;
  other.resize_size = (resize_size * size + crop_size / 2) / crop_size;
  other.crop_size = size;
  return other;
}

}  // namespace fathom::vision
