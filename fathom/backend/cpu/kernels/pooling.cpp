#include "fathom/backend/cpu/kernels/pooling.h"

#include "fathom/backend/cpu/kernels/lanes.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

// What is never larger than anything.
FATHOM_INLINE float lowest(float) { return -math::kInf; }
FATHOM_INLINE double lowest(double) { return -__builtin_inf(); }
FATHOM_INLINE int64_t lowest(int64_t) { return INT64_MIN; }
FATHOM_INLINE int32_t lowest(int32_t) { return INT32_MIN; }
FATHOM_INLINE int8_t lowest(int8_t) { return INT8_MIN; }
FATHOM_INLINE uint8_t lowest(uint8_t) { return 0; }

/// Where an output row lies.
struct Row {
  int64_t plane, depth, height;
};
template <class T> FATHOM_INLINE Row row_of(const PoolArray<T>& a, int64_t r) {
  return {r / a.height.out / a.depth.out, r / a.height.out % a.depth.out, r % a.height.out};
}

/// Calls f(offset) with the place in the plane of each input row that the window reaches.
template <class T, class F> FATHOM_INLINE void for_rows(const PoolArray<T>& a, const Row& r, F f) {
  for (int64_t d = 0; d < a.depth.count[r.depth]; ++d) {
    const int64_t slice = (a.depth.first[r.depth] + d * a.depth.step) * a.height.in;
    for (int64_t h = 0; h < a.height.count[r.height]; ++h)
      f((slice + a.height.first[r.height] + h * a.height.step) * a.width.in);
  }
}

template <class T> FATHOM_INLINE bool beats(T v, T best) { return (v > best) | (v != v); }
/// The same with places: of equals the first, of NaN the last.
template <class T, class P> FATHOM_INLINE bool beats(T v, T best, P place, P best_place) {
  return (v > best) | ((v == best) & (place < best_place)) |
         ((v != v) & ((best == best) | (place > best_place)));
}

// ---- maxima, channels first

template <bool places, class T>
void tall_max(const PoolArray<T>& a, const Row& r, T* row, int32_t* place) {
  const T* plane = a.x + r.plane * a.depth.in * a.height.in * a.width.in;
  const int64_t n = a.width.in;
  for (int64_t w = 0; w < n; ++w) row[w] = lowest(T());
  if constexpr (places)
    for (int64_t w = 0; w < n; ++w) place[w] = INT32_MAX;
  for_rows(a, r, [&](int64_t offset) FATHOM_LAMBDA {
    const T* line = plane + offset;
    for (int64_t w = 0; w < n; ++w) {
      const T v = line[w];
      if constexpr (places) {
        const int32_t here = int32_t(offset + w);
        const bool take = beats(v, row[w], here, place[w]);
        row[w] = take ? v : row[w];
        place[w] = take ? here : place[w];
      } else {
        row[w] = beats(v, row[w]) ? v : row[w];
      }
    }
  });
}

/// Columns of windows that are alike, a stride that the compiler knows or 0.
template <bool places, int64_t S, class T>
void wide_max(const PoolArray<T>& a, const T* row, const int32_t* place, T* y, int32_t* at) {
  const int64_t n = a.width.out, stride = S ? S : a.stride;
  for (int64_t o = 0; o < n; ++o) y[o] = row[o * stride];
  if constexpr (places)
    for (int64_t o = 0; o < n; ++o) at[o] = place[o * stride];
  for (int64_t k = 1; k < a.kernel; ++k) {
    const int64_t shift = k * a.width.step;
    for (int64_t o = 0; o < n; ++o) {
      const T v = row[o * stride + shift];
      if constexpr (places) {
        const int32_t here = place[o * stride + shift];
        const bool take = beats(v, y[o], here, at[o]);
        y[o] = take ? v : y[o];
        at[o] = take ? here : at[o];
      } else {
        y[o] = beats(v, y[o]) ? v : y[o];
      }
    }
  }
}

template <bool places, class T>
void uneven_max(const PoolArray<T>& a, const T* row, const int32_t* place, T* y, int32_t* at) {
  for (int64_t o = 0; o < a.width.out; ++o) {
    T best = lowest(T());
    int32_t best_place = INT32_MAX;
    for (int64_t k = 0; k < a.width.count[o]; ++k) {
      const int64_t w = a.width.first[o] + k * a.width.step;
      if constexpr (places) {
        const bool take = beats(row[w], best, place[w], best_place);
        best = take ? row[w] : best;
        best_place = take ? place[w] : best_place;
      } else {
        best = beats(row[w], best) ? row[w] : best;
      }
    }
    y[o] = best;
    if constexpr (places) at[o] = best_place;
  }
}

