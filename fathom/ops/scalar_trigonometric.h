// Trigonometric and hyperbolic functions and what belongs to right triangles. Vector loops for f32.
#pragma once
#include "fathom/ops/scalar_base.h"

namespace fathom::fn {

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
struct Tan : Unary {
  static constexpr const char* name = "tan";
  template <class T> static T of(T x) { return math::tan(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * (1 + g.y * g.y); }
};
struct Asin : Unary {
  static constexpr const char* name = "asin";
  template <class T> static T of(T x) { return math::asin(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * rsqrt(1 - g.x * g.x); }
};
struct Acos : Unary {
  static constexpr const char* name = "acos";
  template <class T> static T of(T x) { return math::acos(x); }
  template <class G> static auto vjp_x(const G& g) { return -g.dy * rsqrt(1 - g.x * g.x); }
};
struct Atan : Unary {
  static constexpr const char* name = "atan";
  template <class T> static T of(T x) { return math::atan(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy / (1 + g.x * g.x); }
};
struct Sinh : Unary {
  static constexpr const char* name = "sinh";
  template <class T> static T of(T x) { return math::sinh(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * cosh(g.x); }
};
struct Cosh : Unary {
  static constexpr const char* name = "cosh";
  template <class T> static T of(T x) { return math::cosh(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * sinh(g.x); }
};
struct Tanh : Unary {
  static constexpr const char* name = "tanh";
  template <class T> static T of(T x) { return math::tanh(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * (1 - g.y * g.y); }
};
struct Asinh : Unary {
  static constexpr const char* name = "asinh";
  template <class T> static T of(T x) { return math::asinh(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * rsqrt(1 + g.x * g.x); }
};
struct Acosh : Unary {
  static constexpr const char* name = "acosh";
  template <class T> static T of(T x) { return math::acosh(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy * rsqrt(g.x * g.x - 1); }
};
struct Atanh : Unary {
  static constexpr const char* name = "atanh";
  template <class T> static T of(T x) { return math::atanh(x); }
  template <class G> static auto vjp_x(const G& g) { return g.dy / (1 - g.x * g.x); }
};
/// sin(pi x) / (pi x), 1 at 0.
struct Sinc : Unary {
  static constexpr const char* name = "sinc";
  template <class T> static T of(T x) { return math::sinc(x); }
  template <class G> static auto vjp_x(const G& g) {
    auto close = abs(g.x) < 0.3;  // to 0, where the difference cancels: the series there
    auto near = where(close, g.x, 0);
    auto z = near * near;
    auto series = 4.049947846619241e-06 * z;
    series = (series + -9.766223126318928e-05) * z;
    series = (series + 0.001781145516372851) * z;
    series = (series + -0.023460810354558225) * z;
    series = (series + 0.20918278254123832) * z;
    series = (series + -1.144510944732505) * z;
    series = (series + 3.246969701133414) * z;
    series = (series + -3.289868133696453) * near;
    auto far = where(close, 1, g.x);
    auto slope = (cos(3.141592653589793 * far) - sinc(far)) / far;
    return g.dy * where(close, series, slope);
  }
};
struct Atan2 : Binary {
  static constexpr const char* name = "atan2";
  static constexpr Domain domain = Domain::floating;
  template <class T> static T of(T a, T b) { return math::atan2(a, b); }
  template <class G> static auto vjp_a(const G& g) { return g.dy * (g.b / squares(g)); }
  template <class G> static auto vjp_b(const G& g) { return g.dy * (-g.a / squares(g)); }

 private:
  template <class G> static auto squares(const G& g) {  // no gradient at the origin
    auto sum = g.a * g.a + g.b * g.b;
    return where(sum == 0, static_cast<double>(math::kInf), sum);
  }
};
struct Hypot : Binary {
  static constexpr const char* name = "hypot";
  static constexpr Domain domain = Domain::floating;
  template <class T> static T of(T a, T b) { return math::hypot(a, b); }
  template <class G> static auto vjp_a(const G& g) { return g.dy * (g.a / g.y); }
  template <class G> static auto vjp_b(const G& g) { return g.dy * (g.b / g.y); }
};

using Trigonometric = List<Sin, Cos, Tan, Asin, Acos, Atan, Sinh, Cosh, Tanh, Asinh, Acosh, Atanh,
                           Sinc, Atan2, Hypot>;

}  // namespace fathom::fn
