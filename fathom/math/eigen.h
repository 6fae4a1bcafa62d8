// What the files with Eigen's decompositions share: how matrices get in and out. Private to them,
// since these headers are slow to compile. Floats are computed in double too: the results are those
// of doubles rounded once, and the decompositions, a seventh of the build, are compiled once.
#pragma once
#include <Eigen/Core>
#include <Eigen/LU>
#include <algorithm>
#include <vector>

namespace fathom::math {

using Eigen::Index;
// Every operand is copied into such a matrix: Eigen's sums depend on how memory is aligned, and its
// own allocations always are in the same way.
using Matrix = Eigen::MatrixXd;
template <class T> using Rows = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Eigen asks the machine for the sizes of its caches and cuts products, and so their sums, to fit:
// with sizes of our own the bits are the same everywhere.
inline const bool same_blocks = [] {
  Eigen::setCpuCacheSizes(32 << 10, 512 << 10, 4 << 20);
  return true;
}();

template <class T> Matrix load(Index m, Index n, const T* a) {
  return Eigen::Map<const Rows<T>>(a, m, n).template cast<double>();
}
template <class T, class Expression> void store(const Expression& e, T* y) {
  if (e.size() > 0) Eigen::Map<Rows<T>>(y, e.rows(), e.cols()) = e.template cast<T>();
}

/// Factors a in place; gives the row swapped with row i, for each i.
inline std::vector<int> factor(Matrix& a) {
  const Index k = std::min(a.rows(), a.cols());
  std::vector<int> swaps(static_cast<std::size_t>(k));
  if (k == 0) return swaps;
  int count = 0;
  // Eigen's public class takes square matrices only; this is what it calls, for the tall part.
  Eigen::internal::partial_lu_impl<double, Eigen::ColMajor, int>::blocked_lu(
      a.rows(), k, a.data(), a.outerStride(), swaps.data(), count);
  if (a.cols() > k) {
    auto rest = a.rightCols(a.cols() - k);
    for (Index i = 0; i < k; ++i) rest.row(i).swap(rest.row(swaps[static_cast<std::size_t>(i)]));
    a.leftCols(k).triangularView<Eigen::UnitLower>().solveInPlace(rest);
  }
  return swaps;
}

}  // namespace fathom::math
