#include "fathom/ops/sort.h"

#include "fathom/graph/op.h"
#include "fathom/ops/along.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/join.h"
#include "fathom/ops/scan.h"
#include "fathom/ops/scatter.h"

namespace fathom {

using namespace ops::rules;

namespace graph {

namespace {
Tensor to_places(const Vjp& v, int axis) {
  return ops::scatter(op::Scatter::Kind::sum, v.cotangent(), v.outputs[1], axis,
                      v.inputs[0].shape()[axis], {});
}
}  // namespace

template <> struct Rules<op::Sort> {
  static constexpr std::string_view name = "sort";
  static Specs infer(const op::Sort&, Inputs in) {
    return {Spec{in[0].dtype(), in[0].shape()}, Spec{DType::i64, in[0].shape()}};
  }
  static Tensors vjp(const op::Sort& a, const Vjp& v) { return {to_places(v, a.axis)}; }
};

template <> struct Rules<op::TopK> {
  static constexpr std::string_view name = "topk";
  static Specs infer(const op::TopK& a, Inputs in) {
    const Shape& x = in[0].shape();
    if (a.k < 0 || a.k > x[a.axis])
      throw ValueError({.operation = "topk",
                        .problem = "k is " + std::to_string(a.k),
                        .received = {{"x", describe(in[0])}},
                        .expected = "k in [0, " + std::to_string(x[a.axis]) +
                                    "], the extent of axis " + std::to_string(a.axis)});
    const Shape out = x.with(a.axis, a.k);
    return {Spec{in[0].dtype(), out}, Spec{DType::i64, out}};
  }
  static Tensors lower(const op::TopK& a, Inputs in) {
    const Tensors all = apply_all(op::Sort{a.axis, a.largest}, {in[0]}, {});
    return {slice(all[0], a.axis, 0, a.k), slice(all[1], a.axis, 0, a.k)};
  }
  static Tensors vjp(const op::TopK& a, const Vjp& v) { return {to_places(v, a.axis)}; }
};

template <> struct Rules<op::KthValue> {
  static constexpr std::string_view name = "kthvalue";
  static Specs infer(const op::KthValue& a, Inputs in) {
    const Shape& x = in[0].shape();
    if (a.k < 1 || a.k > x[a.axis])
      throw ValueError({.operation = "kthvalue",
                        .problem = "k is " + std::to_string(a.k),
                        .received = {{"x", describe(in[0])}},
                        .expected = "k in [1, " + std::to_string(x[a.axis]) +
                                    "], the extent of axis " + std::to_string(a.axis)});
    const Shape out = x.with(a.axis, 1);
    return {Spec{in[0].dtype(), out}, Spec{DType::i64, out}};
  }
  static Tensors lower(const op::KthValue& a, Inputs in) {
    const Tensors all = apply_all(op::Sort{a.axis, false}, {in[0]}, {});
    return {slice(all[0], a.axis, a.k - 1, a.k), slice(all[1], a.axis, a.k - 1, a.k)};
  }
  static Tensors vjp(const op::KthValue& a, const Vjp& v) { return {to_places(v, a.axis)}; }
};

template <> struct Rules<op::SearchSorted> {
  static constexpr std::string_view name = "searchsorted";
  static Specs infer(const op::SearchSorted&, Inputs in) {
    const Shape &sequence = in[0].shape(), &values = in[1].shape();
    const int last = sequence.rank() - 1;
    if (last != 0 &&
        (values.rank() != sequence.rank() || !(values.with(last, 0) == sequence.with(last, 0))))
      throw ShapeError({.operation = "searchsorted",
                        .problem = "the rows differ",
                        .received = {{"sequence", describe(in[0])}, {"values", describe(in[1])}},
                        .expected = "a sequence with one axis, or equal extents on all axes but "
                                    "the last"});
    return Spec{DType::i64, values};
  }
  static Tensors vjp(const op::SearchSorted&, const Vjp&) { return {{}, {}}; }
};

template <> constinit const OpDef OpEntry<op::Sort>::def = make_op_def<op::Sort>();
template <> constinit const OpDef OpEntry<op::TopK>::def = make_op_def<op::TopK>();
template <> constinit const OpDef OpEntry<op::KthValue>::def = make_op_def<op::KthValue>();
template <> constinit const OpDef OpEntry<op::SearchSorted>::def = make_op_def<op::SearchSorted>();

}  // namespace graph

IndexedResult sort(const Operand& x, int axis, bool descending) {
  const graph::CallScope call("sort", x.where());
  const ops::Along along("sort", x, axis);
  const Tensors y = graph::apply_all(op::Sort{along.axis, descending}, {along.x}, x.where());
  return {along.back(y[0]), along.back(y[1])};
}
Tensor argsort(const Operand& x, int axis, bool descending) {
  const graph::CallScope call("argsort", x.where());
  return sort(x, axis, descending).indices;
}
Tensor msort(const Operand& x) {
  const graph::CallScope call("msort", x.where());
  return sort(x, 0).values;
}

IndexedResult topk(const Operand& x, std::int64_t k, int axis, bool largest) {
  const graph::CallScope call("topk", x.where());
  const ops::Along along("topk", x, axis);
  const Tensors y = graph::apply_all(op::TopK{along.axis, k, largest}, {along.x}, x.where());
  const bool scalar = along.scalar && k == 1;
  return scalar ? IndexedResult{along.back(y[0]), along.back(y[1])} : IndexedResult{y[0], y[1]};
}

IndexedResult kthvalue(const Operand& x, std::int64_t k, int axis, bool keep_dims) {
  const graph::CallScope call("kthvalue", x.where());
  const ops::Along along("kthvalue", x, axis);
  const Tensors y = graph::apply_all(op::KthValue{along.axis, k}, {along.x}, x.where());
  return {along.reduced(y[0], keep_dims), along.reduced(y[1], keep_dims)};
}

Tensor searchsorted(const Operand& sequence, const Operand& values, bool right,
                    const Tensor& sorter) {
  const graph::CallScope call("searchsorted", sequence.where());
  const DType common = ops::common_dtype({&sequence, &values});
  // Small types are searched in wider ones.
  const bool half = common == DType::f16 || common == DType::bf16;
  const DType dtype = half ? DType::f32 : size_of(common) < 4 ? DType::i32 : common;
  Tensor s = ops::as_tensor(sequence, dtype);
  if (s.rank() == 0)
    ops::fail<ShapeError>({.operation = "searchsorted",
                           .problem = "the sequence has no axis",
                           .received = {{"sequence", describe(s)}}},
                          sequence.where());
  if (sorter.defined()) s = take_along(s, sorter, -1);
  return graph::apply(op::SearchSorted{right}, {s, ops::as_tensor(values, dtype)}, values.where());
}
Tensor bucketize(const Operand& x, const Operand& boundaries, bool right) {
  const graph::CallScope call("bucketize", x.where());
  return searchsorted(boundaries, x, right);
}

Tensor isin(const Operand& x, const Operand& among, bool invert) {
  const graph::CallScope call("isin", x.where());
  const DType dtype = ops::common_dtype({&x, &among});
  const Tensor t = ops::as_tensor(x, dtype);
  const Tensor set = sort(reshape(ops::as_tensor(among, dtype), {-1})).values;
  if (set.size() == 0) return full(t.shape(), invert, DType::boolean);
  const Tensor place = minimum(searchsorted(set, t), set.size() - 1);
  const Tensor hit = take(set, place) == t;
  return invert ? logical_not(hit) : hit;
}

namespace {

/// The runs of equal slices along axis 0, read in `order` if that is defined.
UniqueResult runs_of(const Tensor& slices, const Tensor& order) {
  const std::int64_t n = slices.shape()[0];
  const Tensor read = order.defined() ? take(slices, order, 0) : slices;
  const Tensor rows = reshape(read, Shape{n, n == 0 ? 0 : slices.size() / n});
  const Tensor starts = any(slice(rows, 0, 1, n) != slice(rows, 0, 0, n - 1), 1);
  // Run numbers: 0 for the first slice, one more at each start.
  const Tensor run =
      n == 0 ? zeros({0}, DType::i64) : concat({zeros({1}, DType::i64), cumsum(starts, 0)});
  const std::int64_t count = n == 0 ? 0 : select(run, 0, n - 1).item<std::int64_t>() + 1;
  const Tensor first = searchsorted(run, arange(count));
  const Tensor next = searchsorted(run, arange(count), true);
  const Tensor inverse = order.defined() ? take(run, argsort(order)) : run;
  // From the slices themselves: what was evaluated to count them passes no gradient on.
  return {take(slices, order.defined() ? take(order, first, 0) : first, 0), inverse, next - first};
}

/// Sorts slices lexicographically: by the last column first, each sort keeping the one before.
Tensor lexicographic_order(const Tensor& slices) {
  const std::int64_t n = slices.shape()[0];
  const Tensor rows = reshape(slices, Shape{n, n == 0 ? 0 : slices.size() / n});
  Tensor order = arange(n);
  for (std::int64_t c = rows.shape()[1]; c-- > 0;)
    order = take(order, argsort(take(select(rows, 1, c), order)));
  return order;
}

/// All elements as slices.
UniqueResult flat_runs_of(const Tensor& x, bool sorted) {
  const Tensor flat = reshape(x, {x.size()});
  UniqueResult r = runs_of(flat, sorted ? argsort(flat) : Tensor());
  r.inverse = reshape(r.inverse, x.shape());
  return r;
}

UniqueResult axis_runs_of(const char* name, const Operand& x, int axis, bool sorted) {
  const ops::Along along(name, x, axis);
  std::vector<int> to_front{along.axis}, back;  // the axis to the front, and to its place again
  for (int i = 0; i < along.x.rank(); ++i) {
    if (i != along.axis) to_front.push_back(i);
    back.push_back(i == along.axis ? 0 : i < along.axis ? i + 1 : i);
  }
  const Tensor slices = permute(along.x, to_front);
  UniqueResult r = runs_of(slices, sorted ? lexicographic_order(slices) : Tensor());
  r.values = permute(r.values, back);
  return r;
}

}  // namespace

UniqueResult unique(const Operand& x) {
  const graph::CallScope call("unique", x.where());
  return flat_runs_of(ops::as_tensor(x), true);
}
UniqueResult unique(const Operand& x, int axis) {
  const graph::CallScope call("unique", x.where());
  return axis_runs_of("unique", x, axis, true);
}
UniqueResult unique_consecutive(const Operand& x) {
  const graph::CallScope call("unique_consecutive", x.where());
  return flat_runs_of(ops::as_tensor(x), false);
}
UniqueResult unique_consecutive(const Operand& x, int axis) {
  const graph::CallScope call("unique_consecutive", x.where());
  return axis_runs_of("unique_consecutive", x, axis, false);
}

}  // namespace fathom
