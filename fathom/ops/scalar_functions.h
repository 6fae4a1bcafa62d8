// The elementwise operations, one struct each: name, element types, value and gradient.
//
// A struct is all that defines one: the reference backend, the vector kernels, type promotion,
// differentiation and the generic tests fold over the list at the end of this file. It is compiled
// once per instruction set, so it includes nothing of the standard library.
//
// In `vjp_x` (and `vjp_a`, `vjp_b`) g.dy is the gradient that arrives, g.y the result, g.x, g.a,
// g.b the operands; a function without one passes no gradient on.
#pragma once
#include <cstdint>

#include "fathom/backend/cpu/kernels/math.h"

namespace fathom::fn {

/// Which element types a function takes; integers given to a `floating` one become f32.
enum class Domain : std::uint8_t { any, numeric, floating, logical };
/// What it returns: its operands' type, or truth values.
enum class Result : std::uint8_t { same, truth };

namespace math = fathom::cpu::math;

template <class T> inline constexpr bool is_float = T(1) / T(2) != T(0);
template <> inline constexpr bool is_float<bool> = false;

// ---- one operand
// ------------------------------------------------------------------------------------

struct Unary {
  static constexpr int arity = 1;
  static constexpr Domain domain = Domain::floating;
  static constexpr Result result = Result::same;
};

struct Neg : Unary {
  static constexpr const char* name = "neg";
  static constexpr Domain domain = Domain::numeric;
  template <class T> static T of(T x) { return static_cast<T>(-x); }
  template <class G> static auto vjp_x(const G& g) { return -g.dy; }
};
struct Abs : Unary {
  static constexpr const char* name = "abs";
  static constexpr Domain domain = Domain::numeric;
  template <class T> static T of(T x) {
    if constexpr (is_float<T>)
      return math::abs(x);
    else
      return x < T(0) ? static_cast<T>(-x) : x;
  }
  template <class G> static auto vjp_x(const G& g) { return g.dy * sign(g.x); }
};
struct Sign : Unary {
  static constexpr const char* name = "sign";
  static constexpr Domain domain = Domain::numeric;
  template <class T> static T of(T x) {  // NaN gives 0, as torch.sign does
    return static_cast<T>((x > T(0) ? T(1) : T(0)) - (x < T(0) ? T(1) : T(0)));
  }
};
struct Square : Unary {
  static constexpr const char* name = "square";
  static constexpr Domain domain = Domain::numeric;
  template <class T> static T of(T x) { return static_cast<T>(x * x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * (2 * g.x); }
};
struct Sqrt : Unary {
  static constexpr const char* name = "sqrt";
  template <class T> static T of(T x) { return math::sqrt(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy / (2 * g.y); }
};
struct Rsqrt : Unary {
  static constexpr const char* name = "rsqrt";
  template <class T> static T of(T x) { return T(1) / math::sqrt(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * (-0.5 * g.y * g.y * g.y); }
};
struct Reciprocal : Unary {
  static constexpr const char* name = "reciprocal";
  template <class T> static T of(T x) { return T(1) / x; }
  template <class G> static auto vjp_x(const G& g) { return -g.dy * g.y * g.y; }
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
struct Sin : Unary {
  static constexpr const char* name = "sin";
  template <class T> static T of(T x) { return math::sin(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * cos(g.x); }
};
struct Cos : Unary {
  static constexpr const char* name = "cos";
  template <class T> static T of(T x) { return math::cos(x); }
  template <class G> static auto vjp_x(const G& g) { return -g.dy * sin(g.x); }
};
struct Tanh : Unary {
  static constexpr const char* name = "tanh";
  template <class T> static T of(T x) { return math::tanh(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * (1 - g.y * g.y); }
};
struct Sigmoid : Unary {
  static constexpr const char* name = "sigmoid";
  template <class T> static T of(T x) { return math::sigmoid(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * (g.y * (1 - g.y)); }
};
struct Erf : Unary {
  static constexpr const char* name = "erf";
  template <class T> static T of(T x) { return math::erf(x); }
  template <class G> static auto vjp_x(const G& g) {
    return g.dy * (1.1283791670955126 * exp(-g.x * g.x));  // 2 / sqrt(pi)
  }
};
struct Relu : Unary {
  static constexpr const char* name = "relu";
  static constexpr Domain domain = Domain::numeric;
  template <class T> static T of(T x) { return x <= T(0) ? T(0) : x; }  // NaN stays NaN
  template <class G> static auto vjp_x(const G& g) { return where(g.y > 0, g.dy, 0); }
};
/// GELU with the Gaussian's distribution function (Hendrycks and Gimpel 2016).
struct Gelu : Unary {
  static constexpr const char* name = "gelu";
  template <class T> static T of(T x) {
    return T(0.5) * x * (T(1) + math::erf(x * T(0.70710678118654752)));
  }
  template <class G> static auto vjp_x(const G& g) {
    auto cdf = 0.5 * (1 + erf(g.x * 0.70710678118654752));
    auto density = 0.3989422804014327 * exp(-0.5 * g.x * g.x);
    return g.dy * (cdf + g.x * density);
  }
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
/// log(1 + exp(x)) without overflow.
struct Softplus : Unary {
  static constexpr const char* name = "softplus";
  template <class T> static T of(T x) {
    return (x > T(0) ? x : T(0)) + math::log1p(math::exp(-math::abs(x)));
  }
  template <class G> static auto vjp_x(const G& g) { return g.dy * sigmoid(g.x); }
};
struct Floor : Unary {
  static constexpr const char* name = "floor";
  template <class T> static T of(T x) { return math::floor(x); }
};
struct Ceil : Unary {
  static constexpr const char* name = "ceil";
  template <class T> static T of(T x) { return -math::floor(-x); }
};
struct Round : Unary {  // halves to even
  static constexpr const char* name = "round";
  template <class T> static T of(T x) { return math::round(x); }
};
struct IsNan : Unary {
  static constexpr const char* name = "isnan";
  static constexpr Result result = Result::truth;
  template <class T> static bool of(T x) { return x != x; }
};
struct IsFinite : Unary {
  static constexpr const char* name = "isfinite";
  static constexpr Result result = Result::truth;
  template <class T> static bool of(T x) { return x - x == T(0); }
};
struct LogicalNot : Unary {
  static constexpr const char* name = "logical_not";
  static constexpr Domain domain = Domain::logical;
  static constexpr Result result = Result::truth;
  template <class T> static bool of(T x) { return x == T(0); }
};

// ---- two operands
// -----------------------------------------------------------------------------------

struct Binary {
  static constexpr int arity = 2;
  static constexpr Domain domain = Domain::numeric;
  static constexpr Result result = Result::same;
};
struct Comparison : Binary {
  static constexpr Domain domain = Domain::any;
  static constexpr Result result = Result::truth;
};
struct Logical : Binary {
  static constexpr Domain domain = Domain::logical;
  static constexpr Result result = Result::truth;
};

struct Add : Binary {
  static constexpr const char* name = "add";
  template <class T> static T of(T a, T b) { return static_cast<T>(a + b); }
  template <class G> static auto vjp_a(const G& g) { return g.dy; }
  template <class G> static auto vjp_b(const G& g) { return g.dy; }
};
struct Sub : Binary {
  static constexpr const char* name = "sub";
  template <class T> static T of(T a, T b) { return static_cast<T>(a - b); }
  template <class G> static auto vjp_a(const G& g) { return g.dy; }
  template <class G> static auto vjp_b(const G& g) { return -g.dy; }
};
struct Mul : Binary {
  static constexpr const char* name = "mul";
  template <class T> static T of(T a, T b) { return static_cast<T>(a * b); }
  template <class G> static auto vjp_a(const G& g) { return g.dy * g.b; }
  template <class G> static auto vjp_b(const G& g) { return g.dy * g.a; }
};
struct Div : Binary {
  static constexpr const char* name = "div";
  static constexpr Domain domain = Domain::floating;
  template <class T> static T of(T a, T b) { return a / b; }
  template <class G> static auto vjp_a(const G& g) { return g.dy / g.b; }
  template <class G> static auto vjp_b(const G& g) { return -g.dy * (g.y / g.b); }
};
struct Pow : Binary {
  static constexpr const char* name = "pow";
  static constexpr Domain domain = Domain::floating;
  template <class T> static T of(T a, T b) { return math::pow(a, b); }
  template <class G> static auto vjp_a(const G& g) {
    return where(g.b == 0, 0, g.dy * (g.b * pow(g.a, g.b - 1)));
  }
  template <class G> static auto vjp_b(const G& g) {
    return where(g.a == 0, 0, g.dy * (g.y * log(g.a)));
  }
};
struct Maximum : Binary {  // NaN in either gives NaN; a tie shares the gradient
  static constexpr const char* name = "maximum";
  template <class T> static T of(T a, T b) { return a > b || a != a ? a : b; }
  template <class G> static auto vjp_a(const G& g) {
    return where(g.a == g.b, 0.5 * g.dy, where(g.a > g.b, g.dy, 0));
  }
  template <class G> static auto vjp_b(const G& g) {
    return where(g.a == g.b, 0.5 * g.dy, where(g.b > g.a, g.dy, 0));
  }
};
struct Minimum : Binary {
  static constexpr const char* name = "minimum";
  template <class T> static T of(T a, T b) { return a < b || a != a ? a : b; }
  template <class G> static auto vjp_a(const G& g) {
    return where(g.a == g.b, 0.5 * g.dy, where(g.a < g.b, g.dy, 0));
  }
  template <class G> static auto vjp_b(const G& g) {
    return where(g.a == g.b, 0.5 * g.dy, where(g.b < g.a, g.dy, 0));
  }
};
struct Equal : Comparison {
  static constexpr const char* name = "eq";
  template <class T> static bool of(T a, T b) { return a == b; }
};
struct NotEqual : Comparison {
  static constexpr const char* name = "ne";
  template <class T> static bool of(T a, T b) { return a != b; }
};
struct Less : Comparison {
  static constexpr const char* name = "lt";
  template <class T> static bool of(T a, T b) { return a < b; }
};
struct LessEqual : Comparison {
  static constexpr const char* name = "le";
  template <class T> static bool of(T a, T b) { return a <= b; }
};
struct Greater : Comparison {
  static constexpr const char* name = "gt";
  template <class T> static bool of(T a, T b) { return a > b; }
};
struct GreaterEqual : Comparison {
  static constexpr const char* name = "ge";
  template <class T> static bool of(T a, T b) { return a >= b; }
};
struct LogicalAnd : Logical {
  static constexpr const char* name = "logical_and";
  template <class T> static bool of(T a, T b) { return (a != T(0)) & (b != T(0)); }
};
struct LogicalOr : Logical {
  static constexpr const char* name = "logical_or";
  template <class T> static bool of(T a, T b) { return (a != T(0)) | (b != T(0)); }
};
struct LogicalXor : Logical {
  static constexpr const char* name = "logical_xor";
  template <class T> static bool of(T a, T b) { return (a != T(0)) != (b != T(0)); }
};

// ---- the list
// ---------------------------------------------------------------------------------------

template <class... F> struct List { static constexpr int size = sizeof...(F); };
using Functions =
    List<Neg, Abs, Sign, Square, Sqrt, Rsqrt, Reciprocal, Exp, Expm1, Log, Log1p, Sin, Cos, Tanh,
         Sigmoid, Erf, Relu, Gelu, GeluTanh, Silu, Softplus, Floor, Ceil, Round, IsNan, IsFinite,
         LogicalNot, Add, Sub, Mul, Div, Pow, Maximum, Minimum, Equal, NotEqual, Less, LessEqual,
         Greater, GreaterEqual, LogicalAnd, LogicalOr, LogicalXor>;

/// A function's number: its place in the list.
template <class F, class L = Functions> inline constexpr int id_of = -1;
template <class F, class First, class... Rest>
inline constexpr int id_of<F, List<First, Rest...>> = __is_same(F, First)
                                                          ? 0
                                                          : 1 + id_of<F, List<Rest...>>;

}  // namespace fathom::fn
