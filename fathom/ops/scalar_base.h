// What the scalar functions share: which types they take, what they return, lists of them.
#pragma once
#include <cstdint>

#include "fathom/math/elementary.h"
#include "fathom/math/wide.h"

namespace fathom::fn {

/// Which element types a function takes. Integers given to a `floating` one become f32; bools given
/// to a `numeric` or `integer` one become i64, unless it names another function `OfBools` to
/// compute instead, or void to refuse them. `bits` are integers and bools.
enum class Domain : std::uint8_t { any, numeric, floating, logical, integer, bits };
/// What it returns: its operands' type, or truth values.
enum class Result : std::uint8_t { same, truth };

namespace math = fathom::math;

template <class T> inline constexpr bool is_float = T(1) / T(2) != T(0);
template <> inline constexpr bool is_float<bool> = false;

/// Whether F computes on elements of type T, as they are.
template <class F, class T> constexpr bool takes() {
  constexpr bool truth = __is_same(T, bool);
  switch (F::domain) {
    case Domain::floating:
      return is_float<T>;
    case Domain::numeric:
      return !truth;
    case Domain::integer:
      return !truth && !is_float<T>;
    case Domain::bits:
      return !is_float<T>;
    default:
      return true;
  }
}

struct Unary {
  static constexpr int arity = 1;
  static constexpr Domain domain = Domain::floating;
  static constexpr Result result = Result::same;
};
struct Binary {
  static constexpr int arity = 2;
  static constexpr Domain domain = Domain::numeric;
  static constexpr Result result = Result::same;
};

struct LogicalAnd;  // of scalar_truth.h
struct LogicalOr;

template <class... F> struct List { static constexpr int size = sizeof...(F); };

namespace detail {
template <class...> struct Joined;
template <class... F> struct Joined<List<F...>> { using Type = List<F...>; };
template <class... F, class... G, class... Rest> struct Joined<List<F...>, List<G...>, Rest...> {
  using Type = typename Joined<List<F..., G...>, Rest...>::Type;
};
}  // namespace detail
/// Lists behind each other.
template <class... Lists> using Join = typename detail::Joined<Lists...>::Type;

}  // namespace fathom::fn
