#include "fathom/backend/cpu/kernels/reduce.h"

#include "fathom/backend/cpu/kernels/lanes.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

template <class T> inline constexpr T kLowest = T(0);
template <class T> inline constexpr T kHighest = T(255);
template <> inline constexpr float kLowest<float> = -__builtin_inff();
template <> inline constexpr float kHighest<float> = __builtin_inff();
template <> inline constexpr double kLowest<double> = -__builtin_inf();
template <> inline constexpr double kHighest<double> = __builtin_inf();
template <> inline constexpr int64_t kLowest<int64_t> = INT64_MIN;
template <> inline constexpr int64_t kHighest<int64_t> = INT64_MAX;
template <> inline constexpr int32_t kLowest<int32_t> = INT32_MIN;
template <> inline constexpr int32_t kHighest<int32_t> = INT32_MAX;
template <> inline constexpr int8_t kLowest<int8_t> = INT8_MIN;
template <> inline constexpr int8_t kHighest<int8_t> = INT8_MAX;

// What is reduced: how an element enters an accumulator A, and how two accumulators join.
template <class T, class A> struct Sum {
  using Result = A;
  static constexpr A identity = A(0);
  FATHOM_INLINE static A enter(A a, T x) { return a + A(x); }
  FATHOM_INLINE static A join(A a, A b) { return a + b; }
};
template <class T, class A> struct SumSquares {
  using Result = A;
  static constexpr A identity = A(0);
  FATHOM_INLINE static A enter(A a, T x) { return a + A(x) * A(x); }
  FATHOM_INLINE static A join(A a, A b) { return a + b; }
};
template <> FATHOM_INLINE float SumSquares<float, float>::enter(float a, float x) {
  return math::fma(x, x, a);
}
template <> FATHOM_INLINE double SumSquares<double, double>::enter(double a, double x) {
  return math::fma(x, x, a);
}
template <class T, class A> struct Product {
  using Result = A;
  static constexpr A identity = A(1);
  FATHOM_INLINE static A enter(A a, T x) { return join(a, A(x)); }
  FATHOM_INLINE static A join(A a, A b) {
    if constexpr (A(1) / A(2) == A(0))
      return A(uint64_t(a) * uint64_t(b));  // may overflow
    else
      return a * b;
  }
};
template <class T> struct Greatest {
  using Result = T;
  static constexpr T identity = kLowest<T>;
  FATHOM_INLINE static T enter(T a, T x) { return ((x > a) | (x != x)) ? x : a; }
  FATHOM_INLINE static T join(T a, T b) { return enter(a, b); }
};
template <class T> struct Least {
  using Result = T;
  static constexpr T identity = kHighest<T>;
  FATHOM_INLINE static T enter(T a, T x) { return ((x < a) | (x != x)) ? x : a; }
  FATHOM_INLINE static T join(T a, T b) { return enter(a, b); }
};

/// One piece of a row by 64 lanes in memory and the tree of lanes.h.
template <class Op, class T> FATHOM_MATH typename Op::Result piece(Op, const T* x, int64_t n) {
  alignas(64) typename Op::Result lane[kLanes];
  for (int64_t j = 0; j < kLanes; ++j) lane[j] = Op::identity;
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int64_t j = 0; j < kLanes; ++j) lane[j] = Op::enter(lane[j], x[i + j]);
  }
  for (int64_t j = 0; j < n - i; ++j) lane[j] = Op::enter(lane[j], x[i + j]);
  for (int64_t step = kLanes / 2; step > 0; step /= 2) {
    for (int64_t j = 0; j < step; ++j) lane[j] = Op::join(lane[j], lane[j + step]);
  }
  return lane[0];
}

