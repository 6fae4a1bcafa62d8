#include "fathom/ops/shape.h"

#include <algorithm>

#include "fathom/graph/context.h"
#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"

namespace fathom {

using namespace ops::rules;

namespace graph {

template <> struct Rules<op::Reshape> {
  static constexpr std::string_view name = "reshape";
  static constexpr bool view = true;
  static Specs infer(const op::Reshape& a, Inputs in) {
    if (a.shape.size() != in[0].size())
      throw ShapeError({.operation = "reshape",
                        .problem = "the sizes differ",
                        .received = {{"x", describe(in[0])}, {"shape", to_string(a.shape)}},
                        .expected = std::to_string(in[0].size()) + " elements, got " +
                                    std::to_string(a.shape.size())});
    return Spec{in[0].dtype(), a.shape};
  }
  static Tensors vjp(const op::Reshape&, const Vjp& v) {
    return {reshape(v.cotangent(), v.inputs[0].shape())};
  }
};

template <> struct Rules<op::Permute> {
  static constexpr std::string_view name = "permute";
  static constexpr bool view = true;
  static Specs infer(const op::Permute& a, Inputs in) {
    Shape out;
    for (std::int64_t axis : a.order) out.push_back(in[0].shape()[static_cast<int>(axis)]);
    return Spec{in[0].dtype(), out};
  }
  static Tensors vjp(const op::Permute& a, const Vjp& v) {
    std::vector<int> inverse(static_cast<std::size_t>(a.order.rank()));
    for (int i = 0; i < a.order.rank(); ++i) inverse[static_cast<std::size_t>(a.order[i])] = i;
    return {permute(v.cotangent(), inverse)};
  }
};

template <> struct Rules<op::Expand> {
  static constexpr std::string_view name = "expand";
  static constexpr bool view = true;
  static Specs infer(const op::Expand& a, Inputs in) {
    Shape out;
    if (!broadcast(in[0].shape(), a.shape, out) || !(out == a.shape))
      throw ShapeError({.operation = "expand",
                        .problem = "the shape does not broadcast to the one asked for",
                        .received = {{"x", describe(in[0])}, {"shape", to_string(a.shape)}}});
    return Spec{in[0].dtype(), a.shape};
  }
  static Tensors vjp(const op::Expand&, const Vjp& v) {
    return {ops::sum_to(v.cotangent(), v.inputs[0].shape())};
  }
};

template <> struct Rules<op::Slice> {
  static constexpr std::string_view name = "slice";
  static constexpr bool view = true;
  static Specs infer(const op::Slice& a, Inputs in) { return Spec{in[0].dtype(), a.shape}; }
  static Tensors vjp(const op::Slice& a, const Vjp& v) {
    const Tensor& dy = v.cotangent();
    return {apply(op::Place{a.start, a.step, v.inputs[0].shape()},
                  {dy, constant(0.0, {}, dy.dtype())}, {})};
  }
};

template <> struct Rules<op::Place> {
  static constexpr std::string_view name = "place";
  static Specs infer(const op::Place& a, Inputs in) { return Spec{in[0].dtype(), a.shape}; }
  static Tensors vjp(const op::Place& a, const Vjp& v) {
    const Tensor inside =
        apply(op::Slice{a.start, a.step, v.inputs[0].shape()}, {v.cotangent()}, {});
    return {inside, v.wants(1) ? sum(v.cotangent()) - sum(inside) : Tensor()};
  }
};

template <> struct Rules<op::After> {
  static constexpr std::string_view name = "after";
  static constexpr bool view = true;
  static Specs infer(const op::After&, Inputs in) { return Spec{in[0].dtype(), in[0].shape()}; }
  static Tensors vjp(const op::After&, const Vjp& v) { return {v.cotangent(), Tensor()}; }
};

template <> constinit const OpDef OpEntry<op::Reshape>::def = make_op_def<op::Reshape>();
template <> constinit const OpDef OpEntry<op::Permute>::def = make_op_def<op::Permute>();
template <> constinit const OpDef OpEntry<op::Expand>::def = make_op_def<op::Expand>();
template <> constinit const OpDef OpEntry<op::Slice>::def = make_op_def<op::Slice>();
template <> constinit const OpDef OpEntry<op::Place>::def = make_op_def<op::Place>();
template <> constinit const OpDef OpEntry<op::After>::def = make_op_def<op::After>();

}  // namespace graph

Tensor reshape(const Operand& x, const Shape& shape) {
  const Tensor t = ops::as_tensor(x, "reshape");
  if (t.shape() == shape) return t;
  return graph::apply(op::Reshape{shape}, {t}, x.where());
}

Tensor reshape(const Operand& x, std::initializer_list<std::int64_t> extents) {
  const std::int64_t size = x.is_tensor() ? x.tensor().size() : 1;
  std::int64_t known = 1;
  int unknown = -1;
  Shape shape;
  for (std::int64_t e : extents) {
    if (e < -1 || (e == -1 && unknown >= 0))
      throw ShapeError(
          {.operation = "reshape",
           .problem = e == -1 ? "two extents are -1" : "negative extent " + std::to_string(e),
           .expected = "extents of 0 and more, and at most one -1, which is inferred",
           .where = to_string(graph::user_line(x.where()))});
    if (e == -1) {
      unknown = shape.rank();
      shape.push_back(0);
    } else {
      shape.push_back(e);
      known *= e;
    }
  }
  if (unknown >= 0) {
    if (known == 0 || size % known != 0)
      ops::fail<ShapeError>({.operation = "reshape",
                             .problem = "no extent fits the axis given as -1",
                             .received = {{"size", std::to_string(size)},
                                          {"the other extents", std::to_string(known)}}},
                            x.where());
    shape[unknown] = size / known;
  }
  return reshape(x, shape);
}

Tensor permute(const Operand& x, const std::vector<int>& order) {
  const Tensor t = ops::as_tensor(x, "permute");
  if (static_cast<int>(order.size()) != t.rank())
    ops::fail<ShapeError>(
        {.operation = "permute",
         .problem = "the order does not name every axis",
         .received = {{"x", describe(t)}, {"axes named", std::to_string(order.size())}}},
        x.where());
  Shape axes;
  std::uint32_t seen = 0;
  bool same = true;
  for (int axis : order) {
    const int a = ops::normalize_axis("permute", axis, t.rank(), x.where());
    if (seen >> a & 1)
      ops::fail<IndexError>(
          {.operation = "permute", .problem = "axis " + std::to_string(axis) + " is named twice"},
          x.where());
    seen |= 1u << a;
    same = same && a == axes.rank();
    axes.push_back(a);
  }
  if (same) return t;
  return graph::apply(op::Permute{axes}, {t}, x.where());
}

Tensor transpose(const Operand& x, int a, int b) {
  const Tensor t = ops::as_tensor(x, "transpose");
  std::vector<int> order(static_cast<std::size_t>(t.rank()));
  for (int i = 0; i < t.rank(); ++i) order[static_cast<std::size_t>(i)] = i;
  std::swap(
      order[static_cast<std::size_t>(ops::normalize_axis("transpose", a, t.rank(), x.where()))],
      order[static_cast<std::size_t>(ops::normalize_axis("transpose", b, t.rank(), x.where()))]);
  return permute(Operand(t, x.where()), order);
}

Tensor expand(const Operand& x, const Shape& shape) {
  const Tensor t = ops::as_tensor(x, "expand");
  if (t.shape() == shape) return t;
  return graph::apply(op::Expand{shape}, {t}, x.where());
}

Tensor expand(const Operand& x, std::initializer_list<std::int64_t> extents) {
  const Shape own = x.is_tensor() ? x.tensor().shape() : Shape{};
  const int extra = static_cast<int>(extents.size()) - own.rank();
  Shape shape;
  for (std::int64_t e : extents) {
    if (e == -1 && shape.rank() < extra)
      ops::fail<ShapeError>({.operation = "expand",
                             .problem = "-1 stands for an axis that x does not have",
                             .received = {{"x", to_string(own)}}},
                            x.where());
    shape.push_back(e == -1 ? own[shape.rank() - extra] : e);
  }
  return expand(x, shape);
}

Tensor slice(const Operand& x, int axis, std::int64_t start, std::int64_t stop, std::int64_t step) {
  const Tensor t = ops::as_tensor(x, "slice");
  const int a = ops::normalize_axis("slice", axis, t.rank(), x.where());
  const std::int64_t n = t.shape()[a];
  if (step == 0)
    ops::fail<ValueError>({.operation = "slice", .problem = "the step is 0"}, x.where());
  // Python's rule: count from the end, then clip to where a walk in this direction may stand.
  const std::int64_t low = step > 0 ? 0 : -1;
  const std::int64_t high = step > 0 ? n : n - 1;
  const auto position = [&](std::int64_t p) { return std::clamp(p < 0 ? p + n : p, low, high); };
  start = position(start);
  stop = stop < -n ? low : position(stop);
  const std::int64_t count = step > 0
                                 ? std::max<std::int64_t>(0, (stop - start + step - 1) / step)
                                 : std::max<std::int64_t>(0, (start - stop - step - 1) / -step);
  if (count == n && step == 1) return t;
  op::Slice attributes{{}, {}, t.shape().with(a, count)};
  attributes.step.fill(1);
  attributes.start[static_cast<std::size_t>(a)] = count > 0 ? start : 0;
  attributes.step[static_cast<std::size_t>(a)] = step;
  return graph::apply(attributes, {t}, x.where());
}

Tensor select(const Operand& x, int axis, std::int64_t index) {
  const Tensor t = ops::as_tensor(x, "select");
  const int a = ops::normalize_axis("select", axis, t.rank(), x.where());
  const std::int64_t n = t.shape()[a];
  if (index < -n || index >= n)
    ops::fail<IndexError>(
        {.operation = "select",
         .problem = "index " + std::to_string(index) + " is out of range",
         .received = {{"x", describe(t)}},
         .expected = "an index in [" + std::to_string(-n) + ", " + std::to_string(n) + ")"},
        x.where());
  const std::int64_t start = index < 0 ? index + n : index;
  return reshape(slice(Operand(t, x.where()), a, start, start + 1), t.shape().without(a));
}

Tensor flip(const Operand& x, const std::vector<int>& axes) {
  const Tensor t = ops::as_tensor(x, "flip");
  op::Slice attributes{{}, {}, t.shape()};
  attributes.step.fill(1);
  for (int axis : axes) {
    const int a = ops::normalize_axis("flip", axis, t.rank(), x.where());
    attributes.step[static_cast<std::size_t>(a)] = -1;
    attributes.start[static_cast<std::size_t>(a)] = std::max<std::int64_t>(0, t.shape()[a] - 1);
  }
  return graph::apply(attributes, {t}, x.where());
}

Tensor squeeze(const Operand& x) {
  const Tensor t = ops::as_tensor(x, "squeeze");
  Shape shape;
  for (std::int64_t e : t.shape())
    if (e != 1) shape.push_back(e);
  return reshape(Operand(t, x.where()), shape);
}

Tensor squeeze(const Operand& x, int axis) {
  const Tensor t = ops::as_tensor(x, "squeeze");
  const int a = ops::normalize_axis("squeeze", axis, t.rank(), x.where());
  return t.shape()[a] == 1 ? reshape(Operand(t, x.where()), t.shape().without(a)) : t;
}

Tensor squeeze(const Operand& x, const std::vector<int>& axes) {
  const Tensor t = ops::as_tensor(x, "squeeze");
  std::uint32_t named = 0;
  for (int axis : axes) named |= 1u << ops::normalize_axis("squeeze", axis, t.rank(), x.where());
  Shape shape;
  for (int i = 0; i < t.rank(); ++i)
    if (!(named >> i & 1) || t.shape()[i] != 1) shape.push_back(t.shape()[i]);
  return reshape(Operand(t, x.where()), shape);
}

Tensor unsqueeze(const Operand& x, int axis) {
  const Tensor t = ops::as_tensor(x, "unsqueeze");
  const int a = ops::normalize_axis("unsqueeze", axis, t.rank() + 1, x.where());
  Shape shape;
  for (int i = 0; i < t.rank() + 1; ++i) shape.push_back(i == a ? 1 : t.shape()[i < a ? i : i - 1]);
  return reshape(Operand(t, x.where()), shape);
}

Tensor flatten(const Operand& x, int start, int end) {
  const Tensor t = ops::as_tensor(x, "flatten");
  if (t.rank() == 0) return reshape(Operand(t, x.where()), Shape{1});
  const int first = ops::normalize_axis("flatten", start, t.rank(), x.where(), "start");
  const int last = ops::normalize_axis("flatten", end, t.rank(), x.where(), "end");
  if (first > last)
    ops::fail<IndexError>(
        {.operation = "flatten",
         .problem = "start lies behind end",
         .received = {{"start", std::to_string(start)}, {"end", std::to_string(end)}}},
        x.where());
  Shape shape;
  for (int i = 0; i < t.rank(); ++i) {
    if (i > first && i <= last)
      shape[first] *= t.shape()[i];
    else
      shape.push_back(t.shape()[i]);
  }
  return reshape(Operand(t, x.where()), shape);
}

Tensor pad(const Operand& x, const Widths& widths, const Operand& value) {
  const graph::CallScope call("pad", x.where());
  Widths left = widths;
  const Tensor t = ops::cut("pad", x, left);
  const std::size_t first = static_cast<std::size_t>(t.rank()) - left.size();
  op::Place attributes{{}, {}, t.shape()};
  attributes.step.fill(1);
  for (std::size_t i = 0; i < left.size(); ++i) {
    attributes.start[first + i] = left[i][0];
    attributes.shape[static_cast<int>(first + i)] += left[i][0] + left[i][1];
  }
  if (attributes.shape == t.shape()) return t;
  return graph::apply(attributes, {t, ops::as_tensor(value, t.dtype())}, x.where());
}

namespace ops {

Tensor overlay(const Tensor& x, const Tensor& with, const op::Slice& part) {
  bool whole = part.shape == x.shape();
  for (int i = 0; i < x.rank(); ++i) whole = whole && part.step[static_cast<std::size_t>(i)] == 1;
  if (whole) return with;
  const auto placed = [&](const Tensor& t) {
    return graph::apply(op::Place{part.start, part.step, x.shape()},
                        {t, constant(0.0, {}, t.dtype())}, {});
  };
  return where(placed(constant(1.0, part.shape, DType::boolean)), placed(with), x);
}

Tensor cut(const char* operation, const Operand& x, Widths& widths) {
  const Tensor t = as_tensor(x);
  const int first = t.rank() - static_cast<int>(widths.size());
  if (first < 0)
    fail<ShapeError>({.operation = operation,
                      .problem = "more widths than axes",
                      .received = {{"x", describe(t)}, {"widths", std::to_string(widths.size())}}},
                     x.where());
  op::Slice part{{}, {}, t.shape()};
  part.step.fill(1);
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const int axis = first + static_cast<int>(i);
    const std::int64_t low = std::max<std::int64_t>(0, -widths[i][0]);
    const std::int64_t high = std::max<std::int64_t>(0, -widths[i][1]);
    if (low + high > t.shape()[axis])
      fail<ShapeError>(
          {.operation = operation,
           .problem = "negative widths cut more than axis " + std::to_string(axis) + " has",
           .received = {{"x", describe(t)},
                        {"widths",
                         std::to_string(widths[i][0]) + " and " + std::to_string(widths[i][1])}}},
          x.where());
    part.start[static_cast<std::size_t>(axis)] = low;
    part.shape[axis] -= low + high;
    for (std::int64_t& w : widths[i]) w = std::max<std::int64_t>(0, w);
  }
  return part.shape == t.shape() ? t : graph::apply(part, {t}, x.where());
}

}  // namespace ops

}  // namespace fathom
