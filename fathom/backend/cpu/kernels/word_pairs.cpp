#include "fathom/backend/cpu/kernels/word_pairs.h"

#include "fathom/backend/cpu/kernels/lanes.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

/// Pairs come sorted by their second row. A step takes one of each quarter of the list, which are
/// pairs of other rows, and asks for what the next one will read: more does not stay in the cache.
constexpr int64_t kPlaces = 4, kAhead = 1;

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

FATHOM_MATH float minus_log_sigmoid(float x) {
  return math::log1p(math::exp(-math::abs(x))) + (x < 0.0f ? -x : 0.0f);
}

template <bool kSame>
double train_pairs(const float* in, float* moves, float* out, int64_t width, const WordPair* pairs,
                   int64_t n, float rate, bool loss) {
  double total = 0;
  const int64_t steps = (n + kPlaces - 1) / kPlaces;
  for (int64_t step = 0; step < steps; ++step) {
    // The last place's list may be shorter.
    float x[kPlaces] = {}, label[kPlaces] = {}, g[kPlaces];
    for (int64_t k = 0; k < kPlaces; ++k) {
      const int64_t p = k * steps + step;
      if (p + kAhead < n) {
        const WordPair& next = pairs[p + kAhead];
        prefetch(out + int64_t(next.out >> 1) * width, width);
        prefetch(in + int64_t(next.in) * width, width);
      }
      if (p >= n) break;
      label[k] = float(pairs[p].out & 1);
      x[k] =
          dot(in + int64_t(pairs[p].in) * width, out + int64_t(pairs[p].out >> 1) * width, width);
    }
    for (int64_t k = 0; k < kPlaces; ++k) g[k] = rate * (label[k] - math::sigmoid(x[k]));
    for (int64_t k = 0; k < kPlaces; ++k) {
      const int64_t p = k * steps + step;
      if (p >= n) break;
      if (loss) total += double(minus_log_sigmoid(label[k] > 0 ? x[k] : -x[k]));
      const float* h = in + int64_t(pairs[p].in) * width;
      float* o = out + int64_t(pairs[p].out >> 1) * width;
      float* m = moves + int64_t(pairs[p].in) * width;
      const Vector by = splat(g[k]);
      for (int64_t i = 0; i < width; i += kWidth) {
        const Vector row = load(h + i), other = load(o + i);
        store(o + i, fma(by, row, other));
        store(m + i, fma(by, other, kSame ? row : load(m + i)));
      }
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
