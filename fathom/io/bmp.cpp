// Windows bitmaps: palettes of 1, 4 and 8 bits, also run-length coded, and 16, 24 and 32 bits.
#include <algorithm>
#include <array>
#include <bit>

#include "fathom/core/error.h"
#include "fathom/io/raster.h"

namespace fathom::io {
namespace {

enum Compression : std::uint32_t { plain = 0, rle8 = 1, rle4 = 2, masks = 3, masks_with_alpha = 6 };

struct BmpHeader {
  std::uint32_t size = 0, compression = plain, colors = 0, pixels_at = 0;
  std::int64_t width = 0, height = 0;
  bool top_down = false;
  int bits = 0;
  std::array<std::uint32_t, 4> mask{};  // red, green, blue, alpha
  std::size_t palette_at = 0;
};

class BmpFile {
 public:
  explicit BmpFile(const PictureFile& file) : file_(file) {}

  std::uint32_t number(std::size_t at, std::size_t count) const {
    if (at > file_.bytes.size() || file_.bytes.size() - at < count) ends();
    std::uint32_t value = 0;
    for (std::size_t i = count; i-- > 0;) value = value << 8 | file_.bytes[at + i];
    return value;
  }
  [[noreturn]] void bad(const std::string& problem) const {
    bad_picture("bmp", file_.source, problem);
  }
  [[noreturn]] void ends() const { bad("the file ends early"); }
  std::size_t size() const { return file_.bytes.size(); }
  std::uint8_t operator[](std::size_t at) const { return file_.bytes[at]; }
  const PictureFile& file() const { return file_; }

 private:
  const PictureFile& file_;
};

BmpHeader read_bmp_header(const BmpFile& f) {
  BmpHeader h;
  h.pixels_at = f.number(10, 4);
  h.size = f.number(14, 4);
  if (h.size == 12) {  // OS/2
    h.width = f.number(18, 2);
    h.height = f.number(20, 2);
    h.bits = static_cast<int>(f.number(24, 2));
  } else if (h.size >= 40 && h.size <= 124) {
    h.width = static_cast<std::int32_t>(f.number(18, 4));
    h.height = static_cast<std::int32_t>(f.number(22, 4));
    h.top_down = h.height < 0;
    if (h.top_down) h.height = -h.height;
    h.bits = static_cast<int>(f.number(28, 2));
    h.compression = f.number(30, 4);
    h.colors = f.number(46, 4);
  } else {
    f.bad("a header of " + std::to_string(h.size) + " bytes");
  }
  h.palette_at = 14 + std::size_t{h.size};
  const bool has_masks = h.compression == masks || h.compression == masks_with_alpha;
  if (has_masks) {
    const std::size_t count = h.size >= 56 || h.compression == masks_with_alpha ? 4 : 3;
    for (std::size_t i = 0; i < count; ++i) h.mask[i] = f.number(54 + 4 * i, 4);
    if (h.size == 40) h.palette_at += 4 * count;
  } else if (h.bits == 16) {
    h.mask = {0x7c00, 0x3e0, 0x1f, 0};
  } else {
    h.mask = {0xff0000, 0xff00, 0xff, 0};
  }
  const bool fits = h.compression == plain ? h.bits == 1 || h.bits == 4 || h.bits == 8 ||
                                                 h.bits == 16 || h.bits == 24 || h.bits == 32
                    : h.compression == rle8 ? h.bits == 8
                    : h.compression == rle4 ? h.bits == 4
                                            : has_masks && (h.bits == 16 || h.bits == 32);
  if (!fits)
    throw UnsupportedError({.operation = "bmp",
                            .problem = "an unknown kind of pixels",
                            .received = {{"path", f.file().source},
                                         {"bits", std::to_string(h.bits)},
                                         {"compression", std::to_string(h.compression)}},
                            .expected = "1, 4, 8, 16, 24 or 32 bits, plain, run-length coded or "
                                        "with masks"});
  if (h.width < 0) f.bad("a width below 0");
  return h;
}

/// The colours, red first; what the file does not list is black.
std::array<std::array<std::uint8_t, 3>, 256> read_palette(const BmpFile& f, const BmpHeader& h) {
  std::array<std::array<std::uint8_t, 3>, 256> palette{};
  const std::size_t most = std::size_t{1} << h.bits, width = h.size == 12 ? 3 : 4;
  std::size_t count = h.colors == 0 ? most : h.colors;
  if (count > most)
    f.bad(std::to_string(count) + " colours for " + std::to_string(h.bits) + " bits");
  // Some writers leave out the colours that no pixel has.
  if (h.pixels_at > h.palette_at) count = std::min(count, (h.pixels_at - h.palette_at) / width);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t c = 0; c < 3; ++c)
      palette[i][2 - c] = static_cast<std::uint8_t>(f.number(h.palette_at + width * i + c, 1));
  return palette;
}

/// Run-length coded palette numbers, bottom row first; skipped pixels have number 0.
Bytes read_runs(const BmpFile& f, const BmpHeader& h) {
  Bytes out(static_cast<std::size_t>(h.width * h.height));
  const bool halves = h.compression == rle4;
  std::size_t at = h.pixels_at;
  std::int64_t x = 0, y = 0;
  const auto put = [&](std::uint8_t value) {
    if (x < h.width && y < h.height) out[static_cast<std::size_t>(y * h.width + x)] = value;
    ++x;
  };
  const auto next = [&] {
    if (at >= f.size()) f.ends();
    return f[at++];
  };
  const auto part = [&](std::uint8_t both, int i) -> std::uint8_t {
    return halves ? (i % 2 == 0 ? both >> 4 : both & 15) : both;
  };
  while (y < h.height) {
    const int count = next(), value = next();
    if (count > 0) {
      for (int i = 0; i < count; ++i) put(part(static_cast<std::uint8_t>(value), i));
    } else if (value == 0) {
      x = 0, ++y;
    } else if (value == 1) {
      break;
    } else if (value == 2) {
      x += next();
      y += next();
    } else {
      std::uint8_t both = 0;
      for (int i = 0; i < value; ++i) {
        if (!halves || i % 2 == 0) both = next();
        put(part(both, i));
      }
      if ((halves ? (value + 1) / 2 : value) % 2 == 1) next();  // runs begin at even places
    }
  }
  return out;
}

/// A channel's bits as 0 to 255.
struct Mask {
  std::uint32_t bits;
  std::uint8_t of(std::uint32_t pixel) const {
    if (bits == 0) return 0;
    const int shift = std::countr_zero(bits);
    const std::uint64_t largest = bits >> shift;
    return static_cast<std::uint8_t>(std::uint64_t{(pixel & bits) >> shift} * 255 / largest);
  }
};

}  // namespace

