// What the parts of the product driver share. Internal.
#pragma once
#include <algorithm>
#include <cstdint>

#include "fathom/backend/cpu/gemm.h"
#include "fathom/backend/cpu/isa.h"
#include "fathom/backend/cpu/kernels/gemm.h"
#include "fathom/backend/cpu/pool.h"

namespace fathom::cpu {

using std::int64_t;

inline int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

template <class T> const GemmKernels<T>& kernels_of(Isa isa);
template <> inline const GemmKernels<float>& kernels_of(Isa isa) {
  return isa == Isa::avx512 ? avx512::gemm_f32 : avx2::gemm_f32;
}
template <> inline const GemmKernels<double>& kernels_of(Isa isa) {
  return isa == Isa::avx512 ? avx512::gemm_f64 : avx2::gemm_f64;
}

/// A contiguous part of 0 ... total - 1.
struct Range {
  int64_t begin, end;
  int64_t size() const { return end - begin; }
  friend bool operator==(const Range&, const Range&) = default;
};

/// Part `i` of `parts` whose sizes differ by at most one.
inline Range part_of(int64_t total, int64_t parts, int64_t i) {
  const int64_t size = total / parts, longer = total % parts;
  const int64_t begin = i * size + std::min(i, longer);
  return {begin, begin + size + (i < longer)};
}

/// How many tasks to make of so many multiplications, at most `most`. One a thread while it is
/// short: then the same thread tends to get the same part each time, and finds it in its cache.
inline int64_t tasks_for(int64_t work, int64_t most) {
  constexpr int64_t kTaskWork = 2'000'000;
  const int64_t n = threads();
  return n == 1 ? 1 : std::min(most, n * std::clamp<int64_t>(work / n / kTaskWork, 1, 4));
}

/// Whether C has few rows or one column: what takes the time is to read the large matrix once.
template <class T> bool is_few(const GemmArgsOf<T>& args);
/// Whether few rows are faster by a packed B: one that is transposed would be turned in registers.
template <class T> bool few_gain_by_packs(const GemmArgsOf<T>& args);
/// A product of that kind.
template <class T> void gemm_few(const GemmArgsOf<T>& args);

}  // namespace fathom::cpu
