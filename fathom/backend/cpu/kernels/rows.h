// Kernels over the rows of a row-major (rows x n) matrix. Each works on rows [begin, end), so the
// caller splits the rows among threads as it likes: a row's result depends on the row alone.
#pragma once
#include <cstdint>

namespace fathom::cpu {

/// Losses of rows of logits against class indices, as PyTorch's cross_entropy with reduction
/// "none": with p = softmax(x), s = smoothing and class weights w,
///   loss = -(1 - s) w[t] log p[t] - s / n sum_c w[c] log p[c], and 0 where t = ignore_index.
/// The mean is sum(loss) / sum(row_weight).
struct CrossEntropy {
  const float* logits;    ///< (rows, n)
  const int64_t* target;  ///< (rows), each in [0, n) or ignore_index: the caller checks
  const float* weight;    ///< (n), or null for ones
  int64_t n;
  int64_t ignore_index;
  float smoothing;
  float* row_max;      ///< (rows): written by forward, read by backward
  float* row_log_sum;  ///< (rows): log sum exp(x - max); the logsumexp is the sum of both
  float* loss;         ///< (rows)
  float* row_weight;   ///< (rows): w[t], or 0 where ignored; may be null
};

struct LayerNorm {
  const float* x;      ///< (rows, n)
  const float* gamma;  ///< (n) or null
  const float* beta;   ///< (n) or null
  float* y;            ///< (rows, n)
  float* mean;         ///< (rows)
  float* rstd;         ///< (rows): 1 / sqrt(biased variance + eps)
  int64_t n;
  float eps;
};

struct LayerNormGrad {
  const float* x;
  const float* gamma;  ///< or null
  const float* mean;
  const float* rstd;
  const float* dy;
  float* dx;
  /// (row_chunks(rows), 2, n): for each chunk of kRowChunk rows the sums for gamma, then for beta;
  /// ColumnReducers::join_sum over the chunks makes (2, n) of them. Null if they are not wanted.
  float* partial;
  int64_t n;
};

/// Sums over rows are cut into chunks of this many rows, joined in a fixed tree.
inline constexpr int64_t kRowChunk = 64;
inline constexpr int64_t row_chunks(int64_t rows) { return (rows + kRowChunk - 1) / kRowChunk; }

struct RowKernels {
  /// y may be x.
  void (*softmax)(const float* x, float* y, int64_t begin, int64_t end, int64_t n);
  void (*log_softmax)(const float* x, float* y, int64_t begin, int64_t end, int64_t n);
  /// From the output y of the forward kernel; dx may be dy.
  void (*softmax_grad)(const float* y, const float* dy, float* dx, int64_t begin, int64_t end,
                       int64_t n);
  void (*log_softmax_grad)(const float* y, const float* dy, float* dx, int64_t begin, int64_t end,
                           int64_t n);
  void (*cross_entropy)(const CrossEntropy& a, int64_t begin, int64_t end);
  /// dx (rows, n) from the gradients of the rows' losses, g[row * g_stride]: stride 0 for one
  /// scalar.
  void (*cross_entropy_grad)(const CrossEntropy& a, const float* g, int64_t g_stride, float* dx,
                             int64_t begin, int64_t end);
  void (*layer_norm)(const LayerNorm& a, int64_t begin, int64_t end);
  /// Works on chunks of kRowChunk rows, [begin, end) of row_chunks(rows).
  void (*layer_norm_grad)(const LayerNormGrad& a, int64_t rows, int64_t begin, int64_t end);
  /// y (n) = the sum of weights[k] x[from[k]] over k < count, in this order, from 0 on; weights may
  /// be null for ones.
  void (*sum_of_rows)(const float* x, const int32_t* from, const float* weights, int64_t count,
                      float* y, int64_t n);
};

namespace avx2 {
extern const RowKernels row_kernels;
}
namespace avx512 {
extern const RowKernels row_kernels;
}

}  // namespace fathom::cpu
