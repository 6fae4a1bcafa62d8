// Loops over the pixels of pictures: channels taken apart, and resampling along one axis.
#pragma once
#include <cstdint>

namespace fathom::cpu {

/// What each result of a resampled axis is made of: `weight[i * stride + t]` of element
/// `first[i] + t`, t < count[i]. u8 pixels have whole weights in units of 2^-22, f32 doubles.
template <class Weight> struct Taps {
  std::int64_t results;
  const std::int32_t* first;
  const std::int32_t* count;
  const Weight* weight;
  std::int64_t stride;
};
inline constexpr int kTapBits = 22;

/// Rows that across_u8 and across_f32 work at together, and the elements of their scratch memory a
/// column: the input's columns and the results'.
inline constexpr std::int64_t kPictureRows = 16;

struct PictureKernels {
  /// Interleaved channels to planes of n elements, the first `wanted` of them.
  void (*split)(const std::uint8_t* in, int channels, std::int64_t n, int wanted,
                std::uint8_t* out);
  /// 3 or 4 interleaved channels to brightness (ITU-R BT.601, rounded).
  void (*gray)(const std::uint8_t* in, int channels, std::int64_t n, std::uint8_t* out);
  /// x * scale, and (x - mean) / deviation, of n elements.
  void (*scale)(const std::uint8_t* in, std::int64_t n, float scale, float* out);
  void (*normalize)(const float* in, std::int64_t n, float mean, float deviation, float* out);
  /// Each row resampled; `scratch` holds (columns + results) * kPictureRows elements.
  void (*across_u8)(const std::uint8_t* in, std::int64_t columns, std::int64_t rows,
                    const Taps<std::int32_t>& taps, std::uint8_t* scratch, std::uint8_t* out);
  void (*across_f32)(const float* in, std::int64_t columns, std::int64_t rows,
                     const Taps<double>& taps, float* scratch, float* out);
  /// Each column resampled.
  void (*down_u8)(const std::uint8_t* in, std::int64_t columns, const Taps<std::int32_t>& taps,
                  std::uint8_t* out);
  void (*down_f32)(const float* in, std::int64_t columns, const Taps<double>& taps, float* out);
};

/// AVX2 serves these on every machine: wider vectors are hardly faster for bytes.
namespace avx2 {
extern const PictureKernels picture_kernels;
}

}  // namespace fathom::cpu
