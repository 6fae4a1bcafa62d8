// safetensors: Fathom's own format of weights, and the one that Hugging Face models come in.
#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fathom/core/tensor.h"
#include "fathom/io/file.h"

namespace fathom::io {

/// A tensor and its name in a file.
using NamedTensor = std::pair<std::string, Tensor>;

/// What a safetensors file holds.
struct Safetensors {
  std::vector<NamedTensor> tensors;  ///< in the order of their data in the file
  std::map<std::string, std::string> metadata;

  /// The tensor of this name, or nullptr.
  const Tensor* find(std::string_view name) const;
};

/// One line of a file's table of contents. The element type is kept as text, since a listing also
/// shows types that Fathom has no tensor for.
struct SafetensorsEntry {
  std::string name;
  std::string dtype;                ///< as in the file: "F32", "BF16", "F8_E4M3"
  std::vector<std::int64_t> shape;  ///< of any rank
  std::uint64_t offset = 0;         ///< of the first byte, counted from the start of the file
  std::uint64_t bytes = 0;
};

/// What a file holds, without its numbers.
struct SafetensorsListing {
  std::vector<SafetensorsEntry> entries;  ///< in the order of their data in the file
  std::map<std::string, std::string> metadata;
};

/// Reads a file. Strict: each rule of the format is checked before a tensor is allocated.
///
/// Dtypes  F64 F32 F16 BF16 I64 I32 I8 U8 BOOL.
/// Errors  IoError; FormatError for bytes that break the format; UnsupportedError, naming the
///         tensor, for the format's other element types and for more than 8 axes.
/// Source  https://huggingface.co/docs/safetensors, and its reference implementation in Rust.
Safetensors load_safetensors(const std::string& path, Where where = Where::current());

/// The same from memory. `source` stands for the path in errors.
Safetensors parse_safetensors(ByteView bytes, const std::string& source = "(memory)",
                              Where where = Where::current());

/// Names, types and places of a file's tensors, without their data. Checks all but the data, and
/// lists what load_safetensors would refuse as unsupported. Errors: IoError, FormatError.
SafetensorsListing list_safetensors(const std::string& path, Where where = Where::current());
SafetensorsListing list_safetensors(ByteView bytes, const std::string& source = "(memory)",
                                    Where where = Where::current());

/// Writes a file, atomically, and byte for byte as the reference implementation would: the header
/// padded with blanks to a multiple of 8; tensors by falling alignment of their type (I64, F64,
/// F32, I32, BF16, F16, I8, U8, BOOL), then by name. Metadata is sorted by key. So the same tensors
/// give the same bytes, in whatever order they are passed.
/// Errors  IoError; ValueError for a name given twice or "__metadata__", or text that is not UTF-8.
void save_safetensors(const std::string& path, std::span<const NamedTensor> tensors,
                      const std::map<std::string, std::string>& metadata = {},
                      Where where = Where::current());

/// The bytes that save_safetensors writes.
Bytes safetensors_bytes(std::span<const NamedTensor> tensors,
                        const std::map<std::string, std::string>& metadata = {},
                        Where where = Where::current());

}  // namespace fathom::io
