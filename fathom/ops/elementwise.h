// Elementwise operations: one result element from the operands' elements at the same place.
//
// Shapes    operands are broadcast as NumPy does.
// Dtypes    operands are promoted as PyTorch does; a number adapts to the tensors. Functions of
// real
//           numbers turn integers into f32. Comparisons and logic return bool. Halves are computed
//           in f32 and rounded once.
// Errors    ShapeError if the shapes do not broadcast, DTypeError for types that make no sense.
#pragma once
#include <optional>

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

/// -x. Errors: DTypeError for bools.
inline Tensor neg(const Operand& x) { return ops::elementwise(fn::id_of<fn::Neg>, x); }
/// |x|; its gradient at 0 is 0.
inline Tensor abs(const Operand& x) { return ops::elementwise(fn::id_of<fn::Abs>, x); }
/// -1, 0 or 1. No gradient.
inline Tensor sign(const Operand& x) { return ops::elementwise(fn::id_of<fn::Sign>, x); }
/// x x.
inline Tensor square(const Operand& x) { return ops::elementwise(fn::id_of<fn::Square>, x); }
/// The square root.
inline Tensor sqrt(const Operand& x) { return ops::elementwise(fn::id_of<fn::Sqrt>, x); }
/// 1 / sqrt(x), by a division: no approximation.
inline Tensor rsqrt(const Operand& x) { return ops::elementwise(fn::id_of<fn::Rsqrt>, x); }
/// 1 / x.
inline Tensor reciprocal(const Operand& x) {
  return ops::elementwise(fn::id_of<fn::Reciprocal>, x);
}
/// e^x.
inline Tensor exp(const Operand& x) { return ops::elementwise(fn::id_of<fn::Exp>, x); }
/// e^x - 1, accurate near 0.
inline Tensor expm1(const Operand& x) { return ops::elementwise(fn::id_of<fn::Expm1>, x); }
/// 2^x.
inline Tensor exp2(const Operand& x) { return ops::elementwise(fn::id_of<fn::Exp2>, x); }
/// The natural logarithm.
inline Tensor log(const Operand& x) { return ops::elementwise(fn::id_of<fn::Log>, x); }
/// The logarithm to base 2.
inline Tensor log2(const Operand& x) { return ops::elementwise(fn::id_of<fn::Log2>, x); }
/// The logarithm to base 10.
inline Tensor log10(const Operand& x) { return ops::elementwise(fn::id_of<fn::Log10>, x); }
/// log(1 + x), accurate near 0.
inline Tensor log1p(const Operand& x) { return ops::elementwise(fn::id_of<fn::Log1p>, x); }
/// The sine, of radians.
inline Tensor sin(const Operand& x) { return ops::elementwise(fn::id_of<fn::Sin>, x); }
/// The cosine, of radians.
inline Tensor cos(const Operand& x) { return ops::elementwise(fn::id_of<fn::Cos>, x); }
/// The tangent, of radians.
inline Tensor tan(const Operand& x) { return ops::elementwise(fn::id_of<fn::Tan>, x); }
/// The inverse sine, in [-pi/2, pi/2].
inline Tensor asin(const Operand& x) { return ops::elementwise(fn::id_of<fn::Asin>, x); }
/// The inverse cosine, in [0, pi].
inline Tensor acos(const Operand& x) { return ops::elementwise(fn::id_of<fn::Acos>, x); }
/// The inverse tangent, in [-pi/2, pi/2].
inline Tensor atan(const Operand& x) { return ops::elementwise(fn::id_of<fn::Atan>, x); }
/// The hyperbolic sine.
inline Tensor sinh(const Operand& x) { return ops::elementwise(fn::id_of<fn::Sinh>, x); }
/// The hyperbolic cosine.
inline Tensor cosh(const Operand& x) { return ops::elementwise(fn::id_of<fn::Cosh>, x); }
/// The hyperbolic tangent.
inline Tensor tanh(const Operand& x) { return ops::elementwise(fn::id_of<fn::Tanh>, x); }
/// The inverse hyperbolic sine.
inline Tensor asinh(const Operand& x) { return ops::elementwise(fn::id_of<fn::Asinh>, x); }
/// The inverse hyperbolic cosine.
inline Tensor acosh(const Operand& x) { return ops::elementwise(fn::id_of<fn::Acosh>, x); }
/// The inverse hyperbolic tangent.
inline Tensor atanh(const Operand& x) { return ops::elementwise(fn::id_of<fn::Atanh>, x); }
/// sin(pi x) / (pi x), and 1 at 0.
inline Tensor sinc(const Operand& x) { return ops::elementwise(fn::id_of<fn::Sinc>, x); }
/// 1 / (1 + exp(-x)).
inline Tensor sigmoid(const Operand& x) { return ops::elementwise(fn::id_of<fn::Sigmoid>, x); }
/// The error function.
inline Tensor erf(const Operand& x) { return ops::elementwise(fn::id_of<fn::Erf>, x); }
/// max(x, 0). The gradient at 0 is 0.
inline Tensor relu(const Operand& x) { return ops::elementwise(fn::id_of<fn::Relu>, x); }
/// Phi(x), the Gaussian's distribution function, to erf's absolute accuracy: gelu's gate. See ndtr.
inline Tensor gelu_gate(const Operand& x) { return ops::elementwise(fn::id_of<fn::GeluGate>, x); }
/// The derivative of gelu at x, where gelu_gate(x) is `gate`.
inline Tensor gelu_slope(const Operand& x, const Operand& gate) {
  return ops::elementwise(fn::id_of<fn::GeluSlope>, x, gate);
}
/// The derivative of hardswish at x.
inline Tensor hardswish_slope(const Operand& x) {
  return ops::elementwise(fn::id_of<fn::HardswishSlope>, x);
}
/// GELU's approximation by tanh, as torch's approximate="tanh".
inline Tensor gelu_tanh(const Operand& x) { return ops::elementwise(fn::id_of<fn::GeluTanh>, x); }
/// x * sigmoid(x).
inline Tensor silu(const Operand& x) { return ops::elementwise(fn::id_of<fn::Silu>, x); }
/// The whole number at or below x.
inline Tensor floor(const Operand& x) { return ops::elementwise(fn::id_of<fn::Floor>, x); }
/// The whole number at or above x.
inline Tensor ceil(const Operand& x) { return ops::elementwise(fn::id_of<fn::Ceil>, x); }
/// To the nearest integer, halves to even.
inline Tensor round(const Operand& x) { return ops::elementwise(fn::id_of<fn::Round>, x); }
/// To `decimals` digits behind the point, or before it if negative; halves to even.
Tensor round(const Operand& x, int decimals);
/// round(x).
inline Tensor rint(const Operand& x) { return round(x); }
/// Towards 0.
inline Tensor trunc(const Operand& x) { return ops::elementwise(fn::id_of<fn::Trunc>, x); }
/// trunc(x).
inline Tensor fix(const Operand& x) { return trunc(x); }
/// x - trunc(x).
Tensor frac(const Operand& x);
/// Degrees to radians.
Tensor deg2rad(const Operand& x);
/// Radians to degrees.
Tensor rad2deg(const Operand& x);
/// Whether x is NaN: bool.
inline Tensor isnan(const Operand& x) { return ops::elementwise(fn::id_of<fn::IsNan>, x); }
/// Whether x is neither infinite nor NaN: bool.
inline Tensor isfinite(const Operand& x) { return ops::elementwise(fn::id_of<fn::IsFinite>, x); }
/// Whether x is infinite: bool.
inline Tensor isinf(const Operand& x) { return ops::elementwise(fn::id_of<fn::IsInf>, x); }
/// Whether x is plus infinity: bool.
inline Tensor isposinf(const Operand& x) { return ops::elementwise(fn::id_of<fn::IsPosInf>, x); }
/// Whether x is minus infinity: bool.
inline Tensor isneginf(const Operand& x) { return ops::elementwise(fn::id_of<fn::IsNegInf>, x); }
/// Whether the sign is minus: of -0 and NaN too.
inline Tensor signbit(const Operand& x) { return ops::elementwise(fn::id_of<fn::Signbit>, x); }
/// Whether x is zero: bool.
inline Tensor logical_not(const Operand& x) {
  return ops::elementwise(fn::id_of<fn::LogicalNot>, x);
}

