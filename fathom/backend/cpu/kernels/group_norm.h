// Group normalisation of (B, channels, length): each sample's groups of channels have statistics of
// their own, scale and shift belong to the channels. A group is one row of memory, so the kernels
// work on rows [begin, end) of (B * groups), and a row's result depends on the row alone.
#pragma once
#include <cstdint>

namespace fathom::cpu {

struct GroupNorm {
  const float* x;
  const float* gamma;  ///< (channels)
  const float* beta;   ///< (channels)
  float* y;
  float* mean;  ///< (B, groups)
  float* rstd;  ///< (B, groups): 1 / sqrt(biased variance + eps)
  int64_t groups;
  int64_t channels;
  int64_t length;
  float eps;
};

struct GroupNormGrad {
  const float* x;
  const float* gamma;
  const float* mean;
  const float* rstd;
  const float* dy;
  float* dx;
  /// (B, 2, channels): each sample's sums for gamma, then for beta. ColumnReducers::join_sum over
  /// the samples makes (2, channels) of them.
  float* partial;
  int64_t groups;
  int64_t channels;
  int64_t length;
};

struct GroupNormKernels {
  void (*forward)(const GroupNorm& a, int64_t begin, int64_t end);
  void (*backward)(const GroupNormGrad& a, int64_t begin, int64_t end);
};

namespace avx2 {
extern const GroupNormKernels group_norm_kernels;
}
namespace avx512 {
extern const GroupNormKernels group_norm_kernels;
}

}  // namespace fathom::cpu
