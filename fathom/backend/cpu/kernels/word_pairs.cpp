#include "fathom/backend/cpu/kernels/word_pairs.h"

#include "fathom/backend/cpu/kernels/lanes.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

/// Rows come from all over the memory: what pairs to come will read is asked for so many pairs
/// before.
constexpr int64_t kAhead = 4;

FATHOM_MATH void prefetch(const float* row, int64_t width) {
  for (int64_t i = 0; i < width; i += 16) __builtin_prefetch(row + i, 1);
}

/// A dot product over whole vectors.
FATHOM_MATH float dot(const float* a, const float* b, int64_t width) {
  Lanes sum = all_lanes(0.0f);
  for (int64_t i = 0; i < width; i += kLanes) {
#pragma GCC unroll 8
    for (int k = 0; k < kVectors; ++k) {
      const int64_t at = i + k * kWidth;
      if (at >= width) break;
      sum.v[k] = fma(load(a + at), load(b + at), sum.v[k]);
    }
  }
  return fold(sum, Add{});
}

template <bool kSame>
double train_pairs(const float* in, float* moves, float* out, int64_t width, const WordPair* pairs,
                   int64_t n, float rate, bool loss) {
  double total = 0;
  for (int64_t p = 0; p < n; ++p) {
    if (p + kAhead < n) {
      const WordPair& next = pairs[p + kAhead];
      prefetch(out + int64_t(next.out >> 1) * width, width);
      prefetch(in + int64_t(next.in) * width, width);
    }
    const bool seen = pairs[p].out & 1;
    const float* h = in + int64_t(pairs[p].in) * width;
    float* o = out + int64_t(pairs[p].out >> 1) * width;
    float* m = moves + int64_t(pairs[p].in) * width;
    const float x = dot(h, o, width);
    if (loss)
      total += double(math::log1p(math::exp(-math::abs(x)))) +
               double(seen == (x < 0.0f) ? math::abs(x) : 0.0f);
    const Vector g = splat(rate * ((seen ? 1.0f : 0.0f) - math::sigmoid(x)));
    for (int64_t i = 0; i < width; i += kWidth) {
      const Vector row = load(h + i), other = load(o + i);
      store(o + i, fma(g, row, other));
      store(m + i, fma(g, other, kSame ? row : load(m + i)));
    }
  }
  return total;
}

double train(const float* in, float* moves, float* out, int64_t width, const WordPair* pairs,
             int64_t n, float rate, bool loss) {
  return (in == moves ? train_pairs<true> : train_pairs<false>)(in, moves, out, width, pairs, n,
                                                                rate, loss);
}

void add(const float* from, float* to, int64_t width, const WordPair* pairs, int64_t n,
         float factor) {
  const Vector f = splat(factor);
  for (int64_t p = 0; p < n; ++p) {
    const float* x = from + int64_t(pairs[p].in) * width;
    float* y = to + int64_t(pairs[p].out) * width;
    for (int64_t i = 0; i < width; i += kWidth) store(y + i, fma(f, load(x + i), load(y + i)));
  }
}

}  // namespace

extern const WordPairKernels word_pair_kernels;
const WordPairKernels word_pair_kernels = {train, add};

}  // namespace fathom::cpu::FATHOM_ISA