template <bool places, class T>
void max_rows(const PoolArray<T>& a, const PoolScratch<T>& s, int64_t begin, int64_t end) {
  for (int64_t w = 0; w < a.span; ++w) s.row[w] = lowest(T());
  if constexpr (places)
    for (int64_t w = 0; w < a.span; ++w) s.place[w] = INT32_MAX;
  for (int64_t r = begin; r < end; ++r) {
    T* y = a.y + r * a.width.out;
    int32_t* at = places ? a.place + r * a.width.out : nullptr;
    tall_max<places>(a, row_of(a, r), s.row + a.padding, s.place + a.padding);
    if (a.kernel == 0)
      uneven_max<places>(a, s.row, s.place, y, at);
    else if (a.stride == 1)
      wide_max<places, 1>(a, s.row, s.place, y, at);
    else if (a.stride == 2)
      wide_max<places, 2>(a, s.row, s.place, y, at);
    else
      wide_max<places, 0>(a, s.row, s.place, y, at);
    if constexpr (places)  // of a window without elements: the first place
      for (int64_t o = 0; o < a.width.out; ++o) at[o] = at[o] == INT32_MAX ? 0 : at[o];
  }
}

// ---- maxima, channels last

/// Calls f(place in the plane) for each pixel of the window of row r at column o.
template <class T, class F>
FATHOM_INLINE void for_pixels(const PoolArray<T>& a, const Row& r, int64_t o, F f) {
  for_rows(a, r, [&](int64_t offset) FATHOM_LAMBDA {
    for (int64_t k = 0; k < a.width.count[o]; ++k) f(offset + a.width.first[o] + k * a.width.step);
  });
}

template <bool places, class T> void max_pixels(const PoolArray<T>& a, int64_t begin, int64_t end) {
  const int64_t n = a.channels;
  for (int64_t r = begin; r < end; ++r) {
    const Row row = row_of(a, r);
    const T* plane = a.x + row.plane * a.depth.in * a.height.in * a.width.in * n;
    for (int64_t o = 0; o < a.width.out; ++o) {
      T* y = a.y + (r * a.width.out + o) * n;
      int32_t* at = places ? a.place + (r * a.width.out + o) * n : nullptr;
      for (int64_t c = 0; c < n; ++c) y[c] = lowest(T());
      if constexpr (places)
        for (int64_t c = 0; c < n; ++c) at[c] = 0;
      bool fresh = true;
      for_pixels(a, row, o, [&](int64_t place) FATHOM_LAMBDA {
        const T* x = plane + place * n;
        if (fresh) {
          for (int64_t c = 0; c < n; ++c) y[c] = x[c];
          if constexpr (places)
            for (int64_t c = 0; c < n; ++c) at[c] = int32_t(place);
        } else {
          for (int64_t c = 0; c < n; ++c) {
            const bool take = beats(x[c], y[c]);
            y[c] = take ? x[c] : y[c];
            if constexpr (places) at[c] = take ? int32_t(place) : at[c];
          }
        }
        fresh = false;
      });
    }
  }
}

template <class T>
void max_pool(const PoolArray<T>& a, const PoolScratch<T>& s, int64_t begin, int64_t end) {
  if (a.channels > 1)
    a.place ? max_pixels<true>(a, begin, end) : max_pixels<false>(a, begin, end);
  else
    a.place ? max_rows<true>(a, s, begin, end) : max_rows<false>(a, s, begin, end);
}

template <class T> void max_backward(const PoolArray<T>& a, int64_t begin, int64_t end) {
  const int64_t n = a.channels, rows = a.depth.out * a.height.out;
  const int64_t size = a.depth.in * a.height.in * a.width.in * n;
  for (int64_t p = begin; p < end; ++p) {
    T* plane = a.y + p * size;
    for (int64_t i = 0; i < size; ++i) plane[i] = 0;
    if (n == 1) {
      for (int64_t o = p * rows * a.width.out; o < (p + 1) * rows * a.width.out; ++o)
        plane[a.place[o]] += a.x[o];
      continue;
    }
    for (int64_t r = p * rows; r < (p + 1) * rows; ++r) {
      const Row row = row_of(a, r);
      for (int64_t o = 0; o < a.width.out; ++o) {
        const T* x = a.x + (r * a.width.out + o) * n;
        const int32_t* at = a.place + (r * a.width.out + o) * n;
        for_pixels(a, row, o, [&](int64_t place) FATHOM_LAMBDA {
          T* y = plane + place * n;
          for (int64_t c = 0; c < n; ++c) y[c] += at[c] == int32_t(place) ? x[c] : T(0);
        });
      }
    }
  }
}

// ---- averages

