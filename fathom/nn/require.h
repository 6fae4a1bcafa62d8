// Checks of constructors' arguments. Internal.
#pragma once
#include <cstdint>
#include <string>

#include "fathom/core/error.h"

namespace fathom::nn {

inline void require_positive(const char* layer, const char* what, std::int64_t n,
                             const Where& where) {
  if (n > 0) return;
  throw ValueError({.operation = layer,
                    .problem = std::string(what) + " is " + std::to_string(n),
                    .expected = "a positive number",
                    .where = to_string(where)});
}

}  // namespace fathom::nn
