// Reading and writing at positions that are data. Positions are checked when the values are
// computed.
#pragma once
#include <cstdint>

#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// out[.., i.., ..] = x[.., index[i..], ..] on one axis.
struct Take {
  int axis;
};
/// The gradient of Take: zeros of extent `extent` on the axis, with each slice added where the
/// index says, in order of the index.
struct TakeBackward {
  int axis;
  std::int64_t extent;
};
/// out[i][j] = x[index[i][j]][j] (for axis 0): one index for every element.
struct TakeAlong {
  int axis;
};
/// The gradient of TakeAlong.
struct TakeAlongBackward {
  int axis;
  std::int64_t extent;
};
}  // namespace op

/// Slices of x at `index` (any shape, i64 or i32) along an axis: torch.index_select, and an
/// embedding lookup for axis 0. Shapes: x (a, n, b), index (s...) -> (a, s..., b). Gradient: added
/// into the slices. Errors: IndexError if an index is outside [0, n), when evaluated.
Tensor take(const Operand& x, const Tensor& index, int axis = 0);
/// x at one index per element: torch.take_along_dim and gather. The shapes are equal but on the
/// axis.
Tensor take_along(const Operand& x, const Tensor& index, int axis);
/// 1 where the class is, else 0: (...) i64 -> (..., classes). No gradient.
Tensor one_hot(const Tensor& index, std::int64_t classes, DType dtype = DType::f32);
/// Lower (upper) triangle of the last two axes, zeros elsewhere; diagonal 0 is the main one.
Tensor tril(const Operand& x, std::int64_t diagonal = 0);
Tensor triu(const Operand& x, std::int64_t diagonal = 0);

}  // namespace fathom
