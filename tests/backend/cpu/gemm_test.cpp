#include "fathom/backend/cpu/gemm.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "fathom/backend/cpu/isa.h"
#include "fathom/backend/cpu/pool.h"

namespace fathom::cpu {
namespace {

using std::int64_t;

struct Case {
  int64_t m, n, k;
  bool transpose_a = false, transpose_b = false;
  bool accumulate = false, bias = false;
  int64_t pad = 0;  // elements between stored rows
};

std::string described(const Case& c) {
  return std::to_string(c.m) + "x" + std::to_string(c.k) + "x" + std::to_string(c.n) +
         (c.transpose_a ? " ta" : "") + (c.transpose_b ? " tb" : "") +
         (c.accumulate ? " accumulate" : "") + (c.bias ? " bias" : "") + " pad " +
         std::to_string(c.pad);
}

/// On cache lines, as tensors are: B may be used as it stands only then.
template <class T> struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <class U> AlignedAllocator(const AlignedAllocator<U>&) {}
  T* allocate(std::size_t n) {
    return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{64}));
  }
  void deallocate(T* p, std::size_t) { ::operator delete (p, std::align_val_t{64}); }
  bool operator==(const AlignedAllocator&) const { return true; }
};
template <class T> using Values = std::vector<T, AlignedAllocator<T>>;

template <class T> Values<T> random_values(int64_t count, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<T> uniform(-1, 1);
  Values<T> values(static_cast<std::size_t>(count));
  for (T& x : values) x = uniform(engine);
  return values;
}

/// The product by its definition, one chain for each element, and by gemm() for every set of
/// threads.
template <class T> void check_product(const Case& c, std::initializer_list<int> thread_counts) {
  CAPTURE(described(c));
  GemmArgsOf<T> args{.transpose_a = c.transpose_a,
                     .transpose_b = c.transpose_b,
                     .m = c.m,
                     .n = c.n,
                     .k = c.k,
                     .lda = (c.transpose_a ? c.m : c.k) + c.pad,
                     .ldb = (c.transpose_b ? c.k : c.n) + c.pad,
                     .ldc = c.n + c.pad,
                     .accumulate = c.accumulate};
  // Exactly as long as needed, so that address checkers see a read or write beyond the end.
  const auto size = [](int64_t rows, int64_t stride, int64_t columns) {
    return rows > 0 && columns > 0 ? (rows - 1) * stride + columns : 0;
  };
  const auto a =
      random_values<T>(size(c.transpose_a ? c.k : c.m, args.lda, c.transpose_a ? c.m : c.k), 1);
  const auto b =
      random_values<T>(size(c.transpose_b ? c.n : c.k, args.ldb, c.transpose_b ? c.k : c.n), 2);
  const auto before = random_values<T>(size(c.m, args.ldc, c.n), 3);
  const auto bias = random_values<T>(c.n, 4);
  args.a = a.data();
  args.b = b.data();
  if (c.bias) args.bias = bias.data();

  Values<T> expected = before;
  for (int64_t i = 0; i < c.m; ++i) {
    for (int64_t j = 0; j < c.n; ++j) {
      T sum = c.accumulate ? before[i * args.ldc + j] : T{0};
      for (int64_t p = 0; p < c.k; ++p) {
        sum = std::fma(a[c.transpose_a ? p * args.lda + i : i * args.lda + p],
                       b[c.transpose_b ? j * args.ldb + p : p * args.ldb + j], sum);
      }
      if (c.bias) sum += bias[j];
      expected[i * args.ldc + j] = sum;
    }
  }
  for (const int n : thread_counts) {
    set_threads(n);
    Values<T> got = before;
    args.c = got.data();
    gemm(args);
    CAPTURE(n);
    CHECK(std::memcmp(got.data(), expected.data(), got.size() * sizeof(T)) == 0);
  }
}

template <class T>
void check_forms(int64_t m, int64_t n, int64_t k, std::initializer_list<int> thread_counts) {
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      check_product<T>({m, n, k, ta, tb}, thread_counts);
      check_product<T>({m, n, k, ta, tb, true, true, 3}, thread_counts);
      check_product<T>({m, n, k, ta, tb, false, true, 0}, {2});
      check_product<T>({m, n, k, ta, tb, true, false, 1}, {2});
    }
  }
}

