#include "fathom/io/zip.h"

#include <minizip/unzip.h>
#include <minizip/zip.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <map>
#include <new>

#include "fathom/core/error.h"
#include "fathom/io/gzip.h"

namespace fathom::io {
namespace {

constexpr std::uint64_t harmless_bytes = std::uint64_t{256} << 20;
constexpr std::uint64_t harmless_gain = 100;
constexpr int max_name = 65535;

[[noreturn]] void bad_zip(const std::string& source, const std::string& problem,
                          const std::string& member = "", const std::string& expected = "",
                          const std::string& hint = "") {
  ErrorInfo info{.operation = "zip",
                 .problem = problem,
                 .received = {{"path", source}},
                 .expected = expected,
                 .hint = hint};
  if (!member.empty()) info.received.emplace_back("member", member);
  throw FormatError(std::move(info));
}

voidpf stream_at_start(voidpf opaque, const void*, int) { return opaque; }
int stream_close(voidpf, voidpf) { return 0; }
int stream_error(voidpf, voidpf) { return 0; }

// Moves `at` as fseek does; false if that is outside of [0, size].
bool seek_to(std::uint64_t& at, std::uint64_t size, ZPOS64_T offset, int origin) {
  const std::uint64_t base = origin == ZLIB_FILEFUNC_SEEK_CUR   ? at
                             : origin == ZLIB_FILEFUNC_SEEK_END ? size
                                                                : 0;
  const std::uint64_t to = base + offset;  // a step back wraps around, as minizip means it
  if (to > size) return false;
  at = to;
  return true;
}

}  // namespace

struct ZipReader::Archive {
  ByteSource source;
  std::uint64_t at = 0;
  std::exception_ptr failure;  // of a read: exceptions must not pass through C
  unzFile file = nullptr;
  std::map<std::string, unz64_file_pos, std::less<>> places;

