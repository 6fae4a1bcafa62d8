// Reading at positions that are data. Positions are checked when the values are computed.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// out[.., i.., ..] = x[.., index[i..], ..] on one axis.
struct Take {
  int axis;
};
/// out[i][j] = x[index[i][j]][j] (for axis 0): one index for every element.
struct TakeAlong {
  int axis;
};
/// Positions on an axis as i64 in [0, extent): negative ones count from the end.
struct Positions {
  int axis;  // for the error's words; -1 for the flat tensor
  std::int64_t extent;
};
}  // namespace op

/// Elements of x, seen flat, at positions of any shape: torch.take. Negative positions count from
/// the end. Shapes: index (s...) -> (s...). Gradient: added at the positions. Errors: IndexError
/// when evaluated.
Tensor take(const Operand& x, const Tensor& index);
/// Slices of x at `index` (any shape, i64 or i32) along an axis: numpy.take. Shapes: x (a, n, b),
/// index (s...) -> (a, s..., b). Gradient: added into the slices, in order of the index. Errors:
/// IndexError if an index is outside [0, n), when evaluated.
Tensor take(const Operand& x, const Tensor& index, int axis);
/// The same with an index of one axis: torch.index_select. Errors: ShapeError, IndexError.
Tensor index_select(const Operand& x, int axis, const Tensor& index);
/// x at one index per element: torch.take_along_dim. Off the axis the shapes broadcast.
Tensor take_along(const Operand& x, const Tensor& index, int axis);
/// The same as torch.gather: off the axis the index may be smaller than x, and nothing broadcasts.
/// Errors: ShapeError, IndexError.
Tensor gather(const Operand& x, int axis, const Tensor& index);
/// 1 where the class is, else 0: (...) -> (..., classes). With classes = -1 there are as many as
/// the index needs, which evaluates it. No gradient. Errors: DTypeError, ValueError for fewer than
/// one class, IndexError for an index that is no class, when evaluated.
Tensor one_hot(const Tensor& index, std::int64_t classes = -1, DType dtype = DType::i64,
               Where where = Where::current());
/// Places in a flat array as a place on each axis of `shape`: i64 tensors of the index's shape.
/// Places outside wrap around. No gradient. Errors: DTypeError; ShapeError for a shape that has no
/// elements.
std::vector<Tensor> unravel_index(const Tensor& index, const Shape& shape,
                                  Where where = Where::current());

namespace ops {
/// Errors: DTypeError unless the index is i64 or i32.
void require_index(const char* operation, const Tensor& index);
/// one_hot of what is known to be classes; all zeros where it is not.
Tensor class_hits(const Tensor& index, std::int64_t classes, DType dtype);
/// The index in [0, extent): negative ones counted from the end; checked when evaluated.
Tensor positions(const Tensor& index, std::int64_t extent, int axis,
                 const std::source_location& where);
}  // namespace ops

}  // namespace fathom
