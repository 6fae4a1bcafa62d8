// Padding by what is there, and sliding windows.
#pragma once
#include <array>
#include <cstdint>

#include "fathom/core/tensor.h"
#include "fathom/ops/shape.h"

namespace fathom {

/// What padding repeats: the elements mirrored at the edge element, the edge element, or the other
/// end.
enum class PadMode : std::uint8_t { reflect, replicate, circular };
/// Widths of the last axes, last axis last; negative ones cut. Errors: ShapeError if the axis is
/// shorter than the mode needs: more than the width (reflect), 1 (replicate), the width (circular).
Tensor pad(const Operand& x, const Widths& widths, PadMode mode);

/// Windows of `size` elements, every `step`-th, along an axis: torch.Tensor.unfold. Shapes:
/// (a, n, b) -> (a, 1 + (n - size) / step, b, size). Gradient: added where windows overlap. Errors:
/// ValueError, ShapeError if no window fits.
Tensor unfold(const Operand& x, int axis, std::int64_t size, std::int64_t step);

/// A grid of windows over height and width; pairs are {height, width}.
struct Windows {
  using Pair = std::array<std::int64_t, 2>;
  Pair kernel_size;
  Pair dilation = {1, 1};
  Pair padding = {0, 0};
  Pair stride = {1, 1};
};
/// The windows' elements as columns: torch.nn.functional.unfold. Shapes: (n, c, h, w) or (c, h, w)
/// -> (n, c kh kw, windows). Errors: ShapeError, ValueError.
Tensor unfold(const Operand& x, const Windows& windows);
/// Columns added up where their windows lie: torch.nn.functional.fold. Shapes: (n, c kh kw,
/// windows) -> (n, c, h, w) for output_size {h, w}. Errors: ShapeError, ValueError.
Tensor fold(const Operand& x, const Windows::Pair& output_size, const Windows& windows);

}  // namespace fathom
