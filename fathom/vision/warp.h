// Pictures turned, slanted and seen askew, by torchvision.transforms.v2.functional's rules for
// tensors. All take u8 or f32 (C, H, W) and throw DTypeError and ShapeError for anything else.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "fathom/core/tensor.h"
#include "fathom/vision/geometry.h"

namespace fathom::vision {

/// x, y in pixels from the upper left corner.
using Point = std::array<double, 2>;

/// Turns counterclockwise by degrees around `center`, the middle if not given; with `expand` the
/// result is as large as what was turned around the middle.
/// Errors: ValueError for an interpolation other than nearest and bilinear, and for `fill`.
Tensor rotate(const Tensor& picture, double angle,
              InterpolationMode interpolation = InterpolationMode::nearest, bool expand = false,
              std::optional<Point> center = {}, const Fill& fill = {},
              Where where = Where::current());

/// Turns clockwise by degrees, slants along x and y by degrees, enlarges and shifts by pixels.
/// Errors: ValueError for a scale that is not above 0; as rotate.
Tensor affine(const Tensor& picture, double angle, const Point& translate, double scale,
              const Point& shear, InterpolationMode interpolation = InterpolationMode::nearest,
              const Fill& fill = {}, std::optional<Point> center = {},
              Where where = Where::current());

/// The eight numbers of the map that takes the pixels of `endpoints` to those of `startpoints`.
/// Errors: ValueError if three of the points lie on a line.
std::array<double, 8> perspective_coefficients(const std::array<Point, 4>& startpoints,
                                               const std::array<Point, 4>& endpoints,
                                               Where where = Where::current());
/// Result (x, y) is the pixel at ((a x + b y + c) / (g x + h y + 1), (d x + e y + f) / (g x + h y +
/// 1)) for coefficients a to h. Errors: as rotate.
Tensor perspective(const Tensor& picture, const std::array<double, 8>& coefficients,
                   InterpolationMode interpolation = InterpolationMode::bilinear,
                   const Fill& fill = {}, Where where = Where::current());

}  // namespace fathom::vision
