#include "fathom/ops/index.h"

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/scatter.h"
#include "fathom/ops/shape.h"

namespace fathom {

using graph::describe;
using ops::Inputs;
using ops::Spec;
using ops::Specs;
using ops::Tensors;
using ops::Vjp;

namespace ops {

void require_index(const char* operation, const Tensor& index) {
  if (!index.defined() || index.dtype() == DType::i64 || index.dtype() == DType::i32) return;
  throw DTypeError({.operation = operation,
                    .problem = "the index is not i64 or i32",
                    .received = {{"index", describe(index)}}});
}

Tensor positions(const Tensor& index, std::int64_t extent, int axis,
                 const std::source_location& where) {
  return graph::apply(op::Positions{axis, extent}, {index}, where);
}

}  // namespace ops

namespace graph {

template <> struct Rules<op::Take> {
  static constexpr std::string_view name = "take";
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
  const Tensor flat = flatten(x);
  return graph::apply(op::Take{0}, {flat, ops::positions(index, flat.size(), -1, x.where())},
                      x.where());
}

Tensor take(const Operand& x, const Tensor& index, int axis) {
  const Tensor t = ops::as_tensor(x);
  return graph::apply(op::Take{ops::normalize_axis("take", axis, t.rank(), x.where())}, {t, index},
                      x.where());
}

Tensor index_select(const Operand& x, int axis, const Tensor& index) {
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
  const Tensor t = ops::as_tensor(x);
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
  const Tensor t = ops::as_tensor(x);
  const int a = ops::normalize_axis("gather", axis, t.rank(), x.where());
  return graph::apply(op::TakeAlong{a},
                      {ops::fitted("gather", t, index.shape(), a, x.where()), index}, x.where());
}

std::vector<Tensor> unravel_index(const Tensor& index, const Shape& shape,
                                  const std::source_location& where) {
  ops::require_index("unravel_index", index);
  Tensor rest = ops::positions(index, shape.size(), -1, where);
  std::vector<Tensor> coordinates(static_cast<std::size_t>(shape.rank()));
  for (int i = shape.rank() - 1; i >= 0; --i) {
    const std::int64_t extent = std::max<std::int64_t>(shape[i], 1);
    coordinates[static_cast<std::size_t>(i)] = remainder(rest, extent);
    rest = floor_divide(rest, extent);
  }
  return coordinates;
}

Tensor one_hot(const Tensor& index, std::int64_t classes, DType dtype) {
  ops::require_index("one_hot", index);
  if (classes == -1) classes = index.size() > 0 ? max(index).item<std::int64_t>() + 1 : 0;
  if (classes < 1)
    throw ValueError({.operation = "one_hot", .problem = "classes must be at least 1"});
  return cast(unsqueeze(index, -1) == arange(classes, index.dtype()), dtype);
}

}  // namespace fathom
