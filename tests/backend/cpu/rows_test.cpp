// Row kernels: against double precision, against scalar code bit by bit, and over splits and
// widths.
#include "fathom/backend/cpu/kernels/rows.h"

#include <doctest/doctest.h>

#include "fathom/backend/cpu/kernels/reduce.h"
#include "tests/backend/cpu/kernel_test.h"

using namespace fathom::cpu;

namespace {

constexpr int64_t kRows = 7;

struct Softmax {
  std::vector<float> y, log_y, dx, log_dx;
};

Softmax run_softmax(const RowKernels& k, const std::vector<float>& x, const std::vector<float>& dy,
                    int64_t n, const std::vector<int64_t>& cuts) {
  const std::vector<float> blank(x.size());
  Softmax s{blank, blank, blank, blank};
  for (size_t c = 0; c + 1 < cuts.size(); ++c) {
    const int64_t b = cuts[c], e = cuts[c + 1];
    k.softmax(x.data(), s.y.data(), b, e, n);
    k.log_softmax(x.data(), s.log_y.data(), b, e, n);
    k.softmax_grad(s.y.data(), dy.data(), s.dx.data(), b, e, n);
    k.log_softmax_grad(s.log_y.data(), dy.data(), s.log_dx.data(), b, e, n);
  }
  return s;
}

}  // namespace

TEST_CASE("rows: softmax and log_softmax") {
  for (int64_t n : kLengths) {
    const std::vector<float> x = random_floats(kRows * n, 1, -30, 30);
    const std::vector<float> dy = random_floats(kRows * n, 2);
    std::vector<double> y(x.size()), log_y(x.size()), dx(x.size()), log_dx(x.size());
    std::vector<float> bits(x.size());
    for (int64_t r = 0; r < kRows; ++r) {
      const float* xr = &x[size_t(r * n)];
      double max = -INFINITY, sum = 0, dot = 0, total = 0;
      for (int64_t i = 0; i < n; ++i) max = std::max(max, double(xr[i]));
      for (int64_t i = 0; i < n; ++i) sum += std::exp(xr[i] - max);
      for (int64_t i = 0; i < n; ++i) {
        const size_t at = size_t(r * n + i);
        y[at] = std::exp(x[at] - max) / sum;
        log_y[at] = x[at] - max - std::log(sum);
        dot += y[at] * dy[at];
        total += dy[at];
      }
      const auto term = [&](int64_t i, float s) {
        return s + fathom::math::exp(xr[i] - float(max));
      };
      const float scale = 1.0f / lane_sum(n, term);
      for (int64_t i = 0; i < n; ++i) {
        const size_t at = size_t(r * n + i);
        dx[at] = y[at] * (dy[at] - dot);
        log_dx[at] = dy[at] - y[at] * total;
        bits[at] = fathom::math::exp(x[at] - float(max)) * scale;
      }
    }
    Softmax first;
    for (const RowKernels* k : runnable(avx2::row_kernels, avx512::row_kernels)) {
      CAPTURE(n);
      const Softmax whole = run_softmax(*k, x, dy, n, {0, kRows});
      const Softmax split = run_softmax(*k, x, dy, n, {0, 1, 4, 4, kRows});
      CHECK(worst_error(whole.y, y) < 3e-7);
      CHECK(worst_error(whole.log_y, log_y) < 3e-7);
      CHECK(worst_error(whole.dx, dx) < 2e-6);
      CHECK(worst_error(whole.log_dx, log_dx) < 2e-5);
      CHECK(same_bits(whole.y, bits));
      if (first.y.empty()) first = whole;
      for (const Softmax* s : {&whole, &split}) {
        CHECK(same_bits(s->y, first.y));
        CHECK(same_bits(s->log_y, first.log_y));
        CHECK(same_bits(s->dx, first.dx));
        CHECK(same_bits(s->log_dx, first.log_dx));
      }
      std::vector<float> in_place = x;
      k->softmax(in_place.data(), in_place.data(), 0, kRows, n);
      CHECK(same_bits(in_place, whole.y));
    }
  }
}

