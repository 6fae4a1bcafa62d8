#include "fathom/backend/cpu/kernels/scan.h"

#include "fathom/backend/cpu/kernels/lanes.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

// What is scanned: how an element enters a running state, and how the state behind it joins one.
// Integers run in unsigned arithmetic, which may overflow.
template <class T, class A> struct Sum {
  using Element = T;
  using State = A;
  static constexpr State identity = A(0);
  FATHOM_INLINE static State enter(State a, T x, int64_t) { return a + A(x); }
  FATHOM_INLINE static State join(State a, State b) { return a + b; }
  FATHOM_INLINE static T value(State a) { return T(a); }
};
template <class T, class A> struct Product {
  using Element = T;
  using State = A;
  static constexpr State identity = A(1);
  FATHOM_INLINE static State enter(State a, T x, int64_t) { return a * A(x); }
  FATHOM_INLINE static State join(State a, State b) { return a * b; }
  FATHOM_INLINE static T value(State a) { return T(a); }
};

/// The largest (smallest) element, of equal ones the last, and where it is; NaN stays.
template <class T> struct Place {
  T value;
  int64_t index;  // -1: nothing yet
};
template <class T, bool largest> struct Extreme {
  using Element = T;
  using State = Place<T>;
  static constexpr State identity = {T(0), -1};
  FATHOM_INLINE static State enter(State a, T x, int64_t index) {
    const bool beats = largest ? x >= a.value : x <= a.value;
    const bool take = (a.index < 0) | (x != x) | beats;  // nothing beats a NaN but a NaN
    return {take ? x : a.value, take ? index : a.index};
  }
  FATHOM_INLINE static State join(State a, State b) { return enter(a, b.value, b.index); }
  FATHOM_INLINE static T value(State a) { return a.value; }
};

/// sum(exp(x)) as exp(largest) * sum.
template <class T> struct Exponentials {
  T largest;
  double sum;
};
template <class T> struct LogSumExp {
  using Element = T;
  using State = Exponentials<T>;
  static constexpr T infinity = T(__builtin_inf());
  static constexpr State identity = {-infinity, 0.0};
  FATHOM_INLINE static State enter(State a, T x, int64_t) { return join(a, {x, 1.0}); }
  static State join(State a, State b) {
    if (b.largest == -infinity) return a;
    if (b.largest == a.largest) return {a.largest, a.sum + b.sum};  // infinities too
    if (b.largest > a.largest)
      return {b.largest, a.sum * double(math::exp(T(a.largest - b.largest))) + b.sum};
    return {a.largest, a.sum + b.sum * double(math::exp(T(b.largest - a.largest)))};
  }
  FATHOM_INLINE static T value(State a) { return a.largest + math::log(T(a.sum)); }
};

/// Chains side by side: chain j begins at element first + j * stride and takes `count` steps.
struct Chains {
  int64_t first, stride, width, step, count;
  int64_t position, towards;  // on the axis: of chain 0's first step, and of a step
  int64_t apart;              // from chain to chain
  int64_t state;              // of chain 0 among the totals
};

/// Runs `width` neighbouring chains, or W chains, a number that the compiler knows, `stride` apart.
template <class Op, int W, bool write> void run(const ScanArray& a, const Chains& c) {
  using T = typename Op::Element;
  using State = typename Op::State;
  const int64_t width = W ? W : c.width, stride = W ? c.stride : 1;
  State* totals = static_cast<State*>(a.totals) + c.state;
  State state[W ? W : kScanColumns];
  for (int64_t j = 0; j < width; ++j) state[j] = write && a.totals ? totals[j] : Op::identity;
  const T* x = static_cast<const T*>(a.x) + c.first;
  T* y = static_cast<T*>(a.y) + c.first;
  int64_t* index = a.index + c.first;
  for (int64_t i = 0; i < c.count; ++i) {
    const int64_t at = i * c.step, position = c.position + i * c.towards;
    for (int64_t j = 0; j < width; ++j)
      state[j] = Op::enter(state[j], x[at + j * stride], position + j * c.apart);
    if (!write) continue;
    for (int64_t j = 0; j < width; ++j) y[at + j * stride] = Op::value(state[j]);
    if constexpr (requires { state[0].index; })
      for (int64_t j = 0; j < width; ++j) index[at + j * stride] = state[j].index;
  }
  if (write) return;
  for (int64_t j = 0; j < width; ++j) totals[j] = state[j];
}

