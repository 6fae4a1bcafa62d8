#include "fathom/io/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

#include "fathom/core/error.h"

namespace fathom::io {
namespace {

constexpr int gzip_window = 15 + 16;  // the largest window; +16 means gzip, by zlib's convention

[[noreturn]] void bad(const std::string& source, const std::string& problem, std::size_t at,
                      const std::string& hint = "was the file cut off or damaged?") {
  throw FormatError({.operation = "gzip",
                     .problem = problem,
                     .received = {{"path", source}, {"at packed byte", std::to_string(at)}},
                     .hint = hint});
}

}  // namespace

struct GzipReader::Stream {
  z_stream z{};
  ByteView packed;
  std::size_t next = 0;  // first packed byte not yet given to zlib
  bool member_ended = false;

  explicit Stream(ByteView bytes) : packed(bytes) {
    if (inflateInit2(&z, gzip_window) != Z_OK) throw std::bad_alloc();
  }
  ~Stream() { inflateEnd(&z); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  std::size_t position() const { return next - z.avail_in; }
  void feed() {  // zlib counts in 32 bits
    if (z.avail_in > 0) return;
    const std::size_t part = std::min<std::size_t>(packed.size() - next, 1u << 30);
    z.next_in = const_cast<Bytef*>(packed.data() + next);
    z.avail_in = static_cast<uInt>(part);
    next += part;
  }
};

bool is_gzip(ByteView bytes) { return bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b; }

GzipReader::GzipReader(ByteView bytes, std::string source)
    : stream_(std::make_unique<Stream>(bytes)),
      source_(std::move(source)),
      packed_bytes_(bytes.size()) {}

GzipReader::~GzipReader() = default;

std::uint64_t GzipReader::most_bytes() const { return std::uint64_t{packed_bytes_} * 1032 + 1032; }

std::size_t GzipReader::read(void* to, std::size_t count) {
  z_stream& z = stream_->z;
  auto* out = static_cast<std::uint8_t*>(to);
  std::size_t done = 0;
  while (done < count) {
    stream_->feed();
    if (stream_->member_ended) {
      if (z.avail_in == 0) break;
      inflateReset(&z);  // another member follows
      stream_->member_ended = false;
    }
    const auto part = static_cast<uInt>(std::min<std::size_t>(count - done, 1u << 30));
    z.next_out = out + done;
    z.avail_out = part;
    const int code = inflate(&z, Z_NO_FLUSH);
    done += part - z.avail_out;
    if (code == Z_STREAM_END) {
      stream_->member_ended = true;
    } else if (code == Z_MEM_ERROR) {
      throw std::bad_alloc();
    } else if (code == Z_BUF_ERROR || (code == Z_OK && z.avail_out > 0)) {
      if (z.avail_in == 0 && stream_->next == stream_->packed.size())
        bad(source_, "the packed data end early", stream_->position());
    } else if (code != Z_OK) {
      bad(source_, z.msg ? z.msg : "damaged data", stream_->position());
    }
  }
  return done;
}

Bytes gunzip(ByteView bytes, const std::string& source, std::size_t max_bytes) {
  GzipReader reader(bytes, source);
  Bytes out;
  std::size_t size = 0;
  for (;;) {
    out.resize(std::max<std::size_t>(size * 2, 1 << 16));
    const std::size_t asked = out.size() - size;
    const std::size_t got = reader.read(out.data() + size, asked);
    size += got;
    if (size > max_bytes)
      bad(source, "more than " + std::to_string(max_bytes) + " unpacked bytes", bytes.size(),
          "is this the right file?");
    if (got < asked) break;
  }
  out.resize(size);
  return out;
}

Bytes read_maybe_gzip(const std::string& path, std::size_t max_bytes) {
  Bytes bytes = read_file(path);
  return is_gzip(bytes) ? gunzip(bytes, path, max_bytes) : bytes;
}

Bytes gzip(ByteView bytes) {
  z_stream z{};
  if (deflateInit2(&z, 6, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  const bool fits = bytes.size() <= std::numeric_limits<uInt>::max() / 2;
  Bytes out(fits ? deflateBound(&z, static_cast<uLong>(bytes.size())) : 0);
  z.next_in = const_cast<Bytef*>(bytes.data());
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = out.data();
  z.avail_out = static_cast<uInt>(out.size());
  const int code = fits ? deflate(&z, Z_FINISH) : Z_OK;
  out.resize(out.size() - z.avail_out);
  deflateEnd(&z);
  if (code != Z_STREAM_END)
    throw UnsupportedError({.operation = "gzip",
                            .problem = "too much to pack at once",
                            .received = {{"bytes", std::to_string(bytes.size())}},
                            .expected = "less than 2 GiB"});
  return out;
}

}  // namespace fathom::io
