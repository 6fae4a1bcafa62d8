// libpng reports errors by longjmp. So every function that calls it here is plain C in its frame:
// no object with a destructor lives between setjmp and the call. Memory is owned by the caller.
#include "fathom/io/png.h"

#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <new>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/io/gzip.h"
#include "fathom/io/image.h"
#include "fathom/io/raster.h"

namespace fathom::io {
namespace {

constexpr png_uint_32 longest_side = 1 << 20;

struct Codec {
  png_structp png = nullptr;
  png_infop info = nullptr;
  const std::uint8_t* data = nullptr;
  std::size_t size = 0, at = 0;
  Bytes* out = nullptr;
  bool out_of_memory = false;
  char message[160] = "";
};

Codec& codec_of(png_structp png) { return *static_cast<Codec*>(png_get_error_ptr(png)); }

void on_error(png_structp png, png_const_charp message) {
  std::strncpy(codec_of(png).message, message, sizeof(Codec::message) - 1);
  png_longjmp(png, 1);
}
void on_warning(png_structp, png_const_charp) {}

void on_read(png_structp png, png_bytep to, std::size_t count) {
  auto& codec = *static_cast<Codec*>(png_get_io_ptr(png));
  if (count > codec.size - codec.at) png_error(png, "the file ends early");
  std::memcpy(to, codec.data + codec.at, count);
  codec.at += count;
}
void on_write(png_structp png, png_bytep from, std::size_t count) noexcept {
  auto& codec = *static_cast<Codec*>(png_get_io_ptr(png));
  try {
    codec.out->insert(codec.out->end(), from, from + count);
  } catch (...) {
    codec.out_of_memory = true;
  }
}
void on_flush(png_structp) {}

// Reads up to the first pixels and asks for plain 8-bit channels.
bool read_header(Codec& codec, bool round_16) {
  if (setjmp(png_jmpbuf(codec.png))) return false;
  png_set_read_fn(codec.png, &codec, on_read);
  png_set_user_limits(codec.png, longest_side, longest_side);
  png_set_chunk_malloc_max(codec.png, 8 << 20);
  png_set_chunk_cache_max(codec.png, 128);
  png_set_crc_action(codec.png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_read_info(codec.png, codec.info);
  png_set_expand(codec.png);  // palettes, depths below 8, tRNS
  if (round_16)
    png_set_scale_16(codec.png);
  else
    png_set_strip_16(codec.png);
  if ((png_get_color_type(codec.png, codec.info) & PNG_COLOR_MASK_COLOR) == 0 &&
      ((png_get_color_type(codec.png, codec.info) & PNG_COLOR_MASK_ALPHA) != 0 ||
       png_get_valid(codec.png, codec.info, PNG_INFO_tRNS)))
    png_set_gray_to_rgb(codec.png);
  png_set_interlace_handling(codec.png);
  return true;
}

bool start_rows(Codec& codec) {
  if (setjmp(png_jmpbuf(codec.png))) return false;
  png_read_update_info(codec.png, codec.info);
  return true;
}

bool read_rows(Codec& codec, png_bytepp rows) {
  if (setjmp(png_jmpbuf(codec.png))) return false;
  png_read_image(codec.png, rows);
  png_read_end(codec.png, nullptr);
  return true;
}

bool write_all(Codec& codec, png_bytepp rows, int width, int height, int color_type,
               PngContent content) {
  if (setjmp(png_jmpbuf(codec.png))) return false;
  png_set_write_fn(codec.png, &codec, on_write, on_flush);
  png_set_user_limits(codec.png, longest_side, longest_side);
  if (content == PngContent::drawing) png_set_filter(codec.png, 0, PNG_FILTER_NONE);
  png_set_compression_level(codec.png, content == PngContent::drawing ? 9 : 6);
  png_set_IHDR(codec.png, codec.info, static_cast<png_uint_32>(width),
               static_cast<png_uint_32>(height), 8, color_type, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(codec.png, codec.info);
  png_write_image(codec.png, rows);
  png_write_end(codec.png, codec.info);
  return true;
}

struct Reader : Codec {
  Reader() {
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, static_cast<Codec*>(this), on_error,
                                 on_warning);
    if (png) info = png_create_info_struct(png);
    if (!info) throw std::bad_alloc();
  }
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
};

struct Writer : Codec {
  Writer() {
    png = png_create_write_struct(PNG_LIBPNG_VER_STRING, static_cast<Codec*>(this), on_error,
                                  on_warning);
    if (png) info = png_create_info_struct(png);
    if (!info) throw std::bad_alloc();
  }
  ~Writer() { png_destroy_write_struct(&png, &info); }
};

int over_white(int value, int alpha) { return (value * alpha + 255 * (255 - alpha) + 127) / 255; }

// One pixel of `from` channels to `to` channels.
void convert(const std::uint8_t* in, int from, std::uint8_t* out, int to) {
  int r = in[0], g = from == 1 ? in[0] : in[1], b = from == 1 ? in[0] : in[2];
  const int alpha = from == 4 ? in[3] : 255;
  if (to != 4) r = over_white(r, alpha), g = over_white(g, alpha), b = over_white(b, alpha);
  if (to == 1) {
    out[0] = static_cast<std::uint8_t>((19595 * r + 38470 * g + 7471 * b + 32768) >> 16);
    return;
  }
  out[0] = static_cast<std::uint8_t>(r);
  out[1] = static_cast<std::uint8_t>(g);
  out[2] = static_cast<std::uint8_t>(b);
  if (to == 4) out[3] = static_cast<std::uint8_t>(alpha);
}

std::string shape_text(const Tensor& image) {
  return std::string(name(image.dtype())) + " " + to_string(image.shape());
}

/// The picture as stored, 8 bits a channel: 16 are rounded or cut.
Raster decode_8_bits(const PictureFile& file, bool round_16) {
  const auto& [bytes, source, max_pixels] = file;
  if (bytes.size() < 8 || png_sig_cmp(bytes.data(), 0, 8) != 0)
    bad_picture("png", source, "not a PNG file", "the first 8 bytes are not those of a PNG");
  Reader reader;
  reader.data = bytes.data();
  reader.size = bytes.size();
  if (!read_header(reader, round_16)) bad_picture("png", source, reader.message);
  const std::int64_t width = png_get_image_width(reader.png, reader.info);
  const std::int64_t height = png_get_image_height(reader.png, reader.info);
  const auto stored_bits = static_cast<std::uint64_t>(width * height) *
                           png_get_bit_depth(reader.png, reader.info) *
                           png_get_channels(reader.png, reader.info);
  require_bytes("png", file, width, height, stored_bits / 8 / deflate_gain);
  require_pixels("png", file, width, height);
  if (!start_rows(reader)) bad_picture("png", source, reader.message);
  Raster raster(height, width, png_get_channels(reader.png, reader.info));
  if (png_get_rowbytes(reader.png, reader.info) != raster.row_bytes())
    bad_picture("png", source, "an unknown pixel layout");
  std::vector<png_bytep> rows(static_cast<std::size_t>(height));
  for (std::size_t y = 0; y < rows.size(); ++y) rows[y] = raster.row(static_cast<std::int64_t>(y));
  if (!read_rows(reader, rows.data())) bad_picture("png", source, reader.message);
  return raster;
}

}  // namespace

Raster decode_png(const PictureFile& file) { return decode_8_bits(file, false); }

Tensor parse_png(ByteView bytes, const std::string& source, PngChannels wanted, Where where) {
  const graph::CallScope call(where);
  const Raster raster = decode_8_bits({bytes, source, ImageOptions{}.max_pixels}, true);
  const int channels =
      wanted == PngChannels::as_stored ? raster.channels : static_cast<int>(wanted);
  auto [tensor, memory] = Tensor::uninitialized(DType::u8, {raster.height, raster.width, channels});
  auto* pixels = static_cast<std::uint8_t*>(memory);
  if (channels == raster.channels) {
    std::memcpy(pixels, raster.pixels.data(), raster.pixels.size());
    return tensor;
  }
  const auto stored = static_cast<std::size_t>(raster.channels);
  for (std::size_t i = 0; i < raster.pixels.size() / stored; ++i)
    convert(raster.pixels.data() + i * stored, raster.channels,
            pixels + i * static_cast<std::size_t>(channels), channels);
  return tensor;
}

Tensor load_png(const std::string& path, PngChannels channels, Where where) {
  const graph::CallScope call(where);
  return parse_png(read_file(path), path, channels);
}

Bytes png_bytes(const std::uint8_t* pixels, int width, int height, int channels,
                PngContent content) {
  const int color_type = channels == 1   ? PNG_COLOR_TYPE_GRAY
                         : channels == 3 ? PNG_COLOR_TYPE_RGB
                                         : PNG_COLOR_TYPE_RGBA;
  const std::size_t row_bytes =
      static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
  std::vector<png_bytep> rows(static_cast<std::size_t>(height));
  for (std::size_t y = 0; y < rows.size(); ++y)
    rows[y] = const_cast<png_bytep>(pixels + y * row_bytes);
  Bytes out;
  Writer writer;
  writer.out = &out;
  const bool good = write_all(writer, rows.data(), width, height, color_type, content);
  if (writer.out_of_memory) throw std::bad_alloc();
  if (!good)
    throw UnsupportedError(
        {.operation = "save_png",
         .problem = writer.message,
         .received = {{"pixels", std::to_string(width) + " x " + std::to_string(height)}}});
  return out;
}

Bytes png_bytes(const Tensor& image, Where where) {
  const graph::CallScope call(where);
  if (image.dtype() != DType::u8)
    throw DTypeError({.operation = "save_png",
                      .problem = "pixels are u8",
                      .received = {{"image", shape_text(image)}},
                      .expected = "u8 values from 0 to 255"});
  const Shape& shape = image.shape();
  const std::int64_t channels = shape.rank() == 3 ? shape[2] : 1;
  if ((shape.rank() != 2 && shape.rank() != 3) ||
      (channels != 1 && channels != 3 && channels != 4) || shape.size() == 0 ||
      shape[0] > longest_side || shape[1] > longest_side)
    throw ShapeError({.operation = "save_png",
                      .problem = "not the shape of a picture",
                      .received = {{"image", shape_text(image)}},
                      .expected = "(H, W) or (H, W, C) with C = 1, 3 or 4 and sides from 1 to " +
                                  std::to_string(longest_side)});
  return png_bytes(static_cast<const std::uint8_t*>(image.raw_data()), static_cast<int>(shape[1]),
                   static_cast<int>(shape[0]), static_cast<int>(channels));
}

void save_png(const std::string& path, const Tensor& image, Where where) {
  const graph::CallScope call(where);
  write_atomically(path, png_bytes(image));
}

}  // namespace fathom::io
