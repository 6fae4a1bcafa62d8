// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3; SC 2011):
// random words as a function of (key, element), with no state to carry or to split among threads.
//
// One call makes four words. Elements are laid out so that the words need no transposition: in a
// block of 64 elements, element i takes word i / 16 of counter 16 block + i % 16. So sixteen calls
// side by side fill a block with four contiguous stores, on any vector width.
#pragma once
#include "fathom/math/elementary.h"

namespace fathom::philox {

inline constexpr int64_t kBlock = 64;

struct Words {
  uint32_t w[4];
};

/// The published function: counter words c0..c3, key words k0, k1.
FATHOM_MATH Words philox4x32(uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t k0,
                             uint32_t k1) {
#pragma GCC unroll 10
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{0xD2511F53u} * c0, p1 = uint64_t{0xCD9E8D57u} * c2;
    c0 = uint32_t(p1 >> 32) ^ c1 ^ k0;
    c1 = uint32_t(p1);
    c2 = uint32_t(p0 >> 32) ^ c3 ^ k1;
    c3 = uint32_t(p0);
    k0 += 0x9E3779B9u;  // the golden ratio
    k1 += 0xBB67AE85u;  // sqrt(3) - 1
  }
  return {{c0, c1, c2, c3}};
}

/// The words of one counter under a 64-bit key.
FATHOM_MATH Words words(uint64_t key, uint64_t counter) {
  return philox4x32(uint32_t(counter), uint32_t(counter >> 32), 0, 0, uint32_t(key),
                    uint32_t(key >> 32));
}
FATHOM_MATH uint64_t counter_of(uint64_t element) { return element / 64 * 16 + element % 16; }
FATHOM_MATH uint32_t word_of(uint64_t element) { return element % 64 / 16; }

/// [0, 1), a multiple of 2^-24: every value is exact, 1 is never reached.
FATHOM_MATH float to_uniform(uint32_t word) { return float(int32_t(word >> 8)) * 0x1p-24f; }

/// Two independent normal numbers from two words: Box and Muller (1958).
struct Pair {
  float a, b;
};
FATHOM_MATH Pair to_normal(uint32_t first, uint32_t second) {
  const float u = float(int32_t((first >> 1) | 1)) * 0x1p-31f;  // (0, 1]: 31 bits reach 6.5 sigma
  const uint32_t e = (math::bits(u) - 0x3f2aaaabu) & 0xff800000u;
  const float f = math::from_bits(math::bits(u) - e) - 1.0f;
  const float log = math::detail::log_poly(f, float(int32_t(e)) * 0x1p-23f);
  const float radius = math::sqrt(-2.0f * log);
  // The angle needs no reduction: 30 bits give a place within a quadrant around 0, two the
  // quadrant.
  const float angle = float(int32_t(second << 2)) * (0x1.921fb6p0f * 0x1p-32f);
  const float s = math::detail::sin_poly(angle);
  const float c =
      math::from_bits(math::bits(math::detail::cos_poly(angle)) ^ (second & 0x80000000u));
  const bool turn = second & 0x40000000u;
  return {radius * (turn ? s : c), radius * (turn ? c : s)};
}

/// One element at a time, as the reference backend does it.
FATHOM_MATH uint32_t word(uint64_t key, uint64_t element) {
  return words(key, counter_of(element)).w[word_of(element)];
}
FATHOM_MATH float uniform(uint64_t key, uint64_t element) { return to_uniform(word(key, element)); }
/// Words 0 and 1 of a counter make its elements 0 and 1, words 2 and 3 the others.
FATHOM_MATH float normal(uint64_t key, uint64_t element) {
  const Words x = words(key, counter_of(element));
  const uint32_t i = word_of(element);
  const Pair pair = to_normal(x.w[i & 2], x.w[(i & 2) | 1]);
  return i & 1 ? pair.b : pair.a;
}

}  // namespace fathom::philox
