#include "fathom/ops/scatter.h"

#include "fathom/graph/op.h"
#include "fathom/ops/check.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/join.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/shape.h"

namespace fathom {

using namespace ops::rules;
using ScatterKind = op::Scatter::Kind;

namespace graph {

template <> struct Rules<op::Scatter> {
  static constexpr std::string_view name = "scatter";
  static constexpr bool late = true;
  static Specs infer(const op::Scatter& a, Inputs in) {
    ops::require_index("scatter", in[1]);
    return Spec{in[0].dtype(), in[0].shape().with(a.axis, a.extent)};
  }
  static Tensors vjp(const op::Scatter& a, const Vjp& v) {
    const Tensor& x = v.inputs[0];
    const Tensor& index = v.inputs[1];
    const auto at_source = [&](const Tensor& t) { return take_along(t, index, a.axis); };
    const auto summed = [&](const Tensor& t) {
      return ops::scatter(ScatterKind::sum, t, index, a.axis, a.extent);
    };
    switch (a.kind) {
      case ScatterKind::sum:
        return {at_source(v.cotangent()), {}};
      case ScatterKind::max:
      case ScatterKind::min: {  // ties share
        const Tensor hit = x == at_source(v.output());
        const Tensor hits = summed(cast(hit, x.dtype()));
        return {where(hit, at_source(v.cotangent() / where(hits == 0, 1, hits)), 0), {}};
      }
      case ScatterKind::prod:
        break;
    }
    // Exact with zeros: with one zero only its own derivative is not 0, with two all are 0.
    const Tensor zero = x == 0;
    const Tensor zeros_here = at_source(summed(cast(zero, x.dtype())));
    const Tensor safe = where(zero, 1, x);
    const Tensor others = at_source(ops::scatter(ScatterKind::prod, safe, index, a.axis, a.extent));
    const Tensor derivative =
        where(zeros_here == 0, others / safe, where(logical_and(zero, zeros_here == 1), others, 0));
    return {at_source(v.cotangent()) * derivative, {}};
  }
};

template <> struct Rules<op::ScatterSlices> {
  static constexpr std::string_view name = "index_add";
  static constexpr bool late = true;
  static Specs infer(const op::ScatterSlices& a, Inputs in) {
    ops::require_index("index_add", in[1]);
    Shape out;
    for (int i = 0; i < a.axis; ++i) out.push_back(in[0].shape()[i]);
    out.push_back(a.extent);
    for (int i = a.axis + in[1].rank(); i < in[0].rank(); ++i) out.push_back(in[0].shape()[i]);
    return Spec{in[0].dtype(), out};
  }
  static Tensors vjp(const op::ScatterSlices& a, const Vjp& v) {
    return {take(v.cotangent(), v.inputs[1], a.axis), {}};
  }
};

template <> struct Rules<op::LastWriter> {
  static constexpr std::string_view name = "last_writer";
  static constexpr bool late = true;
  static Specs infer(const op::LastWriter& a, Inputs in) {
    ops::require_index("scatter", in[0]);
    return Spec{DType::i64, in[0].shape().with(a.axis, a.extent)};
  }
};

template <> constinit const OpDef OpEntry<op::Scatter>::def = make_op_def<op::Scatter>();
template <>
constinit const OpDef OpEntry<op::ScatterSlices>::def = make_op_def<op::ScatterSlices>();
template <> constinit const OpDef OpEntry<op::LastWriter>::def = make_op_def<op::LastWriter>();

}  // namespace graph

namespace ops {

Tensor scatter(ScatterKind kind, const Tensor& source, const Tensor& index, int axis,
               std::int64_t extent, const std::source_location& where) {
  if (is_half(source.dtype()))
    return cast(scatter(kind, cast(source, DType::f32), index, axis, extent, where),
                source.dtype());
  return graph::apply(op::Scatter{kind, axis, extent}, {source, index}, where);
}

Tensor scatter_slices(const Tensor& source, const Tensor& index, int axis, std::int64_t extent,
                      const std::source_location& where) {
  if (is_half(source.dtype()))
    return cast(scatter_slices(cast(source, DType::f32), index, axis, extent, where),
                source.dtype());
  return graph::apply(op::ScatterSlices{axis, extent}, {source, index}, where);
}

Tensor fitted(const char* operation, const Tensor& x, const Shape& index, int axis,
              const std::source_location& where) {
  bool fits = x.rank() == index.rank();
  op::Slice part{{}, {}, x.shape()};
  part.step.fill(1);
  for (int i = 0; fits && i < index.rank(); ++i) {
    if (i == axis) continue;
    fits = index[i] <= x.shape()[i];
    part.shape[i] = index[i];
  }
  if (!fits)
    fail<ShapeError>(
        {.operation = operation,
         .problem = "the index does not fit",
         .received = {{"x", describe(x)}, {"index", to_string(index)}},
         .expected = axis < 0 ? "an index of the same rank that is no larger"
                              : "an index of the same rank that is no larger off axis " +
                                    std::to_string(axis)},
        where);
  return part.shape == x.shape() ? x : graph::apply(part, {x}, where);
}

}  // namespace ops

namespace {

/// What the scatter functions share: operands of one type, cut to what the index covers.
struct ScatterOperands {
  ScatterOperands(const char* operation, const Operand& x, int axis_given,
                  const Tensor& index_given, const Operand& source)
      : where(x.where()), whole(ops::as_tensor(x)), index(index_given) {
    axis = ops::normalize_axis(operation, axis_given, whole.rank(), where);
    const Tensor from = ops::as_tensor(source, whole.dtype());
    x_part = ops::fitted(operation, whole, index.shape(), axis, where);
    src = source.is_tensor() ? ops::fitted(operation, from, index.shape(), -1, where)
                             : expand(from, index.shape());
  }
  Tensor combined(ScatterKind kind) const { return combined(kind, src); }
  Tensor combined(ScatterKind kind, const Tensor& what) const {
    return ops::scatter(kind, what, index, axis, extent(), where);
  }
  /// How many come to each place.
  Tensor counts(DType dtype) const {
    return combined(ScatterKind::sum, ones(index.shape(), dtype));
  }
  Tensor last_writer() const {
    return graph::apply(op::LastWriter{axis, extent()}, {index}, where);
  }
  /// Back among what the index does not cover.
  Tensor result(const Tensor& part) const {
    op::Slice corner{{}, {}, part.shape()};
    corner.step.fill(1);
    return ops::overlay(whole, cast(part, whole.dtype()), corner);
  }
  std::int64_t extent() const { return whole.shape()[axis]; }

