// PNG pictures as tensors, and back.
#pragma once
#include <string>

#include "fathom/core/tensor.h"
#include "fathom/io/file.h"

namespace fathom::io {

/// What a picture's pixels become.
enum class PngChannels {
  as_stored = 0,  ///< 1, 3 or 4; grey with alpha becomes 4, a palette 3 or 4
  gray = 1,       ///< (19595 R + 38470 G + 7471 B + 32768) >> 16: ITU-R BT.601, as Pillow rounds it
  rgb = 3,
  rgba = 4
};

/// Reads a PNG of any colour type and depth.
///
/// Shapes  -> u8 (H, W, C), C = 1, 3 or 4. Depths 1, 2 and 4 are spread over 0..255; depth 16 is
///         rounded to 8. Where the picture has transparency and `channels` has no place for it,
///         it is laid over white. No gamma or colour profile is applied.
/// Errors  IoError; FormatError for anything that libpng refuses and for a picture larger than
///         its file can hold (deflate gains 1032 at most), before memory is taken for it.
/// Source  ISO/IEC 15948:2004, through libpng.
Tensor load_png(const std::string& path, PngChannels channels = PngChannels::as_stored,
                Where where = Where::current());

/// The same from memory. `source` stands for the path in errors.
Tensor parse_png(ByteView bytes, const std::string& source = "(memory)",
                 PngChannels channels = PngChannels::as_stored, Where where = Where::current());

/// Writes u8 (H, W), (H, W, 1), (H, W, 3) or (H, W, 4). The same pixels give the same bytes.
/// Errors: IoError; DTypeError, ShapeError.
void save_png(const std::string& path, const Tensor& image, Where where = Where::current());
/// What save_png writes.
Bytes png_bytes(const Tensor& image, Where where = Where::current());
/// What a picture is like, which decides how it is packed: a drawing's areas of one colour are best
/// left unfiltered. The pixels are the same in either case.
enum class PngContent { photo, drawing };
/// The same from rows of interleaved channels.
Bytes png_bytes(const std::uint8_t* pixels, int width, int height, int channels,
                PngContent content = PngContent::photo);

}  // namespace fathom::io
