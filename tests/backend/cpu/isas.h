// The kernel instances that this machine can run.
#pragma once
#include <vector>

namespace fathom::cpu {

template <class Kernels>
std::vector<const Kernels*> runnable(const Kernels& avx2, const Kernels& avx512) {
  __builtin_cpu_init();
  std::vector<const Kernels*> list;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) list.push_back(&avx2);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    list.push_back(&avx512);
  }
  return list;
}

}  // namespace fathom::cpu