TEST_CASE("rows: softmax with masked and infinite logits") {
  const float inf = INFINITY;
  for (const RowKernels* k : runnable(avx2::row_kernels, avx512::row_kernels)) {
    std::vector<float> x = {1, -inf, 1, -1e30f, 1000, 0, 0, 999, NAN, 1, 1, 1}, y(12);
    k->softmax(x.data(), y.data(), 0, 3, 4);
    CHECK(y[0] == 0.5f);
    CHECK(y[1] == 0.0f);
    CHECK(y[3] == 0.0f);
    CHECK(y[4] == doctest::Approx(0.7310586));
    CHECK(y[5] == 0.0f);
    for (int i = 8; i < 12; ++i) CHECK(std::isnan(y[size_t(i)]));
  }
}

TEST_CASE("rows: cross entropy with weights, smoothing and ignored targets") {
  for (int64_t n : kLengths) {
    for (int variant = 0; variant < 4; ++variant) {
      const double smoothing = variant & 1 ? 0.1 : 0.0;
      const std::vector<float> x = random_floats(kRows * n, 3, -10, 10);
      const std::vector<float> g = random_floats(kRows, 4), w = random_floats(n, 5, 0.5f, 2);
      std::vector<int64_t> target;
      for (int64_t r = 0; r < kRows; ++r) target.push_back(r == 2 ? -100 : r * 7919 % n);
      std::vector<double> loss(kRows), dx(x.size());
      for (int64_t r = 0; r < kRows; ++r) {
        if (target[size_t(r)] == -100) continue;
        const float* xr = &x[size_t(r * n)];
        const auto weight = [&](int64_t c) { return variant & 2 ? double(w[size_t(c)]) : 1.0; };
        double sum = 0, sum_w = 0;
        for (int64_t i = 0; i < n; ++i) sum += std::exp(double(xr[i])), sum_w += weight(i);
        const int64_t t = target[size_t(r)];
        const double hit = (1 - smoothing) * weight(t), miss = smoothing / double(n);
        loss[size_t(r)] = -hit * (xr[t] - std::log(sum));
        for (int64_t i = 0; i < n; ++i) {
          loss[size_t(r)] -= miss * weight(i) * (xr[i] - std::log(sum));
          const double p = std::exp(double(xr[i])) / sum;
          dx[size_t(r * n + i)] =
              g[size_t(r)] * (p * (hit + miss * sum_w) - miss * weight(i) - (i == t ? hit : 0));
        }
      }
      std::vector<float> first;
      for (const RowKernels* k : runnable(avx2::row_kernels, avx512::row_kernels)) {
        for (int64_t cut : {int64_t{0}, int64_t{3}}) {
          std::vector<float> max(kRows), log_sum(kRows), got(kRows), used(kRows), d(x.size());
          CrossEntropy a{x.data(),   target.data(),  variant & 2 ? w.data() : nullptr,
                         n,          -100,           float(smoothing),
                         max.data(), log_sum.data(), got.data(),
                         used.data()};
          k->cross_entropy(a, 0, cut);
          k->cross_entropy(a, cut, kRows);
          k->cross_entropy_grad(a, g.data(), 1, d.data(), cut, kRows);
          k->cross_entropy_grad(a, g.data(), 1, d.data(), 0, cut);
          CAPTURE(n);
          CAPTURE(variant);
          CHECK(worst_error(got, loss) < 1e-6);
          CHECK(worst_error(d, dx) < 2e-6);
          CHECK(used[2] == 0.0f);
          d.insert(d.end(), got.begin(), got.end());
          if (first.empty()) first = d;
          CHECK(same_bits(d, first));
        }
      }
    }
  }
}

