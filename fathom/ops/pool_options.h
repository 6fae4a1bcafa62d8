// What users say of windows, checked and made attributes. Internal.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "fathom/ops/operands.h"
#include "fathom/ops/per_axis.h"
#include "fathom/ops/pooling.h"

namespace fathom::ops {

/// How many windows lie on an axis; less than 1 if none fits.
std::int64_t pooled_extent(const op::PoolWindows& windows, int axis, std::int64_t extent);
/// x with `axes` axes that are pooled. Errors: ShapeError unless one or two more stand before them.
Tensor pool_input(const char* operation, const Operand& x, int axes);
/// Errors: ValueError for what is out of range.
void check_windows(const char* operation, const op::PoolWindows& windows,
                   const std::source_location& where);
/// The shape that pooling by `windows` made x's of: of the candidates the one wanted, or with
/// nullptr the smallest. Errors: ShapeError if it is none of them.
Shape unpooled_shape(const char* operation, const Tensor& x, const op::PoolWindows& windows,
                     const std::int64_t* wanted, const std::source_location& where);
/// Extents of adaptive pooling, -1 replaced by x's. Errors: ValueError for less than 1.
Shape adaptive_size(const char* operation, const Tensor& x, std::span<const std::int64_t> wanted,
                    const std::source_location& where);
template <int n>
Shape adaptive_size(const char* operation, const Tensor& x, const PerAxis<n>& wanted,
                    const std::source_location& where) {
  return adaptive_size(operation, x, std::span<const std::int64_t>(wanted.begin(), wanted.end()),
                       where);
}

/// Errors: ValueError for a number below `least`.
Shape counts_of(const char* operation, const char* option, std::span<const std::int64_t> numbers,
                std::int64_t least, const std::source_location& where);
template <int n>
Shape counts_of(const char* operation, const char* option, const PerAxis<n>& numbers,
                std::int64_t least, const std::source_location& where) {
  return counts_of(operation, option, std::span<const std::int64_t>(numbers.begin(), numbers.end()),
                   least, where);
}

/// The attributes of given options.
template <int n>
op::PoolWindows pool_windows(const char* operation, const PerAxis<n>& kernel_size,
                             const std::optional<PerAxis<n>>& stride, const PerAxis<n>& padding,
                             const PerAxis<n>& dilation, bool ceil_mode,
                             const std::source_location& where) {
  const op::PoolWindows windows{
      counts_of(operation, "kernel_size", kernel_size, 1, where),
      counts_of(operation, "stride", stride.value_or(kernel_size), 1, where),
      counts_of(operation, "padding", padding, 0, where),
      counts_of(operation, "dilation", dilation, 1, where),
      ceil_mode,
      false};
  check_windows(operation, windows, where);
  return windows;
}

}  // namespace fathom::ops
