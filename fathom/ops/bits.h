// Operations on the bits of integers and on divisors. Bitwise ones take bools too, as logic.
//
// Shapes    operands are broadcast as NumPy does.
// Dtypes    operands are promoted as PyTorch does; the result has their type. No gradients.
// Errors    DTypeError for floating operands.
#pragma once
#include "fathom/ops/elementwise.h"

namespace fathom {

inline Tensor bitwise_not(const Operand& x) {
  return ops::elementwise(fn::id_of<fn::BitwiseNot>, x);
}
inline Tensor bitwise_and(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::BitwiseAnd>, a, b);
}
inline Tensor bitwise_or(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::BitwiseOr>, a, b);
}
inline Tensor bitwise_xor(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::BitwiseXor>, a, b);
}
/// x 2^shift modulo the type's range; 0 if the shift is negative or as wide as the type.
inline Tensor bitwise_left_shift(const Operand& x, const Operand& shift) {
  return ops::elementwise(fn::id_of<fn::LeftShift>, x, shift);
}
/// floor(x / 2^shift); only the sign is left if the shift is negative or as wide as the type.
inline Tensor bitwise_right_shift(const Operand& x, const Operand& shift) {
  return ops::elementwise(fn::id_of<fn::RightShift>, x, shift);
}
/// The greatest common divisor, not negative.
inline Tensor gcd(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Gcd>, a, b);
}
/// The least common multiple, not negative.
inline Tensor lcm(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Lcm>, a, b);
}

inline Tensor operator~(const Operand& x) { return bitwise_not(x); }
inline Tensor operator&(const Operand& a, const Operand& b) { return bitwise_and(a, b); }
inline Tensor operator|(const Operand& a, const Operand& b) { return bitwise_or(a, b); }
inline Tensor operator^(const Operand& a, const Operand& b) { return bitwise_xor(a, b); }
inline Tensor operator<<(const Operand& a, const Operand& b) { return bitwise_left_shift(a, b); }
inline Tensor operator>>(const Operand& a, const Operand& b) { return bitwise_right_shift(a, b); }

}  // namespace fathom
