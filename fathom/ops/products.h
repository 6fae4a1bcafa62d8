// Products of vectors, matrices and tensors, all made of matmul: torch's functions of these names.
//
// Dtypes    one type for all operands; floating and integer, as matmul. A number among alpha and
//           beta adapts.
// Errors    ShapeError for ranks and extents that do not fit, DTypeError for mixed types.
#pragma once
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom {

/// Sums products over the last `axes` axes of a and the first ones of b.
Tensor tensordot(const Operand& a, const Operand& b, int axes = 2);
/// The same over pairs of axes: axes_a[i] of a with axes_b[i] of b.
Tensor tensordot(const Operand& a, const Operand& b, const std::vector<int>& axes_a,
                 const std::vector<int>& axes_b);
/// a[i] b[j]. Shapes: (m), (n) -> (m, n).
Tensor outer(const Operand& a, const Operand& b);
/// Sum over the last axis of both: (..., k), (...., k) -> (..., ....); a scalar multiplies.
Tensor inner(const Operand& a, const Operand& b);
/// Kronecker's product: blocks a[i][j] b. Any ranks.
Tensor kron(const Operand& a, const Operand& b);
/// (n), (n) -> ().
Tensor dot(const Operand& a, const Operand& b);
/// As dot: there are no complex numbers to conjugate.
Tensor vdot(const Operand& a, const Operand& b);
/// (m, n), (n) -> (m).
Tensor mv(const Operand& a, const Operand& b);
/// (m, k), (k, n) -> (m, n); nothing broadcasts.
Tensor mm(const Operand& a, const Operand& b);
/// (b, m, k), (b, k, n) -> (b, m, n).
Tensor bmm(const Operand& a, const Operand& b);
/// beta x + alpha a b. Shapes: x broadcasts to (m, n), (m, k), (k, n).
Tensor addmm(const Operand& x, const Operand& a, const Operand& b, const Operand& beta = 1,
             const Operand& alpha = 1);
/// The same for batches of matrices.
Tensor baddbmm(const Operand& x, const Operand& a, const Operand& b, const Operand& beta = 1,
               const Operand& alpha = 1);
/// beta x + alpha times the sum of the batch's products. Shapes: (m, n), (b, m, k), (b, k, n).
Tensor addbmm(const Operand& x, const Operand& a, const Operand& b, const Operand& beta = 1,
              const Operand& alpha = 1);
/// beta x + alpha a b. Shapes: (m), (m, n), (n).
Tensor addmv(const Operand& x, const Operand& a, const Operand& b, const Operand& beta = 1,
             const Operand& alpha = 1);
/// beta x + alpha outer(a, b). Shapes: (m, n), (m), (n).
Tensor addr(const Operand& x, const Operand& a, const Operand& b, const Operand& beta = 1,
            const Operand& alpha = 1);
/// The sum of the main diagonal of (m, n).
Tensor trace(const Operand& x);

namespace linalg {
/// Products of a chain of matrices in the order that costs the least; the first and the last may be
/// vectors.
Tensor multi_dot(const std::vector<Tensor>& chain,
                 const std::source_location& where = std::source_location::current());
/// Sum of products over one axis; the others broadcast.
Tensor vecdot(const Operand& a, const Operand& b, int axis = -1);
/// The cross product of vectors of three, along one axis.
Tensor cross(const Operand& a, const Operand& b, int axis = -1);
}  // namespace linalg

/// How cdist finds distances for p = 2: by a product of matrices where it is faster (more than 25
/// rows in a or b), always, or never (exact for near points).
enum class CdistForm { automatic, product, differences };
/// Distances of order p between rows: (..., m, d), (..., n, d) -> (..., m, n). The gradient where
/// two rows are equal is 0. Dtypes: floating. Errors: ValueError for p < 0.
Tensor cdist(const Operand& a, const Operand& b, double p = 2,
             CdistForm form = CdistForm::automatic);

}  // namespace fathom
