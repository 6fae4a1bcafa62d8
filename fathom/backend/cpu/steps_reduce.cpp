// Reductions. Any set of axes is brought to (outer, reduce, inner) form; sets with gaps are reduced
// group by group, the last group first.
#include <algorithm>
#include <cstring>
#include <limits>

#include "fathom/backend/cpu/kernels/reduce.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;
using Kind = op::Reduce::Kind;

struct Pass {
  std::int64_t outer, reduce, inner;
  std::int64_t inputs() const { return outer * reduce * inner; }
  std::int64_t results() const { return outer * inner; }
  std::int64_t partials() const {
    return inner == 1 ? outer * row_pieces(reduce) : outer * column_chunks(reduce) * inner;
  }
};

/// Neighbouring axes that are treated alike are one; every reduced group is one pass.
std::vector<Pass> passes_of(const Shape& shape, std::uint32_t axes) {
  std::vector<std::int64_t> extents;
  std::vector<bool> reduced;
  for (int i = 0; i < shape.rank(); ++i) {
    const bool r = axes >> i & 1;
    if (shape[i] == 1) continue;
    if (!extents.empty() && reduced.back() == r) {
      extents.back() *= shape[i];
    } else {
      extents.push_back(shape[i]);
      reduced.push_back(r);
    }
  }
  std::vector<Pass> passes;
  std::int64_t inner = 1;
  for (std::size_t i = extents.size(); i-- > 0;) {
    if (!reduced[i]) {
      inner *= extents[i];
      continue;
    }
    std::int64_t outer = 1;
    for (std::size_t j = 0; j < i; ++j) outer *= extents[j];
    passes.push_back({outer, extents[i], inner});
  }
  if (passes.empty()) passes.push_back({inner, 1, 1});
  return passes;
}

template <class T, class S> struct Reducers;
const ReduceKernels& kernels() { return choose(avx2::reduce_kernels, avx512::reduce_kernels); }
template <> struct Reducers<float, float> {
  static auto& rows() { return kernels().rows_f32; }
  static auto& columns() { return kernels().columns_f32; }
};
template <> struct Reducers<double, double> {
  static auto& rows() { return kernels().rows_f64; }
  static auto& columns() { return kernels().columns_f64; }
};
template <> struct Reducers<std::int64_t, std::int64_t> {
  static auto& rows() { return kernels().rows_i64; }
  static auto& columns() { return kernels().columns_i64; }
};
template <> struct Reducers<std::int32_t, std::int64_t> {
  static auto& rows() { return kernels().rows_i32; }
  static auto& columns() { return kernels().columns_i32; }
};
template <> struct Reducers<std::uint8_t, std::int64_t> {
  static auto& rows() { return kernels().rows_u8; }
  static auto& columns() { return kernels().columns_u8; }
};