/// a + b; of bools `or`, as PyTorch.
inline Tensor add(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Add>, a, b);
}
/// a - b. Errors: DTypeError for two bools.
inline Tensor sub(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Sub>, a, b);
}
/// a b; of bools `and`, as PyTorch.
inline Tensor mul(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Mul>, a, b);
}
/// True division: integers give f32.
inline Tensor div(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Div>, a, b);
}
/// How a quotient is made whole: torch's rounding_mode.
enum class Rounding : std::uint8_t { none, trunc, floor };
/// a / b, whole if `rounding` says so: then integers stay integers. No gradient if rounded.
/// Errors: ValueError if an integer is divided by 0.
Tensor div(const Operand& a, const Operand& b, Rounding rounding);
/// a / b rounded down, as Python's //. Integers stay integers. No gradient.
/// Errors: ValueError if an integer is divided by 0.
Tensor floor_divide(const Operand& a, const Operand& b);
/// a - b floor(a / b): the sign of b, as Python's %.
/// Errors: ValueError if an integer is divided by 0.
Tensor remainder(const Operand& a, const Operand& b);
/// a - b trunc(a / b): the sign of a, as C's fmod.
/// Errors: ValueError if an integer is divided by 0.
Tensor fmod(const Operand& a, const Operand& b);
/// a^b. Integers stay integers, modulo their range; a negative power of one is cut to a whole
/// number. Errors: ValueError if an integer is raised to a negative number.
Tensor pow(const Operand& a, const Operand& b);
/// a^b in f64, whatever the operands' types.
Tensor float_power(const Operand& a, const Operand& b);
/// x 2^exponent.
Tensor ldexp(const Operand& x, const Operand& exponent);
/// log(exp(a) + exp(b)) without overflow.
inline Tensor logaddexp(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Logaddexp>, a, b);
}
/// log2(2^a + 2^b) without overflow.
inline Tensor logaddexp2(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Logaddexp2>, a, b);
}
/// x log(y); 0 where x is 0, unless y is NaN.
inline Tensor xlogy(const Operand& x, const Operand& y) {
  return ops::elementwise(fn::id_of<fn::Xlogy>, x, y);
}
/// x log(1 + y); 0 where x is 0, unless y is NaN.
inline Tensor xlog1py(const Operand& x, const Operand& y) {
  return ops::elementwise(fn::id_of<fn::Xlog1py>, x, y);
}
/// The angle of the point (x, y), in [-pi, pi].
inline Tensor atan2(const Operand& y, const Operand& x) {
  return ops::elementwise(fn::id_of<fn::Atan2>, y, x);
}
/// sqrt(a^2 + b^2) without overflow.
inline Tensor hypot(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Hypot>, a, b);
}
/// |a| with the sign of b.
inline Tensor copysign(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Copysign>, a, b);
}
/// The number next to a in the direction of b. Gradient: to a.
inline Tensor nextafter(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Nextafter>, a, b);
}
/// 0 below 0, 1 above, `value` at 0. No gradient.
inline Tensor heaviside(const Operand& x, const Operand& value) {
  return ops::elementwise(fn::id_of<fn::Heaviside>, x, value);
}
/// The larger; NaN if either is. A tie shares the gradient.
inline Tensor maximum(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Maximum>, a, b);
}
/// The smaller one; NaN if one is NaN. A tie shares the gradient.
inline Tensor minimum(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Minimum>, a, b);
}
/// The larger; if one is NaN, the other. A tie shares the gradient.
inline Tensor fmax(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Fmax>, a, b);
}
/// The smaller; if one is NaN, the other. A tie shares the gradient.
inline Tensor fmin(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Fmin>, a, b);
}
/// a == b: bool.
inline Tensor eq(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Equal>, a, b);
}
/// a != b: bool.
inline Tensor ne(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::NotEqual>, a, b);
}
/// a < b: bool.
inline Tensor lt(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Less>, a, b);
}
/// a <= b: bool.
inline Tensor le(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::LessEqual>, a, b);
}
/// a > b: bool.
inline Tensor gt(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::Greater>, a, b);
}
/// a >= b: bool.
inline Tensor ge(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::GreaterEqual>, a, b);
}
/// Whether both are not zero: bool.
inline Tensor logical_and(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::LogicalAnd>, a, b);
}
/// Whether one of both, or both, is not zero: bool.
inline Tensor logical_or(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::LogicalOr>, a, b);
}
/// Whether exactly one of both is not zero: bool.
inline Tensor logical_xor(const Operand& a, const Operand& b) {
  return ops::elementwise(fn::id_of<fn::LogicalXor>, a, b);
}

