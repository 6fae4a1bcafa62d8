// Movement: the same elements under another shape or in another order. Tensors are stored
// contiguous; these operations are index maps that a reader folds in, and only what is left becomes
// a copy.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
using Counts = std::array<std::int64_t, Shape::max_rank>;

struct Reshape {
  Shape shape;
};
/// Output axis i is input axis order[i].
struct Permute {
  Shape order;
};
/// Broadcast to a larger shape.
struct Expand {
  Shape shape;
};
/// Element i of an axis is input element start + i * step.
struct Slice {
  Counts start;
  Counts step;
  Shape shape;
};
/// The inverse of Slice: the input's element i lies at start + i * step of an axis, the rest is the
/// second input, a rank-0 tensor.
struct Place {
  Counts start;
  Counts step;
  Shape shape;
};
struct Concat {
  int axis;
};
}  // namespace op

/// The same elements, row-major, in another shape; one extent may be -1 (inferred).
/// Errors: ShapeError if the sizes differ.
Tensor reshape(const Operand& x, const Shape& shape);
Tensor reshape(const Operand& x, std::initializer_list<std::int64_t> shape);
/// Axes in another order: output axis i is input axis order[i]. Errors: IndexError.
Tensor permute(const Operand& x, const std::vector<int>& order);
/// Swaps two axes; the last two by default. Errors: IndexError.
Tensor transpose(const Operand& x, int a = -2, int b = -1);
/// Broadcast to `shape`. Gradient: summed back. Errors: ShapeError.
Tensor expand(const Operand& x, const Shape& shape);
/// Elements [start, stop) along one axis, every step-th; negative positions count from the end, a
/// negative step walks backwards, positions outside are clipped as in Python.
Tensor slice(const Operand& x, int axis, std::int64_t start, std::int64_t stop,
             std::int64_t step = 1);
/// One element along an axis, which goes away. Errors: IndexError.
Tensor select(const Operand& x, int axis, std::int64_t index);
/// Reversed along the given axes.
Tensor flip(const Operand& x, const std::vector<int>& axes);
/// Removes axes of extent 1: one, or all of them.
Tensor squeeze(const Operand& x);
Tensor squeeze(const Operand& x, int axis);
/// Inserts an axis of extent 1 before `axis`.
Tensor unsqueeze(const Operand& x, int axis);
/// Merges axes [start, end] into one.
Tensor flatten(const Operand& x, int start = 0, int end = -1);
/// Joined along an existing axis. Errors: ShapeError if other axes differ or the list is empty.
Tensor concat(const std::vector<Tensor>& parts, int axis = 0,
              const std::source_location& where = std::source_location::current());
/// Joined along a new axis.
Tensor stack(const std::vector<Tensor>& parts, int axis = 0,
             const std::source_location& where = std::source_location::current());
/// Consecutive pieces of the given lengths along an axis. Errors: ShapeError if they do not add up.
std::vector<Tensor> split(const Operand& x, const std::vector<std::int64_t>& lengths, int axis = 0);
/// Constant padding: {low, high} elements added at the ends of each axis, last axes last.
Tensor pad(const Operand& x, const std::vector<std::array<std::int64_t, 2>>& widths,
           const Operand& value = 0.0);

}  // namespace fathom
