// Operations on the bits of integers and on divisors. Bitwise ones take bools too, as logic.
//
// Shapes    operands are broadcast as NumPy does.
// Dtypes    operands are promoted as PyTorch does; the result has their type. No gradients.
// Errors    DTypeError for floating operands.
#pragma once
#include "fathom/ops/elementwise.h"

namespace fathom {

/// Every bit the other way round; of bools, not.
inline Tensor bitwise_not(const Operand& x) {
  return ops::elementwise(fn::id_of<fn::BitwiseNot>, x);
}
/// The bits that both have.
inline Tensor bitwise_and(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::BitwiseAnd>, a, b);
}
/// The bits that one of both has, or both.
inline Tensor bitwise_or(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::BitwiseOr>, a, b);
}
/// The bits that only one of both has.
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

/// bitwise_not.
inline Tensor operator~(const Operand& x) { return bitwise_not(x); }
/// bitwise_and.
inline Tensor operator&(const Operand& a, const Operand& b) { return bitwise_and(a, b); }
/// bitwise_or.
inline Tensor operator|(const Operand& a, const Operand& b) { return bitwise_or(a, b); }
/// bitwise_xor.
inline Tensor operator^(const Operand& a, const Operand& b) { return bitwise_xor(a, b); }
/// bitwise_left_shift.
inline Tensor operator<<(const Operand& a, const Operand& b) { return bitwise_left_shift(a, b); }
/// bitwise_right_shift.
inline Tensor operator>>(const Operand& a, const Operand& b) { return bitwise_right_shift(a, b); }

}  // namespace fathom
