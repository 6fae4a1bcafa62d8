// The kernels of matrix products: what gemm.cpp in the folder above calls through a table, one table
// per instruction set and element type.
//
// Every element of the result is one chain of fused multiply-adds over k in increasing order. A chain
// may be cut: what is stored in C goes on from there, bit by bit the same.
#pragma once
#include <cstdint>

namespace fathom::cpu {

/// How a tile finds element (row i, step p) of A.
enum class ALayout : int {
  rows,     ///< a[i * stride + p], a matrix as it stands
  columns,  ///< a[p * stride + i], a transposed matrix as it stands, or a packed panel
};

template <class T>
struct TileArgs {
  std::int64_t k;
  const T* a;
  std::int64_t a_stride;
  const T* b;  ///< k rows of whole vectors
  std::int64_t b_stride;
  T* c;  ///< rows of whole vectors
  std::int64_t c_stride;
  bool from_c;    ///< chains start from C, else from 0
  const T* bias;  ///< whole vectors, added at the end, or null
};

template <class T>
struct VectorArgs {
  std::int64_t n, k;  ///< y has n elements, x has k
  const T* x;
  std::int64_t x_stride;  ///< 1 for dots
  const T* b;
  std::int64_t b_stride;
  T* y;
  bool from_y;    ///< chains start from y, else from 0
  const T* bias;  ///< n elements, added at the end, or null
};

template <class T>
struct GemmKernels {
  static constexpr int kMaxRows = 14, kMaxVectors = 2;
  using Tile = void (*)(const TileArgs<T>&);
  /// Copies `columns` columns of k steps to rows of `width` elements, whole vectors, all written.
  /// What stands beyond `columns` is finite if the source is, and is not to be used.
  using Pack = void (*)(const T* from, std::int64_t stride, std::int64_t k, std::int64_t columns,
                        T* to, std::int64_t width);

  int lanes;                                         ///< elements of a vector
  int rows;                                          ///< of the largest tile
  Tile tile[2][kMaxVectors][kMaxRows];               ///< [layout of A][vectors - 1][rows - 1]
  Pack pack;                                         ///< from[p * stride + j]
  Pack pack_transposed;                              ///< from[j * stride + p]
  void (*rows_times_vector)(const VectorArgs<T>&);   ///< y[j] = sum of x[p] * b[p * stride + j]
  void (*dots_with_vector)(const VectorArgs<T>&);    ///< y[j] = sum of x[p] * b[j * stride + p]
};

namespace avx2 {
extern const GemmKernels<float> gemm_f32;
extern const GemmKernels<double> gemm_f64;
}  // namespace avx2
namespace avx512 {
extern const GemmKernels<float> gemm_f32;
extern const GemmKernels<double> gemm_f64;
}  // namespace avx512

}  // namespace fathom::cpu
