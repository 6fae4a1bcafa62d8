// Reductions: along rows of a (rows x n) matrix, and of the middle axis of an (outer, reduce,
// inner) array. Both are cut into pieces of a fixed size, whose results a fixed tree joins; the
// pieces are what the caller shares out among threads.
#pragma once
#include <cstdint>

namespace fathom::cpu {

/// Rows are cut into pieces of this many elements (32 KiB of floats).
inline constexpr int64_t kRowPiece = 8192;
inline constexpr int64_t row_pieces(int64_t n) {
  return n <= kRowPiece ? 1 : (n + kRowPiece - 1) / kRowPiece;
}

/// Rows of T, with sums in S. A piece is row * row_pieces(n) + (piece in the row); each function
/// below that takes n works on pieces [begin, end) and writes one result for each. Where
/// row_pieces(n) is 1 these are the rows' results, otherwise `join_*` makes them, for rows [begin,
/// end), and overwrites `partial`.
template <class T, class S> struct RowReducers {
  void (*sum)(const T* x, S* partial, int64_t begin, int64_t end, int64_t n);
  void (*sum_squares)(const T* x, S* partial, int64_t begin, int64_t end, int64_t n);
  void (*prod)(const T* x, S* partial, int64_t begin, int64_t end, int64_t n);
  /// NaN wins over numbers, as in PyTorch; the identities are -inf and inf, or an integer's ends.
  void (*max)(const T* x, T* partial, int64_t begin, int64_t end, int64_t n);
  void (*min)(const T* x, T* partial, int64_t begin, int64_t end, int64_t n);
  void (*join_sum)(S* partial, S* y, int64_t begin, int64_t end, int64_t pieces);
  void (*join_prod)(S* partial, S* y, int64_t begin, int64_t end, int64_t pieces);
  void (*join_max)(T* partial, T* y, int64_t begin, int64_t end, int64_t pieces);
  void (*join_min)(T* partial, T* y, int64_t begin, int64_t end, int64_t pieces);
  /// Index of the first element equal to best[row], NaN equal to NaN, for whole rows [begin, end):
  /// with the rows' maxima argmax, with their minima argmin.
  void (*index_of)(const T* x, const T* best, int64_t* index, int64_t begin, int64_t end,
                   int64_t n);
};

/// The reduced axis of an (outer, reduce, inner) array is cut into chunks of this many.
inline constexpr int64_t kColumnChunk = 128;
inline constexpr int64_t column_chunks(int64_t reduce) {
  return reduce <= kColumnChunk ? 1 : (reduce + kColumnChunk - 1) / kColumnChunk;
}

/// A task is outer * column_chunks(reduce) + chunk; functions work on tasks [begin, end) and write
/// `inner` results for each. Where column_chunks(reduce) is 1 these are the results.
template <class T, class S> struct ColumnReducers {
  void (*sum)(const T* x, S* partial, int64_t begin, int64_t end, int64_t reduce, int64_t inner);
  void (*prod)(const T* x, S* partial, int64_t begin, int64_t end, int64_t reduce, int64_t inner);
  void (*max)(const T* x, T* partial, int64_t begin, int64_t end, int64_t reduce, int64_t inner);
  void (*min)(const T* x, T* partial, int64_t begin, int64_t end, int64_t reduce, int64_t inner);
  /// From partial (outer, chunks, inner), which is overwritten, to y (outer, inner), for outer
  /// indices [begin, end). A wide `inner` may be split too: pass its range [from, to).
  void (*join_sum)(S* partial, S* y, int64_t begin, int64_t end, int64_t chunks, int64_t inner,
                   int64_t from, int64_t to);
  void (*join_prod)(S* partial, S* y, int64_t begin, int64_t end, int64_t chunks, int64_t inner,
                    int64_t from, int64_t to);
  void (*join_max)(T* partial, T* y, int64_t begin, int64_t end, int64_t chunks, int64_t inner,
                   int64_t from, int64_t to);
  void (*join_min)(T* partial, T* y, int64_t begin, int64_t end, int64_t chunks, int64_t inner,
                   int64_t from, int64_t to);
  /// Index of the first extreme of each column, NaN before all, for blocks [begin, end) of
  /// kIndexBlock columns; a block is outer * index_blocks(inner) + block. Needs reduce < 2^31.
  void (*argmax)(const T* x, int64_t* index, int64_t begin, int64_t end, int64_t reduce,
                 int64_t inner);
  void (*argmin)(const T* x, int64_t* index, int64_t begin, int64_t end, int64_t reduce,
                 int64_t inner);
};
inline constexpr int64_t kIndexBlock = 128;
inline constexpr int64_t index_blocks(int64_t inner) {
  return (inner + kIndexBlock - 1) / kIndexBlock;
}

/// A mean is the sum divided by n: the caller's last step.
struct ReduceKernels {
  RowReducers<float, float> rows_f32;
  RowReducers<double, double> rows_f64;
  ColumnReducers<float, float> columns_f32;
  ColumnReducers<double, double> columns_f64;
};

/// Integers and booleans (as uint8_t, 0 or 1) are summed in int64_t, where order does not matter.
/// AVX2 serves them on every machine: wider vectors are no faster for them, and much code.
struct IntegerReduceKernels {
  RowReducers<int64_t, int64_t> rows_i64;
  RowReducers<int32_t, int64_t> rows_i32;
  RowReducers<int8_t, int64_t> rows_i8;
  RowReducers<uint8_t, int64_t> rows_u8;
  ColumnReducers<int64_t, int64_t> columns_i64;
  ColumnReducers<int32_t, int64_t> columns_i32;
  ColumnReducers<int8_t, int64_t> columns_i8;
  ColumnReducers<uint8_t, int64_t> columns_u8;
};

namespace avx2 {
extern const ReduceKernels reduce_kernels;
extern const IntegerReduceKernels integer_reduce_kernels;
}  // namespace avx2
namespace avx512 {
extern const ReduceKernels reduce_kernels;
}

}  // namespace fathom::cpu
