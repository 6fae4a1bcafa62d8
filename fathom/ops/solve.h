// Systems of linear equations, inverses, determinants and functions of matrices, as torch.linalg
// names them. The last two axes are the matrix, the others a batch that broadcasts.
//
// Dtypes    f32, f64.
// Gradient  of all of them, themselves differentiable.
// Errors    ShapeError, DTypeError; NumericError, when evaluated, for a singular matrix.
#pragma once
#include <optional>

#include "fathom/core/tensor.h"
#include "fathom/ops/decompositions.h"

namespace fathom {

namespace op {
struct Solve {};
/// The triangle's transpose is solved if `transposed`.
struct SolveTriangular {
  bool upper;
  bool transposed;
  bool unit;
};
struct Det {};
/// det(x) x^-T, of singular matrices too.
struct Cofactors {};
struct Slogdet {};
struct Pinv {
  double rtol;
  bool hermitian;
};
struct MatrixExp {};
}  // namespace op

namespace linalg {

/// Options of solve_triangular().
struct TriangularOptions {
  bool upper;
  bool left = true;  ///< a X = b, else X a = b
  bool unitriangular = false;
};
/// What slogdet() gives.
struct SlogdetResult {
  Tensor sign, logabsdet;
};
/// What lstsq() gives.
struct LstsqResult {
  Tensor solution;
  Tensor residuals;        ///< sum of squares of each column of b; empty unless m > n
  Tensor rank;             ///< i64
  Tensor singular_values;  ///< of a
};

/// X with a X = b (X a = b unless `left`). Shapes: (..., n, n), (..., n, k) or (..., n).
Tensor solve(const Operand& a, const Operand& b, bool left = true);
/// The same for a triangular a, of which only that triangle is read. A zero on the diagonal gives
/// infinities, as in PyTorch.
Tensor solve_triangular(const Operand& a, const Operand& b, const TriangularOptions& options);
/// The solution of a X = b from lu_factor(a). Shapes: (..., n, k).
Tensor lu_solve(const LuFactorResult& factors, const Operand& b);
/// The solution of a X = b from a's Cholesky factor. Shapes: (..., n, k), (..., n, n).
Tensor cholesky_solve(const Operand& b, const Operand& factor, bool upper = false);
/// The inverse of the matrix whose Cholesky factor is given.
Tensor cholesky_inverse(const Operand& factor, bool upper = false);
/// The inverse. Errors: NumericError, when evaluated, for a singular matrix.
Tensor inv(const Operand& x);
/// The least-squares solution of smallest norm, by the pseudo-inverse; singular values below
/// rcond (max(m, n) times the machine's precision) times the largest count as 0.
/// Shapes: (..., m, n), (..., m, k) -> (..., n, k).
LstsqResult lstsq(const Operand& a, const Operand& b, std::optional<double> rcond = {});
/// Moore and Penrose's pseudo-inverse; rtol as lstsq's rcond. Gradient: Golub and Pereyra 1973, for
/// constant rank.
Tensor pinv(const Operand& x, std::optional<double> rtol = {}, bool hermitian = false);
/// Gradient: the cofactors, so that singular matrices have one too (its own gradient not).
Tensor det(const Operand& x);
/// Sign and logarithm of the absolute value of the determinant: 0 and -inf for singular matrices.
SlogdetResult slogdet(const Operand& x);
/// log det(x): NaN for a negative determinant, -inf for singular matrices. Gradient: x^-T.
Tensor logdet(const Operand& x);
/// X with tensordot(a, X, X.rank()) = b; `axes` of a are moved to its end first. Errors: ShapeError
/// unless a, seen as a matrix, is square.
Tensor tensorsolve(const Operand& a, const Operand& b, const std::vector<int>& axes = {});
/// The inverse of x as a linear map of its last axes to its first `axes` ones: tensordot(result, b,
/// b.rank()) is tensorsolve(x, b). Errors: ShapeError, ValueError.
Tensor tensorinv(const Operand& x, int axes = 2);
/// How many singular values exceed max(atol, rtol times the largest), i64. No gradient.
Tensor matrix_rank(const Operand& x, std::optional<double> rtol = {}, double atol = 0,
                   bool hermitian = false);
/// The matrix exponential. Gradient: the block form of Mathias 1996.
Tensor matrix_exp(const Operand& x);
/// x multiplied n times by itself; negative n by the inverse.
Tensor matrix_power(const Operand& x, std::int64_t n);

}  // namespace linalg
}  // namespace fathom