/// `width` columns, rows or pieces from the given ones on, `stride` elements from each other.
template <class Op, bool write>
void piece_of(const ScanArray& a, int64_t outer, int64_t piece, int64_t column, int64_t width,
              int64_t stride, int64_t apart) {
  const int64_t from = piece * kScanPiece, rest = a.n - from;
  Chains c;
  c.position = a.reverse ? a.n - 1 - from : from;
  c.towards = a.reverse ? -1 : 1;
  c.first = (outer * a.n + c.position) * a.inner + column;
  c.stride = stride;
  c.apart = apart;
  c.width = width;
  c.step = c.towards * a.inner;
  c.count = rest < kScanPiece ? rest : kScanPiece;
  c.state = (outer * scan_pieces(a.n) + piece) * a.inner + column;
  if (a.inner > 1)
    run<Op, 0, write>(a, c);
  else if (width == kScanRows && !requires(typename Op::State s) { s.index; })  // fit registers
    run<Op, kScanRows, write>(a, c);
  else
    for (int64_t j = 0; j < width; ++j, c.first += stride, c.position += apart, ++c.state)
      run<Op, 1, write>(a, c);
}

using Piece = decltype(piece_of<Sum<float, double>, true>);

[[gnu::noinline]] void for_pieces(const ScanArray& a, int64_t begin, int64_t end, Piece* piece_of) {
  const int64_t pieces = scan_pieces(a.n);
  for (int64_t task = begin; task < end; ++task) {
    if (a.inner > 1) {
      const int64_t blocks = (a.inner + kScanColumns - 1) / kScanColumns;
      const int64_t column = task % blocks * kScanColumns, left = a.inner - column;
      piece_of(a, task / blocks / pieces, task / blocks % pieces, column,
               left < kScanColumns ? left : kScanColumns, 1, 0);
    } else if (pieces > 1) {
      const int64_t groups = (pieces + kScanRows - 1) / kScanRows;
      const int64_t row = task / groups, piece = task % groups * kScanRows;
      const int64_t left = a.n / kScanPiece - piece;  // whole pieces
      const int64_t width = left < kScanRows ? left : kScanRows;
      const int64_t apart = a.reverse ? -kScanPiece : kScanPiece;
      if (width > 0) piece_of(a, row, piece, 0, width, apart, apart);
      if (width < kScanRows && piece + width < pieces)
        piece_of(a, row, piece + width, 0, 1, 0, 0);  // what is left
    } else {
      const int64_t row = task * kScanRows, left = a.outer - row;
      piece_of(a, row, 0, 0, left < kScanRows ? left : kScanRows, a.n, 0);
    }
  }
}

template <class Op, bool write> void tasks(const ScanArray& a, int64_t begin, int64_t end) {
  for_pieces(a, begin, end, piece_of<Op, write>);
}

template <class Op> void join(const ScanArray& a) {
  using State = typename Op::State;
  for (int64_t o = 0; o < a.outer; ++o) {
    State* piece = static_cast<State*>(a.totals) + o * scan_pieces(a.n) * a.inner;
    for (int64_t j = 0; j < a.inner; ++j) {
      State start = Op::identity;
      for (int64_t p = 0; p < scan_pieces(a.n); ++p) {
        State& total = piece[p * a.inner + j];
        const State next = p == 0 ? total : Op::join(start, total);
        total = start;
        start = next;
      }
    }
  }
}

template <class Op> constexpr ScanKernel kernel() {
  return {sizeof(typename Op::State), tasks<Op, false>, join<Op>, tasks<Op, true>};
}

}  // namespace

extern const ScanKernels scan_kernels;
const ScanKernels scan_kernels = {kernel<Sum<float, double>>(), kernel<Product<float, double>>(),
                                  kernel<LogSumExp<float>>(), kernel<Extreme<float, true>>(),
                                  kernel<Extreme<float, false>>()};

#if !FATHOM_ISA_avx512
extern const SharedScanKernels shared_scan_kernels;
const SharedScanKernels shared_scan_kernels = {
    kernel<Sum<double, double>>(),     kernel<Sum<int64_t, uint64_t>>(),
    kernel<Product<double, double>>(), kernel<Product<int64_t, uint64_t>>(),
    kernel<LogSumExp<double>>(),       kernel<Extreme<double, true>>(),
    kernel<Extreme<int64_t, true>>(),  kernel<Extreme<int32_t, true>>(),
    kernel<Extreme<int8_t, true>>(),   kernel<Extreme<uint8_t, true>>(),
    kernel<Extreme<double, false>>(),  kernel<Extreme<int64_t, false>>(),
    kernel<Extreme<int32_t, false>>(), kernel<Extreme<int8_t, false>>(),
    kernel<Extreme<uint8_t, false>>()};
#endif

}  // namespace fathom::cpu::FATHOM_ISA
