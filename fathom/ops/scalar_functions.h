// The elementwise operations, one struct each: name, element types, value and gradient.
//
// A struct is all that defines one: the reference backend, the vector kernels, type promotion,
// differentiation and the generic tests fold over the list at the end of this file. It is compiled
// once per instruction set, so it includes nothing of the standard library. By theme:
//   scalar_arithmetic.h, scalar_truth.h                   vector loops for every type
//   scalar_exponential.h, scalar_trigonometric.h          vector loops for f32, plain ones else
//   scalar_integer.h, scalar_special.h                    plain loops
//
// In `vjp_x` (and `vjp_a`, `vjp_b`) g.dy is the gradient that arrives, g.y the result, g.x, g.a,
// g.b the operands; a function without one passes no gradient on, and one with `lacks_a` refuses
// to.
#pragma once
#include "fathom/ops/scalar_arithmetic.h"
#include "fathom/ops/scalar_exponential.h"
#include "fathom/ops/scalar_integer.h"
#include "fathom/ops/scalar_special.h"
#include "fathom/ops/scalar_trigonometric.h"
#include "fathom/ops/scalar_truth.h"

namespace fathom::fn {

using Functions = Join<Arithmetic, Truth, Exponential, Trigonometric, Integer, Special>;

namespace detail {
// Found by address: recursion over the list would cost each user of this header 5000 templates.
template <class F> inline constexpr char tag{};
template <class... F> constexpr int place(const char* wanted, List<F...>) {
  const char* const all[] = {&tag<F>...};
  int i = 0;
  while (i < int(sizeof...(F)) && all[i] != wanted) ++i;
  return i < int(sizeof...(F)) ? i : -1;
}
}  // namespace detail

/// A function's number: its place in the list.
template <class F> inline constexpr int id_of = detail::place(&detail::tag<F>, Functions{});

/// Whether F's loop over T is compiled for each instruction set.
template <class F, class T> constexpr bool vectorized() {
  constexpr int every_type = Arithmetic::size + Truth::size;
  constexpr int in_f32 = every_type + Exponential::size + Trigonometric::size;
  return id_of<F> < every_type || (id_of<F> < in_f32 && __is_same(T, float));
}

}  // namespace fathom::fn
