#include "fathom/backend/cpu/probe.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "fathom/backend/cpu/isa.h"
#include "fathom/backend/cpu/kernels/probe.h"

namespace fathom::cpu {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kTime = std::chrono::milliseconds(40);

const ProbeKernels& kernels() { return isa() == Isa::avx512 ? avx512::probe : avx2::probe; }

/// Calls `work(thread)`, which returns an amount, on each of several own threads for kTime. Returns
/// the sum over the threads of the best amount per nanosecond, since other programs only ever slow
/// it down.
template <class Work> double best_rate(int threads, const Work& work) {
  std::vector<double> best(static_cast<std::size_t>(threads));
  std::atomic<int> ready{0};
  const auto measure = [&](int thread) {
    ++ready;
    while (ready < threads) std::this_thread::yield();
    double rate = 0;
    for (const auto end = Clock::now() + kTime; Clock::now() < end;) {
      const auto start = Clock::now();
      const double amount = work(thread);
      const std::chrono::duration<double, std::nano> taken = Clock::now() - start;
      rate = std::max(rate, amount / taken.count());
    }
    best[static_cast<std::size_t>(thread)] = rate;
  };
  std::vector<std::thread> others;
  for (int thread = 1; thread < threads; ++thread) others.emplace_back(measure, thread);
  measure(0);
  for (std::thread& other : others) other.join();
  double sum = 0;
  for (const double rate : best) sum += rate;
  return sum;
}

}  // namespace

double measured_peak_gflops(int threads) {
  const ProbeKernels& probe = kernels();
  return best_rate(threads, [&](int) { return static_cast<double>(probe.multiply(20'000)); });
}

double measured_bandwidth_gbs(int threads) {
  const ProbeKernels& probe = kernels();
  constexpr std::int64_t kFloats = std::int64_t{4} << 20;  // 16 MiB a thread
  const std::vector<float> data(static_cast<std::size_t>(kFloats * threads), 1.0f);
  std::atomic<float> sink{0};
  return best_rate(threads, [&](int thread) {
    sink = probe.read(data.data() + thread * kFloats, kFloats);
    return static_cast<double>(kFloats * sizeof(float));
  });
}

double measured_triad_gbs(int threads) {
  const ProbeKernels& probe = kernels();
  constexpr std::int64_t kFloats = std::int64_t{8} << 20;  // 32 MiB an array and thread
  std::vector<float> data(static_cast<std::size_t>(3 * kFloats * threads), 1.0f);
  return best_rate(threads, [&](int thread) {
    float* a = data.data() + thread * 3 * kFloats;
    probe.triad(a, a + kFloats, a + 2 * kFloats, kFloats);
    return static_cast<double>(4 * kFloats * sizeof(float));
  });
}

}  // namespace fathom::cpu
