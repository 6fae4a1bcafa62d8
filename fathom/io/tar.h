// tar archives read in place: a list of what is in them, and parts of the file. Nothing is
// unpacked.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fathom/io/file.h"

namespace fathom::io {

/// A regular file in an archive.
struct TarEntry {
  std::string name;          ///< with its folders, "train/cat/1.jpg"
  std::uint64_t offset = 0;  ///< of its first byte in the archive
  std::uint64_t bytes = 0;
};

/// An archive that is open for reading; several threads may read at once.
class TarFile {
 public:
  /// Reads the headers: the old format, ustar, GNU's long names and pax's names and sizes. Folders,
  /// links and devices are left out. Errors: IoError; FormatError for a damaged header, an archive
  /// that ends early or is packed by gzip, and for names that are absolute or climb by "..";
  /// UnsupportedError for files with holes.
  /// Source: POSIX.1-2001 (pax), GNU tar's manual.
  explicit TarFile(const std::string& path, Where where = Where::current());

  const std::string& path() const { return file_.path(); }
  const std::vector<TarEntry>& entries() const { return entries_; }
  /// The bytes of an entry. Errors: IoError.
  Bytes read(const TarEntry& entry) const;

 private:
  InputFile file_;
  std::vector<TarEntry> entries_;
};

}  // namespace fathom::io