template <class T, class S> class ReduceStep final : public Step {
 public:
  ValueId in, out;
  Kind kind;
  std::vector<Pass> passes;
  std::string text;

  std::string describe() const override { return text; }

  void run(Buffers buffers) const override {
    const char* x = buffers[static_cast<std::size_t>(in)];
    char* y = buffers[static_cast<std::size_t>(out)];
    char* scratch = this->scratch >= 0 ? buffers[static_cast<std::size_t>(this->scratch)] : nullptr;
    // Scratch: partial results, then the results of all passes but the last, in turns.
    const std::int64_t width = std::max(sizeof(T), sizeof(S));
    char* between[2] = {scratch + partial_elements() * width,
                        scratch + (partial_elements() + between_elements()) * width};
    for (std::size_t i = 0; i < passes.size(); ++i) {
      char* to = i + 1 == passes.size() ? y : between[i % 2];
      if (kind == Kind::sum && i > 0)
        pass<S>(passes[i], reinterpret_cast<const S*>(x), to, scratch);
      else
        pass<T>(passes[i], reinterpret_cast<const T*>(x), to, scratch);
      x = to;
    }
  }

  std::int64_t partial_elements() const {
    std::int64_t most = 0;
    for (const Pass& p : passes)
      most = std::max(most, p.partials() > p.results() ? p.partials() : 0);
    return most;
  }
  std::int64_t between_elements() const {
    std::int64_t most = 0;
    for (std::size_t i = 0; i + 1 < passes.size(); ++i) most = std::max(most, passes[i].results());
    return most;
  }

 private:
  template <class From> void pass(const Pass& p, const From* x, char* y, char* scratch) const {
    using R = Reducers<From, S>;
    if (kind == Kind::sum) {
      if (p.inner == 1)
        rows(p, x, reinterpret_cast<S*>(y), reinterpret_cast<S*>(scratch), R::rows().sum,
             R::rows().join_sum);
      else
        columns(p, x, reinterpret_cast<S*>(y), reinterpret_cast<S*>(scratch), R::columns().sum,
                R::columns().join_sum);
    } else if constexpr (std::is_same_v<From, T>) {
      T* partial = reinterpret_cast<T*>(scratch);
      T* result = reinterpret_cast<T*>(y);
      if (p.inner == 1) {
        if (kind == Kind::max)
          rows(p, x, result, partial, R::rows().max, R::rows().join_max);
        else
          rows(p, x, result, partial, R::rows().min, R::rows().join_min);
      } else {
        if (kind == Kind::max)
          columns(p, x, result, partial, R::columns().max, R::columns().join_max);
        else
          columns(p, x, result, partial, R::columns().min, R::columns().join_min);
      }
    }
  }

  template <class From, class To, class Piece, class Join>
  static void rows(const Pass& p, const From* x, To* y, To* partial, Piece piece, Join join) {
    const std::int64_t pieces = row_pieces(p.reduce);
    To* to = pieces == 1 ? y : partial;
    for_ranges(p.outer * pieces, std::min(p.reduce, kRowPiece),
               [&](std::int64_t begin, std::int64_t end) { piece(x, to, begin, end, p.reduce); });
    if (pieces > 1)
      for_ranges(p.outer, pieces, [&](std::int64_t begin, std::int64_t end) {
        join(partial, y, begin, end, pieces);
      });
  }
  template <class From, class To, class Piece, class Join>
  static void columns(const Pass& p, const From* x, To* y, To* partial, Piece piece, Join join) {
    const std::int64_t chunks = column_chunks(p.reduce);
    To* to = chunks == 1 ? y : partial;
    for_ranges(
        p.outer * chunks, std::min(p.reduce, kColumnChunk) * p.inner,
        [&](std::int64_t begin, std::int64_t end) { piece(x, to, begin, end, p.reduce, p.inner); });
    if (chunks > 1)
      for_ranges(p.outer, chunks * p.inner, [&](std::int64_t begin, std::int64_t end) {
        join(partial, y, begin, end, chunks, p.inner, 0, p.inner);
      });
  }
};

template <class T, class S>
std::unique_ptr<Step> reduce_step(const StepContext& c, Kind kind, std::string text) {
  auto step = std::make_unique<ReduceStep<T, S>>();
  step->in = c.inputs[0];
  step->out = c.outputs[0];
  step->kind = kind;
  step->passes = passes_of(c.input(0).shape, c.attributes<op::Reduce>().axes);
  step->text = std::move(text);
  const std::int64_t elements = step->partial_elements() + 2 * step->between_elements();
  step->scratch_bytes = static_cast<std::size_t>(elements) * std::max(sizeof(T), sizeof(S));
  return step;
}

