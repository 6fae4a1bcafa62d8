// Private to fathom/data and fathom/vision: small deterministic random numbers, the same on every
// machine.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "fathom/math/random_key.h"

namespace fathom::data {

/// SplitMix64 (Steele et al. 2014).
class Random {
 public:
  /// Stream 0 too differs from the seed's own sequence, which draws initial values elsewhere.
  Random(std::uint64_t seed, std::uint64_t stream)
      : state_(site_key(seed, static_cast<std::int64_t>(stream + 1))) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  /// A number in [0, n); the bias of n / 2^64 is nothing here.
  std::uint64_t below(std::uint64_t n) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(next()) * n) >> 64);
  }
  /// A number in [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  void shuffle(std::vector<std::int64_t>& list) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[below(i)]);
  }

 private:
  std::uint64_t state_;
};

}  // namespace fathom::data
