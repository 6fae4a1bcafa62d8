// Reductions of rows and columns: values, NaN, the fixed order of sums, splits and widths.
#include "fathom/backend/cpu/kernels/reduce.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/backend/cpu/kernel_test.h"

using namespace fathom::cpu;

namespace {

struct Rows {
  std::vector<float> sum, squares, max, min;
  std::vector<int64_t> argmax, argmin;
};

Rows reduce_rows(const RowReducers<float, float>& k, const std::vector<float>& x, int64_t rows,
                 int64_t n, int64_t cut) {
  const int64_t pieces = row_pieces(n), all = rows * pieces;
  const std::vector<float> blank(size_t(all), 0.0f), result(size_t(rows), 0.0f);
  Rows r{result, result, result, result, {}, {}};
  r.argmax.resize(size_t(rows)), r.argmin.resize(size_t(rows));
  const auto run = [&](auto piece, auto join, std::vector<float>& y) {
    std::vector<float> partial = blank;
    piece(x.data(), partial.data(), 0, cut, n);
    piece(x.data(), partial.data(), cut, all, n);
    join(partial.data(), y.data(), 0, rows, pieces);
  };
  run(k.sum, k.join_sum, r.sum);
  run(k.sum_squares, k.join_sum, r.squares);
  run(k.max, k.join_max, r.max);
  run(k.min, k.join_min, r.min);
  k.index_of(x.data(), r.max.data(), r.argmax.data(), 0, rows, n);
  k.index_of(x.data(), r.min.data(), r.argmin.data(), 0, rows, n);
  return r;
}

/// The tree over pieces or chunks.
float tree(std::vector<float> p) {
  while (p.size() > 1) {
    std::vector<float> next;
    for (size_t i = 0; i < p.size(); i += 2) {
      next.push_back(i + 1 < p.size() ? p[i] + p[i + 1] : p[i]);
    }
    p = next;
  }
  return p[0];
}

}  // namespace

TEST_CASE("reduce: rows of floats") {
  std::vector<int64_t> lengths = kLengths;
  lengths.insert(lengths.end(), {8192, 8193, 50000});
  for (int64_t n : lengths) {
    const int64_t rows = 5;
    std::vector<float> x = random_floats(rows * n, 10);
    if (n > 100) x[size_t(3 * n + 70)] = NAN, x[size_t(3 * n + 99)] = NAN;
    Rows first;
    for (const ReduceKernels* k : runnable(avx2::reduce_kernels, avx512::reduce_kernels)) {
      for (int64_t cut : {0, 2}) {
        const Rows r = reduce_rows(k->rows_f32, x, rows, n, cut);
        CAPTURE(n);
        for (int64_t row = 0; row < rows; ++row) {
          const size_t i = size_t(row);
          const float* xr = &x[size_t(row * n)];
          if (row == 3 && n > 100) {
            CHECK_UNARY(std::isnan(r.max[i]) && std::isnan(r.min[i]) && std::isnan(r.sum[i]));
            CHECK(r.argmax[i] == 70);
            CHECK(r.argmin[i] == 70);
            continue;
          }
          const float* end = xr + n;
          CHECK(r.argmax[i] == std::max_element(xr, end) - xr);
          CHECK(r.argmin[i] == std::min_element(xr, end) - xr);
          CHECK(r.max[i] == *std::max_element(xr, end));
          CHECK(r.min[i] == *std::min_element(xr, end));
          std::vector<float> sums, squares;
          for (int64_t p = 0; p < n; p += kRowPiece) {
            const float* q = xr + p;
            const int64_t count = std::min(kRowPiece, n - p);
            sums.push_back(lane_sum(count, [=](int64_t j, float s) { return s + q[j]; }));
            squares.push_back(
                lane_sum(count, [=](int64_t j, float s) { return std::fma(q[j], q[j], s); }));
          }
          CHECK(r.sum[i] == tree(sums));
          CHECK(r.squares[i] == tree(squares));
        }
        if (first.sum.empty()) first = r;
        CHECK(same_bits(r.sum, first.sum));
        CHECK(same_bits(r.squares, first.squares));
        CHECK(same_bits(r.max, first.max));
        CHECK(same_bits(r.min, first.min));
      }
    }
  }
}

