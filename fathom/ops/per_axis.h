// What options say for each spatial axis: one number for all of them, or one each.
#pragma once
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace fathom {

/// One number for each of N axes of positions; a single one stands for all.
template <int N> struct PerAxis {
  std::array<std::int64_t, static_cast<std::size_t>(N)> values{};

  constexpr PerAxis(std::int64_t all) { values.fill(all); }  // NOLINT(google-explicit-constructor)
  template <std::convertible_to<std::int64_t>... Rest>
  requires(sizeof...(Rest) + 1 == N && N > 1) constexpr PerAxis(std::int64_t first, Rest... rest)
      : values{first, static_cast<std::int64_t>(rest)...} {}
  constexpr std::int64_t operator[](int axis) const {
    return values[static_cast<std::size_t>(axis)];
  }
  constexpr const std::int64_t* begin() const { return values.data(); }
  constexpr const std::int64_t* end() const { return values.data() + N; }
};

}  // namespace fathom
