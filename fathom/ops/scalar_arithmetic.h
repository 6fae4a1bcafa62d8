// Arithmetic and rounding: cheap functions, with vector loops for every type.
#pragma once
#include "fathom/ops/scalar_base.h"

namespace fathom::fn {

struct Neg : Unary {
  static constexpr const char* name = "neg";
  using OfBools = void;
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
  static constexpr Domain domain = Domain::any;
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
struct Relu : Unary {
  static constexpr const char* name = "relu";
  static constexpr Domain domain = Domain::numeric;
  template <class T> static T of(T x) { return x <= T(0) ? T(0) : x; }  // NaN stays NaN
  template <class G> static auto vjp_x(const G& g) { return where(g.y > 0, g.dy, 0); }
};
/// x + 3, held between 0 and 6.
template <class T> T hard_gate(T x) {
  const T risen = x + T(3);
  const T gate = risen < T(0) ? T(0) : risen;  // NaN stays NaN
  return gate > T(6) ? T(6) : gate;
}
struct Hardsigmoid : Unary {
  static constexpr const char* name = "hardsigmoid";
  template <class T> static T of(T x) { return hard_gate(x) / T(6); }
  template <class G> static auto vjp_x(const G& g) {
    return where(g.x > -3, where(g.x < 3, g.dy / 6, 0), 0);
  }
};
struct Hardswish : Unary {
  static constexpr const char* name = "hardswish";
  template <class T> static T of(T x) { return x * hard_gate(x) / T(6); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * hardswish_slope(g.x); }
};
/// The derivative of hardswish.
struct HardswishSlope : Unary {
  static constexpr const char* name = "hardswish_slope";
  static constexpr Domain domain = Domain::floating;
  template <class T> static T of(T x) {
    const T slope = x < T(3) ? x / T(3) + T(0.5) : T(1);
    return x > T(-3) ? slope : T(0);
  }
  template <class G> static auto vjp_x(const G& g) {
    return where(g.x > -3, where(g.x < 3, g.dy / 3, 0), 0);
  }
};
struct Floor : Unary {
  static constexpr const char* name = "floor";
  static constexpr Domain domain = Domain::numeric;
  template <class T> static T of(T x) {
    if constexpr (is_float<T>)
      return math::floor(x);
    else
      return x;
  }
};
struct Ceil : Unary {
  static constexpr const char* name = "ceil";
  static constexpr Domain domain = Domain::numeric;
  template <class T> static T of(T x) {
    if constexpr (is_float<T>)
      return -math::floor(-x);
    else
      return x;
  }
};
struct Round : Unary {  // halves to even
  static constexpr const char* name = "round";
  static constexpr Domain domain = Domain::numeric;
  template <class T> static T of(T x) {
    if constexpr (is_float<T>)
      return math::round(x);
    else
      return x;
  }
};
struct Trunc : Unary {
  static constexpr const char* name = "trunc";
  static constexpr Domain domain = Domain::numeric;
  template <class T> static T of(T x) {
    if constexpr (is_float<T>)
      return math::trunc(x);
    else
      return x;
  }
};

struct Add : Binary {
  static constexpr const char* name = "add";
  using OfBools = LogicalOr;
  template <class T> static T of(T a, T b) { return static_cast<T>(a + b); }
  template <class G> static auto vjp_a(const G& g) { return g.dy; }
  template <class G> static auto vjp_b(const G& g) { return g.dy; }
};
struct Sub : Binary {
  static constexpr const char* name = "sub";
  using OfBools = void;
  template <class T> static T of(T a, T b) { return static_cast<T>(a - b); }
  template <class G> static auto vjp_a(const G& g) { return g.dy; }
  template <class G> static auto vjp_b(const G& g) { return -g.dy; }
};
struct Mul : Binary {
  static constexpr const char* name = "mul";
  using OfBools = LogicalAnd;
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
struct Maximum : Binary {  // NaN in either gives NaN; a tie shares the gradient
  static constexpr const char* name = "maximum";
  using OfBools = LogicalOr;
  template <class T> static T of(T a, T b) { return a > b || a != a ? a : b; }
  template <class G> static auto vjp_a(const G& g) {
    return where(g.a == g.b, 0.5 * g.dy, where(g.a < g.b, 0, g.dy));
  }
  template <class G> static auto vjp_b(const G& g) {
    return where(g.a == g.b, 0.5 * g.dy, where(g.b < g.a, 0, g.dy));
  }
};
struct Minimum : Binary {
  static constexpr const char* name = "minimum";
  using OfBools = LogicalAnd;
  template <class T> static T of(T a, T b) { return a < b || a != a ? a : b; }
  template <class G> static auto vjp_a(const G& g) {
    return where(g.a == g.b, 0.5 * g.dy, where(g.a > g.b, 0, g.dy));
  }
  template <class G> static auto vjp_b(const G& g) {
    return where(g.a == g.b, 0.5 * g.dy, where(g.b > g.a, 0, g.dy));
  }
};

using Arithmetic =
    List<Neg, Abs, Sign, Square, Sqrt, Rsqrt, Reciprocal, Relu, Hardsigmoid, Hardswish,
         HardswishSlope, Floor, Ceil, Round, Trunc, Add, Sub, Mul, Div, Maximum, Minimum>;

}  // namespace fathom::fn
