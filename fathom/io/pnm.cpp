// Netpbm's formats: PBM, PGM and PPM, as text (P1 to P3) and as bytes (P4 to P6).
#include <algorithm>

#include "fathom/io/raster.h"

namespace fathom::io {
namespace {

bool is_blank(std::uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(std::uint8_t c) { return c >= '0' && c <= '9'; }

/// Numbers between blanks and comments.
class PnmText {
 public:
  explicit PnmText(const PictureFile& file) : file_(file) {}

  /// A whole number up to `largest`. Errors: FormatError naming `what`.
  std::int64_t number(const char* what, std::int64_t largest) {
    skip();
    std::int64_t value = 0;
    if (at_ >= file_.bytes.size()) bad_picture("pnm", file_.source, "the file ends early");
    if (!is_digit(file_.bytes[at_]))
      bad_picture("pnm", file_.source, std::string(what) + " is no number");
    for (; at_ < file_.bytes.size() && is_digit(file_.bytes[at_]); ++at_) {
      value = value * 10 + (file_.bytes[at_] - '0');
      if (value > largest)
        bad_picture("pnm", file_.source,
                    std::string(what) + " is larger than " + std::to_string(largest));
    }
    return value;
  }
  /// P1's pixels need no blanks between them.
  int bit() {
    skip();
    if (at_ >= file_.bytes.size()) bad_picture("pnm", file_.source, "the file ends early");
    const std::uint8_t c = file_.bytes[at_++];
    if (c != '0' && c != '1') bad_picture("pnm", file_.source, "a pixel is neither 0 nor 1");
    return c - '0';
  }
  /// What comes after the one blank behind the header.
  ByteView rest() {
    if (at_ >= file_.bytes.size() || !is_blank(file_.bytes[at_]))
      bad_picture("pnm", file_.source, "no blank between header and pixels");
    return file_.bytes.subspan(at_ + 1);
  }
  std::size_t left() const { return file_.bytes.size() - at_; }

 private:
  void skip() {
    for (; at_ < file_.bytes.size(); ++at_) {
      if (file_.bytes[at_] == '#')
        while (at_ < file_.bytes.size() && file_.bytes[at_] != '\n' && file_.bytes[at_] != '\r')
          ++at_;
      else if (!is_blank(file_.bytes[at_]))
        return;
    }
  }
  const PictureFile& file_;
  std::size_t at_ = 2;
};

/// 0 .. largest spread over 0 .. 255, rounded to the nearest and half to even, as Pillow does.
Bytes spread_table(std::int64_t largest) {
  Bytes table(static_cast<std::size_t>(largest) + 1);
  for (std::int64_t v = 0; v <= largest; ++v) {
    const std::int64_t doubled = 2 * 255 * v, unit = 2 * largest;
    std::int64_t rounded = (doubled + largest) / unit;
    if ((doubled + largest) % unit == 0 && rounded % 2 == 1) --rounded;
    table[static_cast<std::size_t>(v)] = static_cast<std::uint8_t>(rounded);
  }
  return table;
}

void unpack_bits(ByteView packed, Raster& raster) {
  const std::size_t stride = (static_cast<std::size_t>(raster.width) + 7) / 8;
  for (std::int64_t y = 0; y < raster.height; ++y)
    for (std::int64_t x = 0; x < raster.width; ++x) {
      const std::size_t at = static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(x) / 8;
      raster.row(y)[x] = packed[at] >> (7 - x % 8) & 1 ? 0 : 255;
    }
}

}  // namespace

Raster decode_pnm(const PictureFile& file) {
  constexpr std::int64_t longest_side = 1 << 20;
  PnmText text(file);
  const int kind = file.bytes[1] - '0';
  const std::int64_t width = text.number("the width", longest_side);
  const std::int64_t height = text.number("the height", longest_side);
  const bool bits = kind == 1 || kind == 4;
  const std::int64_t largest = bits ? 1 : text.number("the largest value", 65535);
  if (largest < 1) bad_picture("pnm", file.source, "the largest value is 0");
  require_pixels("pnm", file, width, height);
  const int channels = kind == 3 || kind == 6 ? 3 : 1;
  const auto values = static_cast<std::uint64_t>(width * height * channels);
  if (kind <= 3) {
    require_bytes("pnm", file, width, height, bits ? values : 2 * values);
    Raster raster(height, width, channels);
    const Bytes table = spread_table(largest);
    for (std::uint8_t& p : raster.pixels)
      p = bits ? (text.bit() ? 0 : 255)
               : table[static_cast<std::size_t>(text.number("a pixel", largest))];
    return raster;
  }
  const ByteView packed = text.rest();
  const std::uint64_t needed = bits ? static_cast<std::uint64_t>((width + 7) / 8 * height)
                                    : values * (largest > 255 ? 2 : 1);
  if (packed.size() < needed) bad_picture("pnm", file.source, "the file ends early");
  Raster raster(height, width, channels);
  if (bits) {
    unpack_bits(packed, raster);
    return raster;
  }
  const Bytes table = spread_table(largest);
  for (std::size_t i = 0; i < raster.pixels.size(); ++i) {
    const int value = largest > 255 ? packed[2 * i] << 8 | packed[2 * i + 1] : packed[i];
    raster.pixels[i] = table[static_cast<std::size_t>(std::min<std::int64_t>(value, largest))];
  }
  return raster;
}

}  // namespace fathom::io
