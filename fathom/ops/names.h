// Other names: where PyTorch has a second word for an operation, or another one than Fathom.
// Nothing is defined here.
#pragma once
#include "fathom/ops/activation.h"
#include "fathom/ops/differences.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/join.h"
#include "fathom/ops/products.h"
#include "fathom/ops/rearrange.h"
#include "fathom/ops/shape.h"
#include "fathom/ops/solve.h"
#include "fathom/ops/special.h"

namespace fathom {

inline Tensor absolute(const Operand& x) { return abs(x); }
inline Tensor negative(const Operand& x) { return neg(x); }
inline Tensor sgn(const Operand& x) { return sign(x); }
inline Tensor arccos(const Operand& x) { return acos(x); }
inline Tensor arccosh(const Operand& x) { return acosh(x); }
inline Tensor arcsin(const Operand& x) { return asin(x); }
inline Tensor arcsinh(const Operand& x) { return asinh(x); }
inline Tensor arctan(const Operand& x) { return atan(x); }
inline Tensor arctanh(const Operand& x) { return atanh(x); }
inline Tensor arctan2(const Operand& y, const Operand& x) { return atan2(y, x); }
inline Tensor expit(const Operand& x) { return sigmoid(x); }
inline Tensor logsigmoid(const Operand& x) { return log_sigmoid(x); }
inline Tensor gammaln(const Operand& x) { return lgamma(x); }
inline Tensor psi(const Operand& x) { return digamma(x); }
inline Tensor mvlgamma(const Operand& x, int p) { return multigammaln(x, p); }
inline Tensor igamma(const Operand& a, const Operand& x) { return gammainc(a, x); }
inline Tensor igammac(const Operand& a, const Operand& x) { return gammaincc(a, x); }

inline Tensor subtract(const Operand& a, const Operand& b) { return sub(a, b); }
/// b - a.
inline Tensor rsub(const Operand& a, const Operand& b) { return sub(b, a); }
inline Tensor multiply(const Operand& a, const Operand& b) { return mul(a, b); }
inline Tensor divide(const Operand& a, const Operand& b) { return div(a, b); }
inline Tensor divide(const Operand& a, const Operand& b, Rounding rounding) {
  return div(a, b, rounding);
}
inline Tensor true_divide(const Operand& a, const Operand& b) { return div(a, b); }
inline Tensor not_equal(const Operand& a, const Operand& b) { return ne(a, b); }
inline Tensor less(const Operand& a, const Operand& b) { return lt(a, b); }
inline Tensor less_equal(const Operand& a, const Operand& b) { return le(a, b); }
inline Tensor greater(const Operand& a, const Operand& b) { return gt(a, b); }
inline Tensor greater_equal(const Operand& a, const Operand& b) { return ge(a, b); }
inline Tensor clip(const Operand& x, const Operand& low, const Operand& high) {
  return clamp(x, low, high);
}

inline Tensor view(const Operand& x, const Shape& shape) { return reshape(x, shape); }
inline Tensor swapdims(const Operand& x, int a, int b) { return swapaxes(x, a, b); }
inline Tensor moveaxis(const Operand& x, int source, int destination) {
  return movedim(x, source, destination);
}
inline Tensor moveaxis(const Operand& x, const std::vector<int>& source,
                       const std::vector<int>& destination) {
  return movedim(x, source, destination);
}
inline Tensor take_along_dim(const Operand& x, const Tensor& index, int axis) {
  return take_along(x, index, axis);
}
inline Tensor cat(const std::vector<Tensor>& parts, int axis = 0,
                  const std::source_location& where = std::source_location::current()) {
  return concat(parts, axis, where);
}
inline Tensor concatenate(const std::vector<Tensor>& parts, int axis = 0,
                          const std::source_location& where = std::source_location::current()) {
  return concat(parts, axis, where);
}
inline Tensor row_stack(const std::vector<Tensor>& parts,
                        const std::source_location& where = std::source_location::current()) {
  return vstack(parts, where);
}

using linalg::cholesky_inverse;
using linalg::cholesky_solve;
using linalg::cross;
using linalg::det;
using linalg::logdet;
using linalg::lu_solve;
using linalg::matrix_exp;
using linalg::matrix_power;
using linalg::slogdet;
using linalg::vecdot;
inline Tensor inverse(const Operand& x) { return linalg::inv(x); }
inline Tensor pinverse(const Operand& x, double rcond = 1e-15) { return linalg::pinv(x, rcond); }
inline Tensor chain_matmul(const std::vector<Tensor>& chain,
                           const std::source_location& where = std::source_location::current()) {
  return linalg::multi_dot(chain, where);
}
/// The last two axes swapped.
inline Tensor adjoint(const Operand& x) { return transpose(x, -2, -1); }
inline Tensor ger(const Operand& a, const Operand& b) { return outer(a, b); }
inline Tensor trapz(const Operand& y, double dx = 1, int axis = -1) {
  return trapezoid(y, dx, axis);
}
inline Tensor trapz(const Operand& y, const Tensor& x, int axis = -1) {
  return trapezoid(y, x, axis);
}

}  // namespace fathom
