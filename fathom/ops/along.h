// A tensor along one of its axes, where a scalar counts as one element, as in PyTorch. Internal.
#pragma once
#include "fathom/ops/operands.h"
#include "fathom/ops/shape.h"

namespace fathom::ops {

struct Along {
  Tensor x;  // of rank 1 at least
  int axis;  // counted from the front
  bool scalar;

  Along(const char* operation, const Operand& operand, int asked) : x(as_tensor(operand)) {
    scalar = x.rank() == 0;
    axis = normalize_axis(operation, asked, scalar ? 1 : x.rank(), operand.where());
    if (scalar) x = reshape(x, Shape{1});
  }
  std::int64_t extent() const { return x.shape()[axis]; }
  /// A result of x's shape as the caller expects it.
  Tensor back(const Tensor& y) const { return scalar ? reshape(y, Shape{}) : y; }
  /// A result with extent 1 on the axis, which goes away unless it is to be kept.
  Tensor reduced(const Tensor& y, bool keep_dims) const {
    return scalar ? reshape(y, Shape{}) : keep_dims ? y : reshape(y, y.shape().without(axis));
  }
};

}  // namespace fathom::ops
