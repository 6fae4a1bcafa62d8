// Conversions, choices, gathering and filling; and the table of all elementwise kernels.
#include "fathom/backend/cpu/kernels/elementwise.h"

#include <immintrin.h>

#include "fathom/backend/cpu/kernels/elementwise_loops.h"
#include "fathom/backend/cpu/kernels/gemm_simd.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

using std::int64_t;

// A choice by bits: g++ does not make a blend of a one-byte condition and wider values.
template <class Bits>
void where_block(const void* condition, const void* a, const void* b, void* out, int64_t n) {
  typedef Bits __attribute__((may_alias)) Aliased;
  const auto* c = static_cast<const std::uint8_t*>(condition);
  const auto* x = static_cast<const Aliased*>(a);
  const auto* z = static_cast<const Aliased*>(b);
  auto* y = static_cast<Aliased*>(out);
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) {
    const Bits mask = static_cast<Bits>(-static_cast<Bits>(c[i]));
    y[i] = static_cast<Bits>((x[i] & mask) | (z[i] & static_cast<Bits>(~mask)));
  }
}
template <int bytes> struct BitsOf;
template <int bytes> struct NumberOf;  // any of that size that vectors hold
template <> struct NumberOf<4> { using T = float; };
template <> struct NumberOf<8> { using T = double; };
template <> struct BitsOf<1> { using T = std::uint8_t; };
template <> struct BitsOf<2> { using T = std::uint16_t; };
template <> struct BitsOf<4> { using T = std::uint32_t; };
template <> struct BitsOf<8> { using T = std::uint64_t; };

// Floats out of an integer's range give its lowest value, as the vector instruction does: a plain
// conversion would be undefined and could differ between instruction sets.
template <class To, class From> inline To to_integer(From x) {
  if constexpr (sizeof(To) == 8)
    return x >= From(-0x1p63) && x < From(0x1p63) ? static_cast<To>(x)
                                                  : To(-0x7fffffffffffffffLL - 1);
  else {
    const std::int32_t wide =
        x >= From(-0x1p31) && x < From(0x1p31) ? static_cast<std::int32_t>(x) : -0x7fffffff - 1;
    return static_cast<To>(wide);
  }
}

// Round to nearest even; NaN stays NaN, and quiet. Without a branch, so that loops become vectors.
inline Brain round_to_brain(float x) {
  const std::uint32_t u = __builtin_bit_cast(std::uint32_t, x);
  const std::uint32_t rounded = (u + 0x7fff + (u >> 16 & 1)) >> 16;
  const bool nan = (u & 0x7fffffff) > 0x7f800000;
  return {static_cast<std::uint16_t>(nan ? u >> 16 | 0x40 : rounded)};
}

template <class From, class To> inline To convert(From x) {
  if constexpr (__is_same(From, To))
    return x;
  else if constexpr (__is_same(From, Half))
    return convert<float, To>(_cvtsh_ss(x.bits));
  else if constexpr (__is_same(From, Brain))
    return convert<float, To>(__builtin_bit_cast(float, static_cast<std::uint32_t>(x.bits) << 16));
  else if constexpr (__is_same(To, Half))
    return {static_cast<std::uint16_t>(_cvtss_sh(convert<From, float>(x), 0))};
  else if constexpr (__is_same(To, Brain))
    return round_to_brain(convert<From, float>(x));
  else if constexpr (__is_same(To, bool))
    return x != From(0);
  else if constexpr (fn::is_float<From> && !fn::is_float<To>)
    return to_integer<To>(x);
  else
    return static_cast<To>(x);
}
template <class From, class To>
void cast_block(const void* a, const void*, const void*, void* out, int64_t n) {
  const From* x = static_cast<const From*>(a);
  To* y = static_cast<To*>(out);
  int64_t i = 0;
  if constexpr (__is_same(From, Half) && __is_same(To, float)) {
    for (; i + 8 <= n; i += 8)
      _mm256_storeu_ps(y + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i*)(x + i))));
  } else if constexpr (__is_same(From, float) && __is_same(To, Half)) {
    for (; i + 8 <= n; i += 8)
      _mm_storeu_si128((__m128i*)(y + i), _mm256_cvtps_ph(_mm256_loadu_ps(x + i), 0));
  }
#pragma GCC ivdep
  for (; i < n; ++i) y[i] = convert<From, To>(x[i]);
}

template <class T> void fill_typed(const void* element, int64_t n, void* out) {
  const T v = *static_cast<const T*>(element);
  T* y = static_cast<T*>(out);
  for (int64_t i = 0; i < n; ++i) y[i] = v;
}
void fill(const void* element, int size, int64_t n, void* out) {
  switch (size) {
    case 1:
      return fill_typed<std::uint8_t>(element, n, out);
    case 2:
      return fill_typed<std::uint16_t>(element, n, out);
    case 4:
      return fill_typed<std::uint32_t>(element, n, out);
    default:
      return fill_typed<std::uint64_t>(element, n, out);
  }
}

/// Steps of dimension `d` in an index map, and of those before it when it is through.
template <class T>
inline void advance(const StridedSource& s, int64_t* index, const T*& p, int d, int64_t steps) {
  p += steps * s.stride[d];
  for (index[d] += steps; d > 0 && index[d] == s.extent[d]; --d) {
    p += s.stride[d - 1] - s.extent[d] * s.stride[d];
    index[d] = 0;
    ++index[d - 1];
  }
}

// The colours of pixels side by side. With a number that the compiler knows, it shuffles vectors.
template <class T> void interleave_three(const T* p, int64_t plane, int64_t n, T* out) {
  const T *a = p, *b = p + plane, *c = b + plane;
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) {
    out[3 * i] = a[i];
    out[3 * i + 1] = b[i];
    out[3 * i + 2] = c[i];
  }
}

