// Loops of word2vec: pairs of rows that are brought together or apart, one after the other.
#pragma once
#include <cstdint>

namespace fathom::cpu {

/// A row that is read and a row that is to be told from chance, or from other words.
struct WordPair {
  std::uint32_t in;
  std::uint32_t out;  ///< 2 * row, + 1 if the pair was seen in the text
};

/// Rows are `width` floats apart, a multiple of 16; what a row has beyond its length is zero.
struct WordPairKernels {
  /// For each pair, with error = label - sigmoid(in . out): out += rate error in, and moves += rate
  /// error out, the row of `moves` that has in's number. `moves` may be `in`. Pairs are sorted by
  /// `out`; of n, four a quarter of n apart are trained at a time, and errors see what was before.
  /// Returns the sum of -ln sigmoid(+-in . out) if that is asked for.
  double (*train)(const float* in, float* moves, float* out, int64_t width, const WordPair* pairs,
                  int64_t n, float rate, bool loss);
  /// to[pair.out] += factor from[pair.in], the rows numbered as they are.
  void (*add)(const float* from, float* to, int64_t width, const WordPair* pairs, int64_t n,
              float factor);
};

namespace avx2 {
extern const WordPairKernels word_pair_kernels;
}
namespace avx512 {
extern const WordPairKernels word_pair_kernels;
}

}  // namespace fathom::cpu
