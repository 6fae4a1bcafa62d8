#include "fathom/io/idx.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/io/gzip.h"

namespace fathom::io {
namespace {

struct Element {
  std::uint8_t code;
  std::size_t bytes;  // in the file
  DType dtype;
};
constexpr Element elements[] = {{0x08, 1, DType::u8},  {0x09, 1, DType::i8},
                                {0x0b, 2, DType::i32}, {0x0c, 4, DType::i32},
                                {0x0d, 4, DType::f32}, {0x0e, 8, DType::f64}};

[[noreturn]] void bad(const std::string& source, const std::string& problem,
                      const std::string& received, const std::string& expected,
                      const std::string& hint = "") {
  throw FormatError({.operation = "idx",
                     .problem = problem,
                     .received = {{"path", source}, {"got", received}},
                     .expected = expected,
                     .hint = hint});
}

// The bytes of a file in order, plain or unpacked on the way.
struct Source {
  std::string name;
  std::function<std::size_t(void*, std::size_t)> read;
  std::uint64_t most_bytes;  // there cannot be more
};

template <class T> void swap_bytes(void* data, std::size_t count) {
  auto* at = static_cast<std::uint8_t*>(data);
  for (std::size_t i = 0; i < count; ++i)
    std::reverse(at + i * sizeof(T), at + (i + 1) * sizeof(T));
}

// Big-endian 16-bit numbers at the end of the buffer become 32-bit numbers from its start.
void widen(std::uint8_t* data, std::size_t count) {
  const std::uint8_t* from = data + count * 2;
  for (std::size_t i = 0; i < count; ++i) {
    const auto bits = static_cast<std::uint16_t>(from[2 * i] << 8 | from[2 * i + 1]);
    const std::int32_t wide = static_cast<std::int16_t>(bits);
    std::memcpy(data + 4 * i, &wide, 4);
  }
}

Tensor parse(const Source& source) {
  std::uint8_t magic[4];
  const std::size_t got = source.read(magic, 4);
  if (got < 4) bad(source.name, "too short", std::to_string(got) + " bytes", "a header of 4 bytes");
  const auto* element = std::ranges::find(elements, magic[2], &Element::code);
  if (magic[0] != 0 || magic[1] != 0 || element == std::end(elements)) {
    std::string hex;
    for (const std::uint8_t b : magic)
      hex += {"0123456789abcdef"[b >> 4], "0123456789abcdef"[b & 15]};
    bad(source.name, "not an idx file", "first bytes " + hex,
        "0000, a type (08 09 0b 0c 0d 0e) and the number of axes",
        "MNIST's images begin with 00000803, its labels with 00000801");
  }
  const int rank = magic[3];
  if (rank < 1 || rank > Shape::max_rank)
    bad(source.name, "wrong number of axes", std::to_string(rank), "1 to 8 axes");

  Shape shape;
  std::uint64_t bytes = element->bytes, header = 4;
  for (int axis = 0; axis < rank; ++axis) {
    std::uint8_t n[4];
    if (source.read(n, 4) < 4)
      bad(source.name, "the header ends early", std::to_string(axis) + " extents",
          std::to_string(rank) + " extents", "was the file cut off?");
    const std::uint32_t extent =
        std::uint32_t{n[0]} << 24 | std::uint32_t{n[1]} << 16 | std::uint32_t{n[2]} << 8 | n[3];
    shape.push_back(extent);
    header += 4;
  }
  bool too_large = false;
  for (const std::int64_t n : shape)
    if (n != 0) too_large |= __builtin_mul_overflow(bytes, static_cast<std::uint64_t>(n), &bytes);
  // 8 bytes an element in memory at most, so an eighth keeps every later product in range.
  too_large |= bytes > std::numeric_limits<std::int64_t>::max() / 8;
  if (!too_large && shape.size() == 0) bytes = 0;
  if (too_large || bytes > source.most_bytes - header)
    bad(source.name, "the file is too short for its shape", to_string(shape),
        "at most " + std::to_string(source.most_bytes - header) + " bytes of elements",
        "was the file cut off?");

  auto [tensor, memory] = Tensor::uninitialized(element->dtype, shape);
  const auto count = static_cast<std::size_t>(shape.size());
  // A type that grows is read into the end of its memory.
  auto* to = static_cast<std::uint8_t*>(memory) + (count * size_of(element->dtype) - bytes);
  const std::size_t read = source.read(to, bytes);
  if (read < bytes)
    bad(source.name, "the elements end early", std::to_string(read) + " bytes",
        std::to_string(bytes) + " bytes for shape " + to_string(shape), "was the file cut off?");
  std::uint8_t more;
  if (source.read(&more, 1) > 0)
    bad(source.name, "bytes after the last element",
        "more than " + std::to_string(bytes) + " bytes",
        std::to_string(bytes) + " bytes for shape " + to_string(shape));
  if (element->bytes == 2) widen(static_cast<std::uint8_t*>(memory), count);
  if (element->bytes == 4) swap_bytes<std::uint32_t>(memory, count);
  if (element->bytes == 8) swap_bytes<std::uint64_t>(memory, count);
  return tensor;
}

}  // namespace

Tensor parse_idx(ByteView bytes, const std::string& source, Where where) {
  const graph::CallScope call(where);
  if (is_gzip(bytes)) {
    GzipReader reader(bytes, source);
    return parse({source, [&](void* to, std::size_t count) { return reader.read(to, count); },
                  reader.most_bytes()});
  }
  std::size_t at = 0;
  const auto read = [&](void* to, std::size_t count) {
    const std::size_t part = std::min(count, bytes.size() - at);
    if (part > 0) std::memcpy(to, bytes.data() + at, part);
    at += part;
    return part;
  };
  return parse({source, read, bytes.size()});
}

Tensor load_idx(const std::string& path, Where where) {
  const graph::CallScope call(where);
  return parse_idx(read_file(path), path);
}

Bytes idx_bytes(const Tensor& tensor, Where where) {
  const graph::CallScope call(where);
  const auto* element = std::ranges::find_if(elements, [&](const Element& e) {
    return e.dtype == tensor.dtype() && e.bytes == size_of(e.dtype);
  });
  const bool extents_fit = std::ranges::all_of(tensor.shape(), [](std::int64_t n) {
    return n <= std::numeric_limits<std::uint32_t>::max();
  });
  if (element == std::end(elements) || tensor.rank() < 1 || !extents_fit)
    throw UnsupportedError({.operation = "save_idx",
                            .problem = "no idx file for this tensor",
                            .received = {{"tensor", std::string(name(tensor.dtype())) + " " +
                                                        to_string(tensor.shape())}},
                            .expected = "u8, i8, i32, f32 or f64 with 1 axis or more"});
  Bytes out{0, 0, element->code, static_cast<std::uint8_t>(tensor.rank())};
  for (const std::int64_t extent : tensor.shape())
    for (int shift = 24; shift >= 0; shift -= 8)
      out.push_back(static_cast<std::uint8_t>(extent >> shift & 255));
  const auto* data = static_cast<const std::uint8_t*>(tensor.raw_data());
  const std::size_t start = out.size();
  out.insert(out.end(), data, data + tensor.bytes());
  const auto count = static_cast<std::size_t>(tensor.size());
  if (element->bytes == 4) swap_bytes<std::uint32_t>(out.data() + start, count);
  if (element->bytes == 8) swap_bytes<std::uint64_t>(out.data() + start, count);
  return out;
}

void save_idx(const std::string& path, const Tensor& tensor, Where where) {
  const graph::CallScope call(where);
  const Bytes bytes = idx_bytes(tensor);
  write_atomically(path, path.ends_with(".gz") ? gzip(bytes) : bytes);
}

}  // namespace fathom::io