  explicit Archive(ByteSource from) : source(std::move(from)) {
    zlib_filefunc64_def functions{};
    functions.zopen64_file = stream_at_start;
    functions.zread_file = [](voidpf self, voidpf, void* to, uLong count) -> uLong {
      return static_cast<Archive*>(self)->read(to, count);
    };
    functions.ztell64_file = [](voidpf self, voidpf) -> ZPOS64_T {
      return static_cast<Archive*>(self)->at;
    };
    functions.zseek64_file = [](voidpf self, voidpf, ZPOS64_T offset, int origin) -> long {
      auto& archive = *static_cast<Archive*>(self);
      return seek_to(archive.at, archive.source.size, offset, origin) ? 0 : -1;
    };
    functions.zclose_file = stream_close;
    functions.zerror_file = stream_error;
    functions.opaque = this;
    file = unzOpen2_64("", &functions);
    rethrow();
    if (!file)
      bad_zip(source.name, "no archive's directory at the end", "", "a ZIP archive",
              "was the file cut off?");
  }
  ~Archive() {
    if (file) unzClose(file);
  }
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  std::size_t read(void* to, std::size_t count) {
    count = std::min<std::uint64_t>(count, source.size - at);
    try {
      source.read(at, to, count);
    } catch (...) {
      failure = std::current_exception();
      return 0;
    }
    at += count;
    return count;
  }
  void rethrow() {
    if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
  }
};

ZipReader::ZipReader(ByteSource source) : archive_(std::make_unique<Archive>(std::move(source))) {
  list();
}

ZipReader::~ZipReader() = default;

void ZipReader::list() {
  const std::string& source = archive_->source.name;
  unzFile file = archive_->file;
  std::string name(max_name, '\0');
  std::uint64_t packed = 0, unpacked = 0;
  int code = unzGoToFirstFile(file);
  for (; code == UNZ_OK; code = unzGoToNextFile(file)) {
    unz_file_info64 info{};
    unz64_file_pos place{};
    if (unzGetCurrentFileInfo64(file, &info, name.data(), max_name, nullptr, 0, nullptr, 0) !=
            UNZ_OK ||
        unzGetFilePos64(file, &place) != UNZ_OK)
      break;
    ZipMember member{
        {name.data(), info.size_filename}, info.uncompressed_size, info.compressed_size};
    if (member.name.find('\0') != std::string::npos)
      bad_zip(source, "a member's name with a NUL byte", member.name.c_str());
    if (climbs(member.name) || member.name.find('\\') != member.name.npos)
      bad_zip(source, "a member's name that climbs out of the archive", member.name,
              "names below the archive's own folder", "this file is not to be trusted");
    if (info.flag & 1)
      throw UnsupportedError({.operation = "zip",
                              .problem = "an encrypted member",
                              .received = {{"path", source}, {"member", member.name}}});
    if (info.compression_method != 0 && info.compression_method != Z_DEFLATED)
      throw UnsupportedError({.operation = "zip",
                              .problem = "an unknown way of packing",
                              .received = {{"path", source},
                                           {"member", member.name},
                                           {"method", std::to_string(info.compression_method)}},
                              .expected = "stored (0) or deflated (8)"});
    const bool stored = info.compression_method == 0;
    const bool beyond = member.packed_bytes > archive_->source.size - packed;
    if (beyond || (stored ? member.bytes != member.packed_bytes
                          : member.bytes / deflate_gain > member.packed_bytes))
      bad_zip(source,
              beyond ? "the members are larger than the archive"
                     : "a size that the packed bytes cannot reach",
              member.name, "at most " + std::to_string(archive_->source.size) + " packed bytes",
              "was the file cut off or made to exhaust memory?");
    packed += member.packed_bytes;
    if (member.bytes > harmless_bytes && member.bytes / harmless_gain > member.packed_bytes)
      bad_zip(source, "a member that unpacks to more than 100 times its size", member.name,
              "at most 256 MiB, or 100 times the " + std::to_string(member.packed_bytes) +
                  " packed bytes",
              "this may be a bomb; store the member without packing it");
    unpacked += member.bytes;
    if (unpacked > harmless_bytes && unpacked / harmless_gain > packed)
      bad_zip(source, "members that together unpack to more than 100 times their size", member.name,
              "at most 256 MiB, or 100 times the " + std::to_string(packed) +
                  " packed bytes up to here",
              "this may be a bomb; store the members without packing them");
    if (member.name.ends_with('/')) continue;
    if (!archive_->places.emplace(member.name, place).second)
      bad_zip(source, "two members of one name", member.name);
    members_.push_back(std::move(member));
  }
  archive_->rethrow();
  if (code != UNZ_END_OF_LIST_OF_FILE)
    bad_zip(source, "a damaged directory", "", "the entry of each member",
            "was the file cut off or damaged?");
}

const ZipMember* ZipReader::find(std::string_view name) const {
  const auto found = std::ranges::find(members_, name, &ZipMember::name);
  return found == members_.end() ? nullptr : &*found;
}

ZipReader::Stream::Stream(const ZipReader& reader, const ZipMember& member)
    : reader_(reader), member_(member), left_(member.bytes) {
  Archive& archive = *reader.archive_;
  const bool opened = unzGoToFilePos64(archive.file, &archive.places.at(member.name)) == UNZ_OK &&
                      unzOpenCurrentFile(archive.file) == UNZ_OK;
  archive.rethrow();
  if (!opened)
    bad_zip(archive.source.name, "a member that does not begin where the directory says",
            member.name, "", "was the file damaged?");
}

ZipReader::Stream::~Stream() { unzCloseCurrentFile(reader_.archive_->file); }

void ZipReader::Stream::read(void* to, std::size_t count) {
  Archive& archive = *reader_.archive_;
  auto* out = static_cast<std::uint8_t*>(to);
  count = std::min<std::uint64_t>(count, left_);
  left_ -= count;
  while (count > 0) {
    const auto part = static_cast<unsigned>(std::min<std::size_t>(count, 1u << 30));
    const int got = unzReadCurrentFile(archive.file, out, part);
    archive.rethrow();
    if (got <= 0)
      bad_zip(archive.source.name, "a member that ends early or is damaged", member_.name,
              std::to_string(member_.bytes) + " bytes", "was the file cut off or damaged?");
    out += got;
    count -= static_cast<std::size_t>(got);
  }
  if (left_ == 0 && unzCloseCurrentFile(archive.file) == UNZ_CRCERROR)
    bad_zip(archive.source.name, "a member whose checksum is wrong", member_.name, "",
            "was the file damaged?");
}

Bytes ZipReader::read(const ZipMember& member, std::uint64_t max_bytes) const {
  if (member.bytes > max_bytes)
    bad_zip(archive_->source.name, "a member that is too large", member.name,
            "at most " + std::to_string(max_bytes) + " bytes");
  Bytes bytes(member.bytes);
  open(member).read(bytes.data(), bytes.size());
  return bytes;
}

struct ZipWriter::Archive {
  Bytes bytes;
  std::uint64_t at = 0;
  zipFile file = nullptr;