  std::source_location where;
  Tensor whole, index;
  int axis;
  Tensor x_part, src;
};

/// With what came alone, where something came.
Tensor without_self(const ScatterOperands& o, ScatterReduction reduction) {
  const Tensor came = o.last_writer() >= 0;
  switch (reduction) {
    case ScatterReduction::sum:
      return where(came, o.combined(ScatterKind::sum), o.x_part);
    case ScatterReduction::prod:
      return where(came, o.combined(ScatterKind::prod), o.x_part);
    case ScatterReduction::amax:
      return where(came, o.combined(ScatterKind::max), o.x_part);
    case ScatterReduction::amin:
      return where(came, o.combined(ScatterKind::min), o.x_part);
    case ScatterReduction::mean:
      break;
  }
  const DType dtype = o.x_part.dtype();
  const DType real = is_floating(dtype) ? dtype : DType::f64;
  const Tensor count = o.counts(real);
  const Tensor mean = cast(o.combined(ScatterKind::sum), real) / where(came, count, 1);
  return where(came, is_floating(dtype) ? mean : cast(floor(mean), dtype), o.x_part);
}

/// x's own elements come first: as if each had an index of its own.
ScatterOperands with_self(const ScatterOperands& o) {
  ScatterOperands all = o;
  const Tensor own =
      graph::apply(op::Iota{DType::i64, o.x_part.shape(), o.axis}, Tensors{}, o.where);
  all.index = concat({own, cast(o.index, DType::i64)}, o.axis);
  all.src = concat({o.x_part, o.src}, o.axis);
  return all;
}

/// An index of one axis, and the extents of the slices that it names.
Tensor slice_index(const char* operation, const Tensor& index, const std::source_location& where) {
  if (index.rank() > 1)
    ops::fail<ShapeError>({.operation = operation,
                           .problem = "the index has more than one axis",
                           .received = {{"index", describe(index)}}},
                          where);
  return index.rank() == 0 ? unsqueeze(index, 0) : index;
}
Tensor slices_for(const char* operation, const Tensor& x, const Tensor& index, int axis,
                  const Operand& source) {
  const Tensor from = ops::as_tensor(source, x.dtype());
  if (!(from.shape() == x.shape().with(axis, index.size())))
    ops::fail<ShapeError>(
        {.operation = operation,
         .problem = "the source does not fit",
         .received = {{"x", describe(x)}, {"index", describe(index)}, {"source", describe(from)}},
         .expected = "a source of shape " + to_string(x.shape().with(axis, index.size()))},
        source.where());
  return from;
}

/// x with slices written at positions: a Take at the last writers. A source of rank 0 fills.
Tensor write_slices(const Tensor& x, const Tensor& index, const Tensor& source, int axis,
                    const std::source_location& where) {
  if (index.size() == 0) return x;
  const Tensor writer = graph::apply(op::LastWriter{0, x.shape()[axis]}, {index}, where);
  Shape aligned;
  for (int i = axis; i < x.rank(); ++i) aligned.push_back(i == axis ? x.shape()[axis] : 1);
  const Tensor keep = reshape(writer < 0, aligned);
  return fathom::where(keep, x,
                       source.rank() == 0 ? source : take(source, maximum(writer, 0), axis));
}

}  // namespace

Tensor scatter(const Operand& x, int axis, const Tensor& index, const Operand& src) {
  const graph::CallScope call("scatter", x.where());
  const ScatterOperands o("scatter", x, axis, index, src);
  if (index.size() == 0) return o.whole;
  const Tensor writer = o.last_writer();
  return o.result(where(writer < 0, o.x_part, take_along(o.src, maximum(writer, 0), o.axis)));
}

Tensor scatter_add(const Operand& x, int axis, const Tensor& index, const Operand& src) {
  const graph::CallScope call("scatter_add", x.where());
  return scatter_reduce(x, axis, index, src, ScatterReduction::sum);
}

Tensor scatter_reduce(const Operand& x, int axis, const Tensor& index, const Operand& src,
                      ScatterReduction reduction, bool include_self) {
  const graph::CallScope call("scatter_reduce", x.where());
  ScatterOperands o("scatter_reduce", x, axis, index, src);
  if (index.size() == 0) return o.whole;
  o.x_part = ops::wide(o.x_part);  // halves are rounded once
  o.src = ops::wide(o.src);
  if (!include_self) return o.result(without_self(o, reduction));
  if (reduction == ScatterReduction::sum) return o.result(o.x_part + o.combined(ScatterKind::sum));
  if (reduction == ScatterReduction::prod)
    return o.result(o.x_part * o.combined(ScatterKind::prod));
  return o.result(without_self(with_self(o), reduction));
}

Tensor index_add(const Operand& x, int axis, const Tensor& index, const Operand& source,
                 const Operand& alpha) {
  const graph::CallScope call("index_add", x.where());
  const Tensor t = ops::as_tensor(x);
  const Tensor at = slice_index("index_add", index, x.where());
  const int a = ops::normalize_axis("index_add", axis, t.rank(), x.where());
  const Tensor from = slices_for("index_add", t, at, a, source);
  const bool one = !alpha.is_tensor() && alpha.number() == 1;
  const Tensor wide = ops::wide(from);
  const Tensor sums = ops::scatter_slices(one ? wide : cast(wide * alpha, wide.dtype()), at, a,
                                          t.shape()[a], x.where());
  return cast(ops::wide(t) + sums, t.dtype());
}

Tensor index_reduce(const Operand& x, int axis, const Tensor& index, const Operand& source,
                    ScatterReduction reduction, bool include_self) {
  const graph::CallScope call("index_reduce", x.where());
  if (reduction == ScatterReduction::sum)
    ops::fail<ValueError>({.operation = "index_reduce",
                           .problem = "the reduction is a sum",
                           .expected = "prod, mean, amax or amin",
                           .hint = "index_add adds"},
                          x.where());
  ops::require_index("index_reduce", index);
  const Tensor t = ops::as_tensor(x);
  const int a = ops::normalize_axis("index_reduce", axis, t.rank(), x.where());
  const Tensor listed = slice_index("index_reduce", index, x.where());
  // Checked before it is spread over the slices: an error names its place in the list.
  const Tensor at = ops::checked(listed, Operand(listed, x.where()),
                                 {0, static_cast<double>(t.shape()[a] - 1), "index", {}, true});
  const Tensor from = slices_for("index_reduce", t, at, a, source);
  Shape aligned;
  for (int i = a; i < t.rank(); ++i) aligned.push_back(i == a ? at.size() : 1);
  return scatter_reduce(Operand(t, x.where()), a, expand(reshape(at, aligned), from.shape()), from,
                        reduction, include_self);
}

Tensor index_copy(const Operand& x, int axis, const Tensor& index, const Operand& source) {
  const graph::CallScope call("index_copy", x.where());
  const Tensor t = ops::as_tensor(x);
  const Tensor at = slice_index("index_copy", index, x.where());
  const int a = ops::normalize_axis("index_copy", axis, t.rank(), x.where());
  return write_slices(t, at, slices_for("index_copy", t, at, a, source), a, x.where());
}

Tensor index_fill(const Operand& x, int axis, const Tensor& index, const Operand& value) {
  const graph::CallScope call("index_fill", x.where());
  const Tensor t = ops::as_tensor(x);
  const int a = ops::normalize_axis("index_fill", axis, t.rank(), x.where());
  const Tensor at =
      ops::positions(slice_index("index_fill", index, x.where()), t.shape()[a], a, x.where());
  const Tensor fill = ops::as_tensor(value, t.dtype());
  if (fill.rank() != 0)
    ops::fail<ShapeError>({.operation = "index_fill",
                           .problem = "the value has axes",
                           .received = {{"value", describe(fill)}}},
                          x.where());
  return write_slices(t, at, fill, a, x.where());
}

Tensor put(const Operand& x, const Tensor& index, const Operand& source, bool accumulate) {
  const graph::CallScope call("put", x.where());
  const Tensor t = ops::as_tensor(x);
  const Tensor from = ops::as_tensor(source, t.dtype());
  if (source.is_tensor() && from.size() != index.size())
    ops::fail<ShapeError>({.operation = "put",
                           .problem = "the counts differ",
                           .received = {{"index", describe(index)}, {"source", describe(from)}}},
                          x.where());
  const Tensor at = ops::positions(flatten(index), t.size(), -1, x.where());
  const Tensor flat = flatten(t);
  const Tensor values = source.is_tensor() ? flatten(from) : expand(from, at.shape());
  if (!accumulate) return reshape(write_slices(flat, at, values, 0, x.where()), t.shape());
  const Tensor sums = ops::scatter_slices(ops::wide(values), at, 0, t.size(), x.where());
  return reshape(cast(ops::wide(flat) + sums, t.dtype()), t.shape());
}

}  // namespace fathom