/// Products, positions of extremes, and types without a vector kernel: one result at a time.
template <class T> class PlainReduceStep final : public Step {
 public:
  ValueId in, out;
  Kind kind;
  Shape kept, gone;  // extents of the axes that stay and of those reduced
  op::Counts kept_stride, gone_stride;
  std::string text;

  std::string describe() const override { return text; }
  void run(Buffers buffers) const override {
    const T* x = at<const T>(buffers, in);
    char* y = buffers[static_cast<std::size_t>(out)];
    for_ranges(kept.size(), gone.size(), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) one(x + offset(kept, kept_stride, i), y, i);
    });
  }

 private:
  static std::int64_t offset(const Shape& shape, const op::Counts& stride, std::int64_t index) {
    std::int64_t at = 0;
    for (int a = shape.rank() - 1; a >= 0; --a) {
      at += index % shape[a] * stride[static_cast<std::size_t>(a)];
      index /= shape[a];
    }
    return at;
  }
  void one(const T* x, char* y, std::int64_t i) const {
    const std::int64_t n = gone.size();
    if (kind == Kind::sum || kind == Kind::prod) {
      using S = std::conditional_t<std::is_floating_point_v<T>, T, std::int64_t>;
      S total = kind == Kind::sum ? S(0) : S(1);
      for (std::int64_t j = 0; j < n; ++j) {
        const auto v = static_cast<S>(x[offset(gone, gone_stride, j)]);
        total = kind == Kind::sum ? total + v : total * v;
      }
      reinterpret_cast<S*>(y)[i] = total;
      return;
    }
    const bool largest = kind == Kind::max || kind == Kind::argmax;
    std::int64_t best = 0;
    T value = x[0];
    for (std::int64_t j = 1; j < n && value == value; ++j) {
      const T v = x[offset(gone, gone_stride, j)];
      if ((largest ? v > value : v < value) || v != v) {
        value = v;
        best = j;
      }
    }
    if (kind == Kind::argmax || kind == Kind::argmin)
      reinterpret_cast<std::int64_t*>(y)[i] = best;
    else
      reinterpret_cast<T*>(y)[i] = value;
  }
};

template <class T> std::unique_ptr<Step> plain_step(const StepContext& c, std::string text) {
  const auto& a = c.attributes<op::Reduce>();
  auto step = std::make_unique<PlainReduceStep<T>>();
  step->in = c.inputs[0];
  step->out = c.outputs[0];
  step->kind = a.kind;
  step->text = std::move(text);
  const Shape& s = c.input(0).shape;
  std::int64_t stride[Shape::max_rank];
  std::int64_t product = 1;
  for (int i = s.rank() - 1; i >= 0; --i) {
    stride[i] = product;
    product *= s[i];
  }
  for (int i = 0; i < s.rank(); ++i) {
    const bool reduced = a.axes >> i & 1;
    Shape& shape = reduced ? step->gone : step->kept;
    (reduced ? step->gone_stride : step->kept_stride)[static_cast<std::size_t>(shape.rank())] =
        stride[i];
    shape.push_back(s[i]);
  }
  return step;
}

}  // namespace

std::unique_ptr<Step> make_reduce(const StepContext& c) {
  const auto& a = c.attributes<op::Reduce>();
  const DType d = c.input(0).dtype;
  constexpr const char* names[] = {"sum", "prod", "max", "min", "argmax", "argmin"};
  std::string text = std::string(names[static_cast<int>(a.kind)]) + " " +
                     to_string(c.input(0).shape) + " -> " + to_string(c.output().shape);
  const bool vector = (a.kind == Kind::sum || a.kind == Kind::max || a.kind == Kind::min) &&
                      c.input(0).shape.size() > 0;
  if (vector) {
    if (d == DType::f32) return reduce_step<float, float>(c, a.kind, std::move(text));
    if (d == DType::f64) return reduce_step<double, double>(c, a.kind, std::move(text));
    if (d == DType::i64) return reduce_step<std::int64_t, std::int64_t>(c, a.kind, std::move(text));
    if (d == DType::i32) return reduce_step<std::int32_t, std::int64_t>(c, a.kind, std::move(text));
    if (d == DType::u8 || d == DType::boolean)
      return reduce_step<std::uint8_t, std::int64_t>(c, a.kind, std::move(text));
  }
  switch (d) {
    case DType::f32:
      return plain_step<float>(c, std::move(text));
    case DType::f64:
      return plain_step<double>(c, std::move(text));
    case DType::i64:
      return plain_step<std::int64_t>(c, std::move(text));
    case DType::i32:
      return plain_step<std::int32_t>(c, std::move(text));
    case DType::i8:
      return plain_step<std::int8_t>(c, std::move(text));
    default:
      return plain_step<std::uint8_t>(c, std::move(text));
  }
}

}  // namespace fathom::cpu
