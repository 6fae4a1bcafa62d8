// ZIP archives, which npz files, PyTorch's checkpoints and Keras' models are. Reads members into
// memory and never writes one to a path of its own; knows nothing of what is in them.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fathom/io/byte_source.h"

namespace fathom::io {

/// A file in an archive.
struct ZipMember {
  std::string name;
  std::uint64_t bytes = 0;         ///< unpacked
  std::uint64_t packed_bytes = 0;  ///< in the archive
};

/// An archive open for reading: stored and deflated members, ZIP64 too. Checksums are verified.
///
/// Strict     refused: names that climb ("../x", "/x"), two members of one name, members that
///            overlap, encryption, and sizes that the packed bytes cannot reach.
/// Bombs      a member of more than 256 MiB may be at most 100 times as large as when packed, and
///            so all together.
/// Source     APPNOTE.TXT 6.3, through minizip.
class ZipReader {
 public:
  /// `source` must outlive the reader. Errors: IoError, FormatError, UnsupportedError.
  explicit ZipReader(ByteSource source);
  ~ZipReader();
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;

  /// In the order of the archive's directory, without folders.
  const std::vector<ZipMember>& members() const { return members_; }
  /// The member of this name, or nullptr.
  const ZipMember* find(std::string_view name) const;

  /// One member, read from its start to its end.
  class Stream {
   public:
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    /// Bytes not yet read.
    std::uint64_t left() const { return left_; }
    /// Reads exactly `count` bytes, at most `left()`; the last of them verifies the checksum.
    /// Errors: IoError, FormatError.
    void read(void* to, std::size_t count);

   private:
    friend class ZipReader;
    Stream(const ZipReader& reader, const ZipMember& member);
    const ZipReader& reader_;
    const ZipMember& member_;
    std::uint64_t left_;
  };
  /// Opens a member, one at a time. Errors: IoError, FormatError.
  Stream open(const ZipMember& member) const { return Stream(*this, member); }
  /// A whole member. Errors: IoError; FormatError, also for one of more than `max_bytes`.
  Bytes read(const ZipMember& member, std::uint64_t max_bytes) const;

 private:
  struct Archive;
  void list();
  std::unique_ptr<Archive> archive_;
  std::vector<ZipMember> members_;
};

/// Makes an archive in memory. The same members give the same bytes: no time stamps.
class ZipWriter {
 public:
  ZipWriter();
  ~ZipWriter();
  /// Adds a member, deflated if `packed`. Errors: UnsupportedError for 4 GiB and more.
  void add(const std::string& name, ByteView bytes, bool packed);
  /// Ends the archive and gives it away; the writer is spent.
  Bytes finish();

 private:
  struct Archive;
  std::unique_ptr<Archive> archive_;
};

}  // namespace fathom::io
