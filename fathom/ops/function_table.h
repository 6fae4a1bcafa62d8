// The list of scalar functions as a table, for code that has a function's number. Internal.
#pragma once
#include <array>
#include <string_view>

#include "fathom/ops/scalar_functions.h"

namespace fathom::ops {

struct FunctionInfo {
  std::string_view name;
  int arity;
  fn::Domain domain;
  fn::Result result;
  int of_bools;  // what is computed of bools: a function, or one of the two below
};
inline constexpr int counts_bools = -1, refuses_bools = -2;

namespace detail {
template <class F> constexpr int of_bools() {
  if constexpr (requires { typename F::OfBools; }) {
    constexpr bool refused = __is_same(typename F::OfBools, void);
    return refused ? refuses_bools : fn::id_of<typename F::OfBools>;
  } else {
    return counts_bools;
  }
}
template <class... F> constexpr auto make_table(fn::List<F...>) {
  return std::array<FunctionInfo, sizeof...(F)>{
      FunctionInfo{F::name, F::arity, F::domain, F::result, of_bools<F>()}...};
}
inline constexpr auto table = make_table(fn::Functions{});
}  // namespace detail

inline const FunctionInfo& function_info(int function) {
  return detail::table[static_cast<std::size_t>(function)];
}
inline constexpr int function_count = fn::Functions::size;

}  // namespace fathom::ops
