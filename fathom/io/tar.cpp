#include "fathom/io/tar.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/io/gzip.h"

namespace fathom::io {
namespace {

constexpr std::uint64_t block = 512;
// Of the texts before an entry: a name longer than this opens on no system.
constexpr std::uint64_t longest_text = 1 << 20;
using Block = std::array<std::uint8_t, block>;

[[noreturn]] void bad_tar(const std::string& path, const std::string& problem, std::uint64_t at,
                          const std::string& hint = "") {
  throw FormatError({.operation = "tar",
                     .problem = problem,
                     .received = {{"path", path}, {"at byte", std::to_string(at)}},
                     .expected = "a whole tar archive",
                     .hint = hint});
}

std::string text_of(const Block& header, std::size_t from, std::size_t size) {
  const auto* begin = reinterpret_cast<const char*>(header.data()) + from;
  return std::string(begin, std::find(begin, begin + size, '\0'));
}

/// An octal number, or GNU's binary one of large files.
std::optional<std::uint64_t> number_of(const Block& header, std::size_t from, std::size_t size) {
  std::uint64_t value = 0;
  if (header[from] == 0x80) {
    for (std::size_t i = from + 1; i < from + size; ++i) {
      if (value >> 55 != 0) return std::nullopt;
      value = value << 8 | header[i];
    }
    return value;
  }
  bool ended = false, any = false;
  for (std::size_t i = from; i < from + size; ++i) {
    const std::uint8_t c = header[i];
    if (c == ' ' || c == 0) {
      ended = any;
    } else if (c >= '0' && c <= '7' && !ended) {
      value = value * 8 + (c - '0');
      any = true;
    } else {
      return std::nullopt;
    }
  }
  return value;
}

bool checksum_fits(const Block& header) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < block; ++i) sum += i >= 148 && i < 156 ? ' ' : header[i];
  return number_of(header, 148, 8) == sum;
}

/// What extended headers say of the next entry.
struct Extended {
  std::string name;
  std::optional<std::uint64_t> bytes;
};

/// Records "LENGTH KEY=VALUE\n". False if they are none.
bool read_pax(std::string_view text, Extended& into) {
  while (!text.empty()) {
    std::size_t length = 0, at = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && length < text.size(); ++at)
      length = length * 10 + static_cast<std::size_t>(text[at] - '0');
    if (at == 0 || at >= text.size() || text[at] != ' ' || length <= at + 1 ||
        length > text.size() || text[length - 1] != '\n')
      return false;
    const std::string_view record = text.substr(at + 1, length - at - 2);
    text.remove_prefix(length);
    const std::size_t equals = record.find('=');
    if (equals == std::string_view::npos) return false;
    const std::string_view key = record.substr(0, equals), value = record.substr(equals + 1);
    if (key == "path") into.name = value;
    if (key != "size") continue;
    std::uint64_t bytes = 0;
    for (const char c : value) {
      if (c < '0' || c > '9' || bytes > UINT64_MAX / 16) return false;
      bytes = bytes * 10 + static_cast<std::uint64_t>(c - '0');
    }
    into.bytes = bytes;
  }
  return true;
}

}  // namespace

TarFile::TarFile(const std::string& path, Where where) : file_(path, where) {
  const graph::CallScope call(where);
  Extended next;
  std::uint64_t at = 0;
  Block header;
  while (true) {
    if (at + block > file_.size()) {
      // Two empty blocks end an archive; some writers leave them out.
      if (at == file_.size() && at > 0) return;
      bad_tar(path, at == 0 ? "not a tar archive" : "the file ends early", at);
    }
    file_.read(at, header.data(), block);
    if (std::ranges::all_of(header, [](std::uint8_t b) { return b == 0; })) return;
    if (at == 0 && is_gzip(header))
      bad_tar(path, "an archive packed by gzip", at, "gunzip it: it is read in place");
    if (!checksum_fits(header))
      bad_tar(path, at == 0 ? "not a tar archive" : "a damaged header", at);
    const auto stored = number_of(header, 124, 12);
    const char type = static_cast<char>(header[156]);
    const bool extension = type == 'L' || type == 'K' || type == 'x' || type == 'g';
    const std::uint64_t bytes =
        !extension && next.bytes ? *next.bytes : stored.value_or(UINT64_MAX);
    const std::uint64_t data = at + block;
    if (bytes > file_.size() - data) bad_tar(path, "the file ends early", at);
    at = data + (bytes + block - 1) / block * block;
    if (extension) {
      if (bytes > longest_text) bad_tar(path, "a name of a million letters", data);
      std::string text(static_cast<std::size_t>(bytes), '\0');
      file_.read(data, text.data(), text.size());
      if (type == 'L')
        next.name = text.substr(0, text.find('\0'));
      else if (type == 'x' && !read_pax(text, next))
        bad_tar(path, "a damaged extended header", data);
      continue;
    }
    if (type == 'S')
      throw UnsupportedError({.operation = "tar",
                              .problem = "a file with holes",
                              .received = {{"path", path}, {"entry", text_of(header, 0, 100)}},
                              .hint = "make the archive without --sparse"});
    if (type == '0' || type == '\0' || type == '7') {
      std::string name = next.name;
      if (name.empty()) {
        name = text_of(header, 0, 100);
        const std::string folder =
            text_of(header, 257, 5) == "ustar" ? text_of(header, 345, 155) : "";
        if (!folder.empty() && header[263] == '0') name = folder + "/" + name;
      }
      if (climbs(name))
        bad_tar(path, "a name that climbs out of the archive: " + name, data - block);
      if (name.starts_with("./")) name.erase(0, 2);
      // Old archives have folders as names with a slash at the end.
      if (!name.empty() && !name.ends_with('/')) entries_.push_back({std::move(name), data, bytes});
    }
    next = {};
  }
}

Bytes TarFile::read(const TarEntry& entry) const {
  Bytes bytes(static_cast<std::size_t>(entry.bytes));
  file_.read(entry.offset, bytes.data(), bytes.size());
  return bytes;
}

}  // namespace fathom::io
