// Eigenvalues and eigenvectors of any square matrix. They are complex: as in fft.h, a last axis of
// 2 holds real and imaginary part. For symmetric matrices eigh is faster and exact about it.
#pragma once
#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// Outputs: eigenvalues (..., n, 2) and, if wanted, eigenvectors (..., n, n, 2).
struct Eig {
  bool vectors;
};
}  // namespace op

namespace linalg {

/// What eig() gives: complex numbers, a last axis of two.
struct EigResult {
  Tensor eigenvalues, eigenvectors;
};
/// x v_i = w_i v_i, v_i the columns of the eigenvectors, of length 1 and any phase. In no
/// particular order; complex ones of a real matrix come in conjugate pairs.
/// Shapes: (..., n, n) -> (..., n, 2), (..., n, n, 2). Dtypes: f32, f64. Gradient: of functions
/// that do not depend on the phase (Boeddeker et al. 2017); NaN for equal eigenvalues. Errors:
/// ShapeError, DTypeError, NumericError for NaN and infinities.
EigResult eig(const Operand& x);
/// The eigenvalues alone.
Tensor eigvals(const Operand& x);

}  // namespace linalg
}  // namespace fathom