Raster decode_bmp(const PictureFile& file) {
  const BmpFile f(file);
  const BmpHeader h = read_bmp_header(f);
  require_pixels("bmp", file, h.width, h.height);
  const std::size_t stride = (static_cast<std::size_t>(h.width * h.bits) + 31) / 32 * 4;
  const bool runs = h.compression == rle8 || h.compression == rle4;
  const auto height = static_cast<std::size_t>(h.height);
  // A run of two bytes makes 255 pixels; a skip may leave out more, but a picture has some of each.
  require_bytes(
      "bmp", file, h.width, h.height,
      h.pixels_at + (runs ? height * static_cast<std::size_t>(h.width) / 512 : stride * height));
  const bool palette_bits = h.bits <= 8;
  Raster raster(h.height, h.width, h.mask[3] != 0 ? 4 : 3);
  const auto palette =
      palette_bits ? read_palette(f, h) : std::array<std::array<std::uint8_t, 3>, 256>{};
  const Bytes numbers = runs ? read_runs(f, h) : Bytes{};
  for (std::int64_t y = 0; y < h.height; ++y) {
    std::uint8_t* out = raster.row(h.top_down ? y : h.height - 1 - y);
    const std::size_t row = h.pixels_at + stride * static_cast<std::size_t>(y);
    for (std::size_t x = 0; x < static_cast<std::size_t>(h.width); ++x) {
      if (palette_bits) {
        const std::size_t bit = x * static_cast<std::size_t>(h.bits);
        const unsigned number =
            runs ? numbers[static_cast<std::size_t>(y * h.width) + x]
                 : f[row + bit / 8] >> (8 - static_cast<unsigned>(h.bits) - bit % 8) &
                       ((1u << h.bits) - 1);
        for (const std::uint8_t c : palette[number]) *out++ = c;
        continue;
      }
      const auto bytes = static_cast<std::size_t>(h.bits) / 8;
      std::uint32_t pixel = 0;
      for (std::size_t i = bytes; i-- > 0;) pixel = pixel << 8 | f[row + x * bytes + i];
      for (std::size_t c = 0; c < static_cast<std::size_t>(raster.channels); ++c)
        *out++ = Mask{h.mask[c]}.of(pixel);
    }
  }
  return raster;
}

}  // namespace fathom::io
