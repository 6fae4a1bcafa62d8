// Batch normalisation against double precision, and the same bits whichever way the work is split.
#include "fathom/backend/cpu/kernels/norm.h"

#include <doctest/doctest.h>

#include "tests/backend/cpu/kernel_test.h"

using namespace fathom::cpu;

namespace {

enum class Split { none, columns, rows };

/// Rows of columns as (rows / length, columns, length), or the other way about.
std::vector<float> turned(const std::vector<float>& from, int64_t columns, int64_t length,
                          bool to_strips) {
  std::vector<float> to(from.size());
  for (int64_t i = 0; i < int64_t(from.size()); ++i) {
    const int64_t row = i / columns, c = i % columns;
    const int64_t strip = (row / length * columns + c) * length + row % length;
    to[size_t(to_strips ? strip : i)] = from[size_t(to_strips ? i : strip)];
  }
  return to;
}

/// With a length, x and dy are strips, and so are the first two parts of what it gives.
std::vector<float> run(const BatchNormKernels& k, const std::vector<float>& x,
                       const std::vector<float>& dy, int64_t rows, int64_t columns, Split split,
                       int64_t length = 1) {
  const size_t c = size_t(columns);
  const std::vector<float> gamma = random_floats(columns, 3), beta = random_floats(columns, 4);
  std::vector<float> y(x.size()), dx(x.size()), mean(c), rstd(c), running_mean(c, 0.5f),
      running_var(c, 2.0f), dgamma(c), dbeta(c), partial(size_t(column_chunks(rows)) * 2 * c);
  const BatchNorm a{x.data(),
                    gamma.data(),
                    beta.data(),
                    y.data(),
                    mean.data(),
                    rstd.data(),
                    running_mean.data(),
                    running_var.data(),
                    partial.data(),
                    rows,
                    columns,
                    length,
                    1e-5f,
                    0.1f};
  const BatchNormGrad b{x.data(),       gamma.data(), mean.data(),   rstd.data(),
                        dy.data(),      dx.data(),    dgamma.data(), dbeta.data(),
                        partial.data(), rows,         columns,       length};
  const int64_t half = columns / 2, chunks = column_chunks(rows);
  if (split == Split::none) {
    k.forward(a, 0, columns);
    k.backward(b, 0, columns);
  } else if (split == Split::columns) {
    k.forward(a, half, columns);
    k.forward(a, 0, half);
    k.backward(b, half, columns);
    k.backward(b, 0, half);
  } else {
    for (int64_t i = chunks; i-- > 0;) k.sums(a, i, i + 1, 0, columns);
    k.means(a, 0, columns);
    for (int64_t i = chunks; i-- > 0;) k.deviations(a, i, i + 1, 0, columns);
    k.finish(a, 0, columns);
    const int64_t parts = batch_norm_parts(rows, columns, length);
    k.apply(a, 0, parts / 2, 0, columns);
    k.apply(a, parts / 2, parts, 0, columns);
    for (int64_t i = chunks; i-- > 0;) k.grad_sums(b, i, i + 1, 0, columns);
    k.grad_finish(b, 0, columns);
    k.grad_apply(b, parts / 2, parts, 0, columns);
    k.grad_apply(b, 0, parts / 2, 0, columns);
  }
  for (const auto* part : {&dx, &mean, &rstd, &running_mean, &running_var, &dgamma, &dbeta}) {
    y.insert(y.end(), part->begin(), part->end());
  }
  return y;
}

std::vector<double> truth(const std::vector<float>& x, const std::vector<float>& dy, int64_t rows,
                          int64_t columns) {
  const std::vector<float> gamma = random_floats(columns, 3), beta = random_floats(columns, 4);
  const size_t c = size_t(columns);
  std::vector<double> y(x.size()), dx(x.size()), mean(c), rstd(c), running_mean(c), running_var(c),
      dgamma(c), dbeta(c);
  const double count = double(rows);
  for (int64_t k = 0; k < columns; ++k) {
    const size_t i = size_t(k);
    const auto each = [&](auto f) {
      for (int64_t r = 0; r < rows; ++r) f(size_t(r * columns + k));
    };
    double var = 0;
    each([&](size_t j) { mean[i] += x[j] / count; });
    each([&](size_t j) { var += (x[j] - mean[i]) * (x[j] - mean[i]) / count; });
    rstd[i] = 1 / std::sqrt(var + 1e-5);
    running_mean[i] = 0.9 * 0.5 + 0.1 * mean[i];
    running_var[i] = 0.9 * 2.0 + 0.1 * var * count / (count - 1);
    each([&](size_t j) { dbeta[i] += dy[j]; });
    each([&](size_t j) { dgamma[i] += dy[j] * (x[j] - mean[i]) * rstd[i]; });
    each([&](size_t j) {
      const double h = (x[j] - mean[i]) * rstd[i];
      y[j] = h * gamma[i] + beta[i];
      dx[j] = gamma[i] * rstd[i] * (dy[j] - dbeta[i] / count - h * dgamma[i] / count);
    });
  }
  for (const auto* part : {&dx, &mean, &rstd, &running_mean, &running_var, &dgamma, &dbeta}) {
    y.insert(y.end(), part->begin(), part->end());
  }
  return y;
}

}  // namespace

TEST_CASE("norm: batch norm forward and backward") {
  const int64_t shapes[][2] = {{100, 100}, {2, 3}, {128, 16}, {700, 10}, {300, 600}, {260, 1}};
  for (const auto& [rows, columns] : shapes) {
    const int64_t size = rows * columns;
    const std::vector<float> x = random_floats(size, 1, -1, 5), dy = random_floats(size, 2);
    const std::vector<double> want = truth(x, dy, rows, columns);
    std::vector<float> first;
    for (const auto* k : runnable(avx2::batch_norm_kernels, avx512::batch_norm_kernels)) {
      for (Split split : {Split::none, Split::columns, Split::rows}) {
        const std::vector<float> got = run(*k, x, dy, rows, columns, split);
        CAPTURE(rows);
        CAPTURE(columns);
        CHECK(worst_error(got, want) < 5e-5);
        if (first.empty()) first = got;
        CHECK(same_bits(got, first));
      }
    }
  }
}

TEST_CASE("norm: batch norm with channels first has the bits of channels last") {
  const struct {
    int64_t samples, columns, length;
  } shapes[] = {{3, 5, 49}, {2, 16, 64}, {7, 19, 3}, {1, 64, 300}, {200, 8, 2}, {4, 33, 130}};
  for (const auto& [samples, columns, length] : shapes) {
    CAPTURE(samples);
    CAPTURE(columns);
    const int64_t rows = samples * length, size = rows * columns;
    const std::vector<float> x = random_floats(size, 1, -1, 5), dy = random_floats(size, 2);
    const std::vector<float> strips = turned(x, columns, length, true);
    const std::vector<float> strips_dy = turned(dy, columns, length, true);
    for (const auto* k : runnable(avx2::batch_norm_kernels, avx512::batch_norm_kernels)) {
      const std::vector<float> want = run(*k, x, dy, rows, columns, Split::none);
      for (Split split : {Split::none, Split::rows}) {
        std::vector<float> got = run(*k, strips, strips_dy, rows, columns, split, length);
        for (int part = 0; part < 2; ++part) {  // y, dx
          const auto begin = got.begin() + part * size;
          const std::vector<float> back =
              turned(std::vector<float>(begin, begin + size), columns, length, false);
          std::copy(back.begin(), back.end(), begin);
        }
        CHECK(same_bits(got, want));
      }
    }
  }
}
