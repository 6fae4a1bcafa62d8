// GGUF: the file of llama.cpp's models, metadata by name and tensors. Only the header is read here;
// tensors are listed with the place of their bytes.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "fathom/io/file.h"

namespace fathom::io {

/// A value of the metadata: whole numbers and truth values as i64 (u64 where they are larger), real
/// ones as f64, and lists of those and of texts. Lists of lists are left out.
using GgufValue =
    std::variant<std::int64_t, std::uint64_t, double, bool, std::string, std::vector<std::int64_t>,
                 std::vector<double>, std::vector<std::string>>;

/// A tensor: its type is ggml's number (0 is f32, 1 is f16, others are quantised).
struct GgufTensor {
  std::string name;
  std::vector<std::uint64_t> shape;  ///< as ggml has it: the extent that varies fastest first
  std::uint32_t type = 0;
  std::uint64_t offset = 0;  ///< bytes from the beginning of the file
};

/// The header of a GGUF file.
struct GgufHeader {
  std::uint32_t version = 0;
  std::map<std::string, GgufValue> metadata;
  std::vector<GgufTensor> tensors;
  std::uint64_t alignment = 32;
  std::uint64_t data_offset = 0;  ///< where the tensors' bytes begin

  /// A value by its name and type, or null.
  template <class T> const T* find(const std::string& name) const {
    const auto at = metadata.find(name);
    return at == metadata.end() ? nullptr : std::get_if<T>(&at->second);
  }
};

/// Reads the header of a GGUF file of version 2 or 3, little-endian. Memory stays within a few
/// times the file's size, whatever its counts say. Errors: IoError; FormatError for a file that is
/// damaged, cut off or of another format; UnsupportedError for another version.
GgufHeader load_gguf_header(const std::string& path, Where where = Where::current());
/// The same from memory; `source` stands for the path in errors.
GgufHeader parse_gguf_header(ByteView bytes, const std::string& source,
                             Where where = Where::current());

}  // namespace fathom::io
