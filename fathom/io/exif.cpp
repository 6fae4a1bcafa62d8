// The one thing that is read of EXIF data: how the camera was held.
#include <optional>
#include <string_view>

#include "fathom/io/image.h"
#include "fathom/io/raster.h"

namespace fathom::io {
namespace {

constexpr int orientation_tag = 0x0112;

/// Numbers of a block of bytes; nothing beyond its end.
struct Numbers {
  ByteView bytes;
  bool big = true;
  std::optional<std::uint32_t> at(std::size_t offset, int width) const {
    const auto count = static_cast<std::size_t>(width);
    if (offset > bytes.size() || bytes.size() - offset < count) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
      value = value << 8 | bytes[offset + (big ? i : count - 1 - i)];
    return value;
  }
};

bool begins(ByteView bytes, std::string_view text) {
  return bytes.size() >= text.size() &&
         std::string_view(reinterpret_cast<const char*>(bytes.data()), text.size()) == text;
}

/// Of a TIFF header and its first directory.
int orientation_of_tiff(ByteView tiff) {
  using namespace std::string_view_literals;
  if (begins(tiff, "Exif\0\0"sv)) tiff = tiff.subspan(6);
  const bool little = begins(tiff, "II*\0"sv);
  if (!little && !begins(tiff, "MM\0*"sv)) return 1;
  const Numbers n{tiff, !little};
  const auto directory = n.at(4, 4);
  const auto entries = directory ? n.at(*directory, 2) : std::nullopt;
  for (std::uint32_t i = 0; entries && i < *entries; ++i) {
    const std::size_t entry = std::size_t{*directory} + 2 + 12 * std::size_t{i};
    const auto tag = n.at(entry, 2);
    if (!tag) break;
    if (*tag != orientation_tag) continue;
    const auto value = n.at(entry + 8, n.at(entry + 2, 2) == 4u ? 4 : 2);
    return value && *value >= 1 && *value <= 8 ? static_cast<int>(*value) : 1;
  }
  return 1;
}

int orientation_of_jpeg(ByteView bytes) {
  using namespace std::string_view_literals;
  const Numbers n{bytes};
  for (std::size_t at = 2; const auto marker = n.at(at, 2);) {
    if (*marker == 0xffff) {  // fill bytes
      ++at;
      continue;
    }
    const auto length = n.at(at + 2, 2);
    // Pixels begin: what comes now is no EXIF data.
    if (!length || *length < 2 || *marker >> 8 != 0xff || *marker == 0xffda) break;
    if (at + 2 + *length > bytes.size()) break;
    const ByteView body = bytes.subspan(at + 4, *length - 2);
    if (*marker == 0xffe1 && begins(body, "Exif\0\0"sv)) return orientation_of_tiff(body);
    at += 2 + *length;
  }
  return 1;
}

/// Of chunks with a name and a length, as PNG and RIFF have them.
int orientation_of_chunks(ByteView bytes, bool png) {
  const Numbers n{bytes, png};
  for (std::size_t at = png ? 8 : 12; const auto length = n.at(png ? at : at + 4, 4);) {
    const std::size_t begin = at + 8;
    if (begin > bytes.size() || bytes.size() - begin < *length) break;
    if (begins(bytes.subspan(png ? at + 4 : at), png ? "eXIf" : "EXIF"))
      return orientation_of_tiff(bytes.subspan(begin, *length));
    at = begin + *length + (png ? 4 : *length % 2);
  }
  return 1;
}

}  // namespace

int exif_orientation(ByteView picture) {
  const std::string_view format = image_format(picture);
  if (format == "jpeg") return orientation_of_jpeg(picture);
  if (format == "png" || format == "webp") return orientation_of_chunks(picture, format == "png");
  return 1;
}

}  // namespace fathom::io
