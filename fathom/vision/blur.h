// Pictures smoothed and sharpened, by torchvision.transforms.v2.functional's rules for tensors.
// Both take u8 or f32 (C, H, W). Errors: DTypeError, ShapeError, and ValueError as said.
#pragma once
#include <array>
#include <optional>

#include "fathom/core/tensor.h"

namespace fathom::vision {

/// Means weighted by a bell of deviation `sigma` over `kernel_size` pixels, both (across, down);
/// the picture is mirrored at its rim. Without sigma it is 0.15 * kernel_size + 0.35. Errors:
/// ValueError for an even or too large kernel and a sigma that is not above 0.
Tensor gaussian_blur(const Tensor& picture, const std::array<int, 2>& kernel_size,
                     std::optional<std::array<double, 2>> sigma = {},
                     Where where = Where::current());
/// 0 is smoothed, 1 the picture; the rim stays. Errors: ValueError for a factor below 0.
Tensor adjust_sharpness(const Tensor& picture, double sharpness_factor,
                        Where where = Where::current());

}  // namespace fathom::vision