TEST_CASE("reduce: other types") {
  const IntegerReduceKernels& integers = avx2::integer_reduce_kernels;
  for (const ReduceKernels* k : runnable(avx2::reduce_kernels, avx512::reduce_kernels)) {
    const int64_t n = 10007, pieces = row_pieces(n);
    std::vector<uint8_t> bytes;
    std::vector<int32_t> ints;
    std::vector<int64_t> longs;
    std::vector<double> doubles;
    int64_t count = 0, total = 0;
    for (int64_t i = 0; i < n; ++i) {
      bytes.push_back(i * i % 7 < 3);
      ints.push_back(int32_t(i * 2654435761u));
      longs.push_back(ints.back());
      doubles.push_back(ints.back() * 0x1p-31);
      count += bytes.back(), total += ints.back();
    }
    std::vector<int64_t> partial(size_t(pieces), 0), y(1);
    std::vector<double> partial_f64(size_t(pieces), 0.0), y_f64(1);
    integers.rows_u8.sum(bytes.data(), partial.data(), 0, pieces, n);
    integers.rows_u8.join_sum(partial.data(), y.data(), 0, 1, pieces);
    CHECK(y[0] == count);
    integers.rows_i32.sum(ints.data(), partial.data(), 0, pieces, n);
    integers.rows_i32.join_sum(partial.data(), y.data(), 0, 1, pieces);
    CHECK(y[0] == total);
    integers.rows_i64.max(longs.data(), partial.data(), 0, pieces, n);
    integers.rows_i64.join_max(partial.data(), y.data(), 0, 1, pieces);
    CHECK(y[0] == *std::max_element(longs.begin(), longs.end()));
    k->rows_f64.sum(doubles.data(), partial_f64.data(), 0, pieces, n);
    k->rows_f64.join_sum(partial_f64.data(), y_f64.data(), 0, 1, pieces);
    CHECK(y_f64[0] == doctest::Approx(double(total) * 0x1p-31).epsilon(1e-13));
    k->rows_f64.min(doubles.data(), partial_f64.data(), 0, pieces, n);
    k->rows_f64.join_min(partial_f64.data(), y_f64.data(), 0, 1, pieces);
    CHECK(y_f64[0] == *std::min_element(doubles.begin(), doubles.end()));
  }
}

TEST_CASE("reduce: columns") {
  for (int64_t reduce : {1, 3, 4, 100, 128, 129, 700}) {
    for (int64_t inner : {1, 3, 10, 16, 64, 100, 2100}) {
      const int64_t outer = 3, chunks = column_chunks(reduce), tasks = outer * chunks;
      const std::vector<float> x = random_floats(outer * reduce * inner, 11);
      std::vector<float> first;
      for (const ReduceKernels* k : runnable(avx2::reduce_kernels, avx512::reduce_kernels)) {
        for (int64_t cut : {0, 2}) {
          const auto& c = k->columns_f32;
          std::vector<float> partial(size_t(tasks * inner)), sum(size_t(outer * inner)), max(sum);
          c.sum(x.data(), partial.data(), 0, cut, reduce, inner);
          c.sum(x.data(), partial.data(), cut, tasks, reduce, inner);
          c.join_sum(partial.data(), sum.data(), 0, outer, chunks, inner, 0, inner / 2);
          c.join_sum(partial.data(), sum.data(), 0, outer, chunks, inner, inner / 2, inner);
          c.max(x.data(), partial.data(), 0, tasks, reduce, inner);
          c.join_max(partial.data(), max.data(), 0, outer, chunks, inner, 0, inner);
          CAPTURE(reduce);
          CAPTURE(inner);
          for (int64_t o = 0; o < outer; ++o) {
            for (int64_t i = 0; i < inner; i += 1 + inner / 50) {
              std::vector<float> sums;
              float most = -INFINITY;
              for (int64_t r = 0; r < reduce; ++r) {
                const float v = x[size_t((o * reduce + r) * inner + i)];
                if (r % kColumnChunk == 0) sums.push_back(0);
                sums.back() += v;
                most = std::max(most, v);
              }
              CHECK(sum[size_t(o * inner + i)] == tree(sums));
              CHECK(max[size_t(o * inner + i)] == most);
            }
          }
          if (first.empty()) first = sum;
          CHECK(same_bits(sum, first));
        }
      }
    }
  }
}
