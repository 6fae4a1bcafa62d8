// Pictures from files as the rows that a model was trained on.
#pragma once
#include <string>

#include "fathom/core/tensor.h"

namespace fathom::data {

/// What a picture is made to fit.
struct PictureOptions {
  Shape size;                  ///< (height, width) of the result, or (3, height, width)
  double largest_pixel = 255;  ///< what white becomes
  bool invert = false;         ///< for dark strokes on light paper
};

/// Reads a picture of any format as one row, grey or RGB, laid over white and turned as its EXIF
/// data say. A larger or smaller picture of the same proportions is brought to size by averaging
/// over the area that each pixel covers. Shapes: -> f32 (1, height * width) or (1, 3 * height *
/// width). Errors: IoError; those of io::decode_image; ShapeError for other proportions.
Tensor load_picture(const std::string& path, const PictureOptions& options,
                    Where where = Where::current());

/// Whether the rim of a row's grey picture is brighter than half: then its strokes are probably
/// dark. Never of RGB.
bool looks_inverted(const Tensor& row, const PictureOptions& options,
                    Where where = Where::current());

}  // namespace fathom::data
