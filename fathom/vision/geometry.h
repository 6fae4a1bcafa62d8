// Parts, mirrors and margins of pictures. Names and values are those of
// torchvision.transforms.v2.functional on tensors. All take u8 or f32 (C, H, W) and throw
// DTypeError and ShapeError for anything else.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "fathom/core/tensor.h"
#include "fathom/vision/resize.h"

namespace fathom::vision {

/// What fills what no pixel covers: one value, or one a channel; none leaves 0 and mixes no edge.
using Fill = std::vector<double>;

/// What a margin shows.
enum class PaddingMode {
  constant,
  edge,       ///< the rim's pixels
  reflect,    ///< the picture mirrored at the rim's pixels, which are not repeated
  symmetric,  ///< the picture mirrored at its rim
};

/// The part whose upper left pixel is (top, left); what lies outside of the picture is 0.
/// Shapes: (C, H, W) -> (C, height, width). Errors: ValueError for an extent below 1.
Tensor crop(const Tensor& picture, std::int64_t top, std::int64_t left, std::int64_t height,
            std::int64_t width, Where where = Where::current());
/// The middle; a larger size than the picture's is filled with 0. `size` is (h, w) or one number
/// for both. Errors: ShapeError, ValueError.
Tensor center_crop(const Tensor& picture, const Shape& size, Where where = Where::current());
/// The corners (upper left, upper right, lower left, lower right) and the middle.
/// Errors: ValueError for a size larger than the picture.
std::vector<Tensor> five_crop(const Tensor& picture, const Shape& size,
                              Where where = Where::current());
/// five_crop of the picture and of its mirror image, left to right or `vertical_flip`.
std::vector<Tensor> ten_crop(const Tensor& picture, const Shape& size, bool vertical_flip = false,
                             Where where = Where::current());
/// crop, then resize.
Tensor resized_crop(const Tensor& picture, std::int64_t top, std::int64_t left, std::int64_t height,
                    std::int64_t width, const Shape& size,
                    InterpolationMode interpolation = InterpolationMode::bilinear,
                    bool antialias = true, Where where = Where::current());
/// Left becomes right.
Tensor horizontal_flip(const Tensor& picture, Where where = Where::current());
/// Above becomes below.
Tensor vertical_flip(const Tensor& picture, Where where = Where::current());

/// A margin. `padding` is one number for all sides, (left and right, top and bottom), or
/// (left, top, right, bottom). Errors: ValueError for a negative margin, for another number of
/// values, or for one that reflect cannot fill.
Tensor pad(const Tensor& picture, const std::vector<std::int64_t>& padding, const Fill& fill = {0},
           PaddingMode mode = PaddingMode::constant, Where where = Where::current());

/// Fills a rectangle. `values` has one value, one a channel, or one a pixel of (C, height, width).
/// Errors: ValueError for a rectangle outside of the picture or another number of values.
Tensor erase(const Tensor& picture, std::int64_t top, std::int64_t left, std::int64_t height,
             std::int64_t width, const std::vector<float>& values, Where where = Where::current());

/// (h, w) of (h, w) or of one number. Errors: ShapeError, ValueError for sides below 1.
Shape two_sides(const char* operation, const Shape& size);

}  // namespace fathom::vision
