// The Philox key of one random operation: the step's key and the operation's site, mixed.
#pragma once
#include <cstdint>

namespace fathom {

/// SplitMix64's finaliser (Steele et al. 2014) over both; site 0 leaves the key as it is.
inline std::uint64_t site_key(std::uint64_t key, std::int64_t site) {
  if (site == 0) return key;
  std::uint64_t z = key + static_cast<std::uint64_t>(site) * 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace fathom
