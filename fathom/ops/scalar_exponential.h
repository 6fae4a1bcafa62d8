// Exponentials, logarithms, powers and the activations made of them. Vector loops for f32.
#pragma once
#include "fathom/ops/scalar_base.h"

namespace fathom::fn {

struct Exp2 : Unary {
  static constexpr const char* name = "exp2";
  template <class T> static T of(T x) { return math::exp2(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * (0.6931471805599453 * g.y); }
};
struct Log2 : Unary {
  static constexpr const char* name = "log2";
  template <class T> static T of(T x) { return math::log2(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy / (0.6931471805599453 * g.x); }
};
struct Log10 : Unary {
  static constexpr const char* name = "log10";
  template <class T> static T of(T x) { return math::log10(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy / (2.302585092994046 * g.x); }
};
struct Exp : Unary {
  static constexpr const char* name = "exp";
  template <class T> static T of(T x) { return math::exp(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * g.y; }
};
struct Expm1 : Unary {
  static constexpr const char* name = "expm1";
  template <class T> static T of(T x) { return math::expm1(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * (g.y + 1); }
};
struct Log : Unary {
  static constexpr const char* name = "log";
  template <class T> static T of(T x) { return math::log(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy / g.x; }
};
struct Log1p : Unary {
  static constexpr const char* name = "log1p";
  template <class T> static T of(T x) { return math::log1p(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy / (g.x + 1); }
};
struct Sigmoid : Unary {
  static constexpr const char* name = "sigmoid";
  template <class T> static T of(T x) { return math::sigmoid(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * (g.y * (1 - g.y)); }
};
/// log(1 + exp(x)) without overflow.
struct Softplus : Unary {
  static constexpr const char* name = "softplus";
  template <class T> static T of(T x) {
    return (x > T(0) ? x : T(0)) + math::log1p(math::exp(-math::abs(x)));
  }
  template <class G> static auto vjp_x(const G& g) { return g.dy * sigmoid(g.x); }
};
struct Erf : Unary {
  static constexpr const char* name = "erf";
  template <class T> static T of(T x) { return math::erf(x); }
  template <class G> static auto vjp_x(const G& g) {
    return g.dy * (1.1283791670955126 * exp(-g.x * g.x));  // 2 / sqrt(pi)
  }
};
/// The Gaussian's distribution function as GELU needs it, to erf's absolute accuracy: Ndtr keeps
/// the digits of the left tail too, and takes ten times as long.
struct GeluGate : Unary {
  static constexpr const char* name = "gelu_gate";
  template <class T> static T of(T x) { return math::gelu_gate(x); }
  template <class G> static auto vjp_x(const G& g) {
    return g.dy * (0.3989422804014327 * exp(-0.5 * (g.x * g.x)));
  }
};
/// The derivative of x gate(x), given the gate: gate + x phi(x).
struct GeluSlope : Binary {
  static constexpr const char* name = "gelu_slope";
  static constexpr Domain domain = Domain::floating;
  template <class T> static T of(T x, T gate) { return math::gelu_slope(x, gate); }
  template <class G> static auto vjp_a(const G& g) {
    auto square = g.a * g.a;
    return g.dy * (0.3989422804014327 * exp(-0.5 * square) * (1 - square));
  }
  template <class G> static auto vjp_b(const G& g) { return g.dy; }
};
/// GELU's approximation by tanh, from the same paper.
struct GeluTanh : Unary {
  static constexpr const char* name = "gelu_tanh";
  template <class T> static T of(T x) { return math::gelu_tanh(x); }
  template <class G> static auto vjp_x(const G& g) {
    auto square_x = g.x * g.x;
    auto t = tanh(0.7978845608028654 * (g.x + 0.044715 * (square_x * g.x)));
    auto slope = 0.7978845608028654 * (1 + 0.134145 * square_x);
    return g.dy * (0.5 * (1 + t) + 0.5 * g.x * (1 - t * t) * slope);
  }
};
struct Silu : Unary {
  static constexpr const char* name = "silu";
  template <class T> static T of(T x) { return x * math::sigmoid(x); }
  template <class G> static auto vjp_x(const G& g) {
    auto s = sigmoid(g.x);
    return g.dy * (s * (1 + g.x * (1 - s)));
  }
};

struct Pow : Binary {
  static constexpr const char* name = "pow";
  template <class T> static T of(T a, T b) {
    if constexpr (is_float<T>)
      return math::pow(a, b);
    else
      return power(a, b);
  }
  template <class G> static auto vjp_a(const G& g) {
    return where(g.b == 0, 0, g.dy * (g.b * pow(g.a, g.b - 1)));
  }
  template <class G> static auto vjp_b(const G& g) {
    return where(g.a == 0, 0, g.dy * (g.y * log(g.a)));
  }

