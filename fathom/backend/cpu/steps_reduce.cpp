// Reductions. Any set of axes is brought to (outer, reduce, inner) form; sets with gaps are reduced
// group by group, the last group first.
#include <algorithm>
#include <cstring>

#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/kernels/reduce.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;
using ReduceKind = op::Reduce::Kind;

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
  if (passes.empty()) passes.push_back({1, 1, inner});
  return passes;
}

template <class T, class S> struct Reducers;
template <> struct Reducers<float, float> {
  static auto& rows() { return cpu::reducers().rows_f32; }
  static auto& columns() { return cpu::reducers().columns_f32; }
};
template <> struct Reducers<double, double> {
  static auto& rows() { return cpu::reducers().rows_f64; }
  static auto& columns() { return cpu::reducers().columns_f64; }
};
template <> struct Reducers<std::int64_t, std::int64_t> {
  static auto& rows() { return avx2::integer_reduce_kernels.rows_i64; }
  static auto& columns() { return avx2::integer_reduce_kernels.columns_i64; }
};
template <> struct Reducers<std::int32_t, std::int64_t> {
  static auto& rows() { return avx2::integer_reduce_kernels.rows_i32; }
  static auto& columns() { return avx2::integer_reduce_kernels.columns_i32; }
};
template <> struct Reducers<std::int8_t, std::int64_t> {
  static auto& rows() { return avx2::integer_reduce_kernels.rows_i8; }
  static auto& columns() { return avx2::integer_reduce_kernels.columns_i8; }
};
template <> struct Reducers<std::uint8_t, std::int64_t> {
  static auto& rows() { return avx2::integer_reduce_kernels.rows_u8; }
  static auto& columns() { return avx2::integer_reduce_kernels.columns_u8; }
};

template <class T, class S> class ReduceStep final : public Step {
 public:
  ValueId in, out;
  ReduceKind kind;
  std::vector<Pass> passes;
  std::string text;

  std::string describe() const override { return text; }

  void run(Buffers buffers) const override {
    const char* x = buffers[static_cast<std::size_t>(in)];
    char* y = buffers[static_cast<std::size_t>(out)];
    char* scratch = at<char>(buffers, this->scratch);
    // Scratch: partial results, then the results of all passes but the last, in turns.
    const std::int64_t width = std::max(sizeof(T), sizeof(S));
    char* between[2] = {scratch + partial_elements() * width,
                        scratch + (partial_elements() + between_elements()) * width};
    for (std::size_t i = 0; i < passes.size(); ++i) {
      char* to = i + 1 == passes.size() ? y : between[i % 2];
      if ((kind == ReduceKind::sum || kind == ReduceKind::prod) && i > 0)
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
    if (kind == ReduceKind::sum || kind == ReduceKind::prod) {
      const bool sum = kind == ReduceKind::sum;
      S* partial = reinterpret_cast<S*>(scratch);
      S* result = reinterpret_cast<S*>(y);
      if (p.inner == 1)
        rows(p, x, result, partial, sum ? R::rows().sum : R::rows().prod,
             sum ? R::rows().join_sum : R::rows().join_prod);
      else
        columns(p, x, result, partial, sum ? R::columns().sum : R::columns().prod,
                sum ? R::columns().join_sum : R::columns().join_prod);
    } else if constexpr (std::is_same_v<From, T>) {
      T* partial = reinterpret_cast<T*>(scratch);
      T* result = reinterpret_cast<T*>(y);
      if (p.inner == 1) {
        if (kind == ReduceKind::max)
          rows(p, x, result, partial, R::rows().max, R::rows().join_max);
        else
          rows(p, x, result, partial, R::rows().min, R::rows().join_min);
      } else {
        if (kind == ReduceKind::max)
          columns(p, x, result, partial, R::columns().max, R::columns().join_max);
        else
          columns(p, x, result, partial, R::columns().min, R::columns().join_min);
      }
    }
  }

 public:
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

 private:
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
std::unique_ptr<Step> reduce_step(const StepContext& c, ReduceKind kind, std::string text) {
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

/// Places of extremes: of a row, where its extreme is found first; of columns, kept beside them.
template <class T, class S> class ArgExtremeStep final : public Step {
 public:
  ValueId in, out;
  bool largest;
  Pass pass;
  std::string text;

  std::string describe() const override { return text; }
  void run(Buffers buffers) const override {
    using R = Reducers<T, S>;
    const T* x = at<const T>(buffers, in);
    auto* index = at<std::int64_t>(buffers, out);
    if (pass.inner != 1) {  // 0 as well: then there is nothing to find
      const auto find = largest ? R::columns().argmax : R::columns().argmin;
      for_ranges(pass.outer * index_blocks(pass.inner), pass.reduce * kIndexBlock,
                 [&](std::int64_t begin, std::int64_t end) {
                   find(x, index, begin, end, pass.reduce, pass.inner);
                 });
      return;
    }
    T* partial = at<T>(buffers, scratch);
    T* best = partial + pass.partials();
    const auto& k = R::rows();
    ReduceStep<T, S>::rows(pass, x, best, partial, largest ? k.max : k.min,
                           largest ? k.join_max : k.join_min);
    for_ranges(pass.outer, pass.reduce, [&](std::int64_t begin, std::int64_t end) {
      k.index_of(x, best, index, begin, end, pass.reduce);
    });
  }
};

template <class T, class S>
std::unique_ptr<Step> arg_extreme_step(const StepContext& c, ReduceKind kind, std::string text) {
  auto step = std::make_unique<ArgExtremeStep<T, S>>();
  step->in = c.inputs[0];
  step->out = c.outputs[0];
  step->largest = kind == ReduceKind::argmax;
  step->pass = passes_of(c.input(0).shape, c.attributes<op::Reduce>().axes)[0];
  step->text = std::move(text);
  const std::int64_t rows = step->pass.inner == 1 ? step->pass.partials() + step->pass.outer : 0;
  step->scratch_bytes = static_cast<std::size_t>(rows) * sizeof(T);
  return step;
}

template <class T, class S>
std::unique_ptr<Step> step_of(const StepContext& c, ReduceKind kind, std::string text) {
  // Places are of one axis or of all: one pass.
  if (kind == ReduceKind::argmax || kind == ReduceKind::argmin)
    return arg_extreme_step<T, S>(c, kind, std::move(text));
  return reduce_step<T, S>(c, kind, std::move(text));
}

}  // namespace

template <> std::unique_ptr<Step> make_step<op::Reduce>(const StepContext& c) {
  const auto& a = c.attributes<op::Reduce>();
  const DType d = c.input(0).dtype;
  constexpr const char* names[] = {"sum", "prod", "max", "min", "argmax", "argmin"};
  std::string text = std::string(names[static_cast<int>(a.kind)]) + " " +
                     to_string(c.input(0).shape) + " -> " + to_string(c.output().shape);
  switch (d) {
    case DType::f32:
      return step_of<float, float>(c, a.kind, std::move(text));
    case DType::f64:
      return step_of<double, double>(c, a.kind, std::move(text));
    case DType::i64:
      return step_of<std::int64_t, std::int64_t>(c, a.kind, std::move(text));
    case DType::i32:
      return step_of<std::int32_t, std::int64_t>(c, a.kind, std::move(text));
    case DType::i8:
      return step_of<std::int8_t, std::int64_t>(c, a.kind, std::move(text));
    default:
      return step_of<std::uint8_t, std::int64_t>(c, a.kind, std::move(text));
  }
}

}  // namespace fathom::cpu
