// Norms of vectors and matrices, as torch.linalg names them.
//
// Dtypes    f32, f64.
// Gradient  of all of them; where a norm has a corner, equal shares or 0, as PyTorch's.
// Errors    ShapeError, IndexError, DTypeError; ValueError for an order that is none.
#pragma once
#include <array>
#include <optional>
#include <string>

#include "fathom/core/tensor.h"
#include "fathom/ops/distance.h"
#include "fathom/ops/reduce.h"

namespace fathom::linalg {

using fathom::vector_norm;
/// Of matrices on two axes. "fro": the root of the sum of squares; "nuc": the sum of the singular
/// values.
Tensor matrix_norm(const Operand& x, const std::string& order = "fro",
                   const std::array<int, 2>& axes = {-2, -1}, bool keep_dims = false);
/// 2 and -2: the largest and smallest singular value; 1 and -1: the largest and smallest sum of
/// magnitudes of a column; infinity and -infinity: of a row.
Tensor matrix_norm(const Operand& x, double order, const std::array<int, 2>& axes = {-2, -1},
                   bool keep_dims = false);
/// The 2-norm of all elements.
Tensor norm(const Operand& x);
/// The matrix norm of a matrix, the vector norm of a vector. Errors: ShapeError for other ranks.
Tensor norm(const Operand& x, double order);
/// norm(x, order) norm(x^-1, order); without an order the ratio of the largest and the smallest
/// singular value, for matrices that are not square too. Shapes: (..., m, n) -> (...).
Tensor cond(const Operand& x, std::optional<double> order = {});
Tensor cond(const Operand& x, const std::string& order);

}  // namespace fathom::linalg
