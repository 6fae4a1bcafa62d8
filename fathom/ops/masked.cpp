#include "fathom/ops/masked.h"

#include "fathom/graph/op.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/join.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/scatter.h"
#include "fathom/ops/shape.h"

namespace fathom {

using graph::describe;

namespace {

/// The shape that x and a bool mask broadcast to. Errors: DTypeError, ShapeError.
Shape masked_shape(const char* operation, const Tensor& x, const Tensor& mask,
                   const std::source_location& where) {
  if (mask.dtype() != DType::boolean)
    ops::fail<DTypeError>({.operation = operation,
                           .problem = "the mask is not bool",
                           .received = {{"mask", describe(mask)}},
                           .hint = "compare it: mask != 0"},
                          where);
  Shape shape;
  if (!broadcast(x.shape(), mask.shape(), shape))
    ops::fail<ShapeError>({.operation = operation,
                           .problem = "shapes do not broadcast",
                           .received = {{"x", describe(x)}, {"mask", describe(mask)}}},
                          where);
  return shape;
}

}  // namespace

namespace ops {

Tensor true_positions(const Tensor& mask) {
  const auto truth = mask.data<bool>();
  std::int64_t count = 0;
  for (const bool t : truth) count += t;
  auto [result, memory] = Tensor::uninitialized(DType::i64, Shape{count});
  auto* to = static_cast<std::int64_t*>(memory);
  const auto n = static_cast<std::int64_t>(truth.size());
  // Without a branch: every position is written, and stays if it is true.
  std::int64_t found = 0;
  for (std::int64_t i = 0; found < count && i < n; ++i) {
    to[found] = i;
    found += truth[static_cast<std::size_t>(i)];
  }
  return result;
}

}  // namespace ops

Tensor masked_fill(const Operand& x, const Tensor& mask, const Operand& value) {
  const graph::CallScope call("masked_fill", x.where());
  const Tensor t = ops::as_tensor(x);
  masked_shape("masked_fill", t, mask, x.where());
  return where(Operand(mask, x.where()), ops::as_tensor(value, t.dtype()), t);
}

Tensor masked_select(const Operand& x, const Tensor& mask) {
  const graph::CallScope call("masked_select", x.where());
  const Tensor t = ops::as_tensor(x);
  const Shape shape = masked_shape("masked_select", t, mask, x.where());
  return take(flatten(expand(t, shape)), ops::true_positions(expand(mask, shape)), 0);
}

Tensor masked_scatter(const Operand& x, const Tensor& mask, const Operand& source) {
  const graph::CallScope call("masked_scatter", x.where());
  const Tensor t = ops::as_tensor(x);
  const Shape shape = masked_shape("masked_scatter", t, mask, x.where());
  const Tensor at = ops::true_positions(expand(mask, shape));
  const Tensor from = flatten(ops::as_tensor(source, t.dtype()));
  if (from.size() < at.size())
    ops::fail<ShapeError>(
        {.operation = "masked_scatter",
         .problem = "the source has too few elements",
         .received = {{"source", describe(from)}},
         .expected = std::to_string(at.size()) + " elements, as many as the mask has true places"},
        x.where());
  return put(expand(t, shape), at, slice(from, 0, 0, at.size()));
}

Tensor nonzero(const Operand& x) {
  const graph::CallScope call("nonzero", x.where());
  const Tensor t = ops::as_tensor(x);
  const Tensor flat = ops::true_positions(t.dtype() == DType::boolean ? t : t != 0);
  if (t.rank() == 1) return unsqueeze(flat, 1);
  const auto positions = flat.data<std::int64_t>();
  auto [result, memory] = Tensor::uninitialized(DType::i64, Shape{flat.size(), t.rank()});
  auto* to = static_cast<std::int64_t*>(memory);
  for (std::int64_t position : positions) {
    for (int axis = t.rank() - 1; axis >= 0; --axis) {
      to[axis] = position % t.shape()[axis];
      position /= t.shape()[axis];
    }
    to += t.rank();
  }
  return result;
}
Tensor argwhere(const Operand& x) {
  const graph::CallScope call("argwhere", x.where());
  return nonzero(x);
}

std::vector<Tensor> where(const Operand& condition) {
  const Tensor t = ops::as_tensor(condition);
  return unbind(nonzero(t.rank() == 0 ? unsqueeze(t, 0) : t), 1);
}

}  // namespace fathom
