// Private to fathom/io: numbers as other programs store them, and the tensors that they become.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fathom/core/tensor.h"
#include "fathom/io/file.h"

namespace fathom::io::detail {

/// Element types of foreign files, little-endian. What Fathom has no tensor for is widened: i16
/// and u16 to i32, u32 to i64, and u64 to i64 where every number fits.
enum class Stored : std::uint8_t {
  f64,
  f32,
  f16,
  bf16,
  i64,
  i32,
  i16,
  i8,
  u64,
  u32,
  u16,
  u8,
  boolean
};

std::size_t size_of(Stored type);
/// The element type of the tensor.
DType tensor_dtype(Stored type);
std::string_view name(Stored type);
/// Whether a tensor holds the very bytes of the file.
bool is_kept(Stored type);

/// Numbers within a piece of memory: element (i, j, ...) lies at the sum of i * strides[0], ...
struct StoredArray {
  Stored type = Stored::f32;
  Shape shape;
  std::vector<std::int64_t> strides;  ///< in elements, none negative
};

/// Strides of elements that follow each other, the last axis fastest.
std::vector<std::int64_t> row_major(const Shape& shape);
/// The same with the first axis fastest.
std::vector<std::int64_t> column_major(const Shape& shape);
/// How many elements lie from the first to the last one used; none if that is no number.
std::optional<std::uint64_t> extent_of(const Shape& shape, std::span<const std::int64_t> strides);
/// A product of extents and the size of an element; none if that is no number.
std::optional<std::uint64_t> bytes_of(std::span<const std::int64_t> extents, std::size_t size);

/// What is read, for errors.
struct StoredPlace {
  std::string_view operation, path, tensor;
};

/// The contiguous tensor of an array whose first element lies at `first`.
/// Errors: FormatError for a boolean of neither 0 nor 1; UnsupportedError for a u64 that no i64
/// holds.
Tensor tensor_of(const StoredArray& array, const std::uint8_t* first, const StoredPlace& place);
/// Checks what a tensor holds that was read byte for byte. Errors: FormatError, as above.
void check_stored(const Tensor& tensor, const StoredPlace& place);

}  // namespace fathom::io::detail
