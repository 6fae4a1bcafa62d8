// How the benchmark's rows take time.
#pragma once
#include <functional>
#include <vector>

namespace fathom::benchmarks {

/// Seconds that `work` takes.
double seconds_of(const std::function<void()>& work);
/// Times of whole runs, after warming up, in seconds * scale.
std::vector<double> each(const std::function<void()>& work, int warm, int runs, double scale);
/// Times of short work in seconds: each sample is the mean of enough calls to fill 2 ms.
std::vector<double> short_work(const std::function<void()>& work, int samples = 25);

}  // namespace fathom::benchmarks
