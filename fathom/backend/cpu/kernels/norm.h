// Batch normalisation of (rows, columns) in training, where a column is a channel: fully connected
// activations, or images with channels last. Images with channels first have `length` positions
// side by side: (rows / length, columns, length). Both layouts give the same bits.
//
// Sums over rows go by chunks of kColumnChunk rows and the tree of reduce.h. `forward` and
// `backward` do everything for columns [from, to): enough where the columns are shared out, or for
// one thread. A tall and narrow matrix is shared out by rows instead: call the stages, in order,
// each on ranges of chunks or rows. Both ways give the same bits.
#pragma once
#include <cstdint>

#include "fathom/backend/cpu/kernels/reduce.h"

namespace fathom::cpu {

struct BatchNorm {
  const float* x;
  const float* gamma;  ///< (columns) or null for ones
  const float* beta;   ///< (columns) or null for zeros
  float* y;
  float* mean;          ///< (columns)
  float* rstd;          ///< (columns): 1 / sqrt(biased variance + eps)
  float* running_mean;  ///< (columns), updated in place: (1 - momentum) old + momentum new; or null
  float* running_var;   ///< likewise, from the unbiased variance
  float* partial;       ///< scratch: (column_chunks(rows), columns)
  int64_t rows;
  int64_t columns;
  int64_t length;  ///< positions side by side, or 1 where channels are last
  float eps;
  float momentum;
};

struct BatchNormGrad {
  const float* x;
  const float* gamma;  ///< (columns) or null
  const float* mean;
  const float* rstd;
  const float* dy;
  float* dx;
  float* dgamma;   ///< (columns), wanted even without gamma: dx needs the sums
  float* dbeta;    ///< (columns)
  float* partial;  ///< scratch: (column_chunks(rows), 2, columns)
  int64_t rows;
  int64_t columns;
  int64_t length;  ///< as in BatchNorm
};

/// What `apply` and `grad_apply` count: rows, or with channels first each sample's channels.
inline int64_t batch_norm_parts(int64_t rows, int64_t columns, int64_t length) {
  return length == 1 ? rows : rows / length * columns;
}

struct BatchNormKernels {
  void (*forward)(const BatchNorm& a, int64_t from, int64_t to);
  void (*backward)(const BatchNormGrad& a, int64_t from, int64_t to);

  // The stages of forward. Chunks and batch_norm_parts are [begin, end), columns [from, to), which
  // are all columns where channels are first.
  void (*sums)(const BatchNorm& a, int64_t begin, int64_t end, int64_t from, int64_t to);
  void (*means)(const BatchNorm& a, int64_t from, int64_t to);
  void (*deviations)(const BatchNorm& a, int64_t begin, int64_t end, int64_t from, int64_t to);
  void (*finish)(const BatchNorm& a, int64_t from, int64_t to);
  void (*apply)(const BatchNorm& a, int64_t begin, int64_t end, int64_t from, int64_t to);

  // The stages of backward.
  void (*grad_sums)(const BatchNormGrad& a, int64_t begin, int64_t end, int64_t from, int64_t to);
  void (*grad_finish)(const BatchNormGrad& a, int64_t from, int64_t to);
  void (*grad_apply)(const BatchNormGrad& a, int64_t begin, int64_t end, int64_t from, int64_t to);
};

namespace avx2 {
extern const BatchNormKernels batch_norm_kernels;
}
namespace avx512 {
extern const BatchNormKernels batch_norm_kernels;
}

}  // namespace fathom::cpu
