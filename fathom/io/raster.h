// Private to fathom/io: what the decoders of picture formats give and refuse.
#pragma once
#include <cstdint>
#include <string>

#include "fathom/io/file.h"

namespace fathom::io {

/// Rows of interleaved channels: 1 grey, 3 RGB, 4 RGB and alpha.
struct Raster {
  std::int64_t height = 0, width = 0;
  int channels = 0;
  Bytes pixels;

  Raster() = default;
  Raster(std::int64_t high, std::int64_t wide, int deep)
      : height(high), width(wide), channels(deep), pixels(bytes_of(high, wide, deep)) {}
  std::size_t row_bytes() const { return static_cast<std::size_t>(width * channels); }
  std::uint8_t* row(std::int64_t y) {
    return pixels.data() + static_cast<std::size_t>(y) * row_bytes();
  }

 private:
  static std::size_t bytes_of(std::int64_t high, std::int64_t wide, int deep) {
    return static_cast<std::size_t>(high * wide * deep);
  }
};

/// What is decoded: bytes, the name that stands for them in errors, and the most pixels.
struct PictureFile {
  ByteView bytes;
  const std::string& source;
  std::int64_t max_pixels;
};

Raster decode_png(const PictureFile& file);
/// `scale` is 1, 2, 4 or 8: each side is divided by it.
Raster decode_jpeg(const PictureFile& file, int scale);
Raster decode_webp(const PictureFile& file);
Raster decode_bmp(const PictureFile& file);
Raster decode_pnm(const PictureFile& file);

struct JpegOptions;
struct WebpOptions;
/// Errors: UnsupportedError for sides that the format cannot have.
Bytes jpeg_bytes(const Raster& raster, const JpegOptions& options);
Bytes webp_bytes(const Raster& raster, const WebpOptions& options);

/// The orientation that the picture's EXIF data tell, 1 to 8; 1 where there are none, or none that
/// make sense: as Pillow has it, damaged EXIF data damage no picture.
int exif_orientation(ByteView picture);

/// FormatError: "jpeg: PROBLEM", the path, "a whole JPEG picture".
[[noreturn]] void bad_picture(const char* format, const std::string& source,
                              const std::string& problem, const std::string& hint = "");
/// Refuses pictures without pixels and those of more than are allowed, before memory is taken.
void require_pixels(const char* format, const PictureFile& file, std::int64_t width,
                    std::int64_t height);
/// Refuses a picture that needs at least `needed` bytes where the file has `there`.
void require_bytes(const char* format, const PictureFile& file, std::int64_t width,
                   std::int64_t height, std::uint64_t needed);

}  // namespace fathom::io
