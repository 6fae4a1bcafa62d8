// Elementwise operations: one result element from the operands' elements at the same place.
//
// Shapes    operands are broadcast as NumPy does.
// Dtypes    operands are promoted as PyTorch does; a number adapts to the tensors. Functions of
// real
//           numbers turn integers into f32. Comparisons and logic return bool.
// Errors    ShapeError if the shapes do not broadcast, DTypeError for types that make no sense.
#pragma once
#include "fathom/core/tensor.h"
#include "fathom/ops/scalar_functions.h"

namespace fathom {

namespace op {
/// One function of fathom/ops/scalar_functions.h, on broadcast operands of one type.
struct Elementwise {
  int function;
};
/// Conversion to another element type; floats to integers truncate.
struct Cast {
  DType dtype;
};
/// condition ? a : b.
struct Where {};
}  // namespace op

namespace ops {
Tensor elementwise(int function, const Operand& x);
Tensor elementwise(int function, const Operand& a, const Operand& b);
}  // namespace ops

inline Tensor neg(const Operand& x) { return ops::elementwise(fn::id_of<fn::Neg>, x); }
inline Tensor abs(const Operand& x) { return ops::elementwise(fn::id_of<fn::Abs>, x); }
/// -1, 0 or 1. No gradient.
inline Tensor sign(const Operand& x) { return ops::elementwise(fn::id_of<fn::Sign>, x); }
inline Tensor square(const Operand& x) { return ops::elementwise(fn::id_of<fn::Square>, x); }
inline Tensor sqrt(const Operand& x) { return ops::elementwise(fn::id_of<fn::Sqrt>, x); }
/// 1 / sqrt(x), by a division: no approximation.
inline Tensor rsqrt(const Operand& x) { return ops::elementwise(fn::id_of<fn::Rsqrt>, x); }
inline Tensor reciprocal(const Operand& x) {
  return ops::elementwise(fn::id_of<fn::Reciprocal>, x);
}
inline Tensor exp(const Operand& x) { return ops::elementwise(fn::id_of<fn::Exp>, x); }
inline Tensor expm1(const Operand& x) { return ops::elementwise(fn::id_of<fn::Expm1>, x); }
inline Tensor log(const Operand& x) { return ops::elementwise(fn::id_of<fn::Log>, x); }
inline Tensor log1p(const Operand& x) { return ops::elementwise(fn::id_of<fn::Log1p>, x); }
inline Tensor sin(const Operand& x) { return ops::elementwise(fn::id_of<fn::Sin>, x); }
inline Tensor cos(const Operand& x) { return ops::elementwise(fn::id_of<fn::Cos>, x); }
inline Tensor tanh(const Operand& x) { return ops::elementwise(fn::id_of<fn::Tanh>, x); }
inline Tensor sigmoid(const Operand& x) { return ops::elementwise(fn::id_of<fn::Sigmoid>, x); }
inline Tensor erf(const Operand& x) { return ops::elementwise(fn::id_of<fn::Erf>, x); }
/// max(x, 0). The gradient at 0 is 0.
inline Tensor relu(const Operand& x) { return ops::elementwise(fn::id_of<fn::Relu>, x); }
/// x * Phi(x) (Hendrycks and Gimpel 2016).
inline Tensor gelu(const Operand& x) { return ops::elementwise(fn::id_of<fn::Gelu>, x); }
/// GELU's approximation by tanh, as torch's approximate="tanh".
inline Tensor gelu_tanh(const Operand& x) { return ops::elementwise(fn::id_of<fn::GeluTanh>, x); }
/// x * sigmoid(x).
inline Tensor silu(const Operand& x) { return ops::elementwise(fn::id_of<fn::Silu>, x); }
inline Tensor floor(const Operand& x) { return ops::elementwise(fn::id_of<fn::Floor>, x); }
inline Tensor ceil(const Operand& x) { return ops::elementwise(fn::id_of<fn::Ceil>, x); }
/// To the nearest integer, halves to even.
inline Tensor round(const Operand& x) { return ops::elementwise(fn::id_of<fn::Round>, x); }
inline Tensor isnan(const Operand& x) { return ops::elementwise(fn::id_of<fn::IsNan>, x); }
inline Tensor isfinite(const Operand& x) { return ops::elementwise(fn::id_of<fn::IsFinite>, x); }
inline Tensor logical_not(const Operand& x) {
  return ops::elementwise(fn::id_of<fn::LogicalNot>, x);
}

inline Tensor add(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Add>, a, b);
}
inline Tensor sub(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Sub>, a, b);
}
inline Tensor mul(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Mul>, a, b);
}
/// True division: integers give f32.
inline Tensor div(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Div>, a, b);
}
inline Tensor pow(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Pow>, a, b);
}
/// The larger; NaN if either is. A tie shares the gradient.
inline Tensor maximum(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Maximum>, a, b);
}
inline Tensor minimum(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Minimum>, a, b);
}
inline Tensor eq(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Equal>, a, b);
}
inline Tensor ne(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::NotEqual>, a, b);
}
inline Tensor lt(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Less>, a, b);
}
inline Tensor le(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::LessEqual>, a, b);
}
inline Tensor gt(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Greater>, a, b);
}
inline Tensor ge(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::GreaterEqual>, a, b);
}
inline Tensor logical_and(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::LogicalAnd>, a, b);
}
inline Tensor logical_or(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::LogicalOr>, a, b);
}
inline Tensor logical_xor(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::LogicalXor>, a, b);
}

inline Tensor operator-(const Operand& x) { return neg(x); }
inline Tensor operator+(const Operand& a, const Operand& b) { return add(a, b); }
inline Tensor operator-(const Operand& a, const Operand& b) { return sub(a, b); }
inline Tensor operator*(const Operand& a, const Operand& b) { return mul(a, b); }
inline Tensor operator/(const Operand& a, const Operand& b) { return div(a, b); }
inline Tensor operator==(const Operand& a, const Operand& b) { return eq(a, b); }
inline Tensor operator!=(const Operand& a, const Operand& b) { return ne(a, b); }
inline Tensor operator<(const Operand& a, const Operand& b) { return lt(a, b); }
inline Tensor operator<=(const Operand& a, const Operand& b) { return le(a, b); }
inline Tensor operator>(const Operand& a, const Operand& b) { return gt(a, b); }
inline Tensor operator>=(const Operand& a, const Operand& b) { return ge(a, b); }

/// condition ? a : b, elementwise; condition is a bool tensor.
/// Errors: DTypeError if condition is not bool.
Tensor where(const Operand& condition, const Operand& a, const Operand& b);
/// min(max(x, low), high). The gradient is 0 outside and at the bounds, as PyTorch's.
Tensor clamp(const Operand& x, const Operand& low, const Operand& high);
/// Conversion to another element type. Gradient: converted back; none through integers.
Tensor cast(const Operand& x, DType dtype);
/// The tensor itself, with no gradient through it.
Tensor stop_gradient(const Operand& x);

namespace op {
struct StopGradient {};
}  // namespace op

}  // namespace fathom
