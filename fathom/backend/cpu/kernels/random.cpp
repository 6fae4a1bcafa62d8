#include "fathom/backend/cpu/kernels/random.h"

#include "fathom/backend/cpu/kernels/philox.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

/// The 64 words of one block. Sixteen counters side by side: the compiler makes one vector (or two)
/// of every variable in philox4x32, and stores the words in order.
FATHOM_MATH void block_words(uint64_t key, uint64_t block, uint32_t* w) {
  for (int i = 0; i < 16; ++i) {
    const philox::Words x = philox::words(key, 16 * block + uint64_t(i));
    w[i] = x.w[0];
    w[i + 16] = x.w[1];
    w[i + 32] = x.w[2];
    w[i + 48] = x.w[3];
  }
}

/// Calls `whole(block, offset)` for each full block and `part(block, offset, count)` for the last.
template <class Whole>
FATHOM_MATH void for_blocks(int64_t first, int64_t n, Whole&& block) {
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

void bernoulli(uint8_t* y, int64_t first, int64_t n, uint64_t key, float p) {
  fill(y, first, n, key, [=](const uint32_t* w, uint8_t* out) {
    for (int i = 0; i < 64; ++i) out[i] = philox::to_uniform(w[i]) < p;
  });
}

void dropout(const float* x, float* y, int64_t first, int64_t n, uint64_t key, float p,
             float scale) {
  for_blocks(first, n, [=](uint64_t block, int64_t at, int64_t count) {
    alignas(64) uint32_t w[64];
    block_words(key, block, w);
    for (int64_t i = 0; i < count; ++i) {
      y[at + i] = philox::to_uniform(w[i]) < p ? x[at + i] * scale : 0.0f;
    }
  });
}

}  // namespace

extern const RandomKernels random_kernels;
const RandomKernels random_kernels = {words, uniform, normal, bernoulli, dropout};

}  // namespace fathom::cpu::FATHOM_ISA
