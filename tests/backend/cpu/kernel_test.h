// What the kernel tests share: data, comparison of bits, and the fixed order of sums in scalar
// code.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "fathom/math/elementary.h"
#include "tests/backend/cpu/isas.h"

namespace fathom::cpu {

inline std::vector<float> random_floats(int64_t n, unsigned seed, float low = -3, float high = 3) {
  std::mt19937 engine(seed);
  std::vector<float> x(size_t(n), 0.0f);
  for (float& v : x) v = low + (high - low) * float(engine() >> 8) * 0x1p-24f;
  return x;
}

template <class T> bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

/// Largest |a - b| / max(1, |b|); infinite if one of them is NaN.
inline double worst_error(const std::vector<float>& got, const std::vector<double>& want) {
  double worst = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    const double error = std::fabs(got[i] - want[i]) / std::fmax(1.0, std::fabs(want[i]));
    if (!(error <= worst)) worst = std::isnan(error) ? INFINITY : error;
  }
  return worst;
}

/// The sum over i of term(i) as the contract defines it: 64 lanes, then the tree.
template <class Term> float lane_sum(int64_t n, Term term) {
  float lane[64] = {};
  for (int64_t i = 0; i < n; ++i) lane[i % 64] = term(i, lane[i % 64]);
  for (int step = 32; step > 0; step /= 2) {
    for (int j = 0; j < step; ++j) lane[j] += lane[j + step];
  }
  return lane[0];
}

inline const std::vector<int64_t> kLengths = {1,  2,  7,   10,  16,  17,  63,
                                              64, 65, 100, 128, 200, 512, 1001};

}  // namespace fathom::cpu
