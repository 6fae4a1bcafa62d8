// Conversion between all element types, one element at a time.
#pragma once
#include <cstdint>
#include <limits>
#include <type_traits>

#include "fathom/core/half.h"

namespace fathom::reference {

/// Floats truncate; out of an integer's range (and NaN) they give its lowest value at 64 and 32
/// bits, and that number's low bits at 8: a plain conversion would be undefined.
template <class To, class From> To convert(From x) {
  if constexpr (std::is_same_v<To, From>) {
    return x;
  } else if constexpr (!std::is_arithmetic_v<From>) {  // a half
    return convert<To>(static_cast<float>(x));
  } else if constexpr (!std::is_arithmetic_v<To>) {
    return To(static_cast<float>(x));
  } else if constexpr (std::is_same_v<To, bool>) {
    return x != From(0);
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    using Wide = std::conditional_t<sizeof(To) == 8, std::int64_t, std::int32_t>;
    constexpr From limit = sizeof(To) == 8 ? From(0x1p63) : From(0x1p31);
    return static_cast<To>(x >= -limit && x < limit ? static_cast<Wide>(x)
                                                    : std::numeric_limits<Wide>::min());
  } else {
    return static_cast<To>(x);
  }
}

}  // namespace fathom::reference
