#include "fathom/ops/index.h"

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/shape.h"

namespace fathom {

using graph::describe;
using ops::Inputs;
using ops::Spec;
using ops::Specs;
using ops::Tensors;
using ops::Vjp;

namespace {

void require_index(const char* operation, const Tensor& index) {
  if (index.dtype() == DType::i64 || index.dtype() == DType::i32) return;
  throw DTypeError({.operation = operation,
                    .problem = "the index is not i64 or i32",
                    .received = {{"index", describe(index)}}});
}

Shape replace_axis(const Shape& shape, int axis, const Shape& by) {
  Shape out;
  for (int i = 0; i < shape.rank(); ++i) {
    if (i != axis)
      out.push_back(shape[i]);
    else
      for (std::int64_t e : by) out.push_back(e);
  }
  return out;
}

}  // namespace

namespace graph {

template <> struct Rules<op::Take> {
  static constexpr std::string_view name = "take";
  static Specs infer(const op::Take& a, Inputs in) {
    require_index("take", in[1]);
    return Spec{in[0].dtype(), replace_axis(in[0].shape(), a.axis, in[1].shape())};
  }
  static Tensors vjp(const op::Take& a, const Vjp& v) {
    return {apply(op::TakeBackward{a.axis, v.inputs[0].shape()[a.axis]},
                  {v.cotangent(), v.inputs[1]}, {}),
            {}};
  }
};

template <> struct Rules<op::TakeBackward> {
  static constexpr std::string_view name = "take_backward";
  static Specs infer(const op::TakeBackward& a, Inputs in) {
    Shape out;
    for (int i = 0; i < a.axis; ++i) out.push_back(in[0].shape()[i]);
    out.push_back(a.extent);
    for (int i = a.axis + in[1].rank(); i < in[0].rank(); ++i) out.push_back(in[0].shape()[i]);
    return Spec{in[0].dtype(), out};
  }
  static Tensors vjp(const op::TakeBackward& a, const Vjp& v) {
    return {take(v.cotangent(), v.inputs[1], a.axis), {}};
  }
};

template <> struct Rules<op::TakeAlong> {
  static constexpr std::string_view name = "take_along";
  static Specs infer(const op::TakeAlong& a, Inputs in) {
    require_index("take_along", in[1]);
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
    return {apply(op::TakeAlongBackward{a.axis, v.inputs[0].shape()[a.axis]},
                  {v.cotangent(), v.inputs[1]}, {}),
            {}};
  }
};

template <> struct Rules<op::TakeAlongBackward> {
  static constexpr std::string_view name = "take_along_backward";
  static Specs infer(const op::TakeAlongBackward& a, Inputs in) {
    return Spec{in[0].dtype(), in[0].shape().with(a.axis, a.extent)};
  }
  static Tensors vjp(const op::TakeAlongBackward& a, const Vjp& v) {
    return {take_along(v.cotangent(), v.inputs[1], a.axis), {}};
  }
};

template <> constinit const OpDef OpEntry<op::Take>::def = make_op_def<op::Take>();
template <> constinit const OpDef OpEntry<op::TakeBackward>::def = make_op_def<op::TakeBackward>();
template <> constinit const OpDef OpEntry<op::TakeAlong>::def = make_op_def<op::TakeAlong>();
template <>
constinit const OpDef OpEntry<op::TakeAlongBackward>::def = make_op_def<op::TakeAlongBackward>();

}  // namespace graph

Tensor take(const Operand& x, const Tensor& index, int axis) {
  const Tensor t = ops::as_tensor(x);
  return graph::apply(op::Take{ops::normalize_axis("take", axis, t.rank(), x.where())}, {t, index},
                      x.where());
}

Tensor take_along(const Operand& x, const Tensor& index, int axis) {
  const Tensor t = ops::as_tensor(x);
  return graph::apply(op::TakeAlong{ops::normalize_axis("take_along", axis, t.rank(), x.where())},
                      {t, index}, x.where());
}

Tensor one_hot(const Tensor& index, std::int64_t classes, DType dtype) {
  require_index("one_hot", index);
  if (classes < 1)
    throw ValueError({.operation = "one_hot", .problem = "classes must be at least 1"});
  return cast(unsqueeze(index, -1) == arange(classes, index.dtype()), dtype);
}

namespace {
Tensor triangle(const char* operation, const Operand& x, std::int64_t diagonal, bool lower) {
  const Tensor t = ops::as_tensor(x);
  if (t.rank() < 2)
    ops::fail<ShapeError>({.operation = operation,
                           .problem = "needs at least two axes",
                           .received = {{"x", describe(t)}}},
                          x.where());
  const Shape square{t.shape()[t.rank() - 2], t.shape()[t.rank() - 1]};
  const Tensor row = graph::apply(op::Iota{DType::i64, square, 0}, Tensors{}, x.where());
  const Tensor column = graph::apply(op::Iota{DType::i64, square, 1}, Tensors{}, x.where());
  const Tensor limit = row + constant(diagonal, {}, DType::i64);
  return where(lower ? column <= limit : column >= limit, t, 0);
}
}  // namespace

Tensor tril(const Operand& x, std::int64_t diagonal) { return triangle("tril", x, diagonal, true); }
Tensor triu(const Operand& x, std::int64_t diagonal) {
  return triangle("triu", x, diagonal, false);
}

}  // namespace fathom
