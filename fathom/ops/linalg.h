// Products of matrices.
#pragma once
#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// Batched product over the last two axes, each operand optionally transposed there.
struct Matmul {
  bool transpose_a = false;
  bool transpose_b = false;
};
/// The same of integers, not transposed; what overflows wraps around.
struct IntegerMatmul {};
/// x (n, in), weight (out, in), bias (out) -> (n, out).
struct Linear {};
}  // namespace op

/// Matrix product as torch.matmul: (..., m, k) x (..., k, n) -> (..., m, n), leading axes
/// broadcast; a vector on the left is a row, on the right a column, and its axis is removed.
///
/// Each element is one chain of fused multiply-adds over k, so that its bits do not depend on how
/// the work is cut. Dtypes: floating; integers, which wrap around. Errors: ShapeError if the inner
/// extents differ.
Tensor matmul(const Operand& a, const Operand& b);

/// x @ weight^T + bias. Shapes: (..., in), (out, in), (out) -> (..., out); bias may be undefined.
Tensor linear(const Operand& x, const Tensor& weight, const Tensor& bias = {});

/// y_o = a W_o b^T + bias_o. Shapes: a (..., m), b (..., n), weight (out, m, n), bias (out) or
/// undefined -> (..., out). Errors: ShapeError.
Tensor bilinear(const Operand& a, const Operand& b, const Tensor& weight, const Tensor& bias = {});

}  // namespace fathom
