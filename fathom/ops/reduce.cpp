#include "fathom/ops/reduce.h"

#include "fathom/graph/context.h"
#include "fathom/graph/op.h"
#include "fathom/ops/along.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/scan.h"
#include "fathom/ops/shape.h"

namespace fathom {

using namespace ops::rules;
using ReduceKind = op::Reduce::Kind;

std::uint32_t Axes::mask(const char* operation, int rank, const std::source_location& where) const {
  if (list_.empty()) return (1u << rank) - 1;
  std::uint32_t mask = 0;
  for (int axis : list_) {
    if (rank == 0 && (axis == 0 || axis == -1)) continue;  // a scalar counts as one element
    const std::uint32_t bit = 1u << ops::normalize_axis(operation, axis, rank, where);
    if (mask & bit)
      ops::fail<IndexError>(
          {.operation = operation, .problem = "axis " + std::to_string(axis) + " is named twice"},
          where);
    mask |= bit;
  }
  return mask;
}

namespace {

Shape reduced(const Shape& shape, std::uint32_t axes, bool keep_dims) {
  Shape out;
  for (int i = 0; i < shape.rank(); ++i) {
    if (!(axes >> i & 1))
      out.push_back(shape[i]);
    else if (keep_dims)
      out.push_back(1);
  }
  return out;
}

std::int64_t reduced_count(const Shape& shape, std::uint32_t axes) {
  std::int64_t n = 1;
  for (int i = 0; i < shape.rank(); ++i)
    if (axes >> i & 1) n *= shape[i];
  return n;
}

const char* kind_name(ReduceKind kind) {
  constexpr const char* names[] = {"sum", "prod", "max", "min", "argmax", "argmin"};
  return names[static_cast<int>(kind)];
}

}  // namespace

namespace graph {
template <> struct Rules<op::Reduce> {
  static constexpr std::string_view name = "reduce";
  static std::string_view title(const op::Reduce& a) { return kind_name(a.kind); }
  static Specs infer(const op::Reduce& a, Inputs in) {
    const Shape& shape = in[0].shape();
    const DType d = in[0].dtype();
    if (a.kind != ReduceKind::sum && a.kind != ReduceKind::prod &&
        reduced_count(shape, a.axes) == 0 && reduced(shape, a.axes, false).size() > 0)
      throw ShapeError({.operation = kind_name(a.kind),
                        .problem = "no elements to choose from",
                        .received = {{"x", describe(in[0])}},
                        .expected = "reduced axes of extent 1 and more"});
    const bool counts = a.kind == ReduceKind::argmax || a.kind == ReduceKind::argmin;
    const bool sums = a.kind == ReduceKind::sum || a.kind == ReduceKind::prod;
    const DType out = counts || (sums && !is_floating(d)) ? DType::i64 : d;
    return Spec{out, reduced(shape, a.axes, a.keep_dims)};
  }
  static Tensors vjp(const op::Reduce& a, const Vjp& v) {
    const Tensor& x = v.inputs[0];
    const Shape kept = reduced(x.shape(), a.axes, true);
    const auto wide = [&](const Tensor& t) { return expand(reshape(t, kept), x.shape()); };
    switch (a.kind) {
      case ReduceKind::sum:
        return {wide(v.cotangent())};
      case ReduceKind::max:
      case ReduceKind::min: {
        const Tensor hit = cast(x == wide(v.output()), x.dtype());
        const Tensor share = v.cotangent() / sum(hit, Axes(axis_list(a.axes)), a.keep_dims);
        return {hit * wide(share)};
      }
      case ReduceKind::prod:
        return {prod_gradient(a, v, kept)};
      case ReduceKind::argmax:
      case ReduceKind::argmin:
        break;
    }
    return {Tensor()};
  }

 private:
  static std::vector<int> axis_list(std::uint32_t axes) {
    std::vector<int> list;
    for (int i = 0; i < Shape::max_rank; ++i)
      if (axes >> i & 1) list.push_back(i);
    return list;
  }
  // The products of what stands before and behind each element: no division, so zeros need no
  // care, however often this is differentiated.
  static Tensor prod_gradient(const op::Reduce& a, const Vjp& v, const Shape& kept) {
    const Tensor& x = v.inputs[0];
    std::vector<int> order;  // the reduced axes last, as one line
    for (int i = 0; i < x.rank(); ++i)
      if (!(a.axes >> i & 1)) order.push_back(i);
    for (int i = 0; i < x.rank(); ++i)
      if (a.axes >> i & 1) order.push_back(i);
    const Tensor turned = permute(x, order);
    const std::int64_t n = reduced_count(x.shape(), a.axes);
    const Tensor lines = reshape(turned, Shape{n == 0 ? 0 : x.size() / n, n});
    const auto products = [&](bool reverse) {
      return apply(op::Scan{op::Scan::Kind::prod, 1, reverse}, {ops::shifted(lines, 1, reverse, 1)},
                   {});
    };
    std::vector<int> back(order.size());
    for (std::size_t i = 0; i < order.size(); ++i)
      back[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
    const Tensor rest = products(false) * products(true);
    return reshape(v.cotangent(), kept) * permute(reshape(rest, turned.shape()), back);
  }
};
template <> constinit const OpDef OpEntry<op::Reduce>::def = make_op_def<op::Reduce>();

}  // namespace graph

namespace {

Tensor reduce(ReduceKind kind, const Operand& x, const Axes& axes, bool keep_dims) {
  const Tensor t = ops::as_tensor(x, kind_name(kind));
  return graph::apply(op::Reduce{kind, axes.mask(kind_name(kind), t.rank(), x.where()), keep_dims},
                      {t}, x.where());
}
/// In an element type of the caller's choice.
Tensor reduce(ReduceKind kind, const Operand& x, const Axes& axes, bool keep_dims,
              std::optional<DType> dtype) {
  if (!dtype) return reduce(kind, x, axes, keep_dims);
  const Tensor t = cast(x, *dtype);
  return cast(reduce(kind, Operand(t, x.where()), axes, keep_dims), *dtype);
}
Tensor place(ReduceKind kind, const Operand& x, std::optional<int> axis, bool keep_dims) {
  return reduce(kind, x, axis ? Axes(*axis) : Axes(), keep_dims);
}
IndexedResult with_index(ReduceKind kind, const Operand& x, int axis, bool keep_dims) {
  const ops::Along along(kind_name(kind), x, axis);
  const Tensor indices = reduce(kind, Operand(along.x, x.where()), along.axis, true);
  const Tensor values = take_along(along.x, indices, along.axis);
  return {along.reduced(values, keep_dims), along.reduced(indices, keep_dims)};
}
/// Truths about elements of a type. Of u8 PyTorch gives them in that type: it stood for bool once.
Tensor truths(const Tensor& which, DType of) { return of == DType::u8 ? cast(which, of) : which; }
void require_floating_mean(const char* name, const Operand& x, std::optional<DType> dtype) {
  if (!dtype) ops::require_floating(name, x);
  if (!dtype || is_floating(*dtype)) return;
  ops::fail<DTypeError>({.operation = name,
                         .problem = "the result's type is not floating",
                         .received = {{"dtype", std::string(fathom::name(*dtype))}}},
                        x.where());
}

}  // namespace

Tensor sum(const Operand& x, const Axes& axes, bool keep_dims, std::optional<DType> dtype) {
  return reduce(ReduceKind::sum, x, axes, keep_dims, dtype);
}
Tensor prod(const Operand& x, const Axes& axes, bool keep_dims, std::optional<DType> dtype) {
  return reduce(ReduceKind::prod, x, axes, keep_dims, dtype);
}
Tensor max(const Operand& x, const Axes& axes, bool keep_dims) {
  return reduce(ReduceKind::max, x, axes, keep_dims);
}
Tensor min(const Operand& x, const Axes& axes, bool keep_dims) {
  return reduce(ReduceKind::min, x, axes, keep_dims);
}
Tensor amax(const Operand& x, const Axes& axes, bool keep_dims) {
  const graph::CallScope call("amax", x.where());
  return max(x, axes, keep_dims);
}
Tensor amin(const Operand& x, const Axes& axes, bool keep_dims) {
  const graph::CallScope call("amin", x.where());
  return min(x, axes, keep_dims);
}
AminmaxResult aminmax(const Operand& x, const Axes& axes, bool keep_dims) {
  const graph::CallScope call("aminmax", x.where());
  const Tensor t = ops::as_tensor(x);
  const Operand located(t, x.where());
  return {min(located, axes, keep_dims), max(located, axes, keep_dims)};
}
IndexedResult max_with_index(const Operand& x, int axis, bool keep_dims) {
  const graph::CallScope call("max_with_index", x.where());
  return with_index(ReduceKind::argmax, x, axis, keep_dims);
}
IndexedResult min_with_index(const Operand& x, int axis, bool keep_dims) {
  const graph::CallScope call("min_with_index", x.where());
  return with_index(ReduceKind::argmin, x, axis, keep_dims);
}
Tensor argmax(const Operand& x, std::optional<int> axis, bool keep_dims) {
  return place(ReduceKind::argmax, x, axis, keep_dims);
}
Tensor argmin(const Operand& x, std::optional<int> axis, bool keep_dims) {
  return place(ReduceKind::argmin, x, axis, keep_dims);
}
Tensor any(const Operand& x, const Axes& axes, bool keep_dims) {
  const graph::CallScope call("any", x.where());
  const Tensor t = ops::as_tensor(x);
  return truths(count_nonzero(Operand(t, x.where()), axes, keep_dims) > 0, t.dtype());
}
Tensor all(const Operand& x, const Axes& axes, bool keep_dims) {
  const graph::CallScope call("all", x.where());
  const Tensor t = ops::as_tensor(x);
  return truths(sum(Operand(t == 0, x.where()), axes, keep_dims) == 0, t.dtype());
}
Tensor count_nonzero(const Operand& x, const Axes& axes, bool keep_dims) {
  const graph::CallScope call("count_nonzero", x.where());
  const Tensor t = ops::as_tensor(x);
  return sum(t.dtype() == DType::boolean ? t : t != 0, axes, keep_dims);
}

Tensor mean(const Operand& x, const Axes& axes, bool keep_dims, std::optional<DType> dtype) {
  const graph::CallScope call("mean", x.where());
  require_floating_mean("mean", x, dtype);
  const Tensor t = dtype ? cast(x, *dtype) : ops::as_tensor(x);
  const auto n =
      static_cast<double>(reduced_count(t.shape(), axes.mask("mean", t.rank(), x.where())));
  const DType wide = ops::widened(t.dtype());  // the sum of halves may be too large for one
  const Tensor total = sum(Operand(cast(t, wide), x.where()), axes, keep_dims);
  return cast(total / constant(n, {}, wide), t.dtype());
}
Tensor nansum(const Operand& x, const Axes& axes, bool keep_dims, std::optional<DType> dtype) {
  const graph::CallScope call("nansum", x.where());
  const Tensor t = ops::as_tensor(x);
  const Tensor numbers = is_floating(t.dtype()) ? where(isnan(t), 0, t) : t;
  return sum(Operand(numbers, x.where()), axes, keep_dims, dtype);
}
Tensor nanmean(const Operand& x, const Axes& axes, bool keep_dims, std::optional<DType> dtype) {
  const graph::CallScope call("nanmean", x.where());
  require_floating_mean("nanmean", x, dtype);
  const Tensor t = dtype ? cast(x, *dtype) : ops::as_tensor(x);
  const DType wide = ops::widened(t.dtype());
  const Tensor count = sum(logical_not(isnan(t)), axes, keep_dims);
  const Tensor total = nansum(Operand(cast(t, wide), x.where()), axes, keep_dims);
  return cast(total / cast(count, wide), t.dtype());
}
VarMeanResult var_mean(const Operand& x, const Axes& axes, int correction, bool keep_dims) {
  const graph::CallScope call("var_mean", x.where());
  ops::require_floating("var", x);
  const Tensor t = ops::as_tensor(x);
  if (is_half(t.dtype())) {
    const Tensor wide = cast(t, DType::f32);
    const auto [v, center] = var_mean(Operand(wide, x.where()), axes, correction, keep_dims);
    return {cast(v, t.dtype()), cast(center, t.dtype())};
  }
  const std::uint32_t mask = axes.mask("var", t.rank(), x.where());
  const std::int64_t n = reduced_count(t.shape(), mask);
  const Tensor center = mean(t, axes, true);
  const Tensor squares = sum(square(t - center), axes, keep_dims);
  const auto divisor = static_cast<double>(n > correction ? n - correction : 0);
  return {squares / constant(divisor, {}, t.dtype()),
          keep_dims ? center : reshape(center, reduced(t.shape(), mask, false))};
}
Tensor var(const Operand& x, const Axes& axes, int correction, bool keep_dims) {
  const graph::CallScope call("var", x.where());
  return var_mean(x, axes, correction, keep_dims).var;
}
StdMeanResult std_mean(const Operand& x, const Axes& axes, int correction, bool keep_dims) {
  const graph::CallScope call("std_mean", x.where());
  ops::require_floating("var", x);
  const Tensor t = ops::as_tensor(x);
  const Tensor wide = cast(t, ops::widened(t.dtype()));
  const auto [v, center] = var_mean(Operand(wide, x.where()), axes, correction, keep_dims);
  // The gradient at 0 is 0, not NaN.
  const Tensor deviation = where(v == 0, 0, sqrt(where(v == 0, 1, v)));
  return {cast(deviation, t.dtype()), cast(center, t.dtype())};
}
Tensor std_dev(const Operand& x, const Axes& axes, int correction, bool keep_dims) {
  const graph::CallScope call("std_dev", x.where());
  return std_mean(x, axes, correction, keep_dims).std_dev;
}
Tensor logsumexp(const Operand& x, const Axes& axes, bool keep_dims) {
  const graph::CallScope call("logsumexp", x.where());
  ops::require_floating("logsumexp", x);
  const Tensor t = ops::as_tensor(x);
  if (is_half(t.dtype())) {
    const Tensor wide = cast(t, DType::f32);
    return cast(logsumexp(Operand(wide, x.where()), axes, keep_dims), t.dtype());
  }
  if (reduced_count(t.shape(), axes.mask("logsumexp", t.rank(), x.where())) == 0)
    return log(sum(exp(t), axes, keep_dims));  // -inf
  const Tensor largest = max(t, axes, true);
  // A row of -inf (or with +inf) must not become inf - inf.
  const Tensor shift = stop_gradient(where(isfinite(largest), largest, 0));
  const Tensor result = log(sum(exp(t - shift), axes, true)) + shift;
  return keep_dims ? result
                   : reshape(result, reduced(t.shape(), axes.mask("logsumexp", t.rank(), x.where()),
                                             false));
}

}  // namespace fathom
