// Diagonals and triangles of matrices.
#pragma once
#include <cstdint>

#include "fathom/core/tensor.h"

namespace fathom {

/// A diagonal of each matrix of two axes, as the last axis; offset above (below, if negative) the
/// main one. Errors: IndexError.
Tensor diagonal(const Operand& x, std::int64_t offset = 0, int first = 0, int second = 1);
/// The inverse: the last axis as a diagonal of square matrices, zeros elsewhere, whose axes become
/// `first` and `second`. Errors: IndexError, ShapeError for a scalar.
Tensor diag_embed(const Operand& x, std::int64_t offset = 0, int first = -2, int second = -1);
/// The diagonal of a matrix, or the matrix of a diagonal. Errors: ShapeError for another rank.
Tensor diag(const Operand& x, std::int64_t offset = 0);
/// The matrix whose diagonal is the flat tensor.
Tensor diagflat(const Operand& x, std::int64_t offset = 0);

/// Lower (upper) triangle of the last two axes, zeros elsewhere; diagonal 0 is the main one.
Tensor tril(const Operand& x, std::int64_t diagonal = 0);
/// The elements on and above a diagonal, zeros below.
Tensor triu(const Operand& x, std::int64_t diagonal = 0);
/// Row and column numbers of a triangle, row by row: (2, count).
Tensor tril_indices(std::int64_t rows, std::int64_t columns, std::int64_t offset = 0,
                    DType dtype = DType::i64, Where where = Where::current());
/// Row and column numbers of the elements on and above a diagonal: (2, n).
Tensor triu_indices(std::int64_t rows, std::int64_t columns, std::int64_t offset = 0,
                    DType dtype = DType::i64, Where where = Where::current());

}  // namespace fathom
