// Conversion between all element types, one element at a time.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace fathom::reference {

/// The bits of the half types, which C++20 has no arithmetic types for.
struct Half {
  std::uint16_t bits;
};
struct Brain {
  std::uint16_t bits;
};

inline float to_float(Brain x) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(x.bits) << 16);
}
inline float to_float(Half x) {
  const int exponent = x.bits >> 10 & 31;
  const int fraction = x.bits & 1023;
  float magnitude;
  if (exponent == 31)  // a NaN keeps its payload and becomes quiet
    magnitude = std::bit_cast<float>(0x7f800000u | static_cast<std::uint32_t>(fraction) << 13 |
                                     (fraction ? 0x400000u : 0));
  else if (exponent == 0)
    magnitude = std::ldexp(static_cast<float>(fraction), -24);
  else
    magnitude = std::ldexp(static_cast<float>(1024 + fraction), exponent - 25);
  return x.bits >> 15 ? -magnitude : magnitude;
}

/// Rounds to the nearest, halves to even; NaN stays NaN.
inline Brain to_brain(float x) {
  const auto u = std::bit_cast<std::uint32_t>(x);
  if (x != x) return {static_cast<std::uint16_t>(u >> 16 | 0x40)};
  return {static_cast<std::uint16_t>((u + 0x7fff + (u >> 16 & 1)) >> 16)};
}
inline Half to_half(float x) {
  const auto u = std::bit_cast<std::uint32_t>(x);
  const auto sign = static_cast<std::uint16_t>(u >> 16 & 0x8000);
  if (x != x) return {static_cast<std::uint16_t>(sign | 0x7e00 | (u >> 13 & 1023))};
  const float magnitude = std::abs(x);
  if (magnitude >= 65520.f)
    return {static_cast<std::uint16_t>(sign | 0x7c00)};  // rounds to infinity
  const bool subnormal = magnitude < 0x1p-14f;
  int exponent = 0;
  std::frexp(magnitude, &exponent);                  // magnitude = m 2^exponent, m in [1/2, 1)
  const int shift = subnormal ? 24 : 11 - exponent;  // subnormals and 0 share one scale
  const auto units = static_cast<std::uint16_t>(std::nearbyint(std::ldexp(magnitude, shift)));
  // A fraction that rounds up to 2048 carries into the exponent, which is what the sum does.
  const int biased = subnormal ? 0 : exponent + 13;
  return {static_cast<std::uint16_t>(sign | ((biased << 10) + units))};
}

/// Floats truncate; out of an integer's range (and NaN) they give its lowest value at 64 and 32
/// bits, and that number's low bits at 8: a plain conversion would be undefined.
template <class To, class From> To convert(From x) {
  if constexpr (std::is_same_v<To, From>) {
    return x;
  } else if constexpr (std::is_same_v<From, Half> || std::is_same_v<From, Brain>) {
    return convert<To>(to_float(x));
  } else if constexpr (std::is_same_v<To, Half>) {
    return to_half(static_cast<float>(x));
  } else if constexpr (std::is_same_v<To, Brain>) {
    return to_brain(static_cast<float>(x));
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
