// The one file that includes Eigen's dense decompositions: they are slow to compile.
#include "fathom/backend/library/matrices.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>
#include <complex>
#include <numeric>
#include <unsupported/Eigen/MatrixFunctions>
#include <utility>
#include <vector>

namespace fathom::library {
namespace {

using Eigen::Index;
// Every operand is copied into such a matrix: Eigen's sums depend on how memory is aligned, and its
// own allocations always are in the same way.
template <class T> using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
template <class T> using Rows = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Eigen asks the machine for the sizes of its caches and cuts products, and so their sums, to fit:
// with sizes of our own the bits are the same everywhere.
[[maybe_unused]] const bool same_blocks = [] {
  Eigen::setCpuCacheSizes(32 << 10, 512 << 10, 4 << 20);
  return true;
}();

template <class T> Matrix<T> load(Index m, Index n, const T* a) {
  return Eigen::Map<const Rows<T>>(a, m, n);
}
template <class T, class Expression> void store(const Expression& e, T* y) {
  if (e.size() > 0) Eigen::Map<Rows<T>>(y, e.rows(), e.cols()) = e;
}

/// Factors a in place; gives the row swapped with row i, for each i.
template <class T> std::vector<int> factor(Matrix<T>& a) {
  const Index k = std::min(a.rows(), a.cols());
  std::vector<int> swaps(static_cast<std::size_t>(k));
  if (k == 0) return swaps;
  int count = 0;
  // Eigen's public class takes square matrices only; this is what it calls, for the tall part.
  Eigen::internal::partial_lu_impl<T, Eigen::ColMajor, int>::blocked_lu(
      a.rows(), k, a.data(), a.outerStride(), swaps.data(), count);
  if (a.cols() > k) {
    auto rest = a.rightCols(a.cols() - k);
    for (Index i = 0; i < k; ++i) rest.row(i).swap(rest.row(swaps[static_cast<std::size_t>(i)]));
    a.leftCols(k).template triangularView<Eigen::UnitLower>().solveInPlace(rest);
  }
  return swaps;
}

template <class T> T determinant(const T* rows_of, Index n) {
  Matrix<T> a = load(n, n, rows_of);
  const std::vector<int> swaps = factor(a);
  T d = a.diagonal().prod();
  for (Index i = 0; i < n; ++i)
    if (swaps[static_cast<std::size_t>(i)] != i) d = -d;
  return d;
}

}  // namespace

template <class T>
void lu(Extent m, Extent n, const T* a, T* packed, std::int32_t* pivots, std::int64_t* rows) {
  Matrix<T> f = load(m, n, a);
  const std::vector<int> swaps = factor(f);
  std::iota(rows, rows + m, std::int64_t{0});
  for (std::size_t i = 0; i < swaps.size(); ++i) {
    pivots[i] = swaps[i] + 1;
    std::swap(rows[i], rows[swaps[i]]);
  }
  store(f, packed);
}

template <class T> Extent solve(Extent n, Extent k, const T* a, const T* b, T* x) {
  Matrix<T> f = load(n, n, a);
  const std::vector<int> swaps = factor(f);
  for (Index i = 0; i < n; ++i)
    if (f(i, i) == T(0)) return i;
  Matrix<T> y = load(n, k, b);
  for (Index i = 0; i < n; ++i) y.row(i).swap(y.row(swaps[static_cast<std::size_t>(i)]));
  f.template triangularView<Eigen::UnitLower>().solveInPlace(y);
  f.template triangularView<Eigen::Upper>().solveInPlace(y);
  store(y, x);
  return -1;
}

template <class T>
void solve_triangular(Extent n, Extent k, Triangle t, const T* a, const T* b, T* x) {
  Matrix<T> f = load(n, n, a);
  if (t.transposed) f.transposeInPlace();
  Matrix<T> y = load(n, k, b);
  const bool upper = t.upper != t.transposed;
  if (upper && t.unit)
    f.template triangularView<Eigen::UnitUpper>().solveInPlace(y);
  else if (upper)
    f.template triangularView<Eigen::Upper>().solveInPlace(y);
  else if (t.unit)
    f.template triangularView<Eigen::UnitLower>().solveInPlace(y);
  else
    f.template triangularView<Eigen::Lower>().solveInPlace(y);
  store(y, x);
}

template <class T> bool cholesky(Extent n, const T* a, T* l) {
  const Eigen::LLT<Matrix<T>> f(load(n, n, a));
  if (f.info() != Eigen::Success) return false;
  store(Matrix<T>(f.matrixL()), l);
  return true;
}

template <class T> void qr(Extent m, Extent n, Extent columns, const T* a, T* q, T* r) {
  if (n == 0) return store(Matrix<T>(Matrix<T>::Identity(m, columns)), q);
  const Eigen::HouseholderQR<Matrix<T>> f(load(m, n, a));
  store(Matrix<T>(f.householderQ() * Matrix<T>::Identity(m, columns)), q);
  const Matrix<T> upper =
      f.matrixQR().topRows(std::min(m, n)).template triangularView<Eigen::Upper>();
  Matrix<T> all = Matrix<T>::Zero(columns, n);
  all.topRows(upper.rows()) = upper;
  store(all, r);
}

template <class T> bool svd(Extent m, Extent n, bool full, const T* a, T* u, T* s, T* vh) {
  if (std::min(m, n) == 0) {
    if (u) store(Matrix<T>(Matrix<T>::Identity(m, full ? m : 0)), u);
    if (vh) store(Matrix<T>(Matrix<T>::Identity(full ? n : 0, n)), vh);
    return true;
  }
  const Matrix<T> x = load(m, n, a);
  if (!x.allFinite()) return false;
  unsigned options = 0;
  if (u) options |= full ? Eigen::ComputeFullU : Eigen::ComputeThinU;
  if (vh) options |= full ? Eigen::ComputeFullV : Eigen::ComputeThinV;
  const Eigen::BDCSVD<Matrix<T>> f(x, options);
  std::copy_n(f.singularValues().data(), std::min(m, n), s);
  if (u) store(f.matrixU(), u);
  if (vh) store(f.matrixV().transpose(), vh);
  return f.info() == Eigen::Success;
}

template <class T> bool eigh(Extent n, const T* a, T* w, T* v) {
  if (n == 0) return true;
  const Matrix<T> x = load(n, n, a);
  if (!Matrix<T>(x.template triangularView<Eigen::Lower>()).allFinite()) return false;
  const Eigen::SelfAdjointEigenSolver<Matrix<T>> f(
      x, v ? Eigen::ComputeEigenvectors : Eigen::EigenvaluesOnly);
  std::copy_n(f.eigenvalues().data(), n, w);
  if (v) store(f.eigenvectors(), v);
  return f.info() == Eigen::Success;
}

template <class T> bool eig(Extent n, const T* a, T* w, T* v) {
  const Matrix<T> x = load(n, n, a);
  if (!x.allFinite()) return false;
  if (n == 0) return true;
  const Eigen::EigenSolver<Matrix<T>> f(x, v != nullptr);
  if (f.info() != Eigen::Success) return false;
  const auto put = [](const std::complex<T>& z, T* to) {
    to[0] = z.real();
    to[1] = z.imag();
  };
  for (Index i = 0; i < n; ++i) put(f.eigenvalues()[i], w + 2 * i);
  if (!v) return true;
  const auto vectors = f.eigenvectors();
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < n; ++j) put(vectors(i, j), v + 2 * (i * n + j));
  return true;
}

