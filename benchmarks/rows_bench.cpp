// Speed of the row, norm, optimizer and random kernels: best of many runs.
//   rows_bench [avx2|avx512] [threads]
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/pool.h"

namespace {

using namespace fathom::cpu;
using Clock = std::chrono::steady_clock;

/// Memory on cache lines, as the arena gives it.
template <class T> struct Array {
  explicit Array(int64_t n, T fill = T())
      : data(static_cast<T*>(std::aligned_alloc(64, (size_t(n) * sizeof(T) + 63) / 64 * 64))) {
    std::fill_n(data, n, fill);
  }
  ~Array() { std::free(data); }
  Array(const Array&) = delete;
  T* data;
};

/// Best time of one call in microseconds, over about a quarter of a second.
template <class F> double best(F f) {
  double least = 1e9;
  const auto end = Clock::now() + std::chrono::milliseconds(250);
  do {
    const auto start = Clock::now();
    f();
    least =
        std::min(least, std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  } while (Clock::now() < end);
  return least;
}

/// Shares [0, n) among the threads in tasks of at least `grain`.
template <class F> void split(int64_t n, int64_t grain, F f) {
  const int64_t tasks = std::clamp<int64_t>(n / grain, 1, 4 * threads());
  parallel_for(tasks, [&](int64_t t) { f(n * t / tasks, n * (t + 1) / tasks); });
}

void print(const char* name, int64_t count, double us) {
  std::printf("  %-22s %10.2f us %8.3f ns per element\n", name, us, us * 1e3 / double(count));
}

void bench_rows(int64_t rows, int64_t n) {
  std::printf("%lld x %lld\n", static_cast<long long>(rows), static_cast<long long>(n));
  const int64_t size = rows * n, grain = std::max<int64_t>(1, 16384 / n);
  Array<float> x(size), y(size), dy(size), dx(size), gamma(n, 1), beta(n, 0), a(rows), b(rows),
      loss(rows), partial(row_chunks(rows) * 2 * n), sums(2 * n), pieces(rows * row_pieces(n));
  Array<int64_t> target(rows);
  for (int64_t i = 0; i < size; ++i) {
    x.data[i] = float(std::rand() % 1000) * 0.01f;
    dy.data[i] = float(std::rand() % 1000) * 0.01f - 5;
  }
  for (int64_t i = 0; i < rows; ++i) target.data[i] = std::rand() % n;
  const RowKernels& k = fathom::cpu::rows();
  const auto each = [&](auto f) { return best([&] { split(rows, grain, f); }); };
  print("softmax", size,
        each([&](int64_t from, int64_t to) { k.softmax(x.data, y.data, from, to, n); }));
  print("softmax_grad", size, each([&](int64_t from, int64_t to) {
          k.softmax_grad(y.data, dy.data, dx.data, from, to, n);
        }));
  print("log_softmax", size,
        each([&](int64_t from, int64_t to) { k.log_softmax(x.data, y.data, from, to, n); }));
  print("log_softmax_grad", size, each([&](int64_t from, int64_t to) {
          k.log_softmax_grad(y.data, dy.data, dx.data, from, to, n);
        }));
  const CrossEntropy c{x.data, target.data, nullptr, n,         -100,
                       0.0f,   a.data,      b.data,  loss.data, nullptr};
  print("cross_entropy", size,
        each([&](int64_t from, int64_t to) { k.cross_entropy(c, from, to); }));
  const float one = 1;
  print("cross_entropy_grad", size, each([&](int64_t from, int64_t to) {
          k.cross_entropy_grad(c, &one, 0, dx.data, from, to);
        }));
  const LayerNorm l{x.data, gamma.data, beta.data, y.data, a.data, b.data, n, 1e-5f};
  print("layer_norm", size, each([&](int64_t from, int64_t to) { k.layer_norm(l, from, to); }));
  const LayerNormGrad g{x.data, gamma.data, a.data, b.data, dy.data, dx.data, partial.data, n};
  print("layer_norm_grad", size, best([&] {
          split(row_chunks(rows), 1,
                [&](int64_t from, int64_t to) { k.layer_norm_grad(g, rows, from, to); });
          reducers().columns_f32.join_sum(partial.data, sums.data, 0, 1, row_chunks(rows), 2 * n, 0,
                                          2 * n);
        }));
  print("sum", size, best([&] {
          split(rows * row_pieces(n), grain, [&](int64_t from, int64_t to) {
            reducers().rows_f32.sum(x.data, pieces.data, from, to, n);
          });
        }));
  print("max", size, best([&] {
          split(rows * row_pieces(n), grain, [&](int64_t from, int64_t to) {
            reducers().rows_f32.max(x.data, pieces.data, from, to, n);
          });
        }));
  Array<float> chunks(column_chunks(rows) * n);
  print("column sum", size, best([&] {
          split(column_chunks(rows), std::max<int64_t>(1, grain / 128),
                [&](int64_t from, int64_t to) {
                  reducers().columns_f32.sum(x.data, chunks.data, from, to, rows, n);
                });
        }));
}

void bench_norm(int64_t rows, int64_t columns) {
  const int64_t size = rows * columns;
  Array<float> x(size), y(size), dy(size, 1), dx(size), gamma(columns, 1), beta(columns),
      mean(columns), rstd(columns), running_mean(columns), running_var(columns, 1),
      partial(column_chunks(rows) * 2 * columns), dgamma(columns), dbeta(columns);
  for (int64_t i = 0; i < size; ++i) x.data[i] = float(std::rand() % 1000) * 0.01f;
  const BatchNorm a{
      x.data,           gamma.data,   beta.data, y.data,  mean.data, rstd.data, running_mean.data,
      running_var.data, partial.data, rows,      columns, 1,         1e-5f,     0.1f};
  const BatchNormGrad b{x.data,      gamma.data, mean.data,    rstd.data, dy.data, dx.data,
                        dgamma.data, dbeta.data, partial.data, rows,      columns, 1};
  std::printf("batch norm %lld x %lld, one thread\n", static_cast<long long>(rows),
              static_cast<long long>(columns));
  print("forward", size, best([&] { batch_norm().forward(a, 0, columns); }));
  print("backward", size, best([&] { batch_norm().backward(b, 0, columns); }));
}

void bench_flat(int64_t n) {
  std::printf("%lld elements\n", static_cast<long long>(n));
  Array<float> p(n, 1), g(n, 0.5f), m(n), v(n);
  Array<uint8_t> mask(n);
  const Adam adam{0.1f, 0.999f, 0.001f, 1e-8f, 0.01f, 0.99f, 1e-3f, 1.0f};
  const Sgd sgd{0.01f, 0.0f, 0.9f, 1.0f};
  const auto each = [&](auto f) {
    return best([&] {
      split((n + 63) / 64, 128,
            [&](int64_t from, int64_t to) { f(from * 64, std::min(n, to * 64) - from * 64); });
    });
  };
  print("adam", n, each([&](int64_t i, int64_t c) {
          optim().adam(adam, p.data + i, g.data + i, m.data + i, v.data + i, nullptr, c);
        }));
  print("sgd", n, each([&](int64_t i, int64_t c) {
          optim().sgd(sgd, false, false, p.data + i, g.data + i, m.data + i, c);
        }));
  print("uniform", n, each([&](int64_t i, int64_t c) {
          fathom::cpu::random().uniform(p.data + i, i, c, 1, 0, 1);
        }));
  print("normal", n, each([&](int64_t i, int64_t c) {
          fathom::cpu::random().normal(p.data + i, i, c, 1, 0, 1);
        }));
  print("kept", n, each([&](int64_t i, int64_t c) {
          fathom::cpu::random().kept(g.data + i, i, c, 1, 0.5f, 2);
        }));
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (!std::strcmp(argv[i], "avx2"))
      set_isa_for_test(Isa::avx2);
    else if (!std::strcmp(argv[i], "avx512"))
      set_isa_for_test(Isa::avx512);
    else
      set_threads(std::atoi(argv[i]));
  }
  bench_rows(4096, 512);
  bench_rows(64, 32000);
  bench_rows(512, 100);
  bench_rows(100, 10);
  bench_norm(100, 100);
  bench_norm(12544, 64);
  bench_flat(78400);
}
