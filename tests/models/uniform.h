// The numbers that tools/golden/golden.py gives a tensor by its key.
#pragma once
#include <zlib.h>

#include <string>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom::test {

/// golden.py's `uniform` in [low, high), before it is rounded.
class Uniform {
 public:
  explicit Uniform(const std::string& key)
      : start_(std::uint64_t{crc32(0, reinterpret_cast<const Bytef*>(key.data()),
                                   static_cast<uInt>(key.size()))}
               << 20) {}
  double at(std::uint64_t i, double low, double high) const {
    std::uint64_t z = start_ + (i + 1) * 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    z ^= z >> 31;
    return low + (high - low) * (static_cast<double>(z >> 40) / 0x1p24);
  }

 private:
  std::uint64_t start_;
};

/// Pictures from -2 to 2.
inline Tensor golden_pictures(const std::string& key, const Shape& shape) {
  const Uniform uniform(key);
  std::vector<float> pixels(static_cast<std::size_t>(shape.size()));
  for (std::size_t i = 0; i < pixels.size(); ++i)
    pixels[i] = static_cast<float>(uniform.at(i, -2, 2));
  return Tensor::from(pixels, shape);
}

}  // namespace fathom::test
