// Elementary functions of f32 by way of double: branch-free as those of elementary.h, with a few
// double operations and one rounding at the end, so within 0.51 ulp wherever the doubles lose no
// more than 20 bits. The f64 overloads call libm.
#pragma once
#include "fathom/math/elementary.h"

namespace fathom::math {

namespace detail {

inline constexpr double kWideInf = __builtin_inf();
inline constexpr double kWideNan = __builtin_nan("");
inline constexpr double kPi = 0x1.921fb54442d18p1;
inline constexpr double kHalfPi = 0x1.921fb54442d18p0;

/// log2(a) to 45 bits for normal a > 0; 0, infinity and NaN as in C.
FATHOM_MATH double log2_wide(double a) {
  // a = 2^e m with m in [sqrt(1/2), sqrt(2)); log m = 2 atanh(s) with s = (m - 1) / (m + 1)
  const uint64_t e = (bits(a) - 0x3fe6a09e667f3bcdu) & 0xfff0000000000000u;
  const double m = from_bits(bits(a) - e);
  const double exponent = double(int32_t(e >> 32)) * 0x1p-20;
  const double s = (m - 1.0) / (m + 1.0);
  const double z = s * s;
  double r = 1.0 / 19;
  r = fma(r, z, 1.0 / 17);
  r = fma(r, z, 1.0 / 15);
  r = fma(r, z, 1.0 / 13);
  r = fma(r, z, 1.0 / 11);
  r = fma(r, z, 1.0 / 9);
  r = fma(r, z, 1.0 / 7);
  r = fma(r, z, 1.0 / 5);
  r = fma(r, z, 1.0 / 3);
  r = fma(r, z, 1.0);
  double l = fma(r * s, 2 * 0x1.71547652b82fep0, exponent);
  l = a == 0.0 ? -kWideInf : l;
  return a < kWideInf ? l : a;
}

/// 2^t for |t| <= `limit` < 1000, and at the limit for any larger |t|.
FATHOM_MATH double exp2_wide(double t, double limit) {
  t = t > limit ? limit : t;
  t = t < -limit ? -limit : t;
  const double u = t + kMagic64;
  const double f = (t - (u - kMagic64)) * 0x1.62e42fefa39efp-1;
  double p = 1.0 / 3628800;  // Taylor is enough: |f| <= 0.35
  p = fma(p, f, 1.0 / 362880);
  p = fma(p, f, 1.0 / 40320);
  p = fma(p, f, 1.0 / 5040);
  p = fma(p, f, 1.0 / 720);
  p = fma(p, f, 1.0 / 120);
  p = fma(p, f, 1.0 / 24);
  p = fma(p, f, 1.0 / 6);
  p = fma(p, f, 0.5);
  p = fma(p, f, 1.0);
  p = fma(p, f, 1.0);
  return p * from_bits((bits(u) + 1023) << 52);
}

FATHOM_MATH double log_wide(double a) {
  return a < 0.0 ? kWideNan : log2_wide(a) * 0x1.62e42fefa39efp-1;
}
FATHOM_MATH double exp_wide(double x) { return exp2_wide(x * 0x1.71547652b82fep0, 900.0); }

/// The angle of the point (x, y), |y / x| by a minimax polynomial (7e-12) on [0, 1].
FATHOM_MATH double atan2_wide(double y, double x) {
  const double ax = abs(x);
  const double ay = abs(y);
  const bool steep = ay > ax;
  const double low = steep ? ax : ay;
  const double high = steep ? ay : ax;
  double t = low / high;
  t = high == 0.0 ? 0.0 : t;
  t = low == kWideInf ? 1.0 : t;
  const double z = t * t;
  double r = -0x1.8c3e015599e12p-12;
  r = fma(r, z, 0x1.78e553cbe9c0ap-9);
  r = fma(r, z, -0x1.501b5f89351e0p-7);
  r = fma(r, z, 0x1.7ce6c416ac460p-6);
  r = fma(r, z, -0x1.3d94590c8e4b2p-5);
  r = fma(r, z, 0x1.b1b76e069fb26p-5);
  r = fma(r, z, -0x1.09b5c7b6880b8p-4);
  r = fma(r, z, 0x1.39851b09caf04p-4);
  r = fma(r, z, -0x1.7425acb524edep-4);
  r = fma(r, z, 0x1.c717c7c22fc25p-4);
  r = fma(r, z, -0x1.24922eae89e0ap-3);
  r = fma(r, z, 0x1.99999922444e8p-3);
  r = fma(r, z, -0x1.555555552843dp-2);
  r = fma(r * z, t, t);
  r = steep ? kHalfPi - r : r;
  r = bits(x) >> 63 ? kPi - r : r;
  r = copysign(r, y);
  return (x != x) | (y != y) ? kWideNan : r;
}

/// sin and cos for |f| <= pi / 4.
FATHOM_MATH double sin_wide(double f) {
  const double z = f * f;
  double r = 1.0 / 6227020800.0;
  r = fma(r, z, -1.0 / 39916800);
  r = fma(r, z, 1.0 / 362880);
  r = fma(r, z, -1.0 / 5040);
  r = fma(r, z, 1.0 / 120);
  r = fma(r, z, -1.0 / 6);
  return fma(fma(r, z, 0.0), f, f);  // + 0 keeps the sign of -0
}
FATHOM_MATH double cos_wide(double f) {
  const double z = f * f;
  double r = 1.0 / 479001600;
  r = fma(r, z, -1.0 / 3628800);
  r = fma(r, z, 1.0 / 40320);
  r = fma(r, z, -1.0 / 720);
  r = fma(r, z, 1.0 / 24);
  r = fma(r, z, -0.5);
  return fma(r, z, 1.0);
}

/// x + c3 x^3 + c5 x^5, for |x| so small that it is all.
FATHOM_MATH double odd(double x, double c3, double c5) {
  const double z = x * x;
  return fma(fma(fma(c5, z, c3), z, 0.0), x, x);  // + 0 keeps the sign of -0
}

}  // namespace detail

// ---- exponentials and logarithms

/// x^y: log2 to 45 bits, times y, exp2; the rounding to float also makes subnormals and infinities.
/// Special cases as in C's pow.
FATHOM_MATH float pow(float x, float y) {
  const double p = detail::exp2_wide(detail::log2_wide(double(abs(x))) * double(y), 200.0);
  const float magnitude = float(p);
  const float half = 0.5f * y;
  const bool integer = __builtin_truncf(y) == y;
  const bool odd = integer & (__builtin_truncf(half) != half);
  const bool negative = bits(x) >> 31;
  float result = (negative & odd) ? -magnitude : magnitude;
  result = ((x < 0.0f) & (x > -kInf) & !integer) ? kNan : result;
  result = ((x == -1.0f) & (abs(y) == kInf)) ? 1.0f : result;
  return ((x == 1.0f) | (y == 0.0f)) ? 1.0f : result;
}
FATHOM_MATH double pow(double x, double y) { return __builtin_pow(x, y); }

FATHOM_MATH float log10(float x) {
  return float(detail::log_wide(double(x)) * 0x1.bcb7b1526e50ep-2);
}
FATHOM_MATH double log10(double x) { return __builtin_log10(x); }

FATHOM_MATH float logaddexp(float a, float b) {
  const double high = a > b ? a : b;
  const double gap = a == b ? 0.0 : abs(double(a) - double(b));
  return float(high + detail::log_wide(1.0 + detail::exp_wide(-gap)));
}
FATHOM_MATH double logaddexp(double a, double b) {
  const double gap = a == b ? 0.0 : abs(a - b);
  return (a > b ? a : b) + log1p(exp(-gap));
}
FATHOM_MATH float logaddexp2(float a, float b) {
  const double high = a > b ? a : b;
  const double gap = a == b ? 0.0 : abs(double(a) - double(b));
  return float(high + detail::log2_wide(1.0 + detail::exp2_wide(-gap, 900.0)));
}
FATHOM_MATH double logaddexp2(double a, double b) {
  const double gap = a == b ? 0.0 : abs(a - b);
  return (a > b ? a : b) + log1p(exp2(-gap)) * 0x1.71547652b82fep0;
}

FATHOM_MATH float xlogy(float x, float y) {
  const float r = float(double(x) * detail::log_wide(double(y)));
  return y != y ? y : x == 0.0f ? 0.0f : r;
}
FATHOM_MATH double xlogy(double x, double y) { return y != y ? y : x == 0.0 ? 0.0 : x * log(y); }
FATHOM_MATH float xlog1py(float x, float y) {
  const double w = y;
  const double small = fma(fma(w, 1.0 / 3, -0.5) * w, w, w);  // 1 + y would lose too much of it
  const double l = abs(w) < 1e-5 ? small : detail::log_wide(1.0 + w);
  const float r = float(double(x) * l);
  return y != y ? y : x == 0.0f ? 0.0f : r;
}
FATHOM_MATH double xlog1py(double x, double y) {
  return y != y ? y : x == 0.0 ? 0.0 : x * log1p(y);
}

// ---- trigonometric

FATHOM_MATH float tan(float x) {
  const detail::Angle a = detail::reduce_angle(x);
  const double s = detail::sin_wide(a.f);
  const double c = detail::cos_wide(a.f);
  return float(a.quadrant & 1 ? -c / s : s / c);
}
FATHOM_MATH float atan2(float y, float x) { return float(detail::atan2_wide(y, x)); }
FATHOM_MATH float atan(float x) { return float(detail::atan2_wide(x, 1.0)); }
FATHOM_MATH float asin(float x) {
  const double w = x;
  return float(detail::atan2_wide(w, sqrt((1.0 - w) * (1.0 + w))));
}
FATHOM_MATH float acos(float x) {
  const double w = x;
  return float(detail::atan2_wide(sqrt((1.0 - w) * (1.0 + w)), w));
}
FATHOM_MATH float hypot(float x, float y) {
  const double a = x;
  const double b = y;
  const float r = float(sqrt(a * a + b * b));
  return (abs(x) == kInf) | (abs(y) == kInf) ? kInf : r;
}

/// sin(pi x) / (pi x). Multiples of 1 / 2 are taken out of x exactly, before pi is multiplied in.
FATHOM_MATH float sinc(float x) {
  const double w = x;
  const double t = fma(w, 2.0, detail::kMagic64);
  const double f = fma(t - detail::kMagic64, -0.5, w) * detail::kPi;
  const uint64_t q = bits(t);
  const double s = (q & 1) ? detail::cos_wide(f) : detail::sin_wide(f);
  const float r = float((q & 2 ? -s : s) / (detail::kPi * w));
  // From 2^23 all floats are whole; x - x is 0 but for infinities.
  return x == 0.0f ? 1.0f : abs(x) >= 0x1p23f ? x - x : r;
}

// ---- hyperbolic

FATHOM_MATH float sinh(float x) {
  const double e = detail::exp_wide(double(x));
  const double r = 0.5 * (e - 1.0 / e);
  return float(abs(x) < 0.01f ? detail::odd(x, 1.0 / 6, 1.0 / 120) : r);
}
FATHOM_MATH float cosh(float x) {
  const double e = detail::exp_wide(double(x));
  return float(0.5 * (e + 1.0 / e));
}
FATHOM_MATH float asinh(float x) {
  const double a = abs(x);
  const double r = copysign(detail::log_wide(a + sqrt(fma(a, a, 1.0))), double(x));
  return float(a < 0.01 ? detail::odd(x, -1.0 / 6, 3.0 / 40) : r);
}
FATHOM_MATH float acosh(float x) {
  const double w = x;
  return float(x < 1.0f ? detail::kWideNan : detail::log_wide(w + sqrt(fma(w, w, -1.0))));
}
FATHOM_MATH float atanh(float x) {
  const double w = x;
  const double r = 0.5 * detail::log_wide((1.0 + w) / (1.0 - w));
  return float(abs(x) < 0.01f ? detail::odd(w, 1.0 / 3, 1.0 / 5) : r);
}

FATHOM_MATH double tan(double x) { return __builtin_tan(x); }
FATHOM_MATH double atan2(double y, double x) { return __builtin_atan2(y, x); }
FATHOM_MATH double atan(double x) { return __builtin_atan(x); }
FATHOM_MATH double asin(double x) { return __builtin_asin(x); }
FATHOM_MATH double acos(double x) { return __builtin_acos(x); }
FATHOM_MATH double hypot(double x, double y) { return __builtin_hypot(x, y); }
FATHOM_MATH double sinh(double x) { return __builtin_sinh(x); }
FATHOM_MATH double cosh(double x) { return __builtin_cosh(x); }
FATHOM_MATH double asinh(double x) { return __builtin_asinh(x); }
FATHOM_MATH double acosh(double x) { return __builtin_acosh(x); }
FATHOM_MATH double atanh(double x) { return __builtin_atanh(x); }
FATHOM_MATH double sinc(double x) {
  const double whole = round(x);
  const double s = __builtin_sin((x - whole) * detail::kPi);
  const double r = (whole * 0.5 == trunc(whole * 0.5) ? s : -s) / (detail::kPi * x);
  return x == 0.0 ? 1.0 : abs(x) >= 0x1p52 ? x - x : r;
}

// ---- exact, by libm

FATHOM_MATH float fmod(float a, float b) { return __builtin_fmodf(a, b); }
FATHOM_MATH double fmod(double a, double b) { return __builtin_fmod(a, b); }
FATHOM_MATH float nextafter(float a, float b) { return __builtin_nextafterf(a, b); }
FATHOM_MATH double nextafter(double a, double b) { return __builtin_nextafter(a, b); }

}  // namespace fathom::math
