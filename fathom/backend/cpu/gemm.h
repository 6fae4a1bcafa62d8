// Matrix products on the CPU.
#pragma once
#include <cstddef>
#include <cstdint>

#include "fathom/backend/cpu/part_done.h"

namespace fathom::cpu {

/// C = A B, or C += A B, row-major. Every element of C is one chain of fused multiply-adds over k
/// in increasing order, from C or 0; then the bias is added with one rounding. So its bits do not
/// depend on tiles, threads or the instruction set. With k == 0 the chain is what it starts from.
template <class T> struct GemmArgsOf {
  bool transpose_a = false;  ///< A is stored k x m
  bool transpose_b = false;  ///< B is stored n x k
  std::int64_t m = 0, n = 0, k = 0;
  const T* a = nullptr;
  std::int64_t lda = 0;  ///< elements from one stored row to the next, likewise below
  const T* b = nullptr;
  std::int64_t ldb = 0;
  T* c = nullptr;  ///< m x n, must not overlap the others
  std::int64_t ldc = 0;
  bool accumulate = false;
  const T* bias = nullptr;         ///< one per column, or null
  ElementTail<T> tail = {};        ///< of C, an addend with its stride; after the bias
  const T* packed_b = nullptr;     ///< B as gemm_pack made it, or null; then b is not read
  bool packed_far = false;         ///< that was made long ago: it is asked for ahead
  const PartDone* done = nullptr;  ///< told of elements of C, row by row; then ldc must be n
};
using GemmArgs = GemmArgsOf<float>;
using GemmArgsF64 = GemmArgsOf<double>;

/// Large products use the thread pool.
void gemm(const GemmArgs& args);
void gemm(const GemmArgsF64& args);

/// Elements of B packed, for products that are computed again and again with the same; 0 where B is
/// read as it stands.
template <class T> std::size_t gemm_packed_size(const GemmArgsOf<T>& args);
template <class T> void gemm_pack(const GemmArgsOf<T>& args, T* to);

}  // namespace fathom::cpu
