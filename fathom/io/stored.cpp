#include "fathom/io/stored.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "fathom/core/error.h"

namespace fathom::io::detail {
namespace {

struct StoredType {
  std::string_view name;
  std::size_t bytes;
  DType dtype;
  bool kept;
};
constexpr StoredType stored_types[] = {
    {"float64", 8, DType::f64, true}, {"float32", 4, DType::f32, true},
    {"float16", 2, DType::f16, true}, {"bfloat16", 2, DType::bf16, true},
    {"int64", 8, DType::i64, true},   {"int32", 4, DType::i32, true},
    {"int16", 2, DType::i32, false},  {"int8", 1, DType::i8, true},
    {"uint64", 8, DType::i64, false}, {"uint32", 4, DType::i64, false},
    {"uint16", 2, DType::i32, false}, {"uint8", 1, DType::u8, true},
    {"bool", 1, DType::boolean, true}};

const StoredType& row(Stored type) { return stored_types[static_cast<int>(type)]; }

// Copies elements of `From` bytes to elements of type To, the last axis in the inner loop.
template <class From, class To>
void copy_elements(const StoredArray& array, const std::uint8_t* from, void* to) {
  const int rank = array.shape.rank();
  const std::int64_t inner = rank > 0 ? array.shape[rank - 1] : 1;
  const std::int64_t step = rank > 0 ? array.strides[rank - 1] : 0;
  const std::int64_t count = array.shape.size();
  auto* out = static_cast<To*>(to);
  std::int64_t index[Shape::max_rank] = {};
  for (std::int64_t done = 0; done < count; done += inner) {
    std::int64_t start = 0;
    for (int axis = 0; axis + 1 < rank; ++axis) start += index[axis] * array.strides[axis];
    const std::uint8_t* at = from + static_cast<std::size_t>(start) * sizeof(From);
    for (std::int64_t i = 0; i < inner; ++i, at += static_cast<std::size_t>(step) * sizeof(From)) {
      From value;
      std::memcpy(&value, at, sizeof value);
      *out++ = static_cast<To>(value);
    }
    for (int axis = rank - 2; axis >= 0 && ++index[axis] == array.shape[axis]; --axis)
      index[axis] = 0;
  }
}

}  // namespace

std::size_t size_of(Stored type) { return row(type).bytes; }
DType tensor_dtype(Stored type) { return row(type).dtype; }
std::string_view name(Stored type) { return row(type).name; }
bool is_kept(Stored type) { return row(type).kept; }

std::vector<std::int64_t> row_major(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.rank());
  std::int64_t step = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) strides[axis] = step, step *= shape[axis];
  return strides;
}

std::vector<std::int64_t> column_major(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.rank());
  std::int64_t step = 1;
  for (int axis = 0; axis < shape.rank(); ++axis) strides[axis] = step, step *= shape[axis];
  return strides;
}

std::optional<std::uint64_t> extent_of(const Shape& shape, std::span<const std::int64_t> strides) {
  if (std::ranges::find(shape, 0) != shape.end()) return 0;
  std::int64_t last = 0;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    std::int64_t way = 0;
    if (strides[axis] < 0 || __builtin_mul_overflow(shape[axis] - 1, strides[axis], &way) ||
        __builtin_add_overflow(last, way, &last))
      return std::nullopt;
  }
  return static_cast<std::uint64_t>(last) + 1;
}

std::optional<std::uint64_t> bytes_of(std::span<const std::int64_t> extents, std::size_t size) {
  auto bytes = static_cast<std::int64_t>(size);
  for (const std::int64_t extent : extents)
    if (extent < 0 || (extent > 0 && __builtin_mul_overflow(bytes, extent, &bytes)))
      return std::nullopt;
  // A widened element takes four times its bytes at most: every later product stays in range.
  if (bytes > std::numeric_limits<std::int64_t>::max() / 8) return std::nullopt;
  return std::ranges::find(extents, 0) != extents.end() ? 0 : static_cast<std::uint64_t>(bytes);
}

void check_stored(const Tensor& tensor, const StoredPlace& place) {
  if (tensor.dtype() != DType::boolean) return;
  const auto* bytes = static_cast<const std::uint8_t*>(tensor.raw_data());
  const auto* wrong = std::find_if(bytes, bytes + tensor.size(), [](auto b) { return b > 1; });
  if (wrong == bytes + tensor.size()) return;
  throw FormatError({.operation = std::string(place.operation),
                     .problem = "a boolean that is neither 0 nor 1",
                     .received = {{"path", std::string(place.path)},
                                  {"tensor", std::string(place.tensor)},
                                  {"element", std::to_string(wrong - bytes)},
                                  {"value", std::to_string(*wrong)}}});
}

Tensor tensor_of(const StoredArray& array, const std::uint8_t* first, const StoredPlace& place) {
  auto [tensor, memory] = Tensor::uninitialized(tensor_dtype(array.type), array.shape);
  if (array.type == Stored::i16) {
    copy_elements<std::int16_t, std::int32_t>(array, first, memory);
  } else if (array.type == Stored::u16) {
    copy_elements<std::uint16_t, std::int32_t>(array, first, memory);
  } else if (array.type == Stored::u32) {
    copy_elements<std::uint32_t, std::int64_t>(array, first, memory);
  } else if (array.strides == row_major(array.shape)) {
    if (tensor.bytes() > 0) std::memcpy(memory, first, tensor.bytes());
  } else if (size_of(array.type) == 8) {
    copy_elements<std::uint64_t, std::uint64_t>(array, first, memory);
  } else if (size_of(array.type) == 4) {
    copy_elements<std::uint32_t, std::uint32_t>(array, first, memory);
  } else if (size_of(array.type) == 2) {
    copy_elements<std::uint16_t, std::uint16_t>(array, first, memory);
  } else {
    copy_elements<std::uint8_t, std::uint8_t>(array, first, memory);
  }
  check_stored(tensor, place);
  if (array.type == Stored::u64) {
    const auto* numbers = static_cast<const std::int64_t*>(memory);
    if (std::any_of(numbers, numbers + tensor.size(), [](std::int64_t n) { return n < 0; }))
      throw UnsupportedError(
          {.operation = std::string(place.operation),
           .problem = "a uint64 that no i64 holds",
           .received = {{"path", std::string(place.path)}, {"tensor", std::string(place.tensor)}},
           .expected = "numbers below 2^63"});
  }
  return std::move(tensor);
}

}  // namespace fathom::io::detail
