#include "fathom/io/gguf.h"

#include <cstring>

#include "fathom/core/error.h"

namespace fathom::io {
namespace {

// ggml's numbers of the types of metadata.
enum GgufType : std::uint32_t {
  type_u8,
  type_i8,
  type_u16,
  type_i16,
  type_u32,
  type_i32,
  type_f32,
  type_bool,
  type_string,
  type_array,
  type_u64,
  type_i64,
  type_f64,
  type_count
};

class GgufReader {
 public:
  GgufReader(ByteView bytes, const std::string& source) : bytes_(bytes), source_(source) {}

  [[noreturn]] void fail(const std::string& problem, const std::string& expected) const {
    throw FormatError({.operation = "GGUF",
                       .problem = problem,
                       .received = {{"file", source_}, {"at byte", std::to_string(at_)}},
                       .expected = expected});
  }
  std::size_t at() const { return at_; }
  std::size_t left() const { return bytes_.size() - at_; }
  template <class T> T number() {
    T value;
    if (left() < sizeof value) fail("the file ends too early", "the whole header");
    std::memcpy(&value, bytes_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }
  std::string text() {
    const auto length = number<std::uint64_t>();
    if (length > left()) fail("a text reaches beyond the end", "the whole header");
    std::string out(reinterpret_cast<const char*>(bytes_.data()) + at_, length);
    at_ += length;
    return out;
  }
  /// How many there are of what takes `least` bytes each.
  std::uint64_t count(std::uint64_t least) {
    const auto count = number<std::uint64_t>();
    if (count > left() / least) fail("a list reaches beyond the end", "the whole header");
    return count;
  }

  GgufValue value() {
    const auto type = number<std::uint32_t>();
    if (type == type_string) return text();
    if (type == type_bool) return number<std::uint8_t>() != 0;
    if (type == type_f32 || type == type_f64) return real(type);
    if (type == type_u64) {
      const auto value = number<std::uint64_t>();
      if (value > INT64_MAX) return value;
      return static_cast<std::int64_t>(value);
    }
    if (type == type_array) return array();
    return whole(type);
  }

 private:
  double real(std::uint32_t type) {
    return type == type_f32 ? static_cast<double>(number<float>()) : number<double>();
  }
  std::int64_t whole(std::uint32_t type) {
    switch (type) {
      case type_u8:
      case type_bool:
        return number<std::uint8_t>();
      case type_i8:
        return number<std::int8_t>();
      case type_u16:
        return number<std::uint16_t>();
      case type_i16:
        return number<std::int16_t>();
      case type_u32:
        return number<std::uint32_t>();
      case type_i32:
        return number<std::int32_t>();
      case type_u64: {
        const auto value = number<std::uint64_t>();
        if (value > INT64_MAX) fail("a number too large for a list", "at most 2^63 - 1");
        return static_cast<std::int64_t>(value);
      }
      case type_i64:
        return number<std::int64_t>();
      default:
        fail("unknown type " + std::to_string(type), "a type from 0 to 12");
    }
  }
  static std::uint64_t bytes_of(std::uint32_t type) {
    static constexpr std::uint8_t sizes[] = {1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8};
    return type < type_count ? sizes[type] : 1;
  }
  GgufValue array() {
    const auto type = number<std::uint32_t>();
    const std::uint64_t count = this->count(bytes_of(type));
    if (type == type_array) fail("a list of lists", "a list of numbers or texts");
    if (type == type_string) {
      std::vector<std::string> out;
      for (std::uint64_t i = 0; i < count; ++i) out.push_back(text());
      return out;
    }
    if (type == type_f32 || type == type_f64) {
      std::vector<double> out;
      for (std::uint64_t i = 0; i < count; ++i) out.push_back(real(type));
      return out;
    }
    std::vector<std::int64_t> out;
    for (std::uint64_t i = 0; i < count; ++i) out.push_back(whole(type));
    return out;
  }

  ByteView bytes_;
  const std::string& source_;
  std::size_t at_ = 0;
};

}  // namespace

GgufHeader parse_gguf_header(ByteView bytes, const std::string& source, Where where) {
  return located(where, [&] {
    GgufReader in(bytes, source);
    if (bytes.size() < 4 || std::memcmp(bytes.data(), "GGUF", 4) != 0)
      in.fail("not a GGUF file", "GGUF in the first four bytes");
    in.number<std::uint32_t>();
    GgufHeader out;
    out.version = in.number<std::uint32_t>();
    if (out.version != 2 && out.version != 3)
      throw UnsupportedError(
          {.operation = "GGUF",
           .problem = "another version of the format",
           .received = {{"file", source}, {"version", std::to_string(out.version)}},
           .expected = "2 or 3, little-endian"});
    const std::uint64_t tensors = in.count(8 + 4 + 4 + 8);  // what is left after it is checked too
    const std::uint64_t values = in.count(8 + 4 + 1);
    for (std::uint64_t i = 0; i < values; ++i) {
      std::string name = in.text();
      GgufValue value = in.value();
      if (!out.metadata.emplace(name, std::move(value)).second)
        in.fail("a name twice: " + name, "names that differ");
    }
    if (const auto* alignment = out.find<std::int64_t>("general.alignment")) {
      if (*alignment <= 0 || (*alignment & (*alignment - 1)) != 0 || *alignment > 1 << 20)
        in.fail("wrong general.alignment", "a power of two");
      out.alignment = static_cast<std::uint64_t>(*alignment);
    }
    for (std::uint64_t i = 0; i < tensors; ++i) {
      GgufTensor tensor;
      tensor.name = in.text();
      const auto rank = in.number<std::uint32_t>();
      if (rank > 8) in.fail("a tensor of rank " + std::to_string(rank), "at most 8");
      for (std::uint32_t axis = 0; axis < rank; ++axis)
        tensor.shape.push_back(in.number<std::uint64_t>());
      tensor.type = in.number<std::uint32_t>();
      tensor.offset = in.number<std::uint64_t>();
      if (tensor.offset % out.alignment != 0) in.fail("a tensor is not aligned", "aligned tensors");
      out.tensors.push_back(std::move(tensor));
    }
    out.data_offset = (in.at() + out.alignment - 1) / out.alignment * out.alignment;
    for (GgufTensor& tensor : out.tensors) {
      if (tensor.offset > bytes.size() || out.data_offset > bytes.size() - tensor.offset)
        in.fail("a tensor begins beyond the end: " + tensor.name, "the whole file");
      tensor.offset += out.data_offset;
    }
    return out;
  });
}

GgufHeader load_gguf_header(const std::string& path, Where where) {
  const MappedFile file(path, where);
  return parse_gguf_header(file.bytes(), path, where);
}

}  // namespace fathom::io
