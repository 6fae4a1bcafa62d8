// Singular values, and what is made of them.
#include <Eigen/SVD>

#include "fathom/math/eigen.h"
#include "fathom/math/matrices.h"

namespace fathom::math {

template <class T> bool svd(Extent m, Extent n, bool full, const T* a, T* u, T* s, T* vh) {
  if (std::min(m, n) == 0) {
    if (u) store(Matrix(Matrix::Identity(m, full ? m : 0)), u);
    if (vh) store(Matrix(Matrix::Identity(full ? n : 0, n)), vh);
    return true;
  }
  const Matrix x = load(m, n, a);
  if (!x.allFinite()) return false;
  unsigned options = 0;
  if (u) options |= full ? Eigen::ComputeFullU : Eigen::ComputeThinU;
  if (vh) options |= full ? Eigen::ComputeFullV : Eigen::ComputeThinV;
  const Eigen::BDCSVD<Matrix> f(x, options);
  store(f.singularValues(), s);
  if (u) store(f.matrixU(), u);
  if (vh) store(f.matrixV().transpose(), vh);
  return f.info() == Eigen::Success;
}

namespace {

double determinant(const double* rows_of, Index n) {
  Matrix a = load(n, n, rows_of);
  const std::vector<int> swaps = factor(a);
  double d = a.diagonal().prod();
  for (Index i = 0; i < n; ++i)
    if (swaps[static_cast<std::size_t>(i)] != i) d = -d;
  return d;
}

}  // namespace

template <class T> bool cofactors(Extent n, const T* a, T* y) {
  // a = U S V^T: the cofactors are det(U) det(V) U D V^T, D the products of all other values.
  const Rows<double> x = load(n, n, a);
  Rows<double> u(n, n), vh(n, n);
  Eigen::VectorXd s(n), others(n);
  if (!svd(n, n, true, x.data(), u.data(), s.data(), vh.data())) return false;
  for (Index i = 0; i < n; ++i) {
    others(i) = 1;
    for (Index j = 0; j < n; ++j)
      if (j != i) others(i) *= s(j);
  }
  const double sign = determinant(u.data(), n) * determinant(vh.data(), n) < 0 ? -1 : 1;
  const Matrix left = u * (sign * others).asDiagonal();
  store(Matrix(left * vh), y);
  return true;
}

template bool svd(Extent, Extent, bool, const float*, float*, float*, float*);
template bool svd(Extent, Extent, bool, const double*, double*, double*, double*);
template bool cofactors(Extent, const float*, float*);
template bool cofactors(Extent, const double*, double*);

}  // namespace fathom::math
