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
};

namespace detail {
template <class... F> constexpr auto make_table(fn::List<F...>) {
  return std::array<FunctionInfo, sizeof...(F)>{
      FunctionInfo{F::name, F::arity, F::domain, F::result}...};
}
inline constexpr auto table = make_table(fn::Functions{});
}  // namespace detail

inline const FunctionInfo& function_info(int function) {
  return detail::table[static_cast<std::size_t>(function)];
}
inline constexpr int function_count = fn::Functions::size;

}  // namespace fathom::ops