template <class F> void on_each_isa(const F& f) {
  const Isa before = isa();
  const int threads_before = threads();
  for (const Isa isa : {Isa::avx2, Isa::avx512}) {
    if (!available(isa)) continue;
    set_isa_for_test(isa);
    CAPTURE(std::string(name(isa)));
    f();
  }
  set_isa_for_test(before);
  set_threads(threads_before);
}

TEST_CASE("a product is one chain of fma for each element, on any number of threads") {
  on_each_isa([] {
    for (const int64_t m : {1, 2, 3, 6, 7, 14, 15, 29}) {
      for (const int64_t n : {1, 2, 7, 8, 9, 16, 17, 31, 32, 33, 65}) {
        for (const int64_t k : {0, 1, 2, 3, 4, 9, 17}) check_forms<float>(m, n, k, {1, 2});
      }
    }
  });
}

TEST_CASE("larger products, over the edges of blocks") {
  on_each_isa([] {
    const int64_t shapes[][3] = {{100, 100, 784}, {100, 784, 100}, {784, 100, 100}, {64, 512, 512},
                                 {1, 1000, 777},  {1000, 1, 777},  {5, 1027, 391},  {300, 130, 385},
                                 {257, 259, 769}, {500, 33, 50},   {13, 3000, 20}};
    for (const auto& [m, n, k] : shapes) check_forms<float>(m, n, k, {1, 2, 3, 8});
  });
}

TEST_CASE("products of several blocks, B packed or as it stands") {
  on_each_isa([] {
    for (const bool transposed : {false, true}) {
      check_product<float>({260, 1100, 70, transposed, transposed}, {1, 2, 5});
      check_product<float>({260, 528, 520, transposed, false, true, true}, {1, 2, 7});
      check_product<float>({700, 300, 520, transposed, transposed, true, true, 1}, {2, 64});
    }
    check_product<double>({260, 528, 520, false, false, true, true}, {1, 3});
    // A few panels: of an A whose steps share sets of the cache, and of a large one.
    check_product<float>({1024, 40, 70, true, false}, {1, 2, 5});
    check_product<float>({512, 100, 2100, true, true, true, true, 1}, {1, 3});
    check_product<double>({512, 20, 70, true, false, false, true}, {1, 3});
  });
}

TEST_CASE("double products") {
  on_each_isa([] {
    for (const int64_t m : {1, 2, 7, 30}) {
      for (const int64_t n : {1, 3, 4, 8, 9, 17, 40}) {
        for (const int64_t k : {0, 1, 3, 21}) check_forms<double>(m, n, k, {1, 2});
      }
    }
    check_forms<double>(290, 270, 400, {1, 3});
    check_forms<double>(100, 100, 784, {1, 3});
    check_forms<double>(1, 500, 500, {1, 3});
    check_forms<double>(500, 1, 500, {1, 3});
  });
}

TEST_CASE("an empty product touches nothing") {
  gemm(GemmArgs{.m = 0, .n = 5, .k = 3});
  gemm(GemmArgs{.m = 5, .n = 0, .k = 3});
}

TEST_CASE("what cannot be is not hidden by a product: inf and nan come through, alone") {
  on_each_isa([] {
    const float inf = HUGE_VALF;
    const std::vector<float> a = {1, 2, inf, 1, 1, 1}, b = {1, 0, 0, 1, 1, 1};
    std::vector<float> c(4);
    gemm(GemmArgs{.m = 2,
                  .n = 2,
                  .k = 3,
                  .a = a.data(),
                  .lda = 3,
                  .b = b.data(),
                  .ldb = 2,
                  .c = c.data(),
                  .ldc = 2});
    CHECK(c[0] == inf);
    CHECK(c[1] == inf);
    CHECK(c[2] == 2);
    CHECK(c[3] == 2);
  });
}

}  // namespace
}  // namespace fathom::cpu
