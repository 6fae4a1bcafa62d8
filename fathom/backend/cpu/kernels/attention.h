// The pointwise part of attention: blocks of scores, some rows (queries) by some
// columns (keys). Rows of scores begin `step` apart, and have place for whole groups of 64 columns.
#pragma once
#include <cstdint>

namespace fathom::cpu {

/// Which scores of a block count, and how: row r sees the keys in [low + r, high + r) and [0, n).
struct AttentionView {
  int64_t n, low, high;
  float scale;
  const float* mask;  ///< added, or null
  int64_t mask_step;  ///< from row to row
};

/// Scores of a block to its share of the softmax, with what was found in the blocks before.
struct AttentionRows {
  float* scores;  ///< (rows, n): products; becomes exp(score - max), 0 where nothing is seen
  int64_t step;
  const float* kept;  ///< (rows, n), begin `step` apart: what shares are multiplied by, or null
  AttentionView view;
  int64_t rows;
  float* max;  ///< (rows): the largest score so far
  float* sum;  ///< (rows): of exp(score - max)
  float* y;    ///< (rows, width), scaled to the new maximum
  int64_t y_step, width;
};

/// From scores and dp = dy v^T to p and ds.
struct AttentionGradRows {
  float* scores;  ///< (rows, n): products; becomes p = exp(score - log_sum)
  float* dp;      ///< (rows, n): becomes p (dp - delta) scale
  int64_t step;
  const float* kept;  ///< as above: of p on its way to the values, and of dp
  AttentionView view;
  int64_t rows;
  const float* log_sum;  ///< (rows)
  const float* delta;    ///< (rows)
};

struct AttentionKernels {
  void (*forward)(const AttentionRows& a);
  /// y / sum and, as log_sum, max + log sum; 0 where nothing was seen.
  void (*finish)(const AttentionRows& a, float* log_sum);
  void (*backward)(const AttentionGradRows& a);
};

namespace avx2 {
extern const AttentionKernels attention_kernels;
}
namespace avx512 {
extern const AttentionKernels attention_kernels;
}

}  // namespace fathom::cpu
