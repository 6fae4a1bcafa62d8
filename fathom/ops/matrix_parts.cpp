#include "fathom/ops/matrix_parts.h"

#include "fathom/ops/creation.h"

namespace fathom::ops {

using graph::describe;

Shape with_matrix(const Tensor& x, std::initializer_list<std::int64_t> axes) {
  Shape shape(std::span(x.shape().begin(), x.shape().end() - 2));
  for (const std::int64_t n : axes) shape.push_back(n);
  return shape;
}

Tensor on_diagonal(std::int64_t n) { return eye(n, DType::boolean); }

Tensor identity_like(const Tensor& x, std::int64_t n) {
  return expand(eye(n, x.dtype()), with_matrix(x, {n, n}));
}

Tensor single_or_double(const char* operation, const Operand& x) {
  const Tensor t = as_tensor(x);
  if (t.dtype() != DType::f32 && t.dtype() != DType::f64)
    fail<DTypeError>({.operation = operation,
                      .problem = "needs f32 or f64",
                      .received = {{"x", describe(t)}},
                      .hint = "cast(x, DType::f32)"},
                     x.where());
  return t;
}

Tensor matrices(const char* operation, const Operand& x, bool square) {
  const Tensor t = single_or_double(operation, x);
  if (t.rank() < 2 || (square && rows_of(t) != columns_of(t)))
    fail<ShapeError>({.operation = operation,
                      .problem = t.rank() < 2 ? "x is no matrix" : "the matrices are not square",
                      .received = {{"x", describe(t)}},
                      .expected = square ? "(..., n, n)" : "(..., m, n)"},
                     x.where());
  return t;
}

void broadcast_batches(const char* operation, Tensor& a, Tensor& b,
                       const std::source_location& where) {
  const Shape batch_a = Shape(std::span(a.shape().begin(), a.shape().end() - 2));
  const Shape batch_b = Shape(std::span(b.shape().begin(), b.shape().end() - 2));
  Shape batch;
  if (a.dtype() != b.dtype())
    fail<DTypeError>({.operation = operation,
                      .problem = "needs two operands of one type",
                      .received = {{"a", describe(a)}, {"b", describe(b)}},
                      .hint = "cast one of them"},
                     where);
  if (!broadcast(batch_a, batch_b, batch))
    fail<ShapeError>({.operation = operation,
                      .problem = "the leading axes do not broadcast",
                      .received = {{"a", describe(a)}, {"b", describe(b)}}},
                     where);
  const auto widened = [&](const Tensor& x) {
    Shape shape = batch;
    shape.push_back(rows_of(x));
    shape.push_back(columns_of(x));
    return expand(x, shape);
  };
  a = widened(a);
  b = widened(b);
}

void fail_matrix(const char* operation, const graph::HostCall& call, std::int64_t batch,
                 const std::string& problem, const char* hint) {
  const Shape& shape = call.in_spec(0).shape;
  const bool one = shape.rank() == 2;
  throw NumericError(
      located({.operation = operation,
               .problem = problem,
               .received = {{one ? "x" : "matrix " + std::to_string(batch) + " of x",
                             std::string(name(call.in_spec(0).dtype)) + " " + to_string(shape)}},
               .hint = hint},
              call.origin));
}

std::int64_t batch_of(const graph::HostCall& call) {
  const Shape& shape = call.in_spec(0).shape;
  return Shape(std::span(shape.begin(), shape.end() - 2)).size();
}

}  // namespace fathom::ops
