#include "fathom/core/dtype.h"

namespace fathom {

std::string_view name(DType dtype) {
  constexpr std::string_view names[dtype_count] = {"f32", "f64", "f16", "bf16", "i64",
                                                   "i32", "i8",  "u8",  "bool"};
  return names[static_cast<int>(dtype)];
}

DType promote(DType a, DType b) {
  if (a == b) return a;
  if (a == DType::boolean) return b;
  if (b == DType::boolean) return a;
  if (is_floating(a) && is_floating(b)) {
    if (a == DType::f64 || b == DType::f64) return DType::f64;
    return DType::f32;  // f32 with a half type, or f16 with bf16
  }
  if (is_floating(a)) return a;
  if (is_floating(b)) return b;
  if ((a == DType::u8 && b == DType::i8) || (a == DType::i8 && b == DType::u8))
    return DType::i32;  // PyTorch gives int16, which Fathom does not have
  return size_of(a) > size_of(b) ? a : b;
}

}  // namespace fathom