TEST_CASE("rows: layer norm") {
  for (int64_t n : kLengths) {
    const int64_t rows = 150;  // three chunks of backward
    const size_t size = size_t(rows * n), width = size_t(n);
    const std::vector<float> x = random_floats(rows * n, 6, 90, 110),
                             dy = random_floats(rows * n, 7);
    const std::vector<float> gamma = random_floats(n, 8), beta = random_floats(n, 9);
    std::vector<double> y(size), dx(size), sums(2 * width);
    for (int64_t r = 0; r < rows; ++r) {
      const float *xr = &x[size_t(r * n)], *gr = &dy[size_t(r * n)];
      double mean = 0, var = 0, u = 0, uh = 0;
      for (int64_t i = 0; i < n; ++i) mean += xr[i] / double(n);
      for (int64_t i = 0; i < n; ++i) var += (xr[i] - mean) * (xr[i] - mean) / double(n);
      const double rstd = 1 / std::sqrt(var + 1e-5);
      for (int64_t i = 0; i < n; ++i) {
        const double h = (xr[i] - mean) * rstd, g = double(gr[i]) * gamma[size_t(i)];
        y[size_t(r * n + i)] = h * gamma[size_t(i)] + beta[size_t(i)];
        u += g / double(n), uh += g * h / double(n);
        sums[size_t(i)] += gr[i] * h, sums[size_t(n + i)] += gr[i];
      }
      for (int64_t i = 0; i < n; ++i) {
        const double h = (xr[i] - mean) * rstd, g = double(gr[i]) * gamma[size_t(i)];
        dx[size_t(r * n + i)] = rstd * (g - u - h * uh);
      }
    }
    std::vector<float> first;
    const auto reducers = runnable(avx2::reduce_kernels, avx512::reduce_kernels);
    const auto list = runnable(avx2::row_kernels, avx512::row_kernels);
    for (size_t isa = 0; isa < list.size(); ++isa) {
      for (int64_t cut : {0, 1}) {
        const int64_t chunks = row_chunks(rows);
        std::vector<float> out(size), mean(size_t(rows), 0.0f), rstd(mean), d(size),
            partial(size_t(chunks) * 2 * width), total(2 * width);
        LayerNorm a{x.data(),    gamma.data(), beta.data(), out.data(),
                    mean.data(), rstd.data(),  n,           1e-5f};
        list[isa]->layer_norm(a, 0, 31 * cut);
        list[isa]->layer_norm(a, 31 * cut, rows);
        LayerNormGrad b{x.data(),  gamma.data(), mean.data(),    rstd.data(),
                        dy.data(), d.data(),     partial.data(), n};
        list[isa]->layer_norm_grad(b, rows, cut, chunks);
        list[isa]->layer_norm_grad(b, rows, 0, cut);
        reducers[isa]->columns_f32.join_sum(partial.data(), total.data(), 0, 1, chunks, 2 * n, 0,
                                            2 * n);
        CAPTURE(n);
        if (n > 2) {  // two equal values have no variance: 1 / sqrt(eps) magnifies every rounding
          CHECK(worst_error(out, y) < 2e-5);
          CHECK(worst_error(d, dx) < 2e-4);
          CHECK(worst_error(total, sums) < 1e-4);
        }
        out.insert(out.end(), d.begin(), d.end());
        out.insert(out.end(), total.begin(), total.end());
        if (first.empty()) first = out;
        CHECK(same_bits(out, first));
        std::vector<float> plain(size), plain_dx(size);  // without an affine part
        a.gamma = a.beta = b.gamma = nullptr;
        a.y = plain.data(), b.dx = plain_dx.data(), b.partial = nullptr;
        list[isa]->layer_norm(a, 0, rows);
        list[isa]->layer_norm_grad(b, rows, 0, chunks);
        for (int64_t i = 0; i < n; ++i)
          plain[size_t(i)] = std::fma(plain[size_t(i)], gamma[size_t(i)], beta[size_t(i)]);
        plain.resize(width);
        if (n > 2) CHECK(worst_error(plain, {y.begin(), y.begin() + n}) < 2e-5);
        double dot = 0;  // dx is orthogonal to a constant row
        for (int64_t i = 0; i < n; ++i) dot += plain_dx[size_t(i)];
        CHECK(std::fabs(dot) < 1e-2);
      }
    }
  }
}
