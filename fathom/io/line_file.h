// Lines of a text file, one after another, of a file of any size: only a piece of it is in memory.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "fathom/core/where.h"

namespace fathom::io {

/// Reads a file, plain or gzip, line by line. Lines end in LF or CRLF, which is left out.
class LineFile {
 public:
  /// Errors: IoError.
  explicit LineFile(const std::string& path, Where where = Where::current());
  ~LineFile();
  LineFile(LineFile&&) noexcept;
  LineFile& operator=(LineFile&&) noexcept;

  /// The next line; false at the end. Errors: IoError; FormatError for a damaged gzip file and a
  /// line of more than 2^30 bytes.
  bool next(std::string& line);
  /// Of the line that was read last, counted from 1.
  std::int64_t number() const { return number_; }

 private:
  struct Bytes;
  std::unique_ptr<Bytes> bytes_;
  std::int64_t number_ = 0;
};

}  // namespace fathom::io
