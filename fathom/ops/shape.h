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
/// The first input, but not before the second has been computed.
struct After {};
}  // namespace op

/// The same elements, row-major, in another shape; one extent may be -1 (inferred).
/// Errors: ShapeError if the sizes differ.
Tensor reshape(const Operand& x, const Shape& shape);
Tensor reshape(const Operand& x, std::initializer_list<std::int64_t> shape);
/// Axes in another order: output axis i is input axis order[i]. Errors: IndexError.
Tensor permute(const Operand& x, const std::vector<int>& order);
/// Swaps two axes; the last two by default. Errors: IndexError.
Tensor transpose(const Operand& x, int a = -2, int b = -1);
/// Broadcast to `shape`; in a list, -1 leaves an extent as it is. Gradient: summed back. Errors:
/// ShapeError.
Tensor expand(const Operand& x, const Shape& shape);
Tensor expand(const Operand& x, std::initializer_list<std::int64_t> shape);
/// Elements [start, stop) along one axis, every step-th; negative positions count from the end, a
/// negative step walks backwards, positions outside are clipped as in Python.
Tensor slice(const Operand& x, int axis, std::int64_t start, std::int64_t stop,
             std::int64_t step = 1);
/// One element along an axis, which goes away. Errors: IndexError.
Tensor select(const Operand& x, int axis, std::int64_t index);
/// Reversed along the given axes.
Tensor flip(const Operand& x, const std::vector<int>& axes);
/// Removes axes of extent 1: all, one, or those named; others stay.
Tensor squeeze(const Operand& x);
Tensor squeeze(const Operand& x, int axis);
Tensor squeeze(const Operand& x, const std::vector<int>& axes);
/// Inserts an axis of extent 1 before `axis`.
Tensor unsqueeze(const Operand& x, int axis);
/// Merges axes [start, end] into one.
Tensor flatten(const Operand& x, int start = 0, int end = -1);
/// {low, high} elements at the two ends of an axis.
using Widths = std::vector<std::array<std::int64_t, 2>>;
/// Constant padding: widths added at the ends of the last axes, last axis last; negative widths
/// cut. Errors: ShapeError for more widths than axes, or if more is cut than there is.
Tensor pad(const Operand& x, const Widths& widths, const Operand& value = 0.0);

namespace ops {
/// x with the elements that `part` names replaced by a tensor of its shape.
Tensor overlay(const Tensor& x, const Tensor& with, const op::Slice& part);
/// What widths leave of x where they are negative; they become 0. Errors: as pad.
Tensor cut(const char* operation, const Operand& x, Widths& widths);
}  // namespace ops

}  // namespace fathom
