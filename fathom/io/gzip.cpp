#include "fathom/io/gzip.h"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

#include "fathom/core/error.h"
#include "fathom/core/tensor.h"
#include "fathom/graph/context.h"

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

// What the last member says that it unpacks to (modulo 2^32): all of it where there is one member.
std::size_t stated_size(ByteView bytes) {
  if (bytes.size() < 4) return 0;
  const std::uint8_t* end = bytes.data() + bytes.size();
  return std::size_t{end[-1]} << 24 | std::size_t{end[-2]} << 16 | std::size_t{end[-3]} << 8 |
         end[-4];
}

// One member of exactly `size` bytes at once through libdeflate, three times as fast as zlib. False
// for anything else, damage included: zlib then goes through it and says where.
bool unpack_whole(ByteView bytes, std::uint8_t* out, std::size_t size) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> unpacker(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (!unpacker) throw std::bad_alloc();
  std::size_t taken = 0, made = 0;
  return libdeflate_gzip_decompress_ex(unpacker.get(), bytes.data(), bytes.size(), out, size,
                                       &taken, &made) == LIBDEFLATE_SUCCESS &&
         taken == bytes.size() && made == size;
}

}  // namespace

struct GzipReader::Stream {
  z_stream z{};
  ByteView packed;
  std::size_t next = 0;  // first packed byte not yet given to zlib
  std::size_t made = 0;  // unpacked bytes handed out
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

  // All that is left, if it is `count` bytes and they are worth the detour. What was read before is
  // unpacked again, so memory stays within twice what the reader asked for.
  bool read_rest(std::uint8_t* out, std::size_t count) {
    constexpr std::size_t worth = 1 << 20;
    if (count < worth || made > worth || stated_size(packed) != made + count) return false;
    const auto [whole, memory] =
        Tensor::uninitialized(DType::u8, {static_cast<std::int64_t>(made + count)});
    const auto* unpacked = static_cast<std::uint8_t*>(memory);
    if (!unpack_whole(packed, static_cast<std::uint8_t*>(memory), made + count)) return false;
    std::copy_n(unpacked + made, count, out);
    next = packed.size();
    z.avail_in = 0;
    member_ended = true;
    return true;
  }
};

bool is_gzip(ByteView bytes) { return bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b; }

GzipReader::GzipReader(ByteView bytes, std::string source)
    : stream_(std::make_unique<Stream>(bytes)),
      source_(std::move(source)),
      packed_bytes_(bytes.size()) {}

GzipReader::~GzipReader() = default;

std::uint64_t GzipReader::most_bytes() const {
  return (std::uint64_t{packed_bytes_} + 1) * deflate_gain;
}

std::size_t GzipReader::read(void* to, std::size_t count) {
  z_stream& z = stream_->z;
  auto* out = static_cast<std::uint8_t*>(to);
  if (stream_->read_rest(out, count)) return count;
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
  stream_->made += done;
  return done;
}

Bytes gunzip(ByteView bytes, const std::string& source, std::size_t max_bytes, Where where) {
  const graph::CallScope call(where);
  constexpr std::size_t usual_gain = 64;  // more may be a false promise: memory only as it comes
  const std::size_t stated = stated_size(bytes);
  if (stated <= std::min(max_bytes, bytes.size() * usual_gain)) {
    Bytes out(stated);
    if (unpack_whole(bytes, out.data(), stated)) return out;
  }
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

Bytes read_maybe_gzip(const std::string& path, std::size_t max_bytes, Where where) {
  const graph::CallScope call(where);
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
