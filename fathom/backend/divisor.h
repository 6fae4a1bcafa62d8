// The check of integer divisors, which both backends make.
#pragma once
#include <cstdint>
#include <string>

#include "fathom/core/dtype.h"
#include "fathom/graph/context.h"

namespace fathom {

/// Errors: ValueError if one of n integers is 0.
inline void check_divisors(DType dtype, const void* data, std::int64_t n,
                           const graph::Origin& origin) {
  const auto check = [&]<class T>(const T* divisors) {
    for (std::int64_t i = 0; i < n; ++i)
      if (divisors[i] == T(0))
        throw ValueError(graph::located({.operation = {},
                                         .problem = "an integer is divided by 0",
                                         .received = {{"position of the 0", std::to_string(i)}},
                                         .hint = "divide floating numbers, which have infinities"},
                                        origin));
  };
  switch (size_of(dtype)) {
    case 8:
      return check(static_cast<const std::int64_t*>(data));
    case 4:
      return check(static_cast<const std::int32_t*>(data));
    default:
      return check(static_cast<const std::int8_t*>(data));
  }
}

}  // namespace fathom
