// Special functions in double, with loops and branches: they are compiled once, so their bits are
// the same everywhere. A float's result is the double's, rounded.
//
// Sources: NIST Digital Library of Mathematical Functions (dlmf.nist.gov), by section as noted;
// Halley's method for the inverse functions. Errors are a few ulp of double where the function does
// not cancel near a root.
#pragma once
#include "fathom/math/wide.h"

#define FATHOM_SPECIAL static inline

namespace fathom::math {

namespace detail {
inline constexpr double kRootHalf = 0.70710678118654752;
inline constexpr double kEpsilon = 0x1p-53;
}  // namespace detail

// ---- the error function's relatives

FATHOM_SPECIAL double erfc(double x) { return __builtin_erfc(x); }

/// exp(x^2) erfc(x); beyond 25 the asymptotic series (7.12.1).
FATHOM_SPECIAL double erfcx(double x) {
  if (x >= 25.0) {
    const double z = 1.0 / (x * x);
    const double tail = z * (6.5625 - z * (29.53125 - z * 162.421875));
    const double series = 1.0 - z * (0.5 - z * (0.75 - z * (1.875 - tail)));
    return series / (x * 1.7724538509055160);
  }
  const double square = x * x;
  const double lost = fma(x, x, -square);
  const double e = exp(square);
  return x < -27.0 ? 2.0 * e : fma(e, lost, e) * erfc(x);
}

FATHOM_SPECIAL double ndtr(double x) { return 0.5 * erfc(-x * detail::kRootHalf); }
FATHOM_SPECIAL double log_ndtr(double x) {
  const double z = x * detail::kRootHalf;
  return x < -1.0 ? log(0.5 * erfcx(-z)) - z * z : log1p(-0.5 * erfc(z));
}

/// The first terms of the inverse's series at 0, then Halley's steps; near 1 with erfc, which loses
/// nothing there.
FATHOM_SPECIAL double erfinv(double x) {
  const double a = abs(x);
  if (!(a < 1.0)) return a == 1.0 ? x * detail::kWideInf : detail::kWideNan;
  if (a == 0.0) return x;
  double y;
  if (a < 0.7) {
    const double z = a * a;
    y = a *
        (0.88622692545275801 +
         z * (0.23201366653465444 +
              z * (0.12755617530559796 + z * (0.086552129241547552 + z * 0.064959617745385476))));
  } else {
    const double l = __builtin_sqrt(-log((1.0 - a) * 0.5));  // of Giles' kind: good to 1 %
    y = l - 0.45 / l;
  }
  for (int step = 0; step < 4; ++step) {
    const double miss = a < 0.7 ? __builtin_erf(y) - a : (1.0 - a) - erfc(y);
    const double u = miss * (0.88622692545275801 * exp(y * y));
    y -= u / (1.0 + y * u);
  }
  return copysign(y, x);
}

/// The Gaussian's quantile: Abramowitz and Stegun 26.2.23 to start with, then Halley's steps.
FATHOM_SPECIAL double ndtri(double p) {
  if (!(p > 0.0 && p < 1.0))
    return p == 0.0 ? -detail::kWideInf : p == 1.0 ? detail::kWideInf : detail::kWideNan;
  if (p > 0.3 && p < 0.7) return erfinv(2.0 * p - 1.0) / detail::kRootHalf;
  const double q = p < 0.5 ? p : 1.0 - p;
  const double t = __builtin_sqrt(-2.0 * log(q));
  double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                     (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (int step = 0; step < 3; ++step) {  // ndtr(-z) = q
    const double u = (q - ndtr(-z)) * 2.5066282746310002 * exp(0.5 * z * z);
    z -= u / (1.0 + 0.5 * z * u);
  }
  return p < 0.5 ? -z : z;
}

FATHOM_SPECIAL double entr(double x) {
  return x > 0.0 ? -x * log(x) : x == 0.0 ? 0.0 : x < 0.0 ? -detail::kWideInf : x;
}

// ---- gamma and its relatives

FATHOM_SPECIAL double lgamma(double x) {
  int sign;  // lgamma itself would write to a global
  return __builtin_lgamma_r(x, &sign);
}

namespace detail {
/// pi / tan(pi x), with the whole part of x taken out exactly.
FATHOM_SPECIAL double pi_cot(double x) { return kPi / __builtin_tan(kPi * (x - round(x))); }
}  // namespace detail

/// Upwards by the recurrence (5.5.2) to the asymptotic series (5.11.2); reflected below 0 (5.5.4).
FATHOM_SPECIAL double digamma(double x) {
  if (x == 0.0) return copysign(detail::kWideInf, -x);
  if (x < 0.0) {
    if (x == round(x)) return detail::kWideNan;
    return digamma(1.0 - x) - detail::pi_cot(x);
  }
  double sum = 0.0;
  for (; x < 10.0; x += 1.0) sum -= 1.0 / x;
  if (x == detail::kWideInf) return x;
  const double z = 1.0 / (x * x);
  double series = 1.0 / 12;
  series = series * z - 691.0 / 32760;
  series = series * z + 1.0 / 132;
  series = series * z - 1.0 / 240;
  series = series * z + 1.0 / 252;
  series = series * z - 1.0 / 120;
  series = series * z + 1.0 / 12;
  return sum + (log(x) - 0.5 / x - z * series);
}

/// Likewise (5.15.5, 5.15.6, 5.15.8).
FATHOM_SPECIAL double trigamma(double x) {
  if (x < 0.5) {
    const double s = __builtin_sin(detail::kPi * (x - round(x)));
    return detail::kPi * detail::kPi / (s * s) - trigamma(1.0 - x);
  }
  double sum = 0.0;
  for (; x < 10.0; x += 1.0) sum += 1.0 / (x * x);
  const double z = 1.0 / (x * x);
  double series = 7.0 / 6;
  series = series * z - 691.0 / 2730;
  series = series * z + 5.0 / 66;
  series = series * z - 1.0 / 30;
  series = series * z + 1.0 / 42;
  series = series * z - 1.0 / 30;
  series = series * z + 1.0 / 6;
  return sum + (1.0 / x + 0.5 * z + z / x * series);
}

/// The sum of (q + k)^-s by Euler and Maclaurin's formula (25.11.5, 2.10.1). Fractions below -1e7,
/// whose sum would take forever, give NaN.
FATHOM_SPECIAL double zeta(double s, double q) {
  if (s == 1.0) return detail::kWideInf;
  if (s < 1.0) return detail::kWideNan;
  if (q <= 0.0) {
    if (q == floor(q)) return detail::kWideInf;
    if (s != floor(s) || q < -1e7) return detail::kWideNan;  // a power of a negative number
  }
  double sum = 0.0;
  double b = pow(q, -s);
  for (int k = 0; k < 10 || q < 9.0; ++k) {
    sum += b;
    q += 1.0;
    b = pow(q, -s);
    if (abs(b) < detail::kEpsilon * abs(sum)) return sum;
  }
  sum += b * q / (s - 1.0) + 0.5 * b;
  // B(2j) / (2j)! for j = 1, 2, ...
  constexpr double bernoulli[] = {1.0 / 12,           -1.0 / 720,
                                  1.0 / 30240,        -1.0 / 1209600,
                                  1.0 / 47900160,     -691.0 / 1307674368000.,
                                  1.0 / 74724249600., -3617.0 / 10670622842880000.};
  double factor = s * b / q;
  double rising = s + 1.0;
  for (const double c : bernoulli) {
    const double term = c * factor;
    sum += term;
    if (abs(term) < detail::kEpsilon * abs(sum)) return sum;
    factor *= rising * (rising + 1.0) / (q * q);
    rising += 2.0;
  }
  return sum;
}

namespace detail {

/// x^a exp(-x) / gamma(a + 1). For large a by Stirling's series (5.11.3), so that large logarithms
/// do not cancel.
FATHOM_SPECIAL double gamma_density(double a, double x) {
  if (a < 10.0) return exp(a * log(x) - x - lgamma(a + 1.0));
  const double mu = (x - a) / a;
  const double z = 1.0 / (a * a);
  const double stirling = (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z / 1680))) / a;
  const double distance = abs(mu) < 0.5 ? log1p(mu) - mu : log(x / a) - mu;
  return exp(a * distance - stirling) / __builtin_sqrt(2.0 * kPi * a);
}

/// The lower function by its series (8.11.4).
FATHOM_SPECIAL double gamma_series(double a, double x) {
  double term = 1.0;
  double sum = 1.0;
  for (double k = a + 1.0; term > kEpsilon * sum && k < a + 100000.0; k += 1.0) {
    term *= x / k;
    sum += term;
  }
  return gamma_density(a, x) * sum;
}

/// The upper one by its continued fraction (8.9.2), evaluated by Lentz's method.
FATHOM_SPECIAL double gamma_fraction(double a, double x) {
  double b = x + 1.0 - a;
  double c = 1e300;
  double d = 1.0 / b;
  double h = d;
  for (double k = 1.0; k < 100000.0; k += 1.0) {
    const double step = -k * (k - a);
    b += 2.0;
    d = 1.0 / (step * d + b);
    c = b + step / c;
    h *= c * d;
    if (abs(c * d - 1.0) < 2 * kEpsilon) break;
  }
  return gamma_density(a, x) * a * h;
}

/// Both from the one that does not cancel.
FATHOM_SPECIAL double incomplete_gamma(double a, double x, bool upper) {
  if (!(a >= 0.0 && x >= 0.0) || (a == 0.0 && x == 0.0) || (a == kWideInf && x == kWideInf))
    return kWideNan;
  if (a == 0.0 || x == kWideInf) return upper ? 0.0 : 1.0;
  if (x == 0.0 || a == kWideInf) return upper ? 1.0 : 0.0;
  if (x < a + 1.0) {
    const double lower = gamma_series(a, x);
    return upper ? 1.0 - lower : lower;
  }
  const double rest = gamma_fraction(a, x);
  return upper ? rest : 1.0 - rest;
}

// ---- modified Bessel functions of order 0 and 1

/// I_order(x) exp(-|x|) for x >= 0: all terms of the power series (10.25.2) are positive; above 30
/// those of the asymptotic series (10.40.1) fall below the rounding error.
FATHOM_SPECIAL double bessel_scaled(int order, double x) {
  if (x < 30.0) {
    const double quarter = 0.25 * x * x;
    double term = order == 0 ? 1.0 : 0.5 * x;
    double sum = term;
    for (int k = 1; term > kEpsilon * sum; ++k) {
      term *= quarter / (double(k) * double(k + order));
      sum += term;
    }
    return sum * exp(-x);
  }
  const double mu = 4.0 * order;
  double term = 1.0;
  double sum = 1.0;
  for (double k = 1.0; k < 40.0 && abs(term) > kEpsilon * sum; k += 1.0) {
    const double odd = 2.0 * k - 1.0;
    term *= -(mu - odd * odd) / (8.0 * k * x);
    sum += term;
  }
  return sum / __builtin_sqrt(2.0 * kPi * x);
}

}  // namespace detail

