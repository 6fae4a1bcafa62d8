#include "fathom/ops/diagonal.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/rearrange.h"
#include "fathom/ops/shape.h"

namespace fathom {

using graph::describe;
using ops::Tensors;

namespace {

/// Two different axes of a tensor. Errors: IndexError.
std::array<int, 2> two_axes(const char* operation, int first, int second, int rank,
                            const std::source_location& where) {
  const int a = ops::normalize_axis(operation, first, rank, where, "first axis");
  const int b = ops::normalize_axis(operation, second, rank, where, "second axis");
  if (a == b)
    ops::fail<IndexError>(
        {.operation = operation, .problem = "axis " + std::to_string(second) + " is named twice"},
        where);
  return {a, b};
}

/// Where a diagonal starts among the flat elements of a matrix.
std::int64_t diagonal_start(std::int64_t offset, std::int64_t columns) {
  return offset >= 0 ? offset : -offset * columns;
}

}  // namespace

Tensor diagonal(const Operand& x, std::int64_t offset, int first, int second) {
  const graph::CallScope call("diagonal", x.where());
  const Tensor t = ops::as_tensor(x);
  const auto [a, b] = two_axes("diagonal", first, second, t.rank(), x.where());
  const std::int64_t rows = t.shape()[a], columns = t.shape()[b];
  const std::int64_t count = std::max<std::int64_t>(
      0, offset >= 0 ? std::min(rows, columns - offset) : std::min(rows + offset, columns));
  // Among the flat elements of a matrix, a diagonal's lie columns + 1 apart.
  const Tensor flat = flatten(movedim(t, {a, b}, {-2, -1}), -2, -1);
  const int last = flat.rank() - 1;
  op::Slice part{{}, {}, flat.shape().with(last, count)};
  part.step.fill(1);
  if (count > 0) part.start[static_cast<std::size_t>(last)] = diagonal_start(offset, columns);
  part.step[static_cast<std::size_t>(last)] = columns + 1;
  return graph::apply(part, {flat}, x.where());
}

Tensor diag_embed(const Operand& x, std::int64_t offset, int first, int second) {
  const graph::CallScope call("diag_embed", x.where());
  const Tensor t = ops::as_tensor(x);
  if (t.rank() == 0)
    ops::fail<ShapeError>({.operation = "diag_embed",
                           .problem = "a scalar has no axis",
                           .received = {{"x", describe(t)}}},
                          x.where());
  const auto [a, b] = two_axes("diag_embed", first, second, t.rank() + 1, x.where());
  const int last = t.rank() - 1;
  const std::int64_t n = t.shape()[last] + std::abs(offset);
  op::Place place{{}, {}, t.shape().with(last, n * n)};
  place.step.fill(1);
  place.start[static_cast<std::size_t>(last)] = diagonal_start(offset, n);
  place.step[static_cast<std::size_t>(last)] = n + 1;
  const Tensor flat = graph::apply(place, {t, constant(0.0, {}, t.dtype())}, x.where());
  return movedim(unflatten(flat, last, {n, n}), {-2, -1}, {a, b});
}

Tensor diag(const Operand& x, std::int64_t offset) {
  const graph::CallScope call("diag", x.where());
  const Tensor t = ops::as_tensor(x);
  if (t.rank() == 1) return diag_embed(Operand(t, x.where()), offset);
  if (t.rank() == 2) return diagonal(Operand(t, x.where()), offset);
  ops::fail<ShapeError>({.operation = "diag",
                         .problem = "needs a vector or a matrix",
                         .received = {{"x", describe(t)}},
                         .hint = "diagonal and diag_embed take batches"},
                        x.where());
}

Tensor diagflat(const Operand& x, std::int64_t offset) {
  const graph::CallScope call("diagflat", x.where());
  return diag_embed(flatten(x), offset);
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
  return where(lower ? column <= limit : column >= limit, t, constant(0.0, {}, t.dtype()));
}

Tensor triangle_indices(const char* operation, std::int64_t rows, std::int64_t columns,
                        std::int64_t offset, DType dtype, bool lower) {
  if (rows < 0 || columns < 0)
    throw ValueError({.operation = operation,
                      .problem = "negative extent " + std::to_string(std::min(rows, columns))});
  std::vector<std::int64_t> row, column;
  for (std::int64_t r = 0; r < rows; ++r) {
    const std::int64_t begin = lower ? 0 : std::clamp<std::int64_t>(r + offset, 0, columns);
    const std::int64_t end = lower ? std::clamp<std::int64_t>(r + offset + 1, 0, columns) : columns;
    for (std::int64_t c = begin; c < end; ++c) {
      row.push_back(r);
      column.push_back(c);
    }
  }
  const Shape shape{2, static_cast<std::int64_t>(row.size())};
  row.insert(row.end(), column.begin(), column.end());
  return cast(Tensor::from(row, shape), dtype);
}
}  // namespace

Tensor tril(const Operand& x, std::int64_t diagonal) {
  const graph::CallScope call("tril", x.where());
  return triangle("tril", x, diagonal, true);
}
Tensor triu(const Operand& x, std::int64_t diagonal) {
  const graph::CallScope call("triu", x.where());
  return triangle("triu", x, diagonal, false);
}
Tensor tril_indices(std::int64_t rows, std::int64_t columns, std::int64_t offset, DType dtype,
                    Where where) {
  const graph::CallScope call("tril_indices", where);
  return triangle_indices("tril_indices", rows, columns, offset, dtype, true);
}
Tensor triu_indices(std::int64_t rows, std::int64_t columns, std::int64_t offset, DType dtype,
                    Where where) {
  const graph::CallScope call("triu_indices", where);
  return triangle_indices("triu_indices", rows, columns, offset, dtype, false);
}

}  // namespace fathom
