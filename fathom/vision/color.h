// Colours of pictures changed, by torchvision.transforms.v2.functional's rules for tensors. All
// take u8 (0 to 255) or f32 (0 to 1) of shape (C, H, W), 1 or 3 channels where colours are mixed,
// and give the same type. Errors: DTypeError, ShapeError; ValueError for a factor out of its range.
#pragma once
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom::vision {

/// (0.2989 R + 0.587 G + 0.114 B) as 1 or 3 channels. Errors: ValueError for another number.
Tensor rgb_to_grayscale(const Tensor& picture, int num_output_channels = 1,
                        Where where = Where::current());
/// 0 is black, 1 the picture.
Tensor adjust_brightness(const Tensor& picture, double brightness_factor,
                         Where where = Where::current());
/// 0 is the mean's grey, 1 the picture.
Tensor adjust_contrast(const Tensor& picture, double contrast_factor,
                       Where where = Where::current());
/// 0 is grey, 1 the picture.
Tensor adjust_saturation(const Tensor& picture, double saturation_factor,
                         Where where = Where::current());
/// Turns the circle of hues: -0.5 and 0.5 are the complementary colours.
Tensor adjust_hue(const Tensor& picture, double hue_factor, Where where = Where::current());
/// gain * picture ^ gamma, of a picture from 0 to 1.
Tensor adjust_gamma(const Tensor& picture, double gamma, double gain = 1,
                    Where where = Where::current());
/// The negative.
Tensor invert(const Tensor& picture, Where where = Where::current());
/// Keeps the upper `bits` of each channel, 0 to 8.
Tensor posterize(const Tensor& picture, int bits, Where where = Where::current());
/// The negative of what is at least `threshold`, up to what white is.
Tensor solarize(const Tensor& picture, double threshold, Where where = Where::current());
/// Each channel spread from black to white.
Tensor autocontrast(const Tensor& picture, Where where = Where::current());
/// Each channel with as many pixels of every level as can be had.
Tensor equalize(const Tensor& picture, Where where = Where::current());

/// Another type. With `scale`, u8 0 to 255 becomes f32 0 to 1 and back, values above 1 or below 0
/// being cut off; without, numbers stay and fractions are cut.
/// Errors: DTypeError unless to u8 or f32.
Tensor to_dtype(const Tensor& picture, DType dtype = DType::f32, bool scale = false,
                Where where = Where::current());
/// (picture - mean) / std, one a channel, or one for all.
/// Errors: DTypeError unless f32; ValueError for a std of 0 or another number of values.
Tensor normalize(const Tensor& picture, const std::vector<double>& mean,
                 const std::vector<double>& std, Where where = Where::current());

}  // namespace fathom::vision