FATHOM_SPECIAL double gammainc(double a, double x) { return detail::incomplete_gamma(a, x, false); }
FATHOM_SPECIAL double gammaincc(double a, double x) { return detail::incomplete_gamma(a, x, true); }

FATHOM_SPECIAL double i0e(double x) { return detail::bessel_scaled(0, abs(x)); }
FATHOM_SPECIAL double i1e(double x) { return copysign(detail::bessel_scaled(1, abs(x)), x); }
FATHOM_SPECIAL double i0(double x) {
  return abs(x) == detail::kWideInf ? abs(x) : i0e(x) * exp(abs(x));
}
FATHOM_SPECIAL double i1(double x) { return abs(x) == detail::kWideInf ? x : i1e(x) * exp(abs(x)); }

// ---- the parts of a number

FATHOM_SPECIAL double frexp_mantissa(double x) {
  int exponent;
  return __builtin_frexp(x, &exponent);
}
FATHOM_SPECIAL double frexp_exponent(double x) {
  int exponent = 0;
  if (x - x != 0.0) return 0.0;  // NaN and infinities
  __builtin_frexp(x, &exponent);
  return double(exponent);
}

// ---- the other Bessel functions

FATHOM_SPECIAL double bessel_j0(double x) { return __builtin_j0(x); }
FATHOM_SPECIAL double bessel_j1(double x) { return __builtin_j1(x); }
FATHOM_SPECIAL double bessel_y0(double x) {
  return x < 0.0 ? detail::kWideNan : x == 0.0 ? -detail::kWideInf : __builtin_y0(x);
}
FATHOM_SPECIAL double bessel_y1(double x) {
  return x < 0.0 ? detail::kWideNan : x == 0.0 ? -detail::kWideInf : __builtin_y1(x);
}