/// neg.
inline Tensor operator-(const Operand& x) { return neg(x); }
/// add.
inline Tensor operator+(const Operand& a, const Operand& b) { return add(a, b); }
/// sub.
inline Tensor operator-(const Operand& a, const Operand& b) { return sub(a, b); }
/// mul.
inline Tensor operator*(const Operand& a, const Operand& b) { return mul(a, b); }
/// div.
inline Tensor operator/(const Operand& a, const Operand& b) { return div(a, b); }
/// x = x + y: the variable gets another value, of the type and shape of the sum. Tensors never
/// change, so whoever else holds the old value keeps it.
inline Tensor& operator+=(Tensor& x, const Operand& y) { return x = Operand(x, y.where()) + y; }
/// x = x - y, as +=.
inline Tensor& operator-=(Tensor& x, const Operand& y) { return x = Operand(x, y.where()) - y; }
/// x = x * y, as +=.
inline Tensor& operator*=(Tensor& x, const Operand& y) { return x = Operand(x, y.where()) * y; }
/// x = x / y, as +=.
inline Tensor& operator/=(Tensor& x, const Operand& y) { return x = Operand(x, y.where()) / y; }
/// remainder.
inline Tensor operator%(const Operand& a, const Operand& b) { return remainder(a, b); }
/// logical_not.
inline Tensor operator!(const Operand& x) { return logical_not(x); }
/// eq.
inline Tensor operator==(const Operand& a, const Operand& b) { return eq(a, b); }
/// ne.
inline Tensor operator!=(const Operand& a, const Operand& b) { return ne(a, b); }
/// lt.
inline Tensor operator<(const Operand& a, const Operand& b) { return lt(a, b); }
/// le.
inline Tensor operator<=(const Operand& a, const Operand& b) { return le(a, b); }
/// gt.
inline Tensor operator>(const Operand& a, const Operand& b) { return gt(a, b); }
/// ge.
inline Tensor operator>=(const Operand& a, const Operand& b) { return ge(a, b); }

