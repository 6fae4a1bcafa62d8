// Elements read through index maps, from any element on, and through regions.
#include "fathom/backend/cpu/kernels/elementwise.h"

#include <doctest/doctest.h>

#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"
#include "tests/backend/cpu/kernel_test.h"

using namespace fathom::cpu;

namespace {

template <class T> void check_gather(const ElementwiseKernels& k, int64_t seed) {
  struct Map {
    std::vector<int64_t> extent, stride;
    int64_t size;  // of the source
  };
  const Map maps[] = {
      {{3, 50, 20}, {1000, 1, 50}, 3000},         // planes turned
      {{70, 33}, {1, 70}, 2310},                  // a matrix turned
      {{16, 1024}, {1, 16}, 16384},               // few rows
      {{2, 5, 3}, {15, 1, 5}, 30},                // colours
      {{40, 9}, {1, 64}, 600},                    // a part of a matrix turned
      {{6, 7, 8}, {56, 8, 1}, 336},               // as it lies
      {{4, 30, 11}, {0, 1, 30}, 330},             // the same plane again
      {{2, 12, 10, 9}, {1080, 1, 12, 120}, 2160}  // three axes behind
  };
  std::mt19937 engine(static_cast<unsigned>(seed));
  for (const Map& map : maps) {
    std::vector<T> source(static_cast<size_t>(map.size));
    for (T& v : source) v = static_cast<T>(engine());
    const auto rank = static_cast<int>(map.extent.size());
    int64_t all = 1;
    for (const int64_t n : map.extent) all *= n;
    std::vector<T> want;
    for (int64_t i = 0; i < all; ++i) {
      int64_t rest = i, at = 0;
      for (int d = rank - 1; d >= 0; --d) {
        at += rest % map.extent[size_t(d)] * map.stride[size_t(d)];
        rest /= map.extent[size_t(d)];
      }
      want.push_back(source[size_t(at)]);
    }
    const StridedSource from{source.data(), rank, map.extent.data(), map.stride.data()};
    for (int round = 0; round < 20; ++round) {
      const int64_t first = round ? int64_t(engine()) % all : 0;
      const int64_t n = round ? 1 + int64_t(engine()) % (all - first) : all;
      std::vector<T> got(static_cast<size_t>(n) + 1, T{42});
      k.gather(from, sizeof(T), first, n, got.data());
      CHECK(std::equal(got.begin(), got.end() - 1, want.begin() + first));
      CHECK(got.back() == T{42});
    }
  }
}

}  // namespace

TEST_CASE("elementwise: gather follows any index map from any element on") {
  for (const auto* k : runnable(avx2::elementwise_kernels, avx512::elementwise_kernels)) {
    check_gather<std::uint8_t>(*k, 1);
    check_gather<std::uint16_t>(*k, 2);
    check_gather<std::uint32_t>(*k, 3);
    check_gather<std::uint64_t>(*k, 4);
  }
}

TEST_CASE("elementwise: what lies across the lines of its source meets the right elements") {
  using fathom::Tensor;
  const std::int64_t rows = 300, columns = 170;  // more than a task
  const Tensor numbers = fathom::arange(rows * columns);
  for (const auto dtype : {fathom::DType::f32, fathom::DType::f64, fathom::DType::i32,
                           fathom::DType::f16, fathom::DType::u8}) {
    const Tensor x = cast(reshape(numbers % 100, {rows, columns}), dtype).eval();
    // Two turned loads of different widths, one that lies as it is, in one region.
    const Tensor bytes = cast(transpose(x, 0, 1), fathom::DType::u8);
    const Tensor y = cast(transpose(x, 0, 1), fathom::DType::i64) * 1000 +
                     cast(bytes, fathom::DType::i64) + reshape(numbers, {columns, rows});
    const Tensor got = y.eval();
    std::int64_t wrong = 0;
    for (std::int64_t i = 0; i < rows * columns; ++i) {
      const std::int64_t value = (i % rows * columns + i / rows) % 100;
      wrong += got.data<std::int64_t>()[static_cast<std::size_t>(i)] != value * 1001 + i;
    }
    CHECK(wrong == 0);
  }
}
