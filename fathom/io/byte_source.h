// Private to fathom/io: bytes that are read at any place, of a file or in memory. What the readers
// of archives stand on; nothing here knows a format.
#pragma once
#include <cstring>
#include <functional>
#include <string>

#include "fathom/io/file.h"

namespace fathom::io {

/// Where a reader gets its bytes. Refers to the file or the memory, which must outlive it.
struct ByteSource {
  std::string name;  ///< the path, for errors
  std::uint64_t size = 0;
  /// Copies `count` bytes at `offset`; both lie within `size`.
  std::function<void(std::uint64_t offset, void* to, std::size_t count)> read;
};

inline ByteSource source_of(const InputFile& file) {
  return {file.path(), file.size(), [&file](std::uint64_t offset, void* to, std::size_t count) {
            file.read(offset, to, count);
          }};
}

inline ByteSource source_of(ByteView bytes, const std::string& name) {
  return {name, bytes.size(), [bytes](std::uint64_t offset, void* to, std::size_t count) {
            if (count > 0) std::memcpy(to, bytes.data() + offset, count);
          }};
}

}  // namespace fathom::io