/// condition ? a : b, elementwise; condition is a bool tensor.
/// Errors: DTypeError if condition is not bool.
Tensor where(const Operand& condition, const Operand& a, const Operand& b);
/// min(max(x, low), high); NaN if one of them is. The gradient is 0 outside and at the bounds, as
/// PyTorch's; at a bound that is a tensor they share it.
Tensor clamp(const Operand& x, const Operand& low, const Operand& high);
/// max(x, low). A tie has no gradient if `low` is a number, else the operands share it.
Tensor clamp_min(const Operand& x, const Operand& low);
/// min(x, high). A tie has no gradient if `high` is a number, else the operands share it.
Tensor clamp_max(const Operand& x, const Operand& high);
/// NaN and infinities replaced by numbers; by default 0 and the ends of the type's range.
Tensor nan_to_num(const Operand& x, double nan = 0, std::optional<double> positive = {},
                  std::optional<double> negative = {});
/// start + weight (end - start), from the nearer end.
Tensor lerp(const Operand& start, const Operand& end, const Operand& weight);
/// x + value * a * b.
Tensor addcmul(const Operand& x, const Operand& a, const Operand& b, const Operand& value = 1);
/// x + value * a / b.
Tensor addcdiv(const Operand& x, const Operand& a, const Operand& b, const Operand& value = 1);
/// |a - b| <= absolute + relative |b|; infinities are close to themselves, NaN to NaN if asked for.
Tensor isclose(const Operand& a, const Operand& b, double relative = 1e-5, double absolute = 1e-8,
               bool equal_nan = false);
/// Whether all elements are close. Evaluates.
bool allclose(const Operand& a, const Operand& b, double relative = 1e-5, double absolute = 1e-8,
              bool equal_nan = false);
/// Whether shapes and all elements are equal. Evaluates.
bool equal(const Tensor& a, const Tensor& b);
/// Conversion to another element type. Gradient: converted back; none through integers.
Tensor cast(const Operand& x, DType dtype);
/// The tensor itself, with no gradient through it.
Tensor stop_gradient(const Operand& x);

namespace op {
struct StopGradient {};
/// Integers to divide by, passed on as they are. Errors when evaluated: ValueError if one is 0.
struct Divisor {};
}  // namespace op

}  // namespace fathom
