// All but the singular values, which take as long to compile as the rest together.
#include "fathom/math/matrices.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <complex>
#include <numeric>
#include <unsupported/Eigen/MatrixFunctions>
#include <utility>

#include "fathom/math/eigen.h"

namespace fathom::math {

template <class T>
void lu(Extent m, Extent n, const T* a, T* packed, std::int32_t* pivots, std::int64_t* rows) {
  Matrix f = load(m, n, a);
  const std::vector<int> swaps = factor(f);
  std::iota(rows, rows + m, std::int64_t{0});
  for (std::size_t i = 0; i < swaps.size(); ++i) {
    pivots[i] = swaps[i] + 1;
    std::swap(rows[i], rows[swaps[i]]);
  }
  store(f, packed);
}

template <class T> Extent solve(Extent n, Extent k, const T* a, const T* b, T* x) {
  Matrix f = load(n, n, a);
  const std::vector<int> swaps = factor(f);
  for (Index i = 0; i < n; ++i)
    if (f(i, i) == 0) return i;
  if (n == 0 || k == 0) return -1;
  Matrix y = load(n, k, b);
  for (Index i = 0; i < n; ++i) y.row(i).swap(y.row(swaps[static_cast<std::size_t>(i)]));
  f.triangularView<Eigen::UnitLower>().solveInPlace(y);
  f.triangularView<Eigen::Upper>().solveInPlace(y);
  store(y, x);
  return -1;
}

template <class T>
void solve_triangular(Extent n, Extent k, Triangle t, const T* a, const T* b, T* x) {
  if (n == 0 || k == 0) return;
  Matrix f = load(n, n, a);
  if (t.transposed) f.transposeInPlace();
  Matrix y = load(n, k, b);
  const bool upper = t.upper != t.transposed;
  if (upper && t.unit)
    f.triangularView<Eigen::UnitUpper>().solveInPlace(y);
  else if (upper)
    f.triangularView<Eigen::Upper>().solveInPlace(y);
  else if (t.unit)
    f.triangularView<Eigen::UnitLower>().solveInPlace(y);
  else
    f.triangularView<Eigen::Lower>().solveInPlace(y);
  store(y, x);
}

template <class T> bool cholesky(Extent n, const T* a, T* l) {
  const Eigen::LLT<Matrix> f(load(n, n, a));
  if (f.info() != Eigen::Success) return false;
  store(Matrix(f.matrixL()), l);
  return true;
}

template <class T> void qr(Extent m, Extent n, Extent columns, const T* a, T* q, T* r) {
  if (n == 0) return store(Matrix(Matrix::Identity(m, columns)), q);
  const Eigen::HouseholderQR<Matrix> f(load(m, n, a));
  store(Matrix(f.householderQ() * Matrix::Identity(m, columns)), q);
  const Matrix upper = f.matrixQR().topRows(std::min(m, n)).triangularView<Eigen::Upper>();
  Matrix all = Matrix::Zero(columns, n);
  all.topRows(upper.rows()) = upper;
  store(all, r);
}

template <class T> bool eigh(Extent n, const T* a, T* w, T* v) {
  if (n == 0) return true;
  const Matrix x = load(n, n, a);
  if (!Matrix(x.triangularView<Eigen::Lower>()).allFinite()) return false;
  const Eigen::SelfAdjointEigenSolver<Matrix> f(
      x, v ? Eigen::ComputeEigenvectors : Eigen::EigenvaluesOnly);
  store(f.eigenvalues(), w);
  if (v) store(f.eigenvectors(), v);
  return f.info() == Eigen::Success;
}

template <class T> bool eig(Extent n, const T* a, T* w, T* v) {
  const Matrix x = load(n, n, a);
  if (!x.allFinite()) return false;
  if (n == 0) return true;
  const Eigen::EigenSolver<Matrix> f(x, v != nullptr);
  if (f.info() != Eigen::Success) return false;
  const auto put = [](const std::complex<double>& z, T* to) {
    to[0] = static_cast<T>(z.real());
    to[1] = static_cast<T>(z.imag());
  };
  for (Index i = 0; i < n; ++i) put(f.eigenvalues()[i], w + 2 * i);
  if (!v) return true;
  const auto vectors = f.eigenvectors();
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < n; ++j) put(vectors(i, j), v + 2 * (i * n + j));
  return true;
}

template <class T> void exponential(Extent n, const T* a, T* y) {
  if (n > 0) store(Matrix(load(n, n, a).exp()), y);
}

#define FATHOM_MATRICES(T)                                                          \
  template void lu(Extent, Extent, const T*, T*, std::int32_t*, std::int64_t*);     \
  template Extent solve(Extent, Extent, const T*, const T*, T*);                    \
  template void solve_triangular(Extent, Extent, Triangle, const T*, const T*, T*); \
  template bool cholesky(Extent, const T*, T*);                                     \
  template void qr(Extent, Extent, Extent, const T*, T*, T*);                       \
  template bool eigh(Extent, const T*, T*, T*);                                     \
  template bool eig(Extent, const T*, T*, T*);                                      \
  template void exponential(Extent, const T*, T*)
FATHOM_MATRICES(float);
FATHOM_MATRICES(double);
#undef FATHOM_MATRICES

}  // namespace fathom::math
