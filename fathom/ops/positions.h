// Where a token stands, told to attention: added encodings, rotations of queries and keys, and
// biases of scores.
#pragma once
#include <cstdint>
#include <variant>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom {

/// Sines and cosines of falling frequency, in turns (Vaswani et al. 2017, 3.5). Shape: (length,
/// size). Errors: ValueError for an odd or negative size.
Tensor sinusoid_positions(std::int64_t length, std::int64_t size, double base = 10000);

/// How rotations are stretched beyond the length that a model was trained with, by the names of
/// Hugging Face's `rope_scaling`.
namespace rotary {
/// Divides positions (Chen et al. 2023).
struct Linear {
  double factor;
};
/// Grows the base with `length`, the positions that are there.
struct Dynamic {
  double factor;
  std::int64_t trained, length;
};
/// Peng et al. 2023. `attention` multiplies sine and cosine; 0: 0.1 log(factor) + 1.
struct Yarn {
  double factor;
  std::int64_t trained;
  double beta_fast = 32, beta_slow = 1, attention = 0;
};
/// Ding et al. 2024: a divisor for each frequency, long ones if `length` is beyond the trained.
struct LongRope {
  std::vector<double> short_factors, long_factors;
  std::int64_t trained, length;
  double factor, attention = 0;
};
/// Llama 3.1's.
struct Llama3 {
  double factor, low_frequency, high_frequency;
  std::int64_t trained;
};
/// One of these, or none.
using Scaling = std::variant<std::monostate, Linear, Dynamic, Yarn, LongRope, Llama3>;
}  // namespace rotary

/// Frequencies of the pairs that are rotated, and what multiplies their sine and cosine.
struct RotaryFrequencies {
  Tensor frequencies;  ///< (size / 2)
  double attention = 1;
};
/// base^(-2 i / size), scaled. Errors: ValueError for an odd size, or factors that do not fit.
RotaryFrequencies rotary_frequencies(std::int64_t size, double base = 10000,
                                     const rotary::Scaling& scaling = {});

/// Rotates pairs of numbers by position times frequency (Su et al. 2021). Pairs are number i of the
/// first half with that of the second, or, `interleaved`, neighbours; numbers beyond the pairs
/// stay. Shapes: x (..., L, D), positions (L) or what broadcasts to (..., L), of whole numbers.
/// Errors: ShapeError.
Tensor rotate_positions(const Operand& x, const Tensor& positions, const RotaryFrequencies& by,
                        bool interleaved = false);

/// Biases -slope |i - j| for each head (Press et al. 2022), to be added to scores; queries are the
/// last of the keys. Shape: (heads, queries, keys).
Tensor alibi_bias(std::int64_t heads, std::int64_t queries, std::int64_t keys);

/// Buckets of distances between queries and keys as T5 learns a bias for (Raffel et al. 2020): near
/// ones alone, far ones by their logarithm. Shape: (queries, keys), i64.
Tensor relative_position_buckets(std::int64_t queries, std::int64_t keys, bool bidirectional = true,
                                 std::int64_t buckets = 32, std::int64_t max_distance = 128);

}  // namespace fathom