/// Writes `rows` rows of `extent` elements; element i of row r is p[i * stride + r]. Squares are
/// turned in registers, so that each line of the source is read once.
template <class T> void turn(const T* p, int64_t stride, int64_t extent, int64_t rows, T* out) {
  if constexpr (sizeof(T) >= 4) {
    using Number = typename NumberOf<sizeof(T)>::T;
    using S = Simd<Number>;
    const auto* from = reinterpret_cast<const Number*>(p);
    auto* to = reinterpret_cast<Number*>(out);
    for (int64_t i = 0; i < extent; i += S::lanes) {
      const Number* lines[S::lanes];
      row_pointers(from + i * stride, stride, extent - i, lines);
      int64_t r = 0;
      for (; r + S::step <= rows; r += S::step) {
        typename S::V turned[S::step];
        S::transpose(lines, r, turned);
        for (int q = 0; q < S::step; ++q)
          store_up_to<Number>(to + (r + q) * extent + i, turned[q], extent - i);
      }
      for (; r < rows; ++r) store_up_to<Number>(to + r * extent + i, gather(lines, r), extent - i);
    }
  } else {
    constexpr int64_t kSide = 16;
    for (int64_t i = 0; i < extent; i += kSide) {
      const int64_t end = i + kSide < extent ? i + kSide : extent;
      for (int64_t r = 0; r < rows; ++r)
        for (int64_t k = i; k < end; ++k) out[r * extent + k] = p[k * stride + r];
    }
  }
}

// Walks the index map run by run of its innermost dimension, or by that of the next where the
// innermost is short, such as the channels of a picture, or lies across the source's lines.
template <class T> void gather_typed(const StridedSource& s, int64_t first, int64_t n, T* out) {
  constexpr int64_t kShort = 8;
  int64_t index[8];
  const T* p = static_cast<const T*>(s.base);
  int64_t rest = first;
  for (int d = s.rank - 1; d >= 0; --d) {
    index[d] = rest % s.extent[d];
    rest /= s.extent[d];
    p += index[d] * s.stride[d];
  }
  const int inner = s.rank - 1;
  const int64_t stride = s.stride[inner], extent = s.extent[inner];
  const bool across = inner > 0 && stride != 1 && s.stride[inner - 1] == 1;
  while (n > 0) {
    if (inner > 0 && (extent <= kShort || across) && index[inner] == 0 && n >= extent) {
      const int64_t left = s.extent[inner - 1] - index[inner - 1];
      const int64_t rows = left * extent < n ? left : n / extent;
      if (extent > kShort) {
        turn(p, stride, extent, rows, out);
      } else if (extent == 3 && s.stride[inner - 1] == 1) {
        interleave_three(p, stride, rows, out);
      } else {
        for (int64_t i = 0; i < extent; ++i)
          for (int64_t r = 0; r < rows; ++r)
            out[r * extent + i] = p[i * stride + r * s.stride[inner - 1]];
      }
      out += rows * extent;
      n -= rows * extent;
      advance(s, index, p, inner - 1, rows);
      continue;
    }
    const int64_t left = extent - index[inner];
    const int64_t run = left < n ? left : n;
    if (stride == 1)
      for (int64_t i = 0; i < run; ++i) out[i] = p[i];
    else if (stride == 0) {
      const T v = *p;
      for (int64_t i = 0; i < run; ++i) out[i] = v;
    } else {
      for (int64_t i = 0; i < run; ++i) out[i] = p[i * stride];
    }
    out += run;
    n -= run;
    advance(s, index, p, inner, run);
  }
}
void gather(const StridedSource& s, int size, int64_t first, int64_t n, void* out) {
  switch (size) {
    case 1:
      return gather_typed(s, first, n, static_cast<std::uint8_t*>(out));
    case 2:
      return gather_typed(s, first, n, static_cast<std::uint16_t*>(out));
    case 4:
      return gather_typed(s, first, n, static_cast<std::uint32_t*>(out));
    default:
      return gather_typed(s, first, n, static_cast<std::uint64_t*>(out));
  }
}

template <int from, int to> constexpr void set_casts(ElementwiseKernels& k) {
  k.cast[from][to] = cast_block<typename TypeAt<from>::T, typename TypeAt<to>::T>;
  if constexpr (to + 1 < type_count) set_casts<from, to + 1>(k);
}
template <int type> constexpr void set_type(ElementwiseKernels& k) {
  set_casts<type, 0>(k);
  k.where[type] = where_block<typename BitsOf<sizeof(typename TypeAt<type>::T)>::T>;
  if constexpr (type + 1 < type_count) set_type<type + 1>(k);
}
template <class... F, int size>
constexpr void set_rows(ElementwiseKernels& k, fn::List<F...>, const FunctionTable<size>& table) {
  int i = 0;
  ((k.function[fn::id_of<F>] = table.row[i++]), ...);
}
constexpr ElementwiseKernels make_kernels() {
  ElementwiseKernels k{};
  set_rows(k, fn::Arithmetic{}, arithmetic_functions);
  set_rows(k, fn::Truth{}, truth_functions);
  set_rows(k, fn::Exponential{}, exponential_functions);
  set_rows(k, fn::Trigonometric{}, trigonometric_functions);
  set_type<0>(k);
  k.gather = gather;
  k.fill = fill;
  return k;
}

}  // namespace

constinit const ElementwiseKernels elementwise_kernels = make_kernels();

}  // namespace fathom::cpu::FATHOM_ISA
