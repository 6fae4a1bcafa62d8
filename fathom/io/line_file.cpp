#include "fathom/io/line_file.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/io/file.h"
#include "fathom/io/gzip.h"

namespace fathom::io {

/// A piece of the file, unpacked.
struct LineFile::Bytes {
  explicit Bytes(const std::string& path) : file(path), piece(1 << 16) {
    std::uint8_t head[2] = {};
    if (file.size() >= 2) file.read(0, head, 2);
    if (!is_gzip(head)) return;
    mapped.emplace(path);
    unpacker.emplace(mapped->bytes(), path);
  }
  /// Reads the next piece; false at the end.
  bool refill() {
    begin = 0;
    if (unpacker) {
      end = unpacker->read(piece.data(), piece.size());
    } else {
      end = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), file.size() - offset));
      if (end > 0) file.read(offset, piece.data(), end);
      offset += end;
    }
    return end > 0;
  }

  InputFile file;
  std::vector<char> piece;
  std::size_t begin = 0, end = 0;  // what is left of the piece
  std::uint64_t offset = 0;        // of the next piece of a plain file
  std::optional<MappedFile> mapped;
  std::optional<GzipReader> unpacker;
};

LineFile::LineFile(const std::string& path, Where where) {
  const graph::CallScope call(where);
  bytes_ = std::make_unique<Bytes>(path);
}
LineFile::~LineFile() = default;
LineFile::LineFile(LineFile&&) noexcept = default;
LineFile& LineFile::operator=(LineFile&&) noexcept = default;

bool LineFile::next(std::string& line) {
  constexpr std::size_t longest = std::size_t{1} << 30;
  line.clear();
  Bytes& b = *bytes_;
  bool any = false;
  while (b.begin < b.end || b.refill()) {
    any = true;
    const char* const from = b.piece.data() + b.begin;
    const std::size_t left = b.end - b.begin;
    const void* const newline = std::memchr(from, '\n', left);
    const std::size_t length =
        newline ? static_cast<std::size_t>(static_cast<const char*>(newline) - from) : left;
    line.append(from, length);
    b.begin += length + (newline ? 1 : 0);
    if (line.size() > longest)
      throw FormatError(
          {.operation = "read lines",
           .problem = "a line of more than 2^30 bytes",
           .received = {{"path", b.file.path()}, {"line", std::to_string(number_ + 1)}},
           .hint = "is this a text file?"});
    if (newline) break;
  }
  if (!any) return false;
  if (line.ends_with('\r')) line.pop_back();
  ++number_;
  return true;
}

}  // namespace fathom::io
