// Speed of scans, sorting and statistics on a million elements: best of many runs.
//   order_bench [threads]
// The same in PyTorch: benchmarks/peers/torch_order.py
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "fathom/backend/cpu/pool.h"
#include "fathom/fathom.h"

namespace {

using namespace fathom;
using Clock = std::chrono::steady_clock;

/// Best time of one evaluation in milliseconds, over about a quarter of a second.
double best(const std::function<Tensor()>& make) {
  double least = 1e9;
  const auto end = Clock::now() + std::chrono::milliseconds(250);
  do {
    const auto start = Clock::now();
    make().eval();
    least =
        std::min(least, std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  } while (Clock::now() < end);
  return least;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) cpu::set_threads(std::atoi(argv[1]));
  seed(0);
  struct Form {
    const char* name;
    Shape shape;
    int axis;
  };
  for (const Form& f : {Form{"1 x 1M", {1 << 20}, 0}, Form{"1024 x 1024", {1024, 1024}, 1},
                        Form{"1024 x 1024, axis 0", {1024, 1024}, 0}}) {
    const Tensor x = randn(f.shape).eval();
    const int a = f.axis;
    const auto row = [&](const char* name, const std::function<Tensor()>& make) {
      std::printf("%-20s %-16s %9.3f ms\n", f.name, name, best(make));
    };
    row("cumsum", [&] { return cumsum(x, a); });
    row("cumprod", [&] { return cumprod(x, a); });
    row("cummax", [&] { return cummax(x, a).values; });
    row("logcumsumexp", [&] { return logcumsumexp(x, a); });
    row("sort", [&] { return sort(x, a).values; });
    row("topk 10", [&] { return topk(x, 10, a).values; });
    row("kthvalue", [&] { return kthvalue(x, 100, a).values; });
    row("median", [&] { return median(x, a).values; });
    row("quantile", [&] { return quantile(x, 0.3, a); });
    row("argmax", [&] { return argmax(x, a); });
    row("max with index", [&] { return max_with_index(x, a).values; });
    row("var", [&] { return var(x, a); });
    row("norm", [&] { return vector_norm(x, 2, a); });
    row("prod", [&] { return prod(x, a); });
    row("any", [&] { return any(x, a); });
    row("logsumexp", [&] { return logsumexp(x, a); });
  }
  const Tensor x = randn({1 << 20}).eval();
  const Tensor edges = linspace(-3, 3, 1000).eval();
  const Tensor counts = cast(abs(x) * 100, DType::i64).eval();
  std::printf("%-37s %9.3f ms\n", "searchsorted in 1000",
              best([&] { return searchsorted(edges, x); }));
  std::printf("%-37s %9.3f ms\n", "bincount", best([&] { return bincount(counts); }));
  std::printf("%-37s %9.3f ms\n", "histc", best([&] { return histc(x, 100, -3, 3); }));
  std::printf("%-37s %9.3f ms\n", "unique", best([&] { return unique(counts).values; }));
}
