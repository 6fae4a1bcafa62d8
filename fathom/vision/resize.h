// Pictures of another size.
#pragma once
#include <cstdint>

#include "fathom/core/tensor.h"

namespace fathom::vision {

/// How a pixel between pixels is made, by the names of torchvision's InterpolationMode.
enum class InterpolationMode {
  nearest,        ///< the pixel at floor(i * scale), as of tensors in torchvision
  nearest_exact,  ///< the pixel whose centre is nearest; of two, the one that Pillow's NEAREST
                  ///< takes
  box,
  bilinear,
  hamming,
  bicubic,
  lanczos
};

/// What a picture of (height, width) becomes: (h, w) is taken as it is; of one number, the shorter
/// side gets it and the longer follows, but no longer than `max_size`, unless that is 0.
/// Errors: ShapeError for another number of sides; ValueError for sides below 1 or a max_size that
/// is not larger than `size`.
Shape resized_size(std::int64_t height, std::int64_t width, const Shape& size,
                   std::int64_t max_size = 0, Where where = Where::current());

/// A picture of another size.
///
/// Shapes  u8 or f32 (C, H, W) -> (C, h, w).
/// Values  u8 has Pillow's pixels bit for bit, f32 those of its mode F: filters as wide as the
///         picture shrinks, first across, then down, each channel for itself (Pillow multiplies by
///         alpha first). torchvision's of tensors with antialias=True differ by one level at most.
///         Without `antialias`, bilinear and bicubic look at 2 and 4 pixels alone, as torch does;
///         the other filters have no such form.
/// Errors  DTypeError, ShapeError; those of resized_size.
/// Source  Pillow's Image.resize; torchvision.transforms.v2.functional.resize.
Tensor resize(const Tensor& picture, const Shape& size,
              InterpolationMode interpolation = InterpolationMode::bilinear,
              std::int64_t max_size = 0, bool antialias = true, Where where = Where::current());

}  // namespace fathom::vision
