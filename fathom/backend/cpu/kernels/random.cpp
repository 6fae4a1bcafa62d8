#include "fathom/backend/cpu/kernels/random.h"

#include "fathom/backend/cpu/kernels/lanes.h"
#include "fathom/math/philox.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

// philox4x32 over a vector of counters. Left to itself g++ widens every product to 64 bits and
// packs the halves again, at twice the time; the machine multiplies even lanes, so odd ones are
// moved down.
#ifdef FATHOM_ISA_avx512
using Words = __m512i;
FATHOM_MATH Words splat_word(uint32_t x) { return _mm512_set1_epi32(int32_t(x)); }
FATHOM_MATH void store_words(uint32_t* p, Words v) { _mm512_storeu_si512(p, v); }
FATHOM_MATH Words counters(uint32_t first) {
  const __m512i index = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return _mm512_add_epi32(splat_word(first), index);
}
FATHOM_MATH Words odd_lanes(Words v) { return _mm512_maskz_srli_epi64(0xff, v, 32); }
FATHOM_MATH Words product(Words a, Words b) { return _mm512_maskz_mul_epu32(0xff, a, b); }
FATHOM_MATH Words high_halves(Words even, Words odd) {
  return _mm512_mask_shuffle_epi32(odd, 0x5555, even, _MM_PERM_DDBB);
}
FATHOM_MATH Words low_halves(Words even, Words odd) {
  return _mm512_mask_shuffle_epi32(even, 0xaaaa, odd, _MM_PERM_CCAA);
}
#else
using Words = __m256i;
FATHOM_MATH Words splat_word(uint32_t x) { return _mm256_set1_epi32(int32_t(x)); }
FATHOM_MATH void store_words(uint32_t* p, Words v) {
  _mm256_storeu_si256(reinterpret_cast<Words*>(p), v);
}
FATHOM_MATH Words counters(uint32_t first) {
  return _mm256_add_epi32(splat_word(first), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
FATHOM_MATH Words odd_lanes(Words v) { return _mm256_srli_epi64(v, 32); }
FATHOM_MATH Words product(Words a, Words b) { return _mm256_mul_epu32(a, b); }
FATHOM_MATH Words high_halves(Words even, Words odd) {
  return _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
}
FATHOM_MATH Words low_halves(Words even, Words odd) {
  return _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa);
}
#endif

/// The 64 words of one block: word w of its sixteen counters goes to elements 16 w and up.
FATHOM_MATH void block_words(uint64_t key, uint64_t block, uint32_t* w) {
  const uint64_t counter = 16 * block;  // the high half is the same for all sixteen
  const Words m0 = splat_word(0xD2511F53u), m1 = splat_word(0xCD9E8D57u);
#pragma GCC unroll 2
  for (int half = 0; half < 16; half += kWidth) {
    Words c0 = counters(uint32_t(counter) + uint32_t(half));
    Words c1 = splat_word(uint32_t(counter >> 32)), c2 = splat_word(0), c3 = c2;
    uint32_t k0 = uint32_t(key), k1 = uint32_t(key >> 32);
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
      const Words even0 = product(c0, m0), odd0 = product(odd_lanes(c0), m0);
      const Words even1 = product(c2, m1), odd1 = product(odd_lanes(c2), m1);
      c0 = high_halves(even1, odd1) ^ c1 ^ splat_word(k0);
      c1 = low_halves(even1, odd1);
      c2 = high_halves(even0, odd0) ^ c3 ^ splat_word(k1);
      c3 = low_halves(even0, odd0);
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    store_words(w + half, c0);
    store_words(w + half + 16, c1);
    store_words(w + half + 32, c2);
    store_words(w + half + 48, c3);
  }
}

/// Calls `block(number, offset, count)` for each block; the last may have fewer than 64 elements.
template <class Block> FATHOM_MATH void for_blocks(int64_t first, int64_t n, Block&& block) {
  int64_t i = 0;
  for (; i + 64 <= n; i += 64) block(uint64_t(first + i) / 64, i, int64_t{64});
  if (i < n) block(uint64_t(first + i) / 64, i, n - i);
}

/// Runs `make(words, out)` on every block; the last one, if cut short, by way of a full one on the
/// stack.
template <class T, class Make>
FATHOM_MATH void fill(T* y, int64_t first, int64_t n, uint64_t key, Make&& make) {
  for_blocks(first, n, [&](uint64_t block, int64_t at, int64_t count) {
    alignas(64) uint32_t w[64];
    block_words(key, block, w);
    if (count == 64) {
      make(w, y + at);
    } else {
      alignas(64) T full[64];
      make(w, full);
      for (int64_t i = 0; i < count; ++i) y[at + i] = full[i];
    }
  });
}

void words(uint32_t* y, int64_t first, int64_t n, uint64_t key) {
  fill(y, first, n, key, [](const uint32_t* w, uint32_t* out) {
    for (int i = 0; i < 64; ++i) out[i] = w[i];
  });
}

void uniform(float* y, int64_t first, int64_t n, uint64_t key, float low, float high) {
  const float span = high - low;
  // Rounding may reach `high` where the span is wide against 2^-24: step back to the float below.
  const float last = math::from_bits(math::bits(high) + (high > 0.0f ? -1u : 1u));
  const float most = high == 0.0f ? -0x1p-149f : last;
  fill(y, first, n, key, [=](const uint32_t* w, float* out) {
    for (int i = 0; i < 64; ++i) {
      const float v = math::fma(span, philox::to_uniform(w[i]), low);
      out[i] = v < high ? v : most;
    }
  });
}

void normal(float* y, int64_t first, int64_t n, uint64_t key, float mean, float deviation) {
  fill(y, first, n, key, [=](const uint32_t* w, float* out) {
    for (int half = 0; half < 64; half += 32) {
      for (int i = half; i < half + 16; ++i) {
        const philox::Pair z = philox::to_normal(w[i], w[i + 16]);
        out[i] = math::fma(deviation, z.a, mean);
        out[i + 16] = math::fma(deviation, z.b, mean);
      }
    }
  });
}

void kept(float* y, int64_t first, int64_t n, uint64_t key, float p, float scale) {
  fill(y, first, n, key, [=](const uint32_t* w, float* out) {
    for (int i = 0; i < 64; ++i) out[i] = philox::to_uniform(w[i]) < p ? 0.0f : scale;
  });
}

}  // namespace

extern const RandomKernels random_kernels;
const RandomKernels random_kernels = {words, uniform, normal, kept};

}  // namespace fathom::cpu::FATHOM_ISA
