// Speed of matrix products and the share of the machine's measured peak.
//   gemm_bench [avx2|avx512] [threads] [filter]
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "fathom/backend/cpu/gemm.h"
#include "fathom/backend/cpu/isa.h"
#include "fathom/backend/cpu/pool.h"
#include "fathom/backend/cpu/probe.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Shape {
  const char* name;
  bool transpose_a, transpose_b;
  std::int64_t m, k, n;
};

constexpr Shape kShapes[] = {
    {"256^3", false, false, 256, 256, 256},
    {"512^3", false, false, 512, 512, 512},
    {"1024^3", false, false, 1024, 1024, 1024},
    {"2048^3", false, false, 2048, 2048, 2048},
    {"1024^3 tb", false, true, 1024, 1024, 1024},
    {"1024^3 ta", true, false, 1024, 1024, 1024},
    {"100x784x100 y=xW^T", false, true, 100, 784, 100},
    {"100x100x784 dW=dy^Tx", true, false, 100, 100, 784},
    {"100x100x784 dx=dyW", false, false, 100, 100, 784},
    {"784x100x100 ta", true, false, 784, 100, 100},
    {"64x512x512", false, false, 64, 512, 512},
    {"64x512x512 tb", false, true, 64, 512, 512},
    {"64x512x512 ta", true, false, 64, 512, 512},
    {"512x2048x512", false, false, 512, 2048, 512},
    {"512x2048x512 tb", false, true, 512, 2048, 512},
    {"64^3", false, false, 64, 64, 64},
    {"128^3", false, false, 128, 128, 128},
    {"128^3 tb", false, true, 128, 128, 128},
    {"100x100x10 tb", false, true, 100, 100, 10},
    {"100x10x100", false, false, 100, 10, 100},
    {"10x100x100 ta", true, false, 10, 100, 100},
    {"8x512x512 tb", false, true, 8, 512, 512},
    {"8x512x512", false, false, 8, 512, 512},
    {"1x512x512", false, false, 1, 512, 512},
    {"1x512x512 tb", false, true, 1, 512, 512},
    {"1x4096x4096", false, false, 1, 4096, 4096},
    {"1x4096x4096 tb", false, true, 1, 4096, 4096},
    {"4x4096x4096 tb", false, true, 4, 4096, 4096},
    {"4x4096x4096", false, false, 4, 4096, 4096},
    {"4x2x2", false, false, 4, 2, 2},
    {"4x2x2 tb", false, true, 4, 2, 2},
};

/// Aligned as tensors are.
struct Matrix {
  Matrix(std::int64_t count, float value)
      : data(static_cast<float*>(
            std::aligned_alloc(4096, static_cast<std::size_t>(count * 4 + 4095) / 4096 * 4096))) {
    std::fill_n(data, count, value);
  }
  Matrix(const Matrix&) = delete;
  ~Matrix() { std::free(data); }
  float* data;
};

/// The best time of a call, in nanoseconds: other programs only ever slow it down.
double best_time(const fathom::cpu::GemmArgs& args) {
  const auto run = [&](int calls) {
    const auto start = Clock::now();
    for (int i = 0; i < calls; ++i) fathom::cpu::gemm(args);
    return std::chrono::duration<double, std::nano>(Clock::now() - start).count() / calls;
  };
  const double first = std::min(run(1), run(1));
  const int calls = std::max(1, static_cast<int>(100e3 / first));
  double best = first;
  for (const auto end = Clock::now() + std::chrono::milliseconds(200); Clock::now() < end;) {
    best = std::min(best, run(calls));
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace fathom::cpu;
  if (argc > 1) set_isa_for_test(std::strcmp(argv[1], "avx2") == 0 ? Isa::avx2 : Isa::avx512);
  if (argc > 2) set_threads(std::atoi(argv[2]));
  const std::string filter = argc > 3 ? argv[3] : "";
  const double peak = measured_peak_gflops(threads()),
               bandwidth = measured_bandwidth_gbs(threads());
  std::printf("%s, %d threads: peak %.1f GF/s, memory %.1f GB/s\n",
              std::string(name(isa())).c_str(), threads(), peak, bandwidth);
  for (const Shape& s : kShapes) {
    if (std::string(s.name).find(filter) == std::string::npos) continue;
    const Matrix a(s.m * s.k, 0.5f), b(s.k * s.n, 0.25f), c(s.m * s.n, 0);
    const double ns = best_time({.transpose_a = s.transpose_a,
                                 .transpose_b = s.transpose_b,
                                 .m = s.m,
                                 .n = s.n,
                                 .k = s.k,
                                 .a = a.data,
                                 .lda = s.transpose_a ? s.m : s.k,
                                 .b = b.data,
                                 .ldb = s.transpose_b ? s.k : s.n,
                                 .c = c.data,
                                 .ldc = s.n});
    const double flops = 2.0 * static_cast<double>(s.m * s.n * s.k);
    std::printf("  %-22s %10.2f us %8.1f GF/s %5.1f %%  %6.1f GB/s of B\n", s.name, ns / 1e3,
                flops / ns, 100 * flops / ns / peak, 4.0 * static_cast<double>(s.k * s.n) / ns);
  }
}
