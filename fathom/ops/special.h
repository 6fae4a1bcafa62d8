// Special functions, elementwise; sources in math/special.h.
//
// Shapes    operands are broadcast as NumPy does.
// Dtypes    floating ones; integers become f32. Computed in double and rounded once.
// Gradient  by the usual formulas; of zeta, gammainc and gammaincc by the second operand only:
//           UnsupportedError for the first.
#pragma once
#include <optional>

#include "fathom/ops/elementwise.h"

namespace fathom {

/// 1 - erf(x).
inline Tensor erfc(const Operand& x) { return ops::elementwise(fn::id_of<fn::Erfc>, x); }
/// The inverse of erf on [-1, 1].
inline Tensor erfinv(const Operand& x) { return ops::elementwise(fn::id_of<fn::Erfinv>, x); }
/// exp(x^2) erfc(x).
inline Tensor erfcx(const Operand& x) { return ops::elementwise(fn::id_of<fn::Erfcx>, x); }
/// log |gamma(x)|.
inline Tensor lgamma(const Operand& x) { return ops::elementwise(fn::id_of<fn::Lgamma>, x); }
/// The derivative of lgamma.
inline Tensor digamma(const Operand& x) { return ops::elementwise(fn::id_of<fn::Digamma>, x); }
/// The derivative of digamma.
inline Tensor trigamma(const Operand& x) { return ops::elementwise(fn::id_of<fn::Trigamma>, x); }
/// The n-th derivative of digamma. Errors: ValueError if n is negative.
Tensor polygamma(int n, const Operand& x);
/// log of the multivariate gamma function of dimension p. Errors: ValueError if p is below 1.
Tensor multigammaln(const Operand& x, int p);
/// The lower incomplete gamma function, divided by gamma(a).
inline Tensor gammainc(const Operand& a, const Operand& x) {
  return ops::elementwise(fn::id_of<fn::Gammainc>, a, x);
}
/// The upper incomplete gamma function, divided by gamma(a).
inline Tensor gammaincc(const Operand& a, const Operand& x) {
  return ops::elementwise(fn::id_of<fn::Gammaincc>, a, x);
}
/// Hurwitz's zeta function: the sum of (q + k)^-s over k = 0, 1, ...
inline Tensor zeta(const Operand& s, const Operand& q) {
  return ops::elementwise(fn::id_of<fn::Zeta>, s, q);
}
/// The modified Bessel function of the first kind, of order 0.
inline Tensor i0(const Operand& x) { return ops::elementwise(fn::id_of<fn::I0>, x); }
/// The modified Bessel function of the first kind, of order 1.
inline Tensor i1(const Operand& x) { return ops::elementwise(fn::id_of<fn::I1>, x); }
/// The same times exp(-|x|).
inline Tensor i0e(const Operand& x) { return ops::elementwise(fn::id_of<fn::I0e>, x); }
/// i1(x) exp(-|x|).
inline Tensor i1e(const Operand& x) { return ops::elementwise(fn::id_of<fn::I1e>, x); }
/// What frexp() gives.
struct FrexpResult {
  Tensor mantissa;
  Tensor exponent;  ///< i32
};
/// x = mantissa 2^exponent with the mantissa's size in [1/2, 1); both are 0 of 0. Gradient: of the
/// mantissa.
FrexpResult frexp(const Operand& x);
/// The Bessel function of the first kind, of order 0.
inline Tensor bessel_j0(const Operand& x) { return ops::elementwise(fn::id_of<fn::BesselJ0>, x); }
/// The Bessel function of the first kind, of order 1.
inline Tensor bessel_j1(const Operand& x) { return ops::elementwise(fn::id_of<fn::BesselJ1>, x); }
/// The Bessel function of the second kind, of order 0; NaN below 0.
inline Tensor bessel_y0(const Operand& x) { return ops::elementwise(fn::id_of<fn::BesselY0>, x); }
/// The Bessel function of the second kind, of order 1; NaN below 0.
inline Tensor bessel_y1(const Operand& x) { return ops::elementwise(fn::id_of<fn::BesselY1>, x); }
/// The modified Bessel function of the second kind, of order 0; NaN below 0.
inline Tensor modified_bessel_k0(const Operand& x) {
  return ops::elementwise(fn::id_of<fn::ModifiedBesselK0>, x);
}
/// The modified Bessel function of the second kind, of order 1; NaN below 0.
inline Tensor modified_bessel_k1(const Operand& x) {
  return ops::elementwise(fn::id_of<fn::ModifiedBesselK1>, x);
}
/// modified_bessel_k0(x) exp(x).
inline Tensor scaled_modified_bessel_k0(const Operand& x) {
  return ops::elementwise(fn::id_of<fn::ScaledModifiedBesselK0>, x);
}
/// modified_bessel_k1(x) exp(x).
inline Tensor scaled_modified_bessel_k1(const Operand& x) {
  return ops::elementwise(fn::id_of<fn::ScaledModifiedBesselK1>, x);
}
/// sin(x) / x, and 1 at 0.
Tensor spherical_bessel_j0(const Operand& x);
/// The standard Gaussian's distribution function.
inline Tensor ndtr(const Operand& x) { return ops::elementwise(fn::id_of<fn::Ndtr>, x); }
/// The inverse of ndtr on [0, 1].
inline Tensor ndtri(const Operand& x) { return ops::elementwise(fn::id_of<fn::Ndtri>, x); }
/// log(ndtr(x)), accurate far left.
inline Tensor log_ndtr(const Operand& x) { return ops::elementwise(fn::id_of<fn::LogNdtr>, x); }
/// -x log(x); 0 at 0, -infinity below.
inline Tensor entr(const Operand& x) { return ops::elementwise(fn::id_of<fn::Entr>, x); }
/// log(x / (1 - x)), the inverse of sigmoid; x is moved into [eps, 1 - eps] first if given.
Tensor logit(const Operand& x, std::optional<double> eps = {});

}  // namespace fathom
