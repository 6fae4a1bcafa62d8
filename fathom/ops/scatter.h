// Writing at positions that are data. Where several writes meet, sums are made in order of the
// index and the last of plain writes stands, so that nothing depends on threads.
#pragma once
#include <cstdint>

#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// The elements of the source combined at index[i][j] (for axis 0) of an axis of `extent` elements;
/// where nothing comes: 0, 1, the lowest and the highest number. Inputs: source, index.
struct Scatter {
  enum class Kind : std::uint8_t { sum, prod, max, min };
  Kind kind;
  int axis;
  std::int64_t extent;
};
/// The same of whole slices, summed: the source's axes from `axis` on are the index's, then the
/// slices'.
struct ScatterSlices {
  int axis;
  std::int64_t extent;
};
/// For every place of an axis of `extent` elements the position on the axis of the last index that
/// names it, or -1. What writes at positions is a Take at the last writers.
struct LastWriter {
  int axis;
  std::int64_t extent;
};
}  // namespace op

/// What scatter_reduce makes of all that comes to one place.
enum class ScatterReduction : std::uint8_t { sum, prod, mean, amax, amin };

/// x with src[i][j] written at [index[i][j]][j] (for axis 0); the last of several writes stands.
/// Shapes: the index fits into x off the axis and into src on all axes; src may be a number.
/// Gradient: that of src goes to the writes that stand. Errors: ShapeError, IndexError when
/// evaluated.
Tensor scatter(const Operand& x, int axis, const Tensor& index, const Operand& src);
/// x with src added there, in order of the index.
Tensor scatter_add(const Operand& x, int axis, const Tensor& index, const Operand& src);
/// x with what comes to a place combined; without include_self, x's own element counts only where
/// nothing comes. Gradient: ties of amax and amin share it.
Tensor scatter_reduce(const Operand& x, int axis, const Tensor& index, const Operand& src,
                      ScatterReduction reduction, bool include_self = true);

/// x with alpha * source added into the slices that the index (one axis) names, in its order.
/// Errors: ShapeError if source is not like x with the index's extent, IndexError when evaluated.
Tensor index_add(const Operand& x, int axis, const Tensor& index, const Operand& source,
                 const Operand& alpha = 1);
/// x with the slices of source combined into those that the index names; without include_self, x's
/// own slice counts only where nothing comes. Errors: ValueError for ScatterReduction::sum, which
/// is index_add.
Tensor index_reduce(const Operand& x, int axis, const Tensor& index, const Operand& source,
                    ScatterReduction reduction, bool include_self = true);
/// x with the slices that the index names replaced; the last of several writes stands.
Tensor index_copy(const Operand& x, int axis, const Tensor& index, const Operand& source);
/// x with the slices that the index names filled with a number. Negative positions count from the
/// end.
Tensor index_fill(const Operand& x, int axis, const Tensor& index, const Operand& value);

/// x, seen flat, with source written (or added) at positions of the same count: torch.put. Negative
/// positions count from the end. Errors: ShapeError, IndexError when evaluated.
Tensor put(const Operand& x, const Tensor& index, const Operand& source, bool accumulate = false);

namespace ops {
/// op::Scatter and op::ScatterSlices; f16 and bf16 accumulate in f32.
Tensor scatter(op::Scatter::Kind kind, const Tensor& source, const Tensor& index, int axis,
               std::int64_t extent, const std::source_location& where = {});
Tensor scatter_slices(const Tensor& source, const Tensor& index, int axis, std::int64_t extent,
                      const std::source_location& where = {});
/// x cut to the index's extents off the axis. Errors: ShapeError if it is smaller.
Tensor fitted(const char* operation, const Tensor& x, const Shape& index, int axis,
              const std::source_location& where);
}  // namespace ops

}  // namespace fathom