// Floats keep the lanes in registers.
FATHOM_MATH float piece(Sum<float, float>, const float* x, int64_t n) {
  Lanes a[1] = {all_lanes(0)};
  sweep(n, a, [=](Vector* s, int64_t i, auto load) FATHOM_LAMBDA { *s += load(x + i); });
  return fold(a[0], Add{});
}
FATHOM_MATH float piece(SumSquares<float, float>, const float* x, int64_t n) {
  Lanes a[1] = {all_lanes(0)};
  sweep(n, a, [=](Vector* s, int64_t i, auto load) FATHOM_LAMBDA {
    const Vector v = load(x + i);
    *s = fma(v, v, *s);
  });
  return fold(a[0], Add{});
}
/// The machine's max and min drop NaN, so a second accumulator collects it.
template <class Op> FATHOM_MATH float extreme(const float* x, int64_t n, float identity, Op op) {
  Lanes a[2] = {all_lanes(identity), all_lanes(0)};
  sweep(n, a, [=](Vector* s, int64_t i, auto load) FATHOM_LAMBDA {
    const Vector v = load(x + i);
    s[0] = op(v, s[0]);
    s[1] = select(is_nan(v), v, s[1]);
  });
  const float best = fold(a[0], op), nan = fold(a[1], Add{});
  return nan != nan ? nan : best;
}
FATHOM_MATH float piece(Greatest<float>, const float* x, int64_t n) {
  return extreme(x, n, -math::kInf, Max{});
}
FATHOM_MATH float piece(Least<float>, const float* x, int64_t n) {
  return extreme(x, n, math::kInf, Min{});
}

template <class T, class Op>
void rows(const T* x, typename Op::Result* partial, int64_t begin, int64_t end, int64_t n) {
  const int64_t pieces = row_pieces(n);
  for (int64_t p = begin; p < end; ++p) {
    const int64_t row = p / pieces, from = p % pieces * kRowPiece;
    const int64_t rest = n - from;
    partial[p] = piece(Op{}, x + row * n + from, rest < kRowPiece ? rest : kRowPiece);
  }
}

/// Neighbours join, then neighbours of these, until one is left.
template <class Op>
void join_rows(typename Op::Result* partial, typename Op::Result* y, int64_t begin, int64_t end,
               int64_t pieces) {
  for (int64_t row = begin; row < end; ++row) {
    typename Op::Result* p = partial + row * pieces;
    for (int64_t count = pieces; count > 1; count = (count + 1) / 2) {
      for (int64_t k = 0; k < count / 2; ++k) p[k] = Op::join(p[2 * k], p[2 * k + 1]);
      if (count % 2) p[count / 2] = p[count - 1];
    }
    y[row] = p[0];
  }
}

template <class T>
void index_of(const T* x, const T* best, int64_t* index, int64_t begin, int64_t end, int64_t n) {
  for (int64_t row = begin; row < end; ++row) {
    const T* r = x + row * n;
    const T b = best[row];
    const bool nan = b != b;
    int64_t i = 0;
    for (; i + kLanes <= n; i += kLanes) {
      int32_t hits = 0;
      for (int64_t j = 0; j < kLanes; ++j) {
        hits |= int32_t((r[i + j] == b) | (nan & (r[i + j] != r[i + j])));
      }
      if (hits) break;
    }
    while (i < n - 1 && !(r[i] == b || (nan && r[i] != r[i]))) ++i;
    index[row] = i;
  }
}

template <class Op, class T>
void column_index(const T* x, int64_t* index, int64_t begin, int64_t end, int64_t reduce,
                  int64_t inner) {
  const int64_t blocks = index_blocks(inner);
  for (int64_t task = begin; task < end; ++task) {
    const int64_t column = task % blocks * kIndexBlock, left = inner - column;
    const int64_t width = left < kIndexBlock ? left : kIndexBlock;
    const T* source = x + task / blocks * reduce * inner + column;
    T best[kIndexBlock];
    int32_t at[kIndexBlock];
    for (int64_t i = 0; i < width; ++i) {
      best[i] = source[i];
      at[i] = 0;
    }
    for (int64_t r = 1; r < reduce; ++r) {
      const T* __restrict b = source + r * inner;
      for (int64_t i = 0; i < width; ++i) {
        const T next = Op::enter(best[i], b[i]);
        // What is entered differs from what was: a NaN differs from itself, too.
        const bool taken = (next != best[i]) & (best[i] == best[i]);
        at[i] = taken ? int32_t(r) : at[i];
        best[i] = next;
      }
    }
    for (int64_t i = 0; i < width; ++i) index[task / blocks * inner + column + i] = at[i];
  }
}

