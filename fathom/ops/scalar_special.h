// Special functions: plain loops over fathom/math/special.h, in double whatever the type.
#pragma once
#include "fathom/math/special.h"
#include "fathom/ops/scalar_base.h"

namespace fathom::fn {

struct Erfc : Unary {
  static constexpr const char* name = "erfc";
  template <class T> static T of(T x) { return math::erfc(x); }
  template <class G> static auto vjp_x(const G& g) {
    return g.dy * (-1.1283791670955126 * exp(-g.x * g.x));
  }
};
/// The inverse of erf.
struct Erfinv : Unary {
  static constexpr const char* name = "erfinv";
  template <class T> static T of(T x) { return math::erfinv(x); }
  template <class G> static auto vjp_x(const G& g) {
    return g.dy * (0.886226925452758 * exp(g.y * g.y));
  }
};
/// exp(x^2) erfc(x).
struct Erfcx : Unary {
  static constexpr const char* name = "erfcx";
  template <class T> static T of(T x) { return math::erfcx(x); }
  template <class G> static auto vjp_x(const G& g) {
    return g.dy * (2 * g.x * g.y - 1.1283791670955126);
  }
};
/// log |gamma(x)|.
struct Lgamma : Unary {
  static constexpr const char* name = "lgamma";
  template <class T> static T of(T x) { return math::lgamma(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * digamma(g.x); }
};
/// The derivative of lgamma.
struct Digamma : Unary {
  static constexpr const char* name = "digamma";
  template <class T> static T of(T x) { return math::digamma(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * trigamma(g.x); }
};
/// The derivative of digamma.
struct Trigamma : Unary {
  static constexpr const char* name = "trigamma";
  template <class T> static T of(T x) { return math::trigamma(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * polygamma(2, g.x); }
};
/// The modified Bessel functions of the first kind, and times exp(-|x|).
struct I0 : Unary {
  static constexpr const char* name = "i0";
  template <class T> static T of(T x) { return math::i0(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * i1(g.x); }
};
struct I0e : Unary {
  static constexpr const char* name = "i0e";
  template <class T> static T of(T x) { return math::i0e(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * (i1e(g.x) - sign(g.x) * g.y); }
};
struct I1 : Unary {
  static constexpr const char* name = "i1";
  template <class T> static T of(T x) { return math::i1(x); }
  template <class G> static auto vjp_x(const G& g) {
    auto safe = where(g.x == 0, 1, g.x);
    return g.dy * where(g.x == 0, 0.5, i0(g.x) - g.y / safe);
  }
};
struct I1e : Unary {
  static constexpr const char* name = "i1e";
  template <class T> static T of(T x) { return math::i1e(x); }
  template <class G> static auto vjp_x(const G& g) {
    auto safe = where(g.x == 0, 1, g.x);
    return g.dy * where(g.x == 0, 0.5, i0e(g.x) - g.y * (sign(g.x) + 1 / safe));
  }
};
/// The parts of x = mantissa 2^exponent with the mantissa's size in [1/2, 1): both 0 of 0; NaN and
/// infinities are their own mantissa, with exponent 0.
struct FrexpMantissa : Unary {
  static constexpr const char* name = "frexp_mantissa";
  template <class T> static T of(T x) { return math::frexp_mantissa(x); }
  template <class G> static auto vjp_x(const G& g) {
    return g.dy * where(g.x == 0, 1, g.y / where(g.x == 0, 1, g.x));
  }
};
struct FrexpExponent : Unary {
  static constexpr const char* name = "frexp_exponent";
  template <class T> static T of(T x) { return math::frexp_exponent(x); }
};
/// The Bessel functions of the first and second kind.
struct BesselJ0 : Unary {
  static constexpr const char* name = "bessel_j0";
  template <class T> static T of(T x) { return math::bessel_j0(x); }
  template <class G> static auto vjp_x(const G& g) { return -g.dy * bessel_j1(g.x); }
};
struct BesselJ1 : Unary {
  static constexpr const char* name = "bessel_j1";
  template <class T> static T of(T x) { return math::bessel_j1(x); }
  template <class G> static auto vjp_x(const G& g) {
    auto safe = where(g.x == 0, 1, g.x);
    return g.dy * where(g.x == 0, 0.5, bessel_j0(g.x) - g.y / safe);
  }
};
struct BesselY0 : Unary {
  static constexpr const char* name = "bessel_y0";
  template <class T> static T of(T x) { return math::bessel_y0(x); }
  template <class G> static auto vjp_x(const G& g) { return -g.dy * bessel_y1(g.x); }
};
struct BesselY1 : Unary {
  static constexpr const char* name = "bessel_y1";
  template <class T> static T of(T x) { return math::bessel_y1(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * (bessel_y0(g.x) - g.y / g.x); }
};
/// The modified Bessel functions of the second kind, and times exp(x).
struct ModifiedBesselK0 : Unary {
  static constexpr const char* name = "modified_bessel_k0";
  template <class T> static T of(T x) { return math::modified_bessel_k0(x); }
  template <class G> static auto vjp_x(const G& g) { return -g.dy * modified_bessel_k1(g.x); }
};
struct ModifiedBesselK1 : Unary {
  static constexpr const char* name = "modified_bessel_k1";
  template <class T> static T of(T x) { return math::modified_bessel_k1(x); }
  template <class G> static auto vjp_x(const G& g) {
    return -g.dy * (modified_bessel_k0(g.x) + g.y / g.x);
  }
};
struct ScaledModifiedBesselK0 : Unary {
  static constexpr const char* name = "scaled_modified_bessel_k0";
  template <class T> static T of(T x) { return math::scaled_modified_bessel_k0(x); }
  template <class G> static auto vjp_x(const G& g) {
    return g.dy * (g.y - scaled_modified_bessel_k1(g.x));
  }
};
struct ScaledModifiedBesselK1 : Unary {
  static constexpr const char* name = "scaled_modified_bessel_k1";
  template <class T> static T of(T x) { return math::scaled_modified_bessel_k1(x); }
  template <class G> static auto vjp_x(const G& g) {
    return g.dy * (g.y - g.y / g.x - scaled_modified_bessel_k0(g.x));
  }
};
/// The Gaussian's distribution function, its inverse and its logarithm.
struct Ndtr : Unary {
  static constexpr const char* name = "ndtr";
  template <class T> static T of(T x) { return math::ndtr(x); }
  template <class G> static auto vjp_x(const G& g) {
    return g.dy * (0.3989422804014327 * exp(-0.5 * g.x * g.x));
  }
};
struct Ndtri : Unary {
  static constexpr const char* name = "ndtri";
  template <class T> static T of(T x) { return math::ndtri(x); }
  template <class G> static auto vjp_x(const G& g) {
    return g.dy * (2.5066282746310002 * exp(0.5 * g.y * g.y));
  }
};
struct LogNdtr : Unary {
  static constexpr const char* name = "log_ndtr";
  template <class T> static T of(T x) { return math::log_ndtr(x); }
  template <class G> static auto vjp_x(const G& g) {
    return g.dy * (0.7978845608028654 / erfcx(-0.7071067811865476 * g.x));
  }
};
/// -x log(x); 0 at 0, -infinity below.
struct Entr : Unary {
  static constexpr const char* name = "entr";
  template <class T> static T of(T x) { return math::entr(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * (-log(g.x) - 1); }
};
/// Hurwitz's zeta function, the sum of (k + b)^-a over k = 0, 1, ...
struct Zeta : Binary {
  static constexpr const char* name = "zeta";
  static constexpr Domain domain = Domain::floating;
  static constexpr bool lacks_a = true;
  template <class T> static T of(T a, T b) { return math::zeta(a, b); }
  template <class G> static auto vjp_b(const G& g) { return g.dy * (-g.a * zeta(g.a + 1, g.b)); }
};
/// The lower incomplete gamma function, divided by gamma(a).
struct Gammainc : Binary {
  static constexpr const char* name = "gammainc";
  static constexpr Domain domain = Domain::floating;
  static constexpr bool lacks_a = true;
  template <class T> static T of(T a, T b) { return math::gammainc(a, b); }
  template <class G> static auto vjp_b(const G& g) {
    return g.dy * exp(xlogy(g.a - 1, g.b) - g.b - lgamma(g.a));
  }
};
/// 1 - Gammainc.
struct Gammaincc : Binary {
  static constexpr const char* name = "gammaincc";
  static constexpr Domain domain = Domain::floating;
  static constexpr bool lacks_a = true;
  template <class T> static T of(T a, T b) { return math::gammaincc(a, b); }
  template <class G> static auto vjp_b(const G& g) {
    return -g.dy * exp(xlogy(g.a - 1, g.b) - g.b - lgamma(g.a));
  }
};

using Special = List<Erfc, Erfinv, Erfcx, Lgamma, Digamma, Trigamma, I0, I0e, I1, I1e, Ndtr, Ndtri,
                     LogNdtr, Entr, FrexpMantissa, FrexpExponent, Zeta, Gammainc, Gammaincc,
                     BesselJ0, BesselJ1, BesselY0, BesselY1, ModifiedBesselK0, ModifiedBesselK1,
                     ScaledModifiedBesselK0, ScaledModifiedBesselK1>;

}  // namespace fathom::fn