  Archive() {
    zlib_filefunc64_def functions{};
    functions.zopen64_file = stream_at_start;
    functions.zread_file = [](voidpf, voidpf, void*, uLong) -> uLong { return 0; };
    functions.zwrite_file = [](voidpf self, voidpf, const void* from, uLong count) -> uLong {
      return static_cast<Archive*>(self)->write(static_cast<const std::uint8_t*>(from), count);
    };
    functions.ztell64_file = [](voidpf self, voidpf) -> ZPOS64_T {
      return static_cast<Archive*>(self)->at;
    };
    functions.zseek64_file = [](voidpf self, voidpf, ZPOS64_T offset, int origin) -> long {
      auto& archive = *static_cast<Archive*>(self);
      return seek_to(archive.at, archive.bytes.size(), offset, origin) ? 0 : -1;
    };
    functions.zclose_file = stream_close;
    functions.zerror_file = stream_error;
    functions.opaque = this;
    file = zipOpen2_64("", APPEND_STATUS_CREATE, nullptr, &functions);
    if (!file) throw std::bad_alloc();
  }
  ~Archive() {
    if (file) zipClose(file, nullptr);
  }
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  uLong write(const std::uint8_t* from, std::size_t count) noexcept {
    try {
      if (bytes.size() < at + count) bytes.resize(at + count);
    } catch (...) {
      return 0;
    }
    std::copy_n(from, count, bytes.begin() + static_cast<std::ptrdiff_t>(at));
    at += count;
    return count;
  }
};

ZipWriter::ZipWriter() : archive_(std::make_unique<Archive>()) {}
ZipWriter::~ZipWriter() = default;

void ZipWriter::add(const std::string& name, ByteView bytes, bool packed) {
  if (bytes.size() > std::numeric_limits<std::uint32_t>::max())
    throw UnsupportedError({.operation = "zip",
                            .problem = "a member of 4 GiB or more",
                            .received = {{"member", name}},
                            .hint = "safetensors takes tensors of any size"});
  zip_fileinfo info{};
  info.dosDate = 0x210000;  // 1980-01-01, the first day that the format knows
  const int level = packed ? Z_DEFAULT_COMPRESSION : 0;
  const bool done =
      zipOpenNewFileInZip64(archive_->file, name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr,
                            packed ? Z_DEFLATED : 0, level, 0) == ZIP_OK &&
      zipWriteInFileInZip(archive_->file, bytes.data(), static_cast<unsigned>(bytes.size())) ==
          ZIP_OK &&
      zipCloseFileInZip(archive_->file) == ZIP_OK;
  if (!done) throw std::bad_alloc();  // memory is all that can be short
}

Bytes ZipWriter::finish() {
  const int code = zipClose(std::exchange(archive_->file, nullptr), nullptr);
  if (code != ZIP_OK) throw std::bad_alloc();
  return std::move(archive_->bytes);
}

}  // namespace fathom::io