/// Calls f(element of the output row, element of the joined row) for windows that are alike, column
/// by column; a stride that the compiler knows or 0.
template <int64_t S, class T, class F> FATHOM_INLINE void alike(const PoolArray<T>& a, F f) {
  const int64_t out = a.width.out, n = a.channels, stride = S ? S : a.stride;
  for (int64_t k = 0; k < a.kernel; ++k) {
    const int64_t shift = k * a.width.step;
    if (n == 1) {
      for (int64_t o = 0; o < out; ++o) f(o, o * stride + shift);
    } else {
      for (int64_t o = 0; o < out; ++o)
        for (int64_t c = 0; c < n; ++c) f(o * n + c, (o * stride + shift) * n + c);
    }
  }
}
/// The same for windows that differ.
template <class T, class F> FATHOM_INLINE void uneven(const PoolArray<T>& a, F f) {
  const int64_t n = a.channels;
  for (int64_t o = 0; o < a.width.out; ++o)
    for (int64_t k = 0; k < a.width.count[o]; ++k) {
      const int64_t w = (a.width.first[o] + k * a.width.step) * n;
      for (int64_t c = 0; c < n; ++c) f(o * n + c, w + c);
    }
}
template <class T, class F> FATHOM_INLINE void for_columns(const PoolArray<T>& a, F f) {
  if (a.kernel == 0)
    uneven(a, f);
  else if (a.stride == 1)
    alike<1>(a, f);
  else if (a.stride == 2)
    alike<2>(a, f);
  else
    alike<0>(a, f);
}

/// y = x / the windows' sizes.
template <class T>
FATHOM_INLINE void divide(const PoolArray<T>& a, const Row& r, const T* x, T* y) {
  const int64_t out = a.width.out, n = a.channels;
  const int64_t tall = a.depth.padded[r.depth] * a.height.padded[r.height];
  if (a.divisor) {
    for (int64_t o = 0; o < out * n; ++o) y[o] = x[o] / T(a.divisor);
  } else if (n == 1) {
    for (int64_t o = 0; o < out; ++o) y[o] = x[o] / T(tall * a.width.padded[o]);
  } else {
    for (int64_t o = 0; o < out; ++o)
      for (int64_t c = 0; c < n; ++c) y[o * n + c] = x[o * n + c] / T(tall * a.width.padded[o]);
  }
}

template <class T>
void average_pool(const PoolArray<T>& a, const PoolScratch<T>& s, int64_t begin, int64_t end) {
  const int64_t in = a.width.in * a.channels, out = a.width.out * a.channels;
  for (int64_t w = 0; w < a.span * a.channels; ++w) s.row[w] = 0;
  T* row = s.row + a.padding * a.channels;
  for (int64_t r = begin; r < end; ++r) {
    const Row at = row_of(a, r);
    const T* plane = a.x + at.plane * a.depth.in * a.height.in * in;
    for (int64_t w = 0; w < in; ++w) row[w] = 0;
    for_rows(a, at, [&](int64_t offset) FATHOM_LAMBDA {
      for (int64_t w = 0; w < in; ++w) row[w] += plane[offset * a.channels + w];
    });
    T* y = a.y + r * out;
    for (int64_t o = 0; o < out; ++o) y[o] = 0;
    for_columns(a, [&](int64_t o, int64_t w) FATHOM_LAMBDA { y[o] += s.row[w]; });
    divide(a, at, y, y);
  }
}

template <class T>
void spread(const PoolArray<T>& a, const PoolScratch<T>& s, int64_t begin, int64_t end) {
  const int64_t rows = a.depth.out * a.height.out;
  const int64_t in = a.width.in * a.channels, out = a.width.out * a.channels;
  const int64_t size = a.depth.in * a.height.in * in;
  const T* row = s.row + a.padding * a.channels;
  for (int64_t p = begin; p < end; ++p) {
    T* plane = a.y + p * size;
    for (int64_t i = 0; i < size; ++i) plane[i] = 0;
    for (int64_t r = p * rows; r < (p + 1) * rows; ++r) {
      const Row at = row_of(a, r);
      divide(a, at, a.x + r * out, s.shares);
      for (int64_t w = 0; w < a.span * a.channels; ++w) s.row[w] = 0;
      for_columns(a, [&](int64_t o, int64_t w) FATHOM_LAMBDA { s.row[w] += s.shares[o]; });
      for_rows(a, at, [&](int64_t offset) FATHOM_LAMBDA {
        for (int64_t w = 0; w < in; ++w) plane[offset * a.channels + w] += row[w];
      });
    }
  }
}

}  // namespace

extern const PoolKernels pool_kernels;
const PoolKernels pool_kernels = {{max_pool<float>, max_backward<float>},
                                  {average_pool<float>, spread<float>}};

#if !FATHOM_ISA_avx512
extern const SharedPoolKernels shared_pool_kernels;
const SharedPoolKernels shared_pool_kernels = {{max_pool<double>, max_backward<double>},
                                               {max_pool<int64_t>, nullptr},
                                               {max_pool<int32_t>, nullptr},
                                               {max_pool<int8_t>, nullptr},
                                               {max_pool<uint8_t>, nullptr},
                                               {average_pool<double>, spread<double>}};
#endif

}  // namespace fathom::cpu::FATHOM_ISA
