// Loops over the scalar functions, and tables of them. Included by the files that compile them,
// each for some of the functions: per instruction set (FATHOM_ISA), or once.
#pragma once
#include "fathom/backend/cpu/kernels/elementwise.h"

namespace fathom::cpu {

// Element types in the order of fathom::DType; a half is its bits.
struct Half {
  std::uint16_t bits;
};
struct Brain {
  std::uint16_t bits;
};
template <int type> struct TypeAt;
template <> struct TypeAt<0> { using T = float; };
template <> struct TypeAt<1> { using T = double; };
template <> struct TypeAt<2> { using T = Half; };
template <> struct TypeAt<3> { using T = Brain; };
template <> struct TypeAt<4> { using T = std::int64_t; };
template <> struct TypeAt<5> { using T = std::int32_t; };
template <> struct TypeAt<6> { using T = std::int8_t; };
template <> struct TypeAt<7> { using T = std::uint8_t; };
template <> struct TypeAt<8> { using T = bool; };

template <class T> constexpr bool is_half = __is_same(T, Half) || __is_same(T, Brain);

}  // namespace fathom::cpu

#ifdef FATHOM_ISA
namespace fathom::cpu::FATHOM_ISA {
#else
namespace fathom::cpu::plain {
#endif

namespace {

// `out` may be an operand itself, but never overlaps one otherwise: ivdep says so.
template <class F, class T>
void unary(const void* a, const void*, const void*, void* out, std::int64_t n) {
  const T* x = static_cast<const T*>(a);
  using R = decltype(F::of(x[0]));
  R* y = static_cast<R*>(out);
#pragma GCC ivdep
  for (std::int64_t i = 0; i < n; ++i) y[i] = F::of(x[i]);
}
template <class F, class T>
void binary(const void* a, const void* b, const void*, void* out, std::int64_t n) {
  const T* x = static_cast<const T*>(a);
  const T* z = static_cast<const T*>(b);
  using R = decltype(F::of(x[0], z[0]));
  R* y = static_cast<R*>(out);
#pragma GCC ivdep
  for (std::int64_t i = 0; i < n; ++i) y[i] = F::of(x[i], z[i]);
}

/// The loop of F over T if it is one of those wanted: `vectorized` or not.
template <class F, class T, bool vectorized> constexpr BlockFunction loop_for() {
  if constexpr (is_half<T>)
    return nullptr;
  else if constexpr (!fn::takes<F, T>() || fn::vectorized<F, T>() != vectorized)
    return nullptr;
  else if constexpr (F::arity == 1)
    return unary<F, T>;
  else
    return binary<F, T>;
}

template <bool vectorized, int type, int size, class... F>
constexpr void set_column(FunctionTable<size>& table, fn::List<F...> functions) {
  int i = 0;
  ((table.row[i++][type] = loop_for<F, typename TypeAt<type>::T, vectorized>()), ...);
  if constexpr (type + 1 < type_count) set_column<vectorized, type + 1>(table, functions);
}
template <bool vectorized, class Functions>
constexpr FunctionTable<Functions::size> make_table(Functions functions) {
  FunctionTable<Functions::size> table{};
  set_column<vectorized, 0>(table, functions);
  return table;
}

}  // namespace

#ifdef FATHOM_ISA
extern const FunctionTable<fn::Arithmetic::size> arithmetic_functions;
extern const FunctionTable<fn::Truth::size> truth_functions;
extern const FunctionTable<fn::Exponential::size> exponential_functions;
extern const FunctionTable<fn::Trigonometric::size> trigonometric_functions;
#endif

}  // namespace
