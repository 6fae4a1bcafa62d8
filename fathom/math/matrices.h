// Decompositions of one matrix, by Eigen; row-major, f32 and f64. Every backend calls these,
// through Rules<Op>::run. They are compiled for the baseline instruction set and run on one thread
// each, so their bits are the same on every machine.
#pragma once
#include <cstdint>

namespace fathom::math {

using Extent = std::int64_t;

/// Partial pivoting, as LAPACK's getrf: `packed` (m, n) is U with the multipliers of L below it,
/// row i of L U is row rows[i] of a. pivots: min(m, n), counted from 1: the row swapped with row i.
template <class T>
void lu(Extent m, Extent n, const T* a, T* packed, std::int32_t* pivots, std::int64_t* rows);
/// a x = b for b (n, k). Gives the first pivot that is exactly 0, or -1.
template <class T> Extent solve(Extent n, Extent k, const T* a, const T* b, T* x);
struct Triangle {
  bool upper, transposed, unit;  // transposed: the triangle's transpose is the matrix
};
template <class T>
void solve_triangular(Extent n, Extent k, Triangle triangle, const T* a, const T* b, T* x);
/// Reads the lower triangle. False if a is not positive definite.
template <class T> bool cholesky(Extent n, const T* a, T* l);
/// q (m, columns) and r (columns, n); columns is m or min(m, n).
template <class T> void qr(Extent m, Extent n, Extent columns, const T* a, T* q, T* r);
/// Singular values in falling order; u (m, m or k) and vh (k or n, n) unless null, k = min(m, n).
/// False if a has a NaN or infinity.
template <class T> bool svd(Extent m, Extent n, bool full, const T* a, T* u, T* s, T* vh);
/// Eigenvalues in rising order, eigenvectors as columns of v. Reads the lower triangle. False if a
/// has a NaN or infinity.
template <class T> bool eigh(Extent n, const T* a, T* w, T* v);
/// Eigenvalues of any matrix as pairs (real, imaginary); the eigenvectors, of length 1, as columns
/// of v, in pairs too. False as svd.
template <class T> bool eig(Extent n, const T* a, T* w, T* v);
/// The matrix of cofactors, det(a) a^-T, for singular matrices too. False as svd.
template <class T> bool cofactors(Extent n, const T* a, T* y);
/// The matrix exponential, by Pade approximation with scaling and squaring (Higham 2005).
template <class T> void exponential(Extent n, const T* a, T* y);

}  // namespace fathom::math
