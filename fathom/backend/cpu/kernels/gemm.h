// The kernels of matrix products: what gemm.cpp in the folder above calls through a table, one
// table per instruction set and element type.
//
// Every element of the result is one chain of fused multiply-adds over k in increasing order. A
// chain may be cut: what is stored in C goes on from there, bit by bit the same. (Chained tiles,
// whose errors are smaller, are what convolution by Winograd's filtering asks for.)
#pragma once
#include <cstdint>

namespace fathom::cpu {

/// How a tile finds element (row i, step p) of A.
enum class ALayout : int {
  rows,     ///< a[i * stride + p], a matrix as it stands
  columns,  ///< a[p * stride + i], a transposed matrix as it stands, or a packed panel
};

template <class T> struct TileArgs {
  std::int64_t k;
  const T* a;
  std::int64_t a_stride;
  const T* b;  ///< k rows of whole vectors
  std::int64_t b_stride;
  T* c;  ///< rows of whole vectors
  std::int64_t c_stride;
  bool from_c;                  ///< chains start from C, else from 0
  const T* bias;                ///< whole vectors, added at the end, or null
  const T* addend = nullptr;    ///< as C, added then, or null
  bool relu = false;            ///< and what is not above 0 becomes 0 then
  bool b_far = false;           ///< packed long ago, so in no near cache
  std::int64_t panels = 1;      ///< so many tiles side by side
  std::int64_t panel_step = 0;  ///< from one's B to the next's
};

/// Columns of k steps, copied to panels. Of each panel whole vectors are written; what stands
/// beyond its last column is not to be used.
template <class T> struct PackArgs {
  const T* from;
  std::int64_t stride, k, columns;
  T* to;
  std::int64_t panel_columns;
  std::int64_t width;       ///< elements of a panel for each step
  std::int64_t panel_size;  ///< elements from panel to panel
};

template <class T> struct GemmKernels {
  static constexpr int kMaxRows = 14, kMaxVectors = 2, kChain = 16;
  using Tile = void (*)(const TileArgs<T>&);
  using Pack = void (*)(PackArgs<T>);  // by value: the compiler knows that no store reaches a copy

  int lanes;                            ///< elements of a vector
  int rows;                             ///< of the largest tile
  Tile tile[2][kMaxVectors][kMaxRows];  ///< [layout of A][vectors - 1][rows - 1]
  /// Of f32, A in rows: chains of kChain steps from 0, whose sums are added in order. C serves to
  /// keep them.
  Tile chained[kMaxVectors][kMaxRows];
  Pack pack;             ///< element (p, j) is from[p * stride + j]
  Pack pack_transposed;  ///< element (p, j) is from[j * stride + p]
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
