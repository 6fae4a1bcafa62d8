#include "benchmarks/timing.h"

#include <algorithm>
#include <chrono>

#include "benchmarks/workloads.h"

namespace fathom::benchmarks {

double seconds_of(const std::function<void()>& work) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<double> each(const std::function<void()>& work, int warm, int runs, double scale) {
  for (int i = 0; i < warm; ++i) work();
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) times.push_back(scale * seconds_of(work));
  return times;
}

std::vector<double> short_work(const std::function<void()>& work, int samples) {
  for (int i = 0; i < 5; ++i) work();
  const double once = std::max(1e-9, seconds_of(work));
  const int calls = std::max(1, static_cast<int>(2e-3 / once));
  return each(
      [&] {
        for (int i = 0; i < calls; ++i) work();
      },
      1, samples, 1.0 / calls);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n == 0 ? 0 : n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

}  // namespace fathom::benchmarks
