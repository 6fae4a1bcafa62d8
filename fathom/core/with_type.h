// From an element type known when the program runs to a C++ type: code written once for all types.
#pragma once
#include <stdexcept>
#include <type_traits>

#include "fathom/core/dtype.h"

namespace fathom {

/// f(T()) with T the C++ type of the elements.
template <class F> decltype(auto) with_type(DType dtype, F&& f) {
  switch (dtype) {
    case DType::f32:
      return f(float());
    case DType::f64:
      return f(double());
    case DType::f16:
      return f(float16());
    case DType::bf16:
      return f(bfloat16());
    case DType::i64:
      return f(std::int64_t());
    case DType::i32:
      return f(std::int32_t());
    case DType::i8:
      return f(std::int8_t());
    case DType::u8:
      return f(std::uint8_t());
    case DType::boolean:
      return f(bool());
  }
  throw std::logic_error("fathom: no such element type");
}

/// The same for what C++ computes with: all but the half types, which the caller has excluded.
template <class F> decltype(auto) with_number(DType dtype, F&& f) {
  return with_type(dtype, [&]<class T>(T) -> decltype(f(float())) {
    if constexpr (std::is_arithmetic_v<T>)
      return f(T());
    else
      throw std::logic_error("fathom: a half type where none can be");
  });
}

/// f(T()) with T an unsigned integer of the elements' size: what only moves them needs no more.
template <class F> decltype(auto) with_size(DType dtype, F&& f) {
  switch (size_of(dtype)) {
    case 1:
      return f(std::uint8_t());
    case 2:
      return f(std::uint16_t());
    case 4:
      return f(std::uint32_t());
    default:
      return f(std::uint64_t());
  }
}

}  // namespace fathom