/// Each result is one chain over the chunk. Four rows of x at a time save three quarters of the
/// traffic to the accumulators and leave the order as it is.
template <class T, class Op>
void columns(const T* x, typename Op::Result* partial, int64_t begin, int64_t end, int64_t reduce,
             int64_t inner) {
  using A = typename Op::Result;
  const int64_t chunks = column_chunks(reduce);
  for (int64_t task = begin; task < end; ++task) {
    const int64_t from = task % chunks * kColumnChunk, rest = reduce - from;
    const int64_t count = rest < kColumnChunk ? rest : kColumnChunk;
    const T* source = x + (task / chunks * reduce + from) * inner;
    for (int64_t block = 0; block < inner; block += 2048) {  // the accumulators stay in L1
      const int64_t width = inner - block < 2048 ? inner - block : 2048;
      A* __restrict a = partial + task * inner + block;
      const T* __restrict b = source + block;
      for (int64_t i = 0; i < width; ++i) a[i] = Op::identity;
      int64_t r = 0;
      for (; r + 4 <= count; r += 4, b += 4 * inner) {
        for (int64_t i = 0; i < width; ++i) {
          const A two = Op::enter(Op::enter(a[i], b[i]), b[i + inner]);
          a[i] = Op::enter(Op::enter(two, b[i + 2 * inner]), b[i + 3 * inner]);
        }
      }
      for (; r < count; ++r, b += inner) {
        for (int64_t i = 0; i < width; ++i) a[i] = Op::enter(a[i], b[i]);
      }
    }
  }
}

template <class Op>
void join_columns(typename Op::Result* partial, typename Op::Result* y, int64_t begin, int64_t end,
                  int64_t chunks, int64_t inner, int64_t from, int64_t to) {
  using A = typename Op::Result;
  for (int64_t o = begin; o < end; ++o) {
    A* p = partial + o * chunks * inner;
    for (int64_t count = chunks; count > 1; count = (count + 1) / 2) {
      for (int64_t k = 0; k < count; k += 2) {
        const A *left = p + k * inner, *right = left + inner;
        A* out = p + k / 2 * inner;
        if (k + 1 == count) right = nullptr;
        if (right) {
          for (int64_t i = from; i < to; ++i) out[i] = Op::join(left[i], right[i]);
        } else {
          for (int64_t i = from; i < to; ++i) out[i] = left[i];
        }
      }
    }
    if (y + o * inner == p) continue;
    for (int64_t i = from; i < to; ++i) y[o * inner + i] = p[i];
  }
}

// Sums of S join alike, whatever was summed.
template <class T, class S> constexpr RowReducers<T, S> row_reducers() {
  return {rows<T, Sum<T, S>>,       rows<T, SumSquares<T, S>>,
          rows<T, Product<T, S>>,   rows<T, Greatest<T>>,
          rows<T, Least<T>>,        join_rows<Sum<S, S>>,
          join_rows<Product<S, S>>, join_rows<Greatest<T>>,
          join_rows<Least<T>>,      index_of<T>};
}
template <class T, class S> constexpr ColumnReducers<T, S> column_reducers() {
  return {columns<T, Sum<T, S>>,     columns<T, Product<T, S>>, columns<T, Greatest<T>>,
          columns<T, Least<T>>,      join_columns<Sum<S, S>>,   join_columns<Product<S, S>>,
          join_columns<Greatest<T>>, join_columns<Least<T>>,    column_index<Greatest<T>, T>,
          column_index<Least<T>, T>};
}

}  // namespace

extern const ReduceKernels reduce_kernels;
const ReduceKernels reduce_kernels = {row_reducers<float, float>(), row_reducers<double, double>(),
                                      column_reducers<float, float>(),
                                      column_reducers<double, double>()};

#if !FATHOM_ISA_avx512
extern const IntegerReduceKernels integer_reduce_kernels;
const IntegerReduceKernels integer_reduce_kernels = {
    row_reducers<int64_t, int64_t>(),    row_reducers<int32_t, int64_t>(),
    row_reducers<int8_t, int64_t>(),     row_reducers<uint8_t, int64_t>(),
    column_reducers<int64_t, int64_t>(), column_reducers<int32_t, int64_t>(),
    column_reducers<int8_t, int64_t>(),  column_reducers<uint8_t, int64_t>()};
#endif

}  // namespace fathom::cpu::FATHOM_ISA