template <class T> bool cofactors(Extent n, const T* a, T* y) {
  // a = U S V^T: the cofactors are det(U) det(V) U D V^T, D the products of all other values.
  Rows<T> u(n, n), vh(n, n);
  Eigen::Matrix<T, Eigen::Dynamic, 1> s(n), others(n);
  if (!svd(n, n, true, a, u.data(), s.data(), vh.data())) return false;
  for (Index i = 0; i < n; ++i) {
    others(i) = 1;
    for (Index j = 0; j < n; ++j)
      if (j != i) others(i) *= s(j);
  }
  const T sign = determinant(u.data(), n) * determinant(vh.data(), n) < 0 ? T(-1) : T(1);
  const Matrix<T> left = u * (sign * others).asDiagonal();
  store(Matrix<T>(left * vh), y);
  return true;
}

template <class T> void exponential(Extent n, const T* a, T* y) {
  if (n > 0) store(Matrix<T>(load(n, n, a).exp()), y);
}

#define FATHOM_MATRICES(T)                                                          \
  template void lu(Extent, Extent, const T*, T*, std::int32_t*, std::int64_t*);     \
  template Extent solve(Extent, Extent, const T*, const T*, T*);                    \
  template void solve_triangular(Extent, Extent, Triangle, const T*, const T*, T*); \
  template bool cholesky(Extent, const T*, T*);                                     \
  template void qr(Extent, Extent, Extent, const T*, T*, T*);                       \
  template bool svd(Extent, Extent, bool, const T*, T*, T*, T*);                    \
  template bool eigh(Extent, const T*, T*, T*);                                     \
  template bool eig(Extent, const T*, T*, T*);                                      \
  template bool cofactors(Extent, const T*, T*);                                    \
  template void exponential(Extent, const T*, T*)
FATHOM_MATRICES(float);
FATHOM_MATRICES(double);
#undef FATHOM_MATRICES

}  // namespace fathom::library
