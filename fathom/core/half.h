// The half types: 16 bits of storage, computed with as float.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>

namespace fathom {

/// IEEE 754 binary16: 11 bits of precision, up to 65504.
struct float16 {
  std::uint16_t bits = 0;
  float16() = default;
  /// Rounds to the nearest, halves to even; NaN stays NaN.
  explicit float16(float x);
  explicit operator float() const;
};

/// The upper half of a float: 8 bits of precision, a float's range.
struct bfloat16 {
  std::uint16_t bits = 0;
  bfloat16() = default;
  /// Rounds to the nearest, halves to even; NaN stays NaN.
  explicit bfloat16(float x);
  explicit operator float() const;
};

inline float16::float16(float x) {
  const auto u = std::bit_cast<std::uint32_t>(x);
  const auto sign = static_cast<std::uint16_t>(u >> 16 & 0x8000);
  const float magnitude = std::abs(x);
  if (x != x) {
    bits = static_cast<std::uint16_t>(sign | 0x7e00 | (u >> 13 & 1023));
  } else if (magnitude >= 65520.f) {  // rounds to infinity
    bits = static_cast<std::uint16_t>(sign | 0x7c00);
  } else {
    const bool subnormal = magnitude < 0x1p-14f;
    int exponent = 0;
    std::frexp(magnitude, &exponent);                  // magnitude = m 2^exponent, m in [1/2, 1)
    const int shift = subnormal ? 24 : 11 - exponent;  // subnormals and 0 share one scale
    const auto units = static_cast<std::uint16_t>(std::nearbyint(std::ldexp(magnitude, shift)));
    // A fraction that rounds up to 2048 carries into the exponent, which is what the sum does.
    const int biased = subnormal ? 0 : exponent + 13;
    bits = static_cast<std::uint16_t>(sign | ((biased << 10) + units));
  }
}
inline float16::operator float() const {
  const int exponent = bits >> 10 & 31;
  const int fraction = bits & 1023;
  float magnitude;
  if (exponent == 31)  // a NaN keeps its payload and becomes quiet
    magnitude = std::bit_cast<float>(0x7f800000u | static_cast<std::uint32_t>(fraction) << 13 |
                                     (fraction ? 0x400000u : 0));
  else if (exponent == 0)
    magnitude = std::ldexp(static_cast<float>(fraction), -24);
  else
    magnitude = std::ldexp(static_cast<float>(1024 + fraction), exponent - 25);
  return bits >> 15 ? -magnitude : magnitude;
}

inline bfloat16::bfloat16(float x) {
  const auto u = std::bit_cast<std::uint32_t>(x);
  bits = static_cast<std::uint16_t>(x != x ? u >> 16 | 0x40 : (u + 0x7fff + (u >> 16 & 1)) >> 16);
}
inline bfloat16::operator float() const {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

}  // namespace fathom
