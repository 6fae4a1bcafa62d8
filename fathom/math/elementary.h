// Elementary functions as branch-free scalar code. The same few lines serve the reference backend,
// one element at a time, and the kernels, where the compiler turns a loop over them into vectors:
// one order of operations, FMA by name, no approximate instruction, so the bits are equal
// everywhere.
//
// Polynomials are minimax fits in the style of N. Juffa's published single-precision functions
// (forums.developer.nvidia.com, stackoverflow.com/users/780717); the test measures their errors.
// Rounding to an integer is by a magic addend, which vectorises on every machine and, unlike a
// conversion, is defined for NaN and infinities. The f64 overloads call libm.
#pragma once
#include <cstdint>

#define FATHOM_MATH static inline __attribute__((always_inline))

namespace fathom::math {

inline constexpr float kInf = __builtin_inff();
inline constexpr float kNan = __builtin_nanf("");

FATHOM_MATH uint32_t bits(float x) { return __builtin_bit_cast(uint32_t, x); }
FATHOM_MATH float from_bits(uint32_t u) { return __builtin_bit_cast(float, u); }
FATHOM_MATH uint64_t bits(double x) { return __builtin_bit_cast(uint64_t, x); }
FATHOM_MATH double from_bits(uint64_t u) { return __builtin_bit_cast(double, u); }
FATHOM_MATH float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
FATHOM_MATH double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
FATHOM_MATH float abs(float x) { return __builtin_fabsf(x); }
FATHOM_MATH double abs(double x) { return __builtin_fabs(x); }
FATHOM_MATH float copysign(float x, float sign) { return __builtin_copysignf(x, sign); }
FATHOM_MATH double copysign(double x, double sign) { return __builtin_copysign(x, sign); }
FATHOM_MATH float sqrt(float x) { return __builtin_sqrtf(x); }
FATHOM_MATH double sqrt(double x) { return __builtin_sqrt(x); }
FATHOM_MATH float floor(float x) { return __builtin_floorf(x); }
FATHOM_MATH double floor(double x) { return __builtin_floor(x); }
FATHOM_MATH float trunc(float x) { return __builtin_truncf(x); }
FATHOM_MATH double trunc(double x) { return __builtin_trunc(x); }
FATHOM_MATH float round(float x) { return __builtin_rintf(x); }  // halves to even
FATHOM_MATH double round(double x) { return __builtin_rint(x); }

namespace detail {

/// An integer as a float and as bits: `whole` = round(x), its low bits counted from `kMagic`'s.
inline constexpr float kMagic = 0x1.8p23f;
inline constexpr double kMagic64 = 0x1.8p52;

/// 2^n for -127 < n < 128; any other n gives some other number, never a trap.
FATHOM_MATH float pow2(int32_t n) { return from_bits((uint32_t(n) + 127u) << 23); }

/// x = n ln 2 + f with |f| <= ln 2 / 2, good for |x| < 2^14.
struct ExpArgument {
  int32_t n;
  float f;
};
FATHOM_MATH ExpArgument reduce_exp(float x) {
  const float t = fma(x, 0x1.715476p0f, kMagic);
  const float whole = t - kMagic;
  const float f = fma(whole, -0x1.7f7d1cp-20f, fma(whole, -0x1.62e400p-1f, x));
  return {int32_t(bits(t) - bits(kMagic)), f};
}

/// exp(f) for |f| <= ln 2 / 2, within 0.9 ulp.
FATHOM_MATH float exp_poly(float f) {
  float r = 0x1.694000p-10f;
  r = fma(r, f, 0x1.125edcp-7f);
  r = fma(r, f, 0x1.555b5ap-5f);
  r = fma(r, f, 0x1.555450p-3f);
  r = fma(r, f, 0x1.fffff6p-2f);
  r = fma(r, f, 1.0f);
  return fma(r, f, 1.0f);
}

/// p 2^n for -252 <= n <= 254, rounded once: in two steps, since 2^n may be no normal number
/// itself.
FATHOM_MATH float scale(float p, int32_t n) {
  const int32_t half = n >> 1;
  return p * pow2(half) * pow2(n - half);
}

/// exp(x) where the result is known to be a normal number or NaN: |x| < 87.
FATHOM_MATH float exp_normal(float x) {
  const ExpArgument a = reduce_exp(x);
  return exp_poly(a.f) * pow2(a.n);
}

/// log(1 + f) + e ln 2 for 1 + f in [2/3, 4/3].
FATHOM_MATH float log_poly(float f, float e) {
  const float s = f * f;
  float r = fma(-0x1.0ae000p-3f, s, -0x1.f198b2p-4f);
  float t = fma(0x1.208000p-3f, s, 0x1.1e5740p-3f);
  r = fma(r, s, -0x1.55b36cp-3f);
  t = fma(t, s, 0x1.99d8b2p-3f);
  r = fma(r, s, -0x1.fffe02p-3f);
  r = fma(t, f, r);
  r = fma(r, f, 0x1.5554fap-2f);
  r = fma(r, f, -0.5f);
  r = fma(r, s, f);
  return fma(e, 0x1.62e430p-1f, r);
}

/// x = (1 + f) 2^e for positive finite x, subnormal ones included.
struct LogArgument {
  float f, e;
};
FATHOM_MATH LogArgument split_log(float x) {
  const bool tiny = x < 0x1p-126f;
  const uint32_t u = bits(tiny ? x * 0x1p23f : x);
  const uint32_t e = (u - 0x3f2aaaabu) & 0xff800000u;  // 0x3f2aaaab is 2/3
  const float shift = tiny ? -23.0f : 0.0f;
  return {from_bits(u - e) - 1.0f, fma(float(int32_t(e)), 0x1p-23f, shift)};
}

/// What log, log2 and log1p share: x = 0, below 0, infinite or NaN in place of `finite`.
FATHOM_MATH float log_edges(float x, float finite) {
  float r = x < kInf ? finite : x;  // infinity and NaN stay
  r = x == 0.0f ? -kInf : r;
  return x < 0.0f ? kNan : r;
}

/// sin and cos for |x| <= pi / 4.
FATHOM_MATH float sin_poly(float x) {
  const float s = x * x;
  float r = 0x1.80a000p-19f;
  r = fma(r, s, -0x1.a0690cp-13f);
  r = fma(r, s, 0x1.111182p-7f);
  r = fma(r, s, -0x1.555556p-3f);
  return fma(r, fma(x, s, 0.0f), x);  // + 0 keeps the sign of -0
}
FATHOM_MATH float cos_poly(float x) {
  const float s = x * x;
  float r = 0x1.9a8000p-16f;
  r = fma(r, s, -0x1.6c0efap-10f);
  r = fma(r, s, 0x1.555550p-5f);
  r = fma(r, s, -0.5f);
  return fma(r, s, 1.0f);
}

/// x = f + quadrant pi / 2 with |f| <= pi / 4. In double the reduction needs no table: its FMA
/// rounds the remainder once, so it is exact to 1e-16 of itself up to |x| = 2^50. Beyond that,
/// where neighbouring floats lie millions of turns apart, the remainder is meaningless and made 0.
struct Angle {
  double f;
  uint32_t quadrant;
};
FATHOM_MATH Angle reduce_angle(float x) {
  const double wide = x;
  const double t = fma(wide, 0x1.45f306dc9c883p-1, kMagic64);
  const double whole = t - kMagic64;
  double f = fma(whole, -0x1.921fb54442d18p0, wide);
  f = fma(whole, -0x1.1a62633145c07p-54, f);
  return {abs(f) > 1.0 ? 0.0 : f, uint32_t(bits(t))};
}

/// sin(x + quadrant pi / 2).
FATHOM_MATH float sin_quadrant(float x, uint32_t quadrant) {
  const Angle a = reduce_angle(x);
  const float y = float(a.f);
  const uint32_t q = a.quadrant + quadrant;
  const float r = (q & 1) ? cos_poly(y) : sin_poly(y);
  return from_bits(bits(r) ^ ((q & 2) << 30));
}

}  // namespace detail

FATHOM_MATH float exp(float x) {
  // Below exp(-103.98) = 2^-150 the result is 0, made without an underflow: that would cost some
  // 150 cycles a vector in every masked softmax. The selects keep NaN.
  const bool zero = x < -0x1.9feb8p6f;
  float c = x > 89.0f ? 89.0f : x;
  c = zero ? -1.0f : c;
  const detail::ExpArgument a = detail::reduce_exp(c);
  const float p = detail::exp_poly(a.f);
  return detail::scale(zero ? 0.0f : p, a.n);
}

/// exp(x) for x <= 1, say; 0 where the result would be no normal number.
FATHOM_MATH float exp_to_one(float x) {
  const bool zero = x < -87.0f;
  const float r = detail::exp_normal(zero ? -1.0f : x);
  return zero ? 0.0f : r;
}

FATHOM_MATH float exp2(float x) {
  const bool zero = x < -150.0f;
  float c = x > 129.0f ? 129.0f : x;
  c = zero ? -1.0f : c;
  const float t = c + detail::kMagic;
  const float f = c - (t - detail::kMagic);
  float r = 0x1.426000p-13f;
  r = fma(r, f, 0x1.5f055ep-10f);
  r = fma(r, f, 0x1.3b2b20p-7f);
  r = fma(r, f, 0x1.c6af7ep-5f);
  r = fma(r, f, 0x1.ebfbe2p-3f);
  r = fma(r, f, 0x1.62e430p-1f);
  r = fma(r, f, 1.0f);
  return detail::scale(zero ? 0.0f : r, int32_t(bits(t) - bits(detail::kMagic)));
}

/// exp(x) - 1, accurate near 0.
FATHOM_MATH float expm1(float x) {
  float c = x > 89.0f ? 89.0f : x;
  c = c < -20.0f ? -20.0f : c;
  const detail::ExpArgument a = detail::reduce_exp(c);
  float r = 0x1.9de000p-13f;
  r = fma(r, a.f, 0x1.6d30bcp-10f);
  r = fma(r, a.f, 0x1.1111f6p-7f);
  r = fma(r, a.f, 0x1.55559ep-5f);
  r = fma(r, a.f, 0x1.55555cp-3f);
  r = fma(r, a.f, 0x1.fffffep-2f);
  r = fma(r, a.f * a.f, a.f);                // exp(f) - 1
  const float half = detail::pow2(a.n - 1);  // 2^n itself may overflow
  const float y = 2.0f * fma(r, half, half - 0.5f);
  return abs(x) < 0x1p-25f ? x : y;  // keeps the sign of zero
}

FATHOM_MATH float log(float x) {
  const detail::LogArgument a = detail::split_log(x);
  return detail::log_edges(x, detail::log_poly(a.f, a.e));
}

FATHOM_MATH float log2(float x) {
  const detail::LogArgument a = detail::split_log(x);
  return detail::log_edges(x, fma(detail::log_poly(a.f, 0.0f), 0x1.715476p0f, a.e));
}

/// log(1 + x), accurate near 0: what 1 + x rounds away is put back into the reduced argument.
FATHOM_MATH float log1p(float x) {
  const float u = 1.0f + x;
  const float b = u - 1.0f;
  const float lost = (1.0f - (u - b)) + (x - b);  // Knuth's two-sum
  const uint32_t e = (bits(u) - 0x3f2aaaabu) & 0xff800000u;
  const float m = from_bits(bits(u) - e) - 1.0f;
  const float f = u < 0x1p60f ? fma(lost, from_bits(0x3f800000u - e), m) : m;
  const float r = detail::log_edges(u, detail::log_poly(f, float(int32_t(e)) * 0x1p-23f));
  return abs(x) < 0x1p-25f ? x : r;
}

/// An odd polynomial to 0.65, above it 1 - 2 / (exp(2|x|) + 1), which loses nothing there.
FATHOM_MATH float tanh(float x) {
  const float s = x * x;
  float p = -0x1.696b9cp-8f;
  p = fma(p, s, 0x1.4f5da0p-6f);
  p = fma(p, s, -0x1.b7cfbap-5f);
  p = fma(p, s, 0x1.1103f0p-3f);
  p = fma(p, s, -0x1.555524p-2f);
  p = fma(fma(p, s, 0.0f), x, x);  // + 0 keeps the sign of -0
  const float a = abs(x);
  const float e = detail::exp_normal(2.0f * (a > 10.0f ? 10.0f : a));
  const float q = copysign(1.0f - 2.0f / (e + 1.0f), x);
  return a < 0.65f ? p : q;
}

/// An odd polynomial to 0.93, above it 1 - exp(polynomial).
FATHOM_MATH float erf(float x) {
  const float s = x * x;
  float p = -0x1.38e000p-11f;
  p = fma(p, s, 0x1.471a58p-8f);
  p = fma(p, s, -0x1.b691b2p-6f);
  p = fma(p, s, 0x1.ce1c44p-4f);
  p = fma(p, s, -0x1.812700p-2f);
  p = fma(p, s, 0x1.06eba8p-3f);
  p = fma(p, x, x);
  const float a = abs(x);
  const float t = a > 4.0f ? 4.0f : a;  // erf(4) rounds to 1
  const float s2 = t * t;
  float q = fma(-0x1.220000p-16f, t, 0x1.91cfb2p-12f);
  q = fma(q, s2, fma(-0x1.fd1438p-9f, t, 0x1.8d6342p-6f));
  q = fma(q, t, -0x1.b55cb8p-4f);
  q = fma(q, t, -0x1.450aa0p-1f);
  q = fma(q, t, -0x1.079d0cp-3f);
  q = copysign(1.0f - detail::exp_normal(fma(q, t, -t)), x);
  return a < 0x1.dbp-1f ? p : q;
}

/// 1 / (1 + exp(-x)) with exponents never above 0: no overflow, and a left tail down to the
/// subnormals.
FATHOM_MATH float sigmoid(float x) {
  const float e = exp(-abs(x));
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

FATHOM_MATH float sin(float x) { return detail::sin_quadrant(x, 0); }
FATHOM_MATH float cos(float x) { return detail::sin_quadrant(x, 1); }

FATHOM_MATH double exp(double x) { return __builtin_exp(x); }
FATHOM_MATH double exp2(double x) { return __builtin_exp2(x); }
FATHOM_MATH double expm1(double x) { return __builtin_expm1(x); }
FATHOM_MATH double log(double x) { return __builtin_log(x); }
FATHOM_MATH double log2(double x) { return __builtin_log2(x); }
FATHOM_MATH double log1p(double x) { return __builtin_log1p(x); }
FATHOM_MATH double tanh(double x) { return __builtin_tanh(x); }
FATHOM_MATH double erf(double x) { return __builtin_erf(x); }
FATHOM_MATH double sin(double x) { return __builtin_sin(x); }
FATHOM_MATH double cos(double x) { return __builtin_cos(x); }
FATHOM_MATH double sigmoid(double x) {
  const double e = exp(-abs(x));
  return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

/// The tanh form of GELU, 0.5 x (1 + tanh(u)), written x sigmoid(2u): cheaper, and its left tail is
/// not lost to cancellation. u = sqrt(2 / pi) (x + 0.044715 x^3).
template <class T> FATHOM_MATH T gelu_tanh(T x) {
  const T twice_u = x * fma(x * x, T(0.071354816272600247), T(1.5957691216057308));
  return x * sigmoid(twice_u);
}

/// Phi(x), by which the exact form of GELU multiplies x.
template <class T> FATHOM_MATH T gelu_gate(T x) {
  return fma(T(0.5), erf(x * T(0.70710678118654752)), T(0.5));
}
template <class T> FATHOM_MATH T gelu_slope(T x, T gate) {
  return fma(x, T(0.39894228040143268) * exp(T(-0.5) * (x * x)), gate);
}

}  // namespace fathom::math
