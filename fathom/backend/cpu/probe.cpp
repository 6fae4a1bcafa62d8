#include "fathom/backend/cpu/probe.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "fathom/backend/cpu/isa.h"
#include "fathom/backend/cpu/kernels/probe.h"

namespace fathom::cpu {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kTime = std::chrono::milliseconds(80);

const ProbeKernels& kernels() { return isa() == Isa::avx512 ? avx512::probe : avx2::probe; }

/// Calls `work(thread)`, which returns an amount, on each of several own threads for kTime. Returns
/// the sum over the threads of the median amount per nanosecond: what lasts, neither the first
/// moments at a higher clock nor those that another program took.
template <class Work> double lasting_rate(int threads, const Work& work) {
  std::vector<double> lasting(static_cast<std::size_t>(threads));
  std::atomic<int> ready{0};
  const auto measure = [&](int thread) {
    ++ready;
    while (ready < threads) std::this_thread::yield();
    std::vector<double> rates;
    for (const auto end = Clock::now() + kTime; rates.empty() || Clock::now() < end;) {
      const auto start = Clock::now();
      const double amount = work(thread);
      const std::chrono::duration<double, std::nano> taken = Clock::now() - start;
      rates.push_back(amount / taken.count());
    }
    const auto middle = rates.begin() + static_cast<std::ptrdiff_t>(rates.size() / 2);
    std::nth_element(rates.begin(), middle, rates.end());
    lasting[static_cast<std::size_t>(thread)] = *middle;
  };
  std::vector<std::thread> others;
  for (int thread = 1; thread < threads; ++thread) others.emplace_back(measure, thread);
  measure(0);
  for (std::thread& other : others) other.join();
  double sum = 0;
  for (const double rate : lasting) sum += rate;
  return sum;
}

}  // namespace

double measured_peak_gflops(int threads) {
  const ProbeKernels& probe = kernels();
  return lasting_rate(threads, [&](int) { return static_cast<double>(probe.multiply(20'000)); });
}

double measured_bandwidth_gbs(int threads) {
  const ProbeKernels& probe = kernels();
  constexpr std::int64_t kFloats = std::int64_t{4} << 20;  // 16 MiB a thread
  const std::vector<float> data(static_cast<std::size_t>(kFloats * threads), 1.0f);
  std::atomic<float> sink{0};
  return lasting_rate(threads, [&](int thread) {
    sink = probe.read(data.data() + thread * kFloats, kFloats);
    return static_cast<double>(kFloats * sizeof(float));
  });
}

double measured_triad_gbs(int threads) {
  const ProbeKernels& probe = kernels();
  constexpr std::int64_t kFloats = std::int64_t{8} << 20;  // 32 MiB an array and thread
  std::vector<float> data(static_cast<std::size_t>(3 * kFloats * threads), 1.0f);
  return lasting_rate(threads, [&](int thread) {
    float* a = data.data() + thread * 3 * kFloats;
    probe.triad(a, a + kFloats, a + 2 * kFloats, kFloats);
    return static_cast<double>(4 * kFloats * sizeof(float));
  });
}

}  // namespace fathom::cpu
