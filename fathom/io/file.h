// Files: reading whole, reading parts, and replacing in one step. Every format of fathom/io stands
// on these; nothing here knows a format.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fathom/core/where.h"

namespace fathom::io {

/// A whole file in memory.
using Bytes = std::vector<std::uint8_t>;
/// Bytes that somebody else holds.
using ByteView = std::span<const std::uint8_t>;

/// The bytes of a text, for the functions below.
inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Whether there is something of this name. What may not be looked at counts as there: who opens it
/// learns why it cannot be.
bool exists(const std::string& path);

/// Whether a path leads out of the folder that it is relative to: absolute, or with a part "..".
/// Archives whose members climb are not to be trusted.
bool climbs(std::string_view path);

/// A regular file open for reading at any place.
class InputFile {
 public:
  /// Errors: IoError with the system's reason; a folder or a device is no file.
  explicit InputFile(const std::string& path, Where where = Where::current());
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::string& path() const { return path_; }
  /// Bytes in the file when it was opened.
  std::uint64_t size() const { return size_; }
  /// Reads exactly `count` bytes at `offset`.
  /// Errors: IoError, also if the file has become shorter since it was opened.
  void read(std::uint64_t offset, void* to, std::size_t count) const;

 private:
  std::string path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

/// A whole file. Errors: IoError.
Bytes read_file(const std::string& path, Where where = Where::current());
/// A whole file as text, byte for byte. Errors: IoError.
std::string read_text(const std::string& path, Where where = Where::current());

/// A file in memory without a copy, read-only, for as long as the object lives. The file must not
/// be shortened meanwhile (the system would end the program): for files that others may write, use
/// read_file.
class MappedFile {
 public:
  /// Errors: IoError.
  explicit MappedFile(const std::string& path, Where where = Where::current());
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  ByteView bytes() const { return {static_cast<const std::uint8_t*>(data_), size_}; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Where a writer puts its bytes, in order.
class Sink {
 public:
  virtual void write(ByteView bytes) = 0;
  void write(std::string_view text) { write(as_bytes(text)); }

 protected:
  ~Sink() = default;
};

/// Replaces `path` in one step: writes a temporary file in the same folder, syncs it to disk and
/// renames it. Whoever looks sees the old file or the whole new one, also after a crash. On any
/// failure, the writer's own exceptions included, the temporary file is removed and the old file
/// is untouched.
/// Errors: IoError with the system's reason (full disk, folder absent or not writable).
void write_atomically(const std::string& path, const std::function<void(Sink&)>& writer,
                      Where where = Where::current());
void write_atomically(const std::string& path, ByteView bytes, Where where = Where::current());
void write_atomically(const std::string& path, std::string_view text,
                      Where where = Where::current());

}  // namespace fathom::io