/// exp(x) K_order(x) for order 0 and 1: the integral of exp(-x (cosh t - 1)) cosh(order t) over
/// t >= 0 (10.32.9), by the trapezoidal rule, which is exact to double at this step: the integrand
/// is even, analytic in a wide strip and falls doubly exponentially.
FATHOM_SPECIAL double scaled_bessel_k(double x, bool first) {
  if (x != x || x < 0.0) return detail::kWideNan;
  if (x == 0.0) return detail::kWideInf;
  if (x == detail::kWideInf) return 0.0;
  if (first && x < 1e-9) return 1.0 / x + 1.0;
  if (x < 1e-300) x = 1e-300;  // below, the logarithm has all digits of this
  constexpr double step = 0.0625;
  // cosh t - 1 = 2 sinh^2(t / 2) keeps its digits near 0; where x is large the peak is narrow, so
  // the rule runs over s = t sqrt(x) there.
  const double width = x > 1.0 ? 1.0 / __builtin_sqrt(x) : 1.0;
  double sum = 0.5;
  for (int k = 1; k < 20000; ++k) {
    const double t = k * step * width;
    const double grown = expm1(0.5 * t), half = 1.0 + grown, other = 1.0 / half;
    const double s = 0.5 * (grown + grown * other);
    const double fall = 2.0 * x * s * s;
    const double term = exp(-fall) * (first ? 0.5 * (half * half + other * other) : 1.0);
    sum += term;
    if (fall > 40.0 && term < sum * 1e-18) break;
  }
  return sum * step * width;
}
FATHOM_SPECIAL double scaled_modified_bessel_k0(double x) { return scaled_bessel_k(x, false); }
FATHOM_SPECIAL double scaled_modified_bessel_k1(double x) { return scaled_bessel_k(x, true); }
FATHOM_SPECIAL double modified_bessel_k0(double x) { return scaled_bessel_k(x, false) * exp(-x); }
FATHOM_SPECIAL double modified_bessel_k1(double x) { return scaled_bessel_k(x, true) * exp(-x); }

