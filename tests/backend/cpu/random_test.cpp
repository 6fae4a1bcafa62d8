// Philox against its published vectors, and the distributions made from it.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "fathom/backend/cpu/kernels/philox.h"
#include "tests/backend/cpu/isas.h"

using namespace fathom::cpu;

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
