#include "fathom/io/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"

namespace fathom::io {
namespace {

std::string hint_for(int code) {
  switch (code) {
    case ENOENT:
      return "check the spelling of the path and that its folder exists";
    case EACCES:
    case EPERM:
      return "check the permissions of the file and of its folder";
    case ENOSPC:
    case EDQUOT:
      return "free some space or write elsewhere; the old file, if any, is untouched";
    case EROFS:
      return "the file system is read-only: write elsewhere";
    case EISDIR:
      return "this is a folder; name a file in it";
    default:
      return "";
  }
}

[[noreturn]] void fail(const char* operation, const char* problem, const std::string& path,
                       int code) {
  throw IoError({.operation = operation,
                 .problem = std::string(problem) + ": " + std::strerror(code),
                 .received = {{"path", path}},
                 .hint = hint_for(code)});
}

// A temporary file beside its target; removed unless it was renamed.
class TemporaryFile final : public Sink {
 public:
  explicit TemporaryFile(const std::string& target) : target_(target) {
    static std::atomic<unsigned> counter{0};
    struct stat status {};
    if (::stat(target.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
      fail("write", "cannot replace what is no regular file", target,
           S_ISDIR(status.st_mode) ? EISDIR : EINVAL);
    do {
      path_ = target + ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
      descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (descriptor_ < 0 && errno == EEXIST);
    if (descriptor_ < 0) fail("write", "cannot create a file", target, errno);
  }
  ~TemporaryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!renamed_) ::unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  // Small writes gather in a buffer.
  void write(ByteView bytes) override {
    if (buffer_.size() + bytes.size() > buffer_bytes) flush();
    if (bytes.size() > buffer_bytes)
      put(bytes);
    else
      buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  }

  void commit() {
    flush();
    if (::fsync(descriptor_) != 0) fail("write", "cannot write", target_, errno);
    if (::close(std::exchange(descriptor_, -1)) != 0) fail("write", "cannot write", target_, errno);
    if (::rename(path_.c_str(), target_.c_str()) != 0)
      fail("write", "cannot rename the finished file", target_, errno);
    renamed_ = true;
    sync_folder();
  }

 private:
  static constexpr std::size_t buffer_bytes = 1 << 16;

  void flush() {
    put(buffer_);
    buffer_.clear();
  }
  void put(ByteView bytes) {
    while (!bytes.empty()) {
      const ssize_t done = ::write(descriptor_, bytes.data(), bytes.size());
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) fail("write", "cannot write", target_, errno);
      bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
  }
  // Makes the rename itself last. Some file systems cannot; the file is whole either way.
  void sync_folder() const {
    const auto slash = target_.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : target_.substr(0, slash + 1);
    const int d = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (d < 0) return;
    ::fsync(d);
    ::close(d);
  }

  std::string target_;
  std::string path_;
  int descriptor_ = -1;
  bool renamed_ = false;
  Bytes buffer_;
};

}  // namespace

bool exists(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return true;
  return errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG;
}

bool climbs(std::string_view path) {
  if (path.starts_with('/')) return true;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    if (path.substr(at, end - at) == "..") return true;
    at = end + 1;
  }
  return false;
}

InputFile::InputFile(const std::string& path, Where where) : path_(path) {
  const graph::CallScope call(where);
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) fail("read", "cannot open", path, errno);
  struct stat status {};
  int code = 0;
  if (::fstat(descriptor_, &status) != 0)
    code = errno;
  else if (S_ISDIR(status.st_mode))
    code = EISDIR;
  if (code == 0 && S_ISREG(status.st_mode)) {
    size_ = static_cast<std::uint64_t>(status.st_size);
    return;
  }
  ::close(descriptor_);
  if (code != 0) fail("read", "cannot open", path, code);
  throw IoError({.operation = "read",
                 .problem = "not a regular file",
                 .received = {{"path", path}},
                 .expected = "a file, not a device, pipe or socket"});
}

InputFile::~InputFile() { ::close(descriptor_); }

void InputFile::read(std::uint64_t offset, void* to, std::size_t count) const {
  auto* out = static_cast<std::uint8_t*>(to);
  while (count > 0) {
    const ssize_t done = ::pread(descriptor_, out, count, static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) fail("read", "cannot read", path_, errno);
    if (done == 0)
      throw IoError({.operation = "read",
                     .problem = "the file ended early",
                     .received = {{"path", path_}, {"end", "byte " + std::to_string(offset)}},
                     .expected = std::to_string(count) + " more bytes",
                     .hint = "was it written to while it was read?"});
    out += done;
    offset += static_cast<std::uint64_t>(done);
    count -= static_cast<std::size_t>(done);
  }
}

Bytes read_file(const std::string& path, Where where) {
  const graph::CallScope call(where);
  const InputFile file(path);
  Bytes bytes(file.size());
  file.read(0, bytes.data(), bytes.size());
  return bytes;
}

std::string read_text(const std::string& path, Where where) {
  const graph::CallScope call(where);
  const InputFile file(path);
  std::string text(file.size(), '\0');
  file.read(0, text.data(), text.size());
  return text;
}

MappedFile::MappedFile(const std::string& path, Where where) {
  const graph::CallScope call(where);
  const InputFile file(path);  // for its checks and messages
  size_ = file.size();
  if (size_ == 0) return;
  const int d = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (d < 0) fail("map", "cannot open", path, errno);
  data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, d, 0);
  const int code = errno;
  ::close(d);
  if (data_ != MAP_FAILED) return;
  data_ = nullptr;
  fail("map", "cannot map", path, code);
}

MappedFile::~MappedFile() {
  if (data_) ::munmap(data_, size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

void write_atomically(const std::string& path, const std::function<void(Sink&)>& writer,
                      Where where) {
  located(where, [&] {
    TemporaryFile file(path);
    writer(file);
    file.commit();
  });
}

void write_atomically(const std::string& path, ByteView bytes, Where where) {
  write_atomically(
      path, [&](Sink& sink) { sink.write(bytes); }, where);
}

void write_atomically(const std::string& path, std::string_view text, Where where) {
  write_atomically(path, as_bytes(text), where);
}

}  // namespace fathom::io
