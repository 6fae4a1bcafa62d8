#include "fathom/ops/index.h"

#include <algorithm>

#include "fathom/graph/op.h"
#include "fathom/ops/check.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/scatter.h"
#include "fathom/ops/shape.h"

namespace fathom {

using namespace ops::rules;

namespace ops {

void require_index(const char* operation, const Tensor& index) {
  if (!index.defined() || index.dtype() == DType::i64 || index.dtype() == DType::i32) return;
  throw DTypeError({.operation = operation,
                    .problem = "the index is not i64 or i32",
                    .received = {{"index", describe(index)}}});
}

Tensor class_hits(const Tensor& index, std::int64_t classes, DType dtype) {
  return cast(unsqueeze(index, -1) == arange(classes, index.dtype()), dtype);
}

Tensor positions(const Tensor& index, std::int64_t extent, int axis,
                 const std::source_location& where) {
  return graph::apply(op::Positions{axis, extent}, {index}, where);
}

}  // namespace ops

namespace graph {

template <> struct Rules<op::Take> {
  static constexpr std::string_view name = "take";
  static constexpr bool late = true;
  static Specs infer(const op::Take& a, Inputs in) {
    ops::require_index("take", in[1]);
    const Shape& x = in[0].shape();
    Shape out;
    for (int i = 0; i < a.axis; ++i) out.push_back(x[i]);
    for (std::int64_t e : in[1].shape()) out.push_back(e);
    for (int i = a.axis + 1; i < x.rank(); ++i) out.push_back(x[i]);
    return Spec{in[0].dtype(), out};
  }
  static Tensors vjp(const op::Take& a, const Vjp& v) {
    return {ops::scatter_slices(v.cotangent(), v.inputs[1], a.axis, v.inputs[0].shape()[a.axis]),
            {}};
  }
};

template <> struct Rules<op::TakeAlong> {
  static constexpr std::string_view name = "take_along";
  static constexpr bool late = true;
  static Specs infer(const op::TakeAlong& a, Inputs in) {
    ops::require_index("take_along", in[1]);
    const Shape& x = in[0].shape();
    const Shape& index = in[1].shape();
    if (x.rank() != index.rank() || !(x.with(a.axis, 0) == index.with(a.axis, 0)))
      throw ShapeError(
          {.operation = "take_along",
           .problem = "the index does not fit",
           .received = {{"x", describe(in[0])}, {"index", describe(in[1])}},
           .expected = "equal extents on all axes but axis " + std::to_string(a.axis)});
    return Spec{in[0].dtype(), index};
  }
  static Tensors vjp(const op::TakeAlong& a, const Vjp& v) {
    return {ops::scatter(op::Scatter::Kind::sum, v.cotangent(), v.inputs[1], a.axis,
                         v.inputs[0].shape()[a.axis]),
            {}};
  }
};

template <> struct Rules<op::Positions> {
  static constexpr std::string_view name = "index";
  static constexpr bool late = true;
  static Specs infer(const op::Positions&, Inputs in) {
    ops::require_index("index", in[0]);
    return Spec{DType::i64, in[0].shape()};
  }
};

template <> constinit const OpDef OpEntry<op::Take>::def = make_op_def<op::Take>();
template <> constinit const OpDef OpEntry<op::TakeAlong>::def = make_op_def<op::TakeAlong>();
template <> constinit const OpDef OpEntry<op::Positions>::def = make_op_def<op::Positions>();

}  // namespace graph

Tensor take(const Operand& x, const Tensor& index) {
  const graph::CallScope call("take", x.where());
  const Tensor flat = flatten(x);
  return graph::apply(op::Take{0}, {flat, ops::positions(index, flat.size(), -1, x.where())},
                      x.where());
}

Tensor take(const Operand& x, const Tensor& index, int axis) {
  const Tensor t = ops::as_tensor(x, "take");
  return graph::apply(op::Take{ops::normalize_axis("take", axis, t.rank(), x.where())}, {t, index},
                      x.where());
}

Tensor index_select(const Operand& x, int axis, const Tensor& index) {
  const graph::CallScope call("index_select", x.where());
  if (index.rank() > 1)
    ops::fail<ShapeError>(
        {.operation = "index_select",
         .problem = "the index has more than one axis",
         .received = {{"index", describe(index)}},
         .hint = "take(x, index, axis) puts the index's axes in the axis's place"},
        x.where());
  return take(x, index.rank() == 0 ? unsqueeze(index, 0) : index, axis);
}

Tensor take_along(const Operand& x, const Tensor& index, int axis) {
  const Tensor t = ops::as_tensor(x, "take_along");
  const int a = ops::normalize_axis("take_along", axis, t.rank(), x.where());
  Shape off_axis;
  const bool fits = t.rank() == index.rank() &&
                    broadcast(t.shape().with(a, 1), index.shape().with(a, 1), off_axis);
  if (!fits) return graph::apply(op::TakeAlong{a}, {t, index}, x.where());  // which says so
  return graph::apply(op::TakeAlong{a},
                      {expand(t, off_axis.with(a, t.shape()[a])),
                       expand(index, off_axis.with(a, index.shape()[a]))},
                      x.where());
}

Tensor gather(const Operand& x, int axis, const Tensor& index) {
  const graph::CallScope call("gather", x.where());
  const Tensor t = ops::as_tensor(x);
  const int a = ops::normalize_axis("gather", axis, t.rank(), x.where());
  return graph::apply(op::TakeAlong{a},
                      {ops::fitted("gather", t, index.shape(), a, x.where()), index}, x.where());
}

Tensor one_hot(const Tensor& index, std::int64_t classes, DType dtype, Where where) {
  const graph::CallScope call("one_hot", where);
  const Tensor t = ops::as_tensor(index);
  ops::require_index("one_hot", t);
  if (classes == -1) classes = t.size() > 0 ? max(t).item<std::int64_t>() + 1 : 0;
  if (classes < 1)
    ops::fail<ValueError>({.operation = {},
                           .problem = "there are " + std::to_string(classes) + " classes",
                           .expected = "at least 1, or -1 for as many as the index needs"},
                          where);
  const auto last = classes - 1;
  return ops::class_hits(
      ops::checked(t, Operand(t, where), {0, static_cast<double>(last), "index", {}, true}),
      classes, dtype);
}

std::vector<Tensor> unravel_index(const Tensor& index, const Shape& shape, Where where) {
  const graph::CallScope call("unravel_index", where);
  ops::require_index("unravel_index", index);
  if (std::ranges::any_of(shape, [](std::int64_t extent) { return extent < 1; }))
    ops::fail<ShapeError>({.operation = "unravel_index",
                           .problem = "the shape has no elements",
                           .received = {{"shape", to_string(shape)}},
                           .expected = "extents of 1 and more"},
                          where);
  std::vector<Tensor> places(static_cast<std::size_t>(shape.rank()));
  Tensor rest = cast(index, DType::i64);
  for (int axis = shape.rank(); axis-- > 0;) {
    places[static_cast<std::size_t>(axis)] = remainder(rest, shape[axis]);
    rest = floor_divide(rest, shape[axis]);
  }
  return places;
}

}  // namespace fathom
