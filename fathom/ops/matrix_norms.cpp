#include "fathom/ops/matrix_norms.h"

#include <cmath>

#include "fathom/ops/creation.h"
#include "fathom/ops/decompositions.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/matrix_parts.h"
#include "fathom/ops/solve.h"

namespace fathom::linalg {

using graph::describe;

namespace {

Tensor real_numbers(const char* operation, const Operand& x) {
  const Tensor t = ops::as_tensor(x);
  if (!is_floating(t.dtype()))
    ops::fail<DTypeError>({.operation = operation,
                           .problem = "needs floating-point numbers",
                           .received = {{"x", describe(t)}},
                           .hint = "cast(x, DType::f32)"},
                          x.where());
  return t;
}

/// The axes brought to the end, for what sees matrices there.
Tensor matrices_last(const Tensor& x, int rows, int columns) {
  std::vector<int> axes;
  for (int i = 0; i < x.rank(); ++i)
    if (i != rows && i != columns) axes.push_back(i);
  axes.push_back(rows);
  axes.push_back(columns);
  return permute(x, axes);
}

bool is_void(const Tensor& x) { return ops::rows_of(x) == 0 || ops::columns_of(x) == 0; }

struct MatrixAxes {
  Tensor x;
  int rows, columns;
};
MatrixAxes matrix_axes(const Operand& x, const std::array<int, 2>& axes) {
  const Tensor t = real_numbers("linalg.matrix_norm", x);
  const int rows = ops::normalize_axis("linalg.matrix_norm", axes[0], t.rank(), x.where());
  const int columns = ops::normalize_axis("linalg.matrix_norm", axes[1], t.rank(), x.where());
  if (rows == columns)
    ops::fail<IndexError>({.operation = "linalg.matrix_norm",
                           .problem = "axis " + std::to_string(axes[1]) + " is named twice"},
                          x.where());
  return {t, rows, columns};
}
/// A result (...) of matrices on two axes, with those axes as 1 if asked.
Tensor kept(Tensor y, const MatrixAxes& a, bool keep_dims) {
  if (!keep_dims) return y;
  y = unsqueeze(y, std::min(a.rows, a.columns));
  return unsqueeze(y, std::max(a.rows, a.columns));
}

}  // namespace

Tensor matrix_norm(const Operand& x, const std::string& order, const std::array<int, 2>& axes,
                   bool keep_dims) {
  const graph::CallScope call("linalg.matrix_norm", x.where());
  const MatrixAxes a = matrix_axes(x, axes);
  if (order == "fro") return vector_norm(a.x, 2, {a.rows, a.columns}, keep_dims);
  if (order != "nuc")
    ops::fail<ValueError>({.operation = "linalg.matrix_norm",
                           .problem = "order \"" + order + "\" is unknown",
                           .expected = "\"fro\", \"nuc\" or a number"},
                          x.where());
  return kept(sum(svdvals(matrices_last(a.x, a.rows, a.columns)), -1), a, keep_dims);
}

Tensor matrix_norm(const Operand& x, double order, const std::array<int, 2>& axes, bool keep_dims) {
  const graph::CallScope call("linalg.matrix_norm", x.where());
  const MatrixAxes a = matrix_axes(x, axes);
  const double kind = std::abs(order);
  if (kind == 2) {
    const Tensor s = svdvals(matrices_last(a.x, a.rows, a.columns));
    return kept(order > 0 ? max(s, -1) : min(s, -1), a, keep_dims);
  }
  if (kind != 1 && !std::isinf(kind))
    ops::fail<ValueError>({.operation = "linalg.matrix_norm",
                           .problem = "order " + std::to_string(order) + " is none of a matrix",
                           .expected = "1, -1, 2, -2, infinity, -infinity, \"fro\" or \"nuc\""},
                          x.where());
  const int added = kind == 1 ? a.rows : a.columns;
  const int compared = kind == 1 ? a.columns : a.rows;
  const Tensor sums = sum(abs(a.x), added, true);
  const Tensor y = order > 0 ? max(sums, compared, true) : min(sums, compared, true);
  return keep_dims ? y
                   : squeeze(squeeze(y, std::max(a.rows, a.columns)), std::min(a.rows, a.columns));
}

Tensor norm(const Operand& x) {
  const graph::CallScope call("linalg.norm", x.where());
  return vector_norm(x);
}

Tensor norm(const Operand& x, double order) {
  const graph::CallScope call("linalg.norm", x.where());
  const Tensor t = ops::as_tensor(x);
  if (t.rank() == 1) return vector_norm(t, order);
  if (t.rank() == 2) return matrix_norm(t, order);
  ops::fail<ShapeError>({.operation = "linalg.norm",
                         .problem = "x is no vector and no matrix",
                         .received = {{"x", describe(t)}},
                         .hint = "vector_norm and matrix_norm take axes"},
                        x.where());
}

Tensor cond(const Operand& x, std::optional<double> order) {
  const graph::CallScope call("linalg.cond", x.where());
  const Tensor t = ops::matrices("linalg.cond", x, order && std::abs(*order) != 2);
  if (is_void(t)) return zeros(ops::with_matrix(t, {}), t.dtype());
  if (order && std::abs(*order) != 2) return matrix_norm(t, *order) * matrix_norm(inv(t), *order);
  const Tensor s = svdvals(t);
  const Tensor largest = select(s, -1, 0);
  const Tensor smallest = select(s, -1, -1);
  return order && *order < 0 ? smallest / largest : largest / smallest;
}

Tensor cond(const Operand& x, const std::string& order) {
  const graph::CallScope call("linalg.cond", x.where());
  const Tensor t = ops::matrices("linalg.cond", x, true);
  if (is_void(t)) return zeros(ops::with_matrix(t, {}), t.dtype());
  return matrix_norm(t, order) * matrix_norm(inv(t), order);
}

}  // namespace fathom::linalg
