// Element types: their names, sizes and PyTorch's promotion between them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>

#include "fathom/core/half.h"

namespace fathom {

/// The type of a tensor's elements. `boolean` holds one byte that is 0 or 1.
enum class DType : std::uint8_t { f32, f64, f16, bf16, i64, i32, i8, u8, boolean };
/// How many element types there are.
inline constexpr int dtype_count = 9;

/// Short name as printed and as used in error messages: "f32", "i64", "bool".
std::string_view name(DType dtype);
/// Prints its name.
std::ostream& operator<<(std::ostream& out, DType dtype);

/// Bytes of one element.
constexpr std::size_t size_of(DType dtype) {
  constexpr std::size_t sizes[dtype_count] = {4, 8, 2, 2, 8, 4, 1, 1, 1};
  return sizes[static_cast<int>(dtype)];
}

/// Whether the type holds fractions: f64, f32 and the halves.
constexpr bool is_floating(DType dtype) { return dtype <= DType::bf16; }
/// Whether the type is a 16-bit floating one.
constexpr bool is_half(DType dtype) { return dtype == DType::f16 || dtype == DType::bf16; }
/// Whether the type holds whole numbers; bool is none.
constexpr bool is_integer(DType dtype) { return dtype >= DType::i64 && dtype <= DType::u8; }

/// The type that holds both, by PyTorch's table (torch.promote_types).
DType promote(DType a, DType b);

/// Maps a C++ type to its DType: dtype_of<float> == DType::f32.
template <class T>
inline constexpr DType dtype_of = [] {
  static_assert(sizeof(T) == 0,
                "fathom: no DType for this C++ type (use float, double, float16, bfloat16, "
                "int64_t, int32_t, int8_t, uint8_t or bool)");
  return DType::f32;
}();
template <> inline constexpr DType dtype_of<float> = DType::f32;
template <> inline constexpr DType dtype_of<double> = DType::f64;
template <> inline constexpr DType dtype_of<float16> = DType::f16;
template <> inline constexpr DType dtype_of<bfloat16> = DType::bf16;
template <> inline constexpr DType dtype_of<std::int64_t> = DType::i64;
template <> inline constexpr DType dtype_of<std::int32_t> = DType::i32;
template <> inline constexpr DType dtype_of<std::int8_t> = DType::i8;
template <> inline constexpr DType dtype_of<std::uint8_t> = DType::u8;
template <> inline constexpr DType dtype_of<bool> = DType::boolean;

}  // namespace fathom
