// Division with a remainder, choices, bits and divisors: exact functions with plain loops.
#pragma once
#include "fathom/ops/scalar_base.h"

namespace fathom::fn {

namespace detail {
template <class T> inline constexpr bool is_signed = T(-1) < T(0);

// Integer division that never traps: by 0 it gives 0 (operations refuse that), and the lowest
// number by -1 gives itself.
template <class T> T quotient(T a, T b) {
  if (b == T(0)) return T(0);
  if (is_signed<T> && b == static_cast<T>(-1))
    return static_cast<T>(0 - static_cast<std::uint64_t>(a));
  return static_cast<T>(a / b);
}
template <class T> T rest(T a, T b) {
  if (b == T(0) || (is_signed<T> && b == static_cast<T>(-1))) return T(0);
  return static_cast<T>(a % b);
}
template <class T> std::uint64_t magnitude(T x) {
  return x < T(0) ? 0 - static_cast<std::uint64_t>(x) : static_cast<std::uint64_t>(x);
}
inline std::uint64_t common_divisor(std::uint64_t a, std::uint64_t b) {  // Euclid
  while (b != 0) {
    const std::uint64_t r = a % b;
    a = b;
    b = r;
  }
  return a;
}
}  // namespace detail

/// a - b trunc(a / b): the sign of a. Exact.
struct Fmod : Binary {
  static constexpr const char* name = "fmod";
  template <class T> static T of(T a, T b) {
    if constexpr (is_float<T>)
      return math::fmod(a, b);
    else
      return detail::rest(a, b);
  }
  template <class G> static auto vjp_a(const G& g) { return g.dy; }
  template <class G> static auto vjp_b(const G& g) { return -g.dy * trunc(g.a / g.b); }
};
/// a - b floor(a / b): the sign of b, as Python's %.
struct Remainder : Binary {
  static constexpr const char* name = "remainder";
  template <class T> static T of(T a, T b) {
    const T r = Fmod::of(a, b);
    return r != T(0) && (r < T(0)) != (b < T(0)) ? static_cast<T>(r + b) : r;
  }
  template <class G> static auto vjp_a(const G& g) { return g.dy; }
  template <class G> static auto vjp_b(const G& g) { return -g.dy * floor(g.a / g.b); }
};
/// a / b rounded towards 0.
struct TruncDivide : Binary {
  static constexpr const char* name = "trunc_divide";
  template <class T> static T of(T a, T b) {
    if constexpr (is_float<T>)
      return math::trunc(a / b);
    else
      return detail::quotient(a, b);
  }
};
/// a / b rounded down, as Python's //: consistent with Remainder where a / b rounds up.
struct FloorDivide : Binary {
  static constexpr const char* name = "floor_divide";
  template <class T> static T of(T a, T b) {
    const T r = Fmod::of(a, b);
    const bool down = r != T(0) && (r < T(0)) != (b < T(0));
    if constexpr (is_float<T>) {
      if (b == T(0)) return a / b;
      const T q = (a - r) / b - (down ? T(1) : T(0));
      if (q == T(0)) return math::copysign(T(0), a / b);
      const T whole = math::floor(q);
      return q - whole > T(0.5) ? whole + T(1) : whole;
    } else {
      return static_cast<T>(detail::quotient(a, b) - (down ? 1 : 0));
    }
  }
};

struct Copysign : Binary {
  static constexpr const char* name = "copysign";
  static constexpr Domain domain = Domain::floating;
  template <class T> static T of(T a, T b) { return math::copysign(a, b); }
  template <class G> static auto vjp_a(const G& g) {
    return where(g.a == 0, 0, g.dy * (g.y / g.a));
  }
};
struct Nextafter : Binary {
  static constexpr const char* name = "nextafter";
  static constexpr Domain domain = Domain::floating;
  template <class T> static T of(T a, T b) { return math::nextafter(a, b); }
  template <class G> static auto vjp_a(const G& g) { return where(g.a == g.b, 0, g.dy); }
};
/// 0 below 0, 1 above, b at 0.
struct Heaviside : Binary {
  static constexpr const char* name = "heaviside";
  static constexpr Domain domain = Domain::any;
  template <class T> static T of(T a, T b) { return a == T(0) ? b : a > T(0) ? T(1) : T(0); }
};
/// The larger; the other one if one is NaN. A tie shares the gradient.
struct Fmax : Binary {
  static constexpr const char* name = "fmax";
  using OfBools = LogicalOr;
  template <class T> static T of(T a, T b) { return a >= b || b != b ? a : b; }
  template <class G> static auto vjp_a(const G& g) {
    return where(g.a == g.b, 0.5 * g.dy, where(g.a < g.b, 0, g.dy));
  }
  template <class G> static auto vjp_b(const G& g) {
    return where(g.a == g.b, 0.5 * g.dy, where(g.b < g.a, 0, g.dy));
  }
};
struct Fmin : Binary {
  static constexpr const char* name = "fmin";
  using OfBools = LogicalAnd;
  template <class T> static T of(T a, T b) { return a <= b || b != b ? a : b; }
  template <class G> static auto vjp_a(const G& g) {
    return where(g.a == g.b, 0.5 * g.dy, where(g.a > g.b, 0, g.dy));
  }
  template <class G> static auto vjp_b(const G& g) {
    return where(g.a == g.b, 0.5 * g.dy, where(g.b > g.a, 0, g.dy));
  }
};

// ---- bits

struct Bits : Binary {
  static constexpr Domain domain = Domain::bits;
};
struct OnIntegers : Binary {
  static constexpr Domain domain = Domain::integer;
};

struct BitwiseNot : Unary {
  static constexpr const char* name = "bitwise_not";
  static constexpr Domain domain = Domain::bits;
  template <class T> static T of(T x) {
    if constexpr (__is_same(T, bool))
      return !x;
    else
      return static_cast<T>(~x);
  }
};
struct BitwiseAnd : Bits {
  static constexpr const char* name = "bitwise_and";
  template <class T> static T of(T a, T b) { return static_cast<T>(a & b); }
};
struct BitwiseOr : Bits {
  static constexpr const char* name = "bitwise_or";
  template <class T> static T of(T a, T b) { return static_cast<T>(a | b); }
};
struct BitwiseXor : Bits {
  static constexpr const char* name = "bitwise_xor";
  template <class T> static T of(T a, T b) { return static_cast<T>(a ^ b); }
};
/// a 2^b modulo 2^bits; 0 for a shift that is negative or as wide as the type.
struct LeftShift : OnIntegers {
  static constexpr const char* name = "bitwise_left_shift";
  template <class T> static T of(T a, T b) {
    if (b < T(0) || static_cast<std::uint64_t>(b) >= 8 * sizeof(T)) return T(0);
    return static_cast<T>(static_cast<std::uint64_t>(a) << b);
  }
};
/// floor(a / 2^b); a shift that is negative or as wide as the type leaves the sign alone.
struct RightShift : OnIntegers {
  static constexpr const char* name = "bitwise_right_shift";
  template <class T> static T of(T a, T b) {
    if (b < T(0) || static_cast<std::uint64_t>(b) >= 8 * sizeof(T))
      return a < T(0) ? static_cast<T>(-1) : T(0);
    return static_cast<T>(a >> b);
  }
};
struct Gcd : OnIntegers {
  static constexpr const char* name = "gcd";
  template <class T> static T of(T a, T b) {
    return static_cast<T>(detail::common_divisor(detail::magnitude(a), detail::magnitude(b)));
  }
};
struct Lcm : OnIntegers {
  static constexpr const char* name = "lcm";
  template <class T> static T of(T a, T b) {
    const std::uint64_t x = detail::magnitude(a), y = detail::magnitude(b);
    return x == 0 || y == 0 ? T(0) : static_cast<T>(x / detail::common_divisor(x, y) * y);
  }
};

using Integer =
    List<Fmod, Remainder, TruncDivide, FloorDivide, Copysign, Nextafter, Heaviside, Fmax, Fmin,
         BitwiseNot, BitwiseAnd, BitwiseOr, BitwiseXor, LeftShift, RightShift, Gcd, Lcm>;

}  // namespace fathom::fn
