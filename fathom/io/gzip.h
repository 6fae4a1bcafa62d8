// gzip: data files are often carried compressed, and read as if they were not.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "fathom/io/file.h"

namespace fathom::io {

/// Deflate makes at most so many bytes of one: a bit stands for 129.
inline constexpr std::uint64_t deflate_gain = 1032;

/// True if the bytes begin like a gzip file (1f 8b).
bool is_gzip(ByteView bytes);

/// Unpacks a gzip file in memory, of one or more members, piece by piece: a reader takes what its
/// format needs and is never made to hold more. Checksums are verified.
///
/// Source  RFC 1952, through zlib.
class GzipReader {
 public:
  /// `bytes` must outlive the reader; `source` stands for the path in errors.
  GzipReader(ByteView bytes, std::string source);
  ~GzipReader();

  /// Unpacks up to `count` bytes; fewer only at the end. Errors: FormatError.
  std::size_t read(void* to, std::size_t count);
  /// No more than this can be unpacked from so many packed bytes: deflate gains 1032 at most.
  std::uint64_t most_bytes() const;

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
  std::string source_;
  std::size_t packed_bytes_ = 0;
};

/// A whole file, unpacked if it is gzip.
/// Errors: IoError; FormatError, also for more than `max_bytes` unpacked bytes.
Bytes read_maybe_gzip(const std::string& path, std::size_t max_bytes = std::size_t{1} << 32,
                      Where where = Where::current());
/// Unpacked bytes of a gzip file in memory. Errors: FormatError.
Bytes gunzip(ByteView bytes, const std::string& source, std::size_t max_bytes,
             Where where = Where::current());
/// Packs into one gzip member; the same bytes each time (no time stamp, no name).
Bytes gzip(ByteView bytes);

}  // namespace fathom::io
