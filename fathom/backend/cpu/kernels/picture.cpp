#include "fathom/backend/cpu/kernels/picture.h"

#if !FATHOM_ISA_avx512

#include "fathom/backend/cpu/kernels/lanes.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

// What an element, a weight and a sum are, per type of picture; a vector holds 16 sums.
struct Bytes16 {
  using Element = std::uint8_t;
  using Weight = std::int32_t;
  __m256i low, high;
  FATHOM_INLINE static Bytes16 start() {
    const __m256i half = _mm256_set1_epi32(1 << (kTapBits - 1));
    return {half, half};
  }
  FATHOM_INLINE void add(const Element* p, Weight w) {
    const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m256i k = _mm256_set1_epi32(w);
    low = _mm256_add_epi32(low, _mm256_mullo_epi32(_mm256_cvtepu8_epi32(x), k));
    const __m256i upper = _mm256_cvtepu8_epi32(_mm_srli_si128(x, 8));
    high = _mm256_add_epi32(high, _mm256_mullo_epi32(upper, k));
  }
  FATHOM_INLINE void store(Element* out) const {
    const __m256i words =
        _mm256_packs_epi32(_mm256_srai_epi32(low, kTapBits), _mm256_srai_epi32(high, kTapBits));
    const __m256i ordered = _mm256_permute4x64_epi64(words, 0xd8);
    const __m128i bytes =
        _mm_packus_epi16(_mm256_castsi256_si128(ordered), _mm256_extracti128_si256(ordered, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
  }
  using Sum = std::int32_t;
  static constexpr Sum first_sum = 1 << (kTapBits - 1);
  FATHOM_INLINE static Element value(Sum sum) {
    const Sum v = sum >> kTapBits;
    return static_cast<Element>(v < 0 ? 0 : v > 255 ? 255 : v);
  }
};

struct Floats16 {
  using Element = float;
  using Weight = double;
  __m256d part[4];
  FATHOM_INLINE static Floats16 start() { return {}; }
  FATHOM_INLINE void add(const Element* p, Weight w) {
    const __m256d k = _mm256_set1_pd(w);
    for (int i = 0; i < 4; ++i) part[i] += _mm256_cvtps_pd(_mm_loadu_ps(p + 4 * i)) * k;
  }
  FATHOM_INLINE void store(Element* out) const {
    for (int i = 0; i < 4; ++i) _mm_storeu_ps(out + 4 * i, _mm256_cvtpd_ps(part[i]));
  }
  using Sum = double;
  static constexpr Sum first_sum = 0;
  FATHOM_INLINE static Element value(Sum sum) { return static_cast<Element>(sum); }
};

template <class V> using ElementOf = typename V::Element;
template <class V> using TapsOf = Taps<typename V::Weight>;

/// 16 neighbours of one result, `apart` elements from tap to tap.
template <class V>
FATHOM_INLINE void sixteen(const ElementOf<V>* in, std::int64_t apart,
                           const typename V::Weight* weight, std::int32_t count,
                           ElementOf<V>* out) {
  V sum = V::start();
  for (std::int32_t t = 0; t < count; ++t) sum.add(in + t * apart, weight[t]);
  sum.store(out);
}

// Rows are turned, so that a result's taps are vectors of 16 rows.
template <class V>
void across(const ElementOf<V>* in, std::int64_t columns, std::int64_t rows, const TapsOf<V>& taps,
            ElementOf<V>* scratch, ElementOf<V>* out) {
  ElementOf<V>* results = scratch + columns * kPictureRows;
  for (std::int64_t y = 0; y < rows; y += kPictureRows) {
    const std::int64_t height = rows - y < kPictureRows ? rows - y : kPictureRows;
    for (std::int64_t x = 0; x < columns; ++x)
      for (std::int64_t r = 0; r < height; ++r)
        scratch[x * kPictureRows + r] = in[(y + r) * columns + x];
    for (std::int64_t i = 0; i < taps.results; ++i)
      sixteen<V>(scratch + taps.first[i] * kPictureRows, kPictureRows,
                 taps.weight + i * taps.stride, taps.count[i], results + i * kPictureRows);
    for (std::int64_t r = 0; r < height; ++r)
      for (std::int64_t i = 0; i < taps.results; ++i)
        out[(y + r) * taps.results + i] = results[i * kPictureRows + r];
  }
}

template <class V>
void down(const ElementOf<V>* in, std::int64_t columns, const TapsOf<V>& taps, ElementOf<V>* out) {
  for (std::int64_t i = 0; i < taps.results; ++i) {
    const ElementOf<V>* from = in + taps.first[i] * columns;
    const typename V::Weight* weight = taps.weight + i * taps.stride;
    std::int64_t x = 0;
    for (; x + kPictureRows <= columns; x += kPictureRows)
      sixteen<V>(from + x, columns, weight, taps.count[i], out + i * columns + x);
    for (; x < columns; ++x) {
      typename V::Sum sum = V::first_sum;
      for (std::int32_t t = 0; t < taps.count[i]; ++t)
        sum += static_cast<typename V::Sum>(from[t * columns + x]) * weight[t];
      out[i * columns + x] = V::value(sum);
    }
  }
}

template <int channels, int wanted>
void split_of(const std::uint8_t* in, std::int64_t n, std::uint8_t* out) {
  for (std::int64_t i = 0; i < n; ++i)
    for (int c = 0; c < wanted; ++c) out[c * n + i] = in[channels * i + c];
}

void split(const std::uint8_t* in, int channels, std::int64_t n, int wanted, std::uint8_t* out) {
  if (channels == 3 && wanted == 3)
    split_of<3, 3>(in, n, out);
  else if (channels == 4 && wanted == 3)
    split_of<4, 3>(in, n, out);
  else
    for (int c = 0; c < wanted; ++c)
      for (std::int64_t i = 0; i < n; ++i) out[c * n + i] = in[channels * i + c];
}

void gray(const std::uint8_t* in, int channels, std::int64_t n, std::uint8_t* out) {
  for (std::int64_t i = 0; i < n; ++i) {
    const std::uint8_t* p = in + channels * i;
    out[i] = static_cast<std::uint8_t>((19595 * p[0] + 38470 * p[1] + 7471 * p[2] + 32768) >> 16);
  }
}

void scale(const std::uint8_t* in, std::int64_t n, float scale, float* out) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = static_cast<float>(in[i]) * scale;
}

void normalize(const float* in, std::int64_t n, float mean, float deviation, float* out) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = (in[i] - mean) / deviation;
}

}  // namespace

extern const PictureKernels picture_kernels;
const PictureKernels picture_kernels = {
    split,         gray,          scale, normalize, across<Bytes16>, across<Floats16>,
    down<Bytes16>, down<Floats16>};

}  // namespace fathom::cpu::FATHOM_ISA

#endif
