// The kernels of the instruction set that isa() names.
#pragma once
#include "fathom/backend/cpu/isa.h"
#include "fathom/backend/cpu/kernels/attention.h"
#include "fathom/backend/cpu/kernels/elementwise.h"
#include "fathom/backend/cpu/kernels/group_norm.h"
#include "fathom/backend/cpu/kernels/norm.h"
#include "fathom/backend/cpu/kernels/optim.h"
#include "fathom/backend/cpu/kernels/picture.h"
#include "fathom/backend/cpu/kernels/pooling.h"
#include "fathom/backend/cpu/kernels/random.h"
#include "fathom/backend/cpu/kernels/recurrent.h"
#include "fathom/backend/cpu/kernels/reduce.h"
#include "fathom/backend/cpu/kernels/resample.h"
#include "fathom/backend/cpu/kernels/rows.h"
#include "fathom/backend/cpu/kernels/scan.h"
#include "fathom/backend/cpu/kernels/word_pairs.h"

namespace fathom::cpu {

inline const ElementwiseKernels& elementwise() {
  return isa() == Isa::avx512 ? avx512::elementwise_kernels : avx2::elementwise_kernels;
}
inline const AttentionKernels& attentions() {
  return isa() == Isa::avx512 ? avx512::attention_kernels : avx2::attention_kernels;
}
inline const RowKernels& rows() {
  return isa() == Isa::avx512 ? avx512::row_kernels : avx2::row_kernels;
}
inline const ReduceKernels& reducers() {
  return isa() == Isa::avx512 ? avx512::reduce_kernels : avx2::reduce_kernels;
}
inline const BatchNormKernels& batch_norm() {
  return isa() == Isa::avx512 ? avx512::batch_norm_kernels : avx2::batch_norm_kernels;
}
inline const GroupNormKernels& group_norm() {
  return isa() == Isa::avx512 ? avx512::group_norm_kernels : avx2::group_norm_kernels;
}
inline const OptimKernels& optim() {
  return isa() == Isa::avx512 ? avx512::optim_kernels : avx2::optim_kernels;
}
inline const PictureKernels& pictures() {
  isa();  // refuses a machine without AVX2
  return avx2::picture_kernels;
}
inline const RandomKernels& random() {
  return isa() == Isa::avx512 ? avx512::random_kernels : avx2::random_kernels;
}
inline const ScanKernels& scans() {
  return isa() == Isa::avx512 ? avx512::scan_kernels : avx2::scan_kernels;
}
inline const PoolKernels& pools() {
  return isa() == Isa::avx512 ? avx512::pool_kernels : avx2::pool_kernels;
}
inline const RecurrentKernels& recurrent() {
  return isa() == Isa::avx512 ? avx512::recurrent_kernels : avx2::recurrent_kernels;
}
inline const ResampleKernels& resamplers() {
  return isa() == Isa::avx512 ? avx512::resample_kernels : avx2::resample_kernels;
}
inline const WordPairKernels& word_pairs() {
  return isa() == Isa::avx512 ? avx512::word_pair_kernels : avx2::word_pair_kernels;
}

}  // namespace fathom::cpu
