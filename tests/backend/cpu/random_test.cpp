// Philox against its published vectors, and the distributions made from it.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "fathom/backend/cpu/kernels/random.h"
#include "fathom/math/philox.h"
#include "tests/backend/cpu/kernel_test.h"

using namespace fathom::cpu;
namespace philox = fathom::philox;

TEST_CASE("philox: the published vectors of Random123") {
  const uint32_t ones = 0xffffffff;
  const philox::Words a = philox::philox4x32(0, 0, 0, 0, 0, 0);
  const philox::Words b = philox::philox4x32(ones, ones, ones, ones, ones, ones);
  const philox::Words c =
      philox::philox4x32(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0);
  const uint32_t want_a[] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
  const uint32_t want_b[] = {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd};
  const uint32_t want_c[] = {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1};
  CHECK(std::memcmp(a.w, want_a, 16) == 0);
  CHECK(std::memcmp(b.w, want_b, 16) == 0);
  CHECK(std::memcmp(c.w, want_c, 16) == 0);
}

TEST_CASE("philox: moments of the normal distribution") {
  double sum = 0, square = 0, fourth = 0, cube = 0, lag = 0, last = 0;
  const int n = 1 << 20;
  for (int i = 0; i < n; ++i) {
    const double z = philox::normal(7, uint64_t(i));
    sum += z, square += z * z, cube += z * z * z, fourth += z * z * z * z, lag += z * last;
    last = z;
  }
  CHECK(std::fabs(sum / n) < 0.004);
  CHECK(std::fabs(square / n - 1) < 0.006);
  CHECK(std::fabs(cube / n) < 0.01);
  CHECK(std::fabs(fourth / n - 3) < 0.04);
  CHECK(std::fabs(lag / n) < 0.004);
}

TEST_CASE("random: fills give the bits of scalar code for any split") {
  const uint64_t key = 0x123456789abcdef;
  const int64_t n = 1000;
  for (const RandomKernels* k : runnable(avx2::random_kernels, avx512::random_kernels)) {
    // The second start crosses 2^32 counters, where the counter's high word changes.
    for (int64_t start : {int64_t{0}, (int64_t{1} << 34) - 128}) {
      for (int64_t cut : {int64_t{0}, int64_t{192}}) {
        std::vector<uint32_t> words(1000);
        std::vector<float> uniform(1000), normal(1000), kept(1000);
        const auto fill = [&](int64_t at, int64_t count) {
          const size_t i = size_t(at);
          k->words(&words[i], start + at, count, key);
          k->uniform(&uniform[i], start + at, count, key, -2, 3);
          k->normal(&normal[i], start + at, count, key, 1, 2);
          k->kept(&kept[i], start + at, count, key, 0.3f, 1 / 0.7f);
        };
        fill(0, cut);
        fill(cut, n - cut);
        int64_t wrong = 0;
        for (int64_t i = 0; i < n; ++i) {
          const size_t at = size_t(i);
          const uint64_t element = uint64_t(start + i);
          wrong += words[at] != philox::word(key, element);
          wrong += uniform[at] != std::fma(5.0f, philox::uniform(key, element), -2.0f);
          wrong += normal[at] != std::fma(2.0f, philox::normal(key, element), 1.0f);
          wrong += kept[at] != (philox::uniform(key, element) < 0.3f ? 0.0f : 1 / 0.7f);
        }
        CHECK(wrong == 0);
      }
    }
  }
}

TEST_CASE("random: ranges and frequencies") {
  const size_t n = 1 << 18;
  for (const RandomKernels* k : runnable(avx2::random_kernels, avx512::random_kernels)) {
    std::vector<float> y(n);
    k->uniform(y.data(), 0, int64_t(n), 3, 0.0f, 1e-44f);  // three subnormal steps: never the top
    for (float v : y) CHECK_UNARY(v >= 0.0f && v < 1e-44f);
    k->uniform(y.data(), 0, int64_t(n), 3, -1.0f, 0.0f);
    double sum = 0;
    for (float v : y) sum += v;
    CHECK(sum / double(n) == doctest::Approx(-0.5).epsilon(0.01));
    k->kept(y.data(), 0, int64_t(n), 3, 0.75f, 4.0f);
    int64_t kept = 0;
    for (float v : y) kept += v == 4.0f;
    CHECK(double(kept) / double(n) == doctest::Approx(0.25).epsilon(0.02));
    k->kept(y.data(), 0, 640, 3, 0.0f, 1.0f);
    for (size_t i = 0; i < 640; ++i) CHECK(y[i] == 1);
  }
}
