// Pictures of any format as tensors (C, H, W), and back.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "fathom/core/tensor.h"
#include "fathom/io/file.h"

namespace fathom::io {

/// Which channels a picture gets, as torchvision.io.ImageReadMode.
enum class ImageReadMode {
  unchanged,  ///< 1, 3 or 4; grey with alpha becomes 4, a palette 3 or 4, CMYK 3
  gray,       ///< (19595 R + 38470 G + 7471 B + 32768) >> 16: ITU-R BT.601, as Pillow rounds it
  rgb,
  rgb_alpha  ///< where there is no transparency, alpha is 255
};

/// How a picture is read. The default gives the pixels of Pillow's `Image.open(f).convert("RGB")`.
struct ImageOptions {
  /// Alpha that the mode has no place for is left out, as Pillow does: what is transparent shows
  /// the colour that it has.
  ImageReadMode mode = ImageReadMode::rgb;
  /// Turns the picture as its EXIF data say, as Pillow's ImageOps.exif_transpose. Off for data sets
  /// (torchvision's ImageFolder leaves pictures as they lie), on where a person shows one picture
  /// to a program: `fathom predict`, `fathom inspect`.
  bool apply_exif_orientation = false;
  /// 2, 4 or 8: a JPEG is decoded at that part of its size, faster, and a little different from the
  /// whole one resized. Other formats are not affected.
  int jpeg_scale = 1;
  /// More pixels are refused; the default is Pillow's limit.
  std::int64_t max_pixels = 178'956'970;
};

/// Decodes a JPEG, PNG, WebP, BMP or PPM/PGM/PBM picture; its bytes tell which it is, not its name.
///
/// Shapes  -> u8 (C, H, W). 16 bits are cut to the upper 8 (PNG) or rounded to 8 (PPM); no gamma or
///         colour profile is applied.
/// Errors  FormatError for what is damaged, cut off, too large or larger than its file can hold;
///         UnsupportedError for formats and variants that are not read; ValueError for a scale.
/// Source  libjpeg-turbo, libpng, libwebp; Microsoft's BITMAPINFOHEADER; netpbm's ppm(5).
Tensor decode_image(ByteView bytes, const ImageOptions& options = {},
                    const std::string& source = "(memory)", Where where = Where::current());
/// The same from a file of at most 1 GiB. Errors: IoError; those of decode_image.
Tensor read_image(const std::string& path, const ImageOptions& options = {},
                  Where where = Where::current());
/// "jpeg", "png", "webp", "bmp", "pnm", by the first bytes; "" for anything else.
std::string_view image_format(ByteView bytes);
/// Whether a name ends as those of pictures do: .jpg, .jpeg, .png, .webp, .bmp, .ppm, .pgm, .pbm,
/// .pnm, in letters of any size.
bool has_image_name(std::string_view path);

/// How finely a JPEG keeps colours beside brightness.
enum class Subsampling { s444, s422, s420 };
/// Pillow's and torchvision's defaults.
struct JpegOptions {
  int quality = 75;  ///< 1 to 100
  Subsampling subsampling = Subsampling::s420;
};
/// Pillow's defaults.
struct WebpOptions {
  double quality = 80;  ///< 0 to 100
  bool lossless = false;
};

/// Packs u8 (1, H, W) or (3, H, W). Errors: DTypeError, ShapeError, ValueError for a quality.
Bytes encode_jpeg(const Tensor& image, const JpegOptions& options = {},
                  Where where = Where::current());
/// Packs u8 (1, H, W), (3, H, W) or (4, H, W). Errors: DTypeError, ShapeError.
Bytes encode_png(const Tensor& image, Where where = Where::current());
/// Packs u8 (1, H, W), (3, H, W) or (4, H, W), sides up to 16383; grey becomes RGB.
/// Errors: DTypeError, ShapeError, ValueError for a quality.
Bytes encode_webp(const Tensor& image, const WebpOptions& options = {},
                  Where where = Where::current());
/// Writes what encode_jpeg packs. Errors: IoError; those of encode_jpeg.
void write_jpeg(const std::string& path, const Tensor& image, const JpegOptions& options = {},
                Where where = Where::current());
/// Writes what encode_png packs. Errors: IoError; those of encode_png.
void write_png(const std::string& path, const Tensor& image, Where where = Where::current());
/// Writes what encode_webp packs. Errors: IoError; those of encode_webp.
void write_webp(const std::string& path, const Tensor& image, const WebpOptions& options = {},
                Where where = Where::current());

}  // namespace fathom::io
