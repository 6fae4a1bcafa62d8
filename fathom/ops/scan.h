// Scans: running sums, products, extremes along one axis.
//
// Element i of the result is made of the elements 0 to i of the axis. f32 sums and products are
// carried in f64 and rounded once an element. The order is fixed: beyond 4096 elements the axis is
// cut into pieces of that length, and a piece starts at the joined totals of the pieces before it.
#pragma once
#include <cstdint>
#include <optional>

#include "fathom/core/tensor.h"
#include "fathom/ops/reduce.h"

namespace fathom {

namespace op {
/// Output 0: the running values. max and min have output 1, the place of each value, i64: of equal
/// ones the last. `reverse` walks from the axis' end.
struct Scan {
  enum class Kind : std::uint8_t { sum, prod, max, min, logsumexp };
  Kind kind;
  int axis;
  bool reverse;
};
}  // namespace op

namespace op {
/// y_i = a_i y_(i-1) + b_i along an axis, y_(-1) = 0; `reverse` walks from the axis' end. Inputs a
/// and b of one shape; carried in f64.
struct Recurrence {
  int axis;
  bool reverse;
};
}  // namespace op

/// Running sum. Dtypes: integers and bool give i64; with `dtype`, x is converted first.
/// Gradient: the running sum of the arriving one from the end. Errors: IndexError.
Tensor cumsum(const Operand& x, int axis, std::optional<DType> dtype = {});
/// Running product. Dtypes: as cumsum. Gradient: exact where an element is 0.
Tensor cumprod(const Operand& x, int axis, std::optional<DType> dtype = {});
/// Running largest element and its place, of equals the last; a NaN stays. Gradient: goes to that
/// place.
IndexedResult cummax(const Operand& x, int axis);
/// Running smallest element and its place.
IndexedResult cummin(const Operand& x, int axis);
/// log(cumsum(exp(x))) without overflow. Dtypes: floating.
Tensor logcumsumexp(const Operand& x, int axis);

namespace ops {
/// Each element moved one place along an axis (from its end, if `backwards`), `fill` coming in.
Tensor shifted(const Tensor& x, int axis, bool backwards, double fill);
}  // namespace ops

}  // namespace fathom