// ---- of floats

#define FATHOM_ROUNDED(name) \
  FATHOM_SPECIAL float name(float x) { return float(name(double(x))); }
FATHOM_ROUNDED(erfc)
FATHOM_ROUNDED(erfcx)
FATHOM_ROUNDED(erfinv)
FATHOM_ROUNDED(ndtr)
FATHOM_ROUNDED(ndtri)
FATHOM_ROUNDED(log_ndtr)
FATHOM_ROUNDED(entr)
FATHOM_ROUNDED(lgamma)
FATHOM_ROUNDED(digamma)
FATHOM_ROUNDED(trigamma)
FATHOM_ROUNDED(i0)
FATHOM_ROUNDED(i0e)
FATHOM_ROUNDED(i1)
FATHOM_ROUNDED(i1e)
FATHOM_ROUNDED(frexp_mantissa)
FATHOM_ROUNDED(frexp_exponent)
FATHOM_ROUNDED(bessel_j0)
FATHOM_ROUNDED(bessel_j1)
FATHOM_ROUNDED(bessel_y0)
FATHOM_ROUNDED(bessel_y1)
FATHOM_ROUNDED(modified_bessel_k0)
FATHOM_ROUNDED(modified_bessel_k1)
FATHOM_ROUNDED(scaled_modified_bessel_k0)
FATHOM_ROUNDED(scaled_modified_bessel_k1)
#undef FATHOM_ROUNDED
FATHOM_SPECIAL float zeta(float s, float q) { return float(zeta(double(s), double(q))); }
FATHOM_SPECIAL float gammainc(float a, float x) { return float(gammainc(double(a), double(x))); }
FATHOM_SPECIAL float gammaincc(float a, float x) { return float(gammaincc(double(a), double(x))); }

}  // namespace fathom::math
