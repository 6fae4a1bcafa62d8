#include "fathom/io/image.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "fathom/backend/cpu/kernels.h"
#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/io/png.h"
#include "fathom/io/raster.h"

namespace fathom::io {
namespace {

bool begins_with(ByteView bytes, std::string_view text, std::size_t at = 0) {
  return bytes.size() >= at + text.size() &&
         std::string_view(reinterpret_cast<const char*>(bytes.data()) + at, text.size()) == text;
}

/// "JPEG" of "jpeg".
std::string capitals(std::string text) {
  if (text == "webp") return "WebP";
  std::ranges::transform(text, text.begin(),
                         [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  return text;
}

/// What the bytes are, where they are of a format that is known but not read.
std::string_view unread_format(ByteView bytes) {
  using namespace std::string_view_literals;
  if (begins_with(bytes, "GIF8")) return "GIF";
  if (begins_with(bytes, "II*\0"sv) || begins_with(bytes, "MM\0*"sv)) return "TIFF";
  if (begins_with(bytes, "ftypavif", 4)) return "AVIF";
  if (begins_with(bytes, "ftyp", 4)) return "HEIF or a film";
  if (begins_with(bytes, "\xff\x0a") || begins_with(bytes, "JXL ", 4)) return "JPEG XL";
  return "";
}

Raster decode(const PictureFile& file, const ImageOptions& options) {
  const std::string_view format = image_format(file.bytes);
  if (format == "jpeg") return decode_jpeg(file, options.jpeg_scale);
  if (format == "png") return decode_png(file);
  if (format == "webp") return decode_webp(file);
  if (format == "bmp") return decode_bmp(file);
  if (format == "pnm") return decode_pnm(file);
  const std::string_view unread = unread_format(file.bytes);
  if (!unread.empty())
    throw UnsupportedError({.operation = "decode_image",
                            .problem = "a picture of a format that is not read",
                            .received = {{"path", file.source}, {"format", std::string(unread)}},
                            .expected = "JPEG, PNG, WebP, BMP, PPM, PGM or PBM"});
  throw FormatError({.operation = "decode_image",
                     .problem = file.bytes.empty() ? "an empty file" : "not a picture",
                     .received = {{"path", file.source}},
                     .expected = "JPEG, PNG, WebP, BMP, PPM, PGM or PBM",
                     .hint = "the first bytes tell the format, not the file's name"});
}

/// The picture as its orientation wants it, as Pillow's exif_transpose turns it.
Raster oriented(Raster from, int orientation) {
  if (orientation == 1) return from;
  const bool swapped = orientation >= 5;
  Raster to = swapped ? Raster(from.width, from.height, from.channels)
                      : Raster(from.height, from.width, from.channels);
  // Sides of the stored picture at which the result's rows or columns begin.
  const bool from_right =
      orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_below =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const auto pixel = static_cast<std::size_t>(from.channels);
  for (std::int64_t y = 0; y < to.height; ++y)
    for (std::int64_t x = 0; x < to.width; ++x) {
      std::int64_t row = swapped ? x : y, column = swapped ? y : x;
      if (from_below) row = from.height - 1 - row;
      if (from_right) column = from.width - 1 - column;
      std::memcpy(to.row(y) + static_cast<std::size_t>(x) * pixel,
                  from.row(row) + static_cast<std::size_t>(column) * pixel, pixel);
    }
  return to;
}

int channels_of(ImageReadMode mode, int stored) {
  switch (mode) {
    case ImageReadMode::gray:
      return 1;
    case ImageReadMode::rgb:
      return 3;
    case ImageReadMode::rgb_alpha:
      return 4;
    case ImageReadMode::unchanged:
      break;
  }
  return stored;
}

/// Interleaved pixels as planes of the wanted channels.
Tensor planes(Raster& raster, ImageReadMode mode) {
  const int channels = channels_of(mode, raster.channels);
  const std::int64_t size = raster.height * raster.width;
  auto [tensor, memory] = Tensor::uninitialized(DType::u8, {channels, raster.height, raster.width});
  auto* out = static_cast<std::uint8_t*>(memory);
  const std::uint8_t* in = raster.pixels.data();
  const cpu::PictureKernels& kernels = cpu::pictures();
  if (channels == 1 && raster.channels >= 3) {
    kernels.gray(in, raster.channels, size, out);
    return tensor;
  }
  kernels.split(in, raster.channels, size, std::min(channels, raster.channels), out);
  for (int c = 1; raster.channels == 1 && c < std::min(channels, 3); ++c)
    std::memcpy(out + c * size, out, static_cast<std::size_t>(size));
  if (channels == 4 && raster.channels != 4)
    std::memset(out + 3 * size, 255, static_cast<std::size_t>(size));
  return tensor;
}

/// A picture (C, H, W) as rows of interleaved channels.
Raster interleaved(const char* operation, const Tensor& image, bool alpha) {
  if (image.dtype() != DType::u8)
    throw DTypeError(
        {.operation = operation,
         .problem = "pixels are u8",
         .received = {{"image", std::string(name(image.dtype())) + " " + to_string(image.shape())}},
         .expected = "u8 values from 0 to 255"});
  const Shape& shape = image.shape();
  const std::int64_t channels = shape.rank() == 3 ? shape[0] : 0;
  if ((channels != 1 && channels != 3 && (channels != 4 || !alpha)) || shape.size() == 0 ||
      shape[1] > 65535 || shape[2] > 65535)
    throw ShapeError({.operation = operation,
                      .problem = "not the shape of a picture",
                      .received = {{"image", "u8 " + to_string(shape)}},
                      .expected = alpha ? "(C, H, W) with C = 1, 3 or 4 and sides from 1 to 65535"
                                        : "(C, H, W) with C = 1 or 3 and sides from 1 to 65535"});
  Raster raster(shape[1], shape[2], static_cast<int>(channels));
  const auto* in = static_cast<const std::uint8_t*>(image.raw_data());
  const std::int64_t size = shape[1] * shape[2];
  for (std::int64_t i = 0; i < size; ++i)
    for (std::int64_t c = 0; c < channels; ++c)
      raster.pixels[static_cast<std::size_t>(i * channels + c)] = in[c * size + i];
  return raster;
}

void require_quality(const char* operation, double quality, double low) {
  if (quality >= low && quality <= 100) return;
  throw ValueError({.operation = operation,
                    .problem = "quality is out of its range",
                    .received = {{"quality", std::to_string(quality)}},
                    .expected = low == 1 ? "1 to 100" : "0 to 100"});
}

}  // namespace

void bad_picture(const char* format, const std::string& source, const std::string& problem,
                 const std::string& hint) {
  throw FormatError({.operation = format,
                     .problem = problem,
                     .received = {{"path", source}},
                     .expected = "a whole " + capitals(format) + " picture",
                     .hint = hint});
}

void require_pixels(const char* format, const PictureFile& file, std::int64_t width,
                    std::int64_t height) {
  const std::string size = std::to_string(width) + " x " + std::to_string(height);
  if (width == 0 || height == 0)
    bad_picture(format, file.source, "a picture of " + size + " pixels");
  if (width <= file.max_pixels / height) return;
  throw FormatError({.operation = format,
                     .problem = "more pixels than are allowed",
                     .received = {{"path", file.source}, {"size", size}},
                     .expected = "at most " + std::to_string(file.max_pixels) + " pixels",
                     .hint = "max_pixels of ImageOptions allows more"});
}

void require_bytes(const char* format, const PictureFile& file, std::int64_t width,
                   std::int64_t height, std::uint64_t needed) {
  if (file.bytes.size() >= needed) return;
  bad_picture(format, file.source,
              "a picture of " + std::to_string(width) + " x " + std::to_string(height) +
                  " pixels cannot be in " + std::to_string(file.bytes.size()) + " bytes",
              "was the file cut off or damaged?");
}

std::string_view image_format(ByteView bytes) {
  if (begins_with(bytes, "\xff\xd8\xff")) return "jpeg";
  if (begins_with(bytes, "\x89PNG\r\n\x1a\n")) return "png";
  if (begins_with(bytes, "RIFF") && begins_with(bytes, "WEBP", 8)) return "webp";
  if (bytes.size() >= 3 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6' &&
      (bytes[2] == ' ' || bytes[2] == '#' || (bytes[2] >= '\t' && bytes[2] <= '\r')))
    return "pnm";
  // Text may begin with BM: what follows tells, a size of the header that bitmaps have.
  if (begins_with(bytes, "BM") && bytes.size() >= 18 && bytes[14] >= 12 && bytes[14] <= 124 &&
      bytes[15] == 0 && bytes[16] == 0 && bytes[17] == 0)
    return "bmp";
  return "";
}

bool has_image_name(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string_view::npos) return false;
  std::string end(path.substr(dot));
  for (char& c : end)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  constexpr std::array ends = {".jpg", ".jpeg", ".png", ".webp", ".bmp",
                               ".ppm", ".pgm",  ".pbm", ".pnm"};
  return std::ranges::find(ends, end) != ends.end();
}

Tensor decode_image(ByteView bytes, const ImageOptions& options, const std::string& source,
                    Where where) {
  const graph::CallScope call(where);
  const int scale = options.jpeg_scale;
  if (scale != 1 && scale != 2 && scale != 4 && scale != 8)
    throw ValueError({.operation = "decode_image",
                      .problem = "a scale that JPEG does not have",
                      .received = {{"jpeg_scale", std::to_string(scale)}},
                      .expected = "1, 2, 4 or 8"});
  Raster raster = decode({bytes, source, options.max_pixels}, options);
  if (options.apply_exif_orientation) raster = oriented(std::move(raster), exif_orientation(bytes));
  return planes(raster, options.mode);
}

Tensor read_image(const std::string& path, const ImageOptions& options, Where where) {
  const graph::CallScope call(where);
  const InputFile file(path);
  constexpr std::uint64_t most = 1 << 30;
  if (file.size() > most)
    throw FormatError({.operation = "read_image",
                       .problem = "a file larger than pictures are",
                       .received = {{"path", path}, {"bytes", std::to_string(file.size())}},
                       .expected = "at most " + std::to_string(most) + " bytes"});
  Bytes bytes(static_cast<std::size_t>(file.size()));
  file.read(0, bytes.data(), bytes.size());
  return decode_image(bytes, options, path);
}

Bytes encode_jpeg(const Tensor& image, const JpegOptions& options, Where where) {
  const graph::CallScope call(where);
  require_quality("encode_jpeg", options.quality, 1);
  return jpeg_bytes(interleaved("encode_jpeg", image, false), options);
}

Bytes encode_png(const Tensor& image, Where where) {
  const graph::CallScope call(where);
  const Raster raster = interleaved("encode_png", image, true);
  return png_bytes(raster.pixels.data(), static_cast<int>(raster.width),
                   static_cast<int>(raster.height), raster.channels);
}

Bytes encode_webp(const Tensor& image, const WebpOptions& options, Where where) {
  const graph::CallScope call(where);
  require_quality("encode_webp", options.quality, 0);
  Raster raster = interleaved("encode_webp", image, true);
  if (raster.channels > 1) return webp_bytes(raster, options);
  Raster rgb(raster.height, raster.width, 3);
  for (std::size_t i = 0; i < rgb.pixels.size(); ++i) rgb.pixels[i] = raster.pixels[i / 3];
  return webp_bytes(rgb, options);
}

void write_jpeg(const std::string& path, const Tensor& image, const JpegOptions& options,
                Where where) {
  const graph::CallScope call(where);
  write_atomically(path, encode_jpeg(image, options));
}

void write_png(const std::string& path, const Tensor& image, Where where) {
  const graph::CallScope call(where);
  write_atomically(path, encode_png(image));
}

void write_webp(const std::string& path, const Tensor& image, const WebpOptions& options,
                Where where) {
  const graph::CallScope call(where);
  write_atomically(path, encode_webp(image, options));
}

}  // namespace fathom::io
