// Sorting and searching. NaN is larger than every number, -0 equals 0, and equal elements keep
// their order (all sorts are stable), so each result is the only right one.
#pragma once
#include <cstdint>

#include "fathom/core/tensor.h"
#include "fathom/ops/reduce.h"

namespace fathom {

namespace op {
/// Outputs: the sorted elements and their places, i64.
struct Sort {
  int axis;
  bool descending;
};
/// The first k of a Sort.
struct TopK {
  int axis;
  std::int64_t k;
  bool largest;
};
/// The k-th of an ascending Sort, counted from 1; the axis is kept with extent 1.
struct KthValue {
  int axis;
  std::int64_t k;
};
/// Inputs sequence (n,) or (rows..., n), ascending, and values (any) or (rows..., m): how many
/// elements of the sequence are below each value, with `right` not above it. i64.
struct SearchSorted {
  bool right;
};
}  // namespace op

/// Sorted elements and their places along an axis. Gradient: to where the elements came from.
/// Errors: IndexError.
IndexedResult sort(const Operand& x, int axis = -1, bool descending = false);
/// The places alone, i64: sort(x).indices. No gradient.
Tensor argsort(const Operand& x, int axis = -1, bool descending = false);
/// Sorted along the first axis.
Tensor msort(const Operand& x);
/// The k largest (or smallest) elements along an axis, best first, and their places.
/// Gradient: to those places. Errors: ValueError unless 0 <= k <= the axis' extent.
IndexedResult topk(const Operand& x, std::int64_t k, int axis = -1, bool largest = true);
/// The k-th smallest element, counted from 1, and its place. Gradient: to that place.
/// Errors: ValueError unless 1 <= k <= the axis' extent.
IndexedResult kthvalue(const Operand& x, std::int64_t k, int axis = -1, bool keep_dims = false);

/// Where each value belongs in an ascending sequence: the number of elements below it, or with
/// `right` not above it. Shapes: sequence (n,) and values (any), or (rows..., n) and (rows..., m).
/// `sorter`, the places of an argsort, sorts the sequence first. i64, no gradient.
/// Errors: ShapeError if the rows differ.
Tensor searchsorted(const Operand& sequence, const Operand& values, bool right = false,
                    const Tensor& sorter = {});
/// The bucket of each element among ascending boundaries: searchsorted with the arguments swapped.
Tensor bucketize(const Operand& x, const Operand& boundaries, bool right = false);
/// Whether each element is among the others: bool, with `invert` whether it is not. NaN never is.
Tensor isin(const Operand& x, const Operand& among, bool invert = false);

/// What unique() gives.
struct UniqueResult {
  Tensor values;   ///< each different element (or slice along the axis) once
  Tensor inverse;  ///< which of them each element is, i64
  Tensor counts;   ///< how many times each occurs, i64
};
/// The different elements, ascending. The shape depends on the values, so x is evaluated; what of
/// the result is not used is not computed. NaNs differ from each other. Gradient: to the first
/// occurrence.
UniqueResult unique(const Operand& x);
/// The different slices along an axis, in lexicographic order.
UniqueResult unique(const Operand& x, int axis);
/// Each run of equal neighbours as one, in the order of x (of all elements, row-major). Evaluates.
UniqueResult unique_consecutive(const Operand& x);
UniqueResult unique_consecutive(const Operand& x, int axis);

}  // namespace fathom