 private:
  /// By squaring, modulo 2^bits; a negative power of an integer is cut to 0, but for 1 and -1.
  template <class T> static T power(T a, T b) {
    if (b < T(0)) return a == T(1) || (a == T(-1) && b % 2 == 0) ? T(1) : a == T(-1) ? a : T(0);
    std::uint64_t result = 1;
    for (auto x = static_cast<std::uint64_t>(a); b != T(0); b = static_cast<T>(b / 2), x *= x)
      if (b % 2 != 0) result *= x;
    return static_cast<T>(result);
  }
};
/// log(exp(a) + exp(b)) without overflow.
struct Logaddexp : Binary {
  static constexpr const char* name = "logaddexp";
  static constexpr Domain domain = Domain::floating;
  template <class T> static T of(T a, T b) { return math::logaddexp(a, b); }
  template <class G> static auto vjp_a(const G& g) { return g.dy * sigmoid(g.a - g.b); }
  template <class G> static auto vjp_b(const G& g) { return g.dy * sigmoid(g.b - g.a); }
};
/// The same to base 2.
struct Logaddexp2 : Binary {
  static constexpr const char* name = "logaddexp2";
  static constexpr Domain domain = Domain::floating;
  template <class T> static T of(T a, T b) { return math::logaddexp2(a, b); }
  template <class G> static auto vjp_a(const G& g) { return g.dy / (1 + exp2(g.b - g.a)); }
  template <class G> static auto vjp_b(const G& g) { return g.dy / (1 + exp2(g.a - g.b)); }
};
/// a log(b), 0 where a is 0 unless b is NaN.
struct Xlogy : Binary {
  static constexpr const char* name = "xlogy";
  static constexpr Domain domain = Domain::floating;
  template <class T> static T of(T a, T b) { return math::xlogy(a, b); }
  template <class G> static auto vjp_a(const G& g) {
    return where(logical_and(g.a == 0, g.b <= 0), 0, xlogy(g.dy, g.b));
  }
  template <class G> static auto vjp_b(const G& g) { return g.dy * g.a / g.b; }
};
/// a log(1 + b), 0 where a is 0 unless b is NaN.
struct Xlog1py : Binary {
  static constexpr const char* name = "xlog1py";
  static constexpr Domain domain = Domain::floating;
  template <class T> static T of(T a, T b) { return math::xlog1py(a, b); }
  template <class G> static auto vjp_a(const G& g) {
    return where(logical_and(g.a == 0, g.b <= -1), 0, xlog1py(g.dy, g.b));
  }
  template <class G> static auto vjp_b(const G& g) { return g.dy * g.a / (g.b + 1); }
};

using Exponential =
    List<Exp, Exp2, Expm1, Log, Log2, Log10, Log1p, Sigmoid, Softplus, Erf, GeluGate, GeluSlope,
         GeluTanh, Silu, Pow, Logaddexp, Logaddexp2, Xlogy, Xlog1py>;

}  // namespace fathom::fn
