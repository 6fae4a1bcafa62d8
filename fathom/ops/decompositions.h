// Factorisations of matrices, as torch.linalg names them. The last two axes are the matrix, the
// others a batch; decompositions by Eigen, in f32 and f64, with the same bits on every machine.
//
// Dtypes    f32, f64.
// Gradient  of all of them, themselves differentiable. Where a decomposition is unique only up to
//           signs or, for equal values, up to a rotation, the gradient is that of a function which
//           does not depend on the choice; equal singular values or eigenvalues give NaN.
// Errors    ShapeError, DTypeError; NumericError, when evaluated, where PyTorch has a LinAlgError.
//
// Eigenvalues of general matrices are complex: eig.h.
#pragma once
#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
struct Lu {};
struct Cholesky {};
/// Q with `columns` columns: those of x or its rows, whatever is less, or all its rows.
struct Qr {
  bool complete;
};
struct Svd {
  bool full;
  bool vectors;
};
struct Eigh {
  bool vectors;
};
}  // namespace op

namespace linalg {

/// What lu() gives.
struct LuResult {
  Tensor p, l, u;  ///< x = p @ l @ u
};
/// What lu_factor() gives.
struct LuFactorResult {
  Tensor lu;      ///< u with l's multipliers below it
  Tensor pivots;  ///< i32, counted from 1: the row swapped with row i
  Tensor rows;    ///< i64: the same as a permutation, row i of l u is row rows[i] of x
};
/// What qr() gives.
struct QrResult {
  Tensor q, r;
};
/// What svd() gives.
struct SvdResult {
  Tensor u, s, vh;
};
/// What eigh() gives.
struct EighResult {
  Tensor eigenvalues, eigenvectors;
};
/// Whether q has min(m, n) columns, or m, or is left out.
enum class QrMode { reduced, complete, r };

/// P L U = x with partial pivoting. Shapes: (..., m, n) -> p (..., m, m), l (..., m, k),
/// u (..., k, n), k = min(m, n). Gradient: of l and u.
LuResult lu(const Operand& x);
/// The same packed in one matrix. Shapes: (..., m, n) -> (..., m, n), (..., k), (..., m).
LuFactorResult lu_factor(const Operand& x);
/// L with L L^T = x, or U with U^T U = x if `upper`. Only x's lower triangle is read. Gradient:
/// Murray 2016 (Differentiation of the Cholesky decomposition), symmetric. Errors: NumericError if
/// x is not positive definite.
Tensor cholesky(const Operand& x, bool upper = false);
/// q with orthonormal columns and r upper triangular, q r = x. Mode r leaves q empty. Gradient:
/// Walter and Lehmann 2018; Roberts and Roberts 2020 for m < n; none for complete with m > n
/// (UnsupportedError).
QrResult qr(const Operand& x, QrMode mode = QrMode::reduced);
/// u diag(s) vh = x, s falling. Shapes: (..., m, n) -> (..., m, k), (..., k), (..., k, n); with
/// `full_matrices` u and vh are square. Gradient: Townsend 2016; of the first k columns and rows.
/// Errors: NumericError for NaN and infinities.
SvdResult svd(const Operand& x, bool full_matrices = true);
/// Singular values alone.
Tensor svdvals(const Operand& x);
/// The matrices of lu_factor's packed result. Gradient: of l and u.
LuResult lu_unpack(const LuFactorResult& factors);
/// The first n columns of (1 - tau_0 v_0 v_0^T) (1 - tau_1 v_1 v_1^T) ..., where v_i has 0 above
/// row i, 1 in it and x's column i below: what LAPACK's geqrf leaves of q. Shapes: x (..., m, n), m
/// >= n, tau (..., k), k <= n -> (..., m, n). Errors: ShapeError.
Tensor householder_product(const Operand& x, const Operand& tau);
/// Eigenvalues, rising, and eigenvectors, as columns, of symmetric matrices. Only the lower (upper)
/// triangle is read. Gradient: Giles 2008. Errors: NumericError for NaN and infinities.
EighResult eigh(const Operand& x, bool upper = false);
/// Eigenvalues of symmetric matrices alone.
Tensor eigvalsh(const Operand& x, bool upper = false);

}  // namespace linalg
}  // namespace fathom
