#include "fathom/autodiff/products.h"

#include "fathom/core/error.h"
#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/gradient.h"
#include "fathom/ops/join.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom {

using graph::describe;

namespace {

void require_same_shape(const char* operation, const char* what, const Tensor& given,
                        const char* like_what, const Tensor& like, const Where& where) {
  if (given.shape() == like.shape()) return;
  ops::fail<ShapeError>(
      {.operation = operation,
       .problem = std::string("the ") + what + " has another shape than " + like_what,
       .received = {{what, describe(given)}, {like_what, describe(like)}}},
      where);
}

void require_floating(const char* operation, const Tensor& x, const Where& where) {
  if (is_floating(x.dtype())) return;
  ops::fail<DTypeError>({.operation = operation,
                         .problem = "only floating-point tensors have derivatives",
                         .received = {{"x", describe(x)}},
                         .hint = "cast(x, DType::f32)"},
                        where);
}

void require_scalar(const char* operation, const Tensor& y, const Where& where) {
  if (y.size() == 1) return;
  ops::fail<ShapeError>({.operation = operation,
                         .problem = "the function's value is not a single number",
                         .received = {{"f(x)", describe(y)}},
                         .expected = "one element",
                         .hint = "jacobian() differentiates functions with several values"},
                        where);
}

Tensor gradient_of(const Tensor& y, const Tensor& x) { return gradients(y, {x})[0]; }

/// Sums y times what is held fixed: its gradient is the product with the Jacobian.
Tensor weighted_sum(const Tensor& y, const Tensor& weight) { return sum(y * weight); }

}  // namespace

std::pair<Tensor, Tensor> vjp(TensorFunction f, const Tensor& x, const Tensor& cotangent,
                              Where where) {
  require_floating("vjp", x, where);
  const graph::RecordingScope recording;
  const Tensor at = graph::as_argument(x), y = f(at);
  require_same_shape("vjp", "cotangent", cotangent, "f(x)", y, where);
  return {y, gradient_of(weighted_sum(y, cotangent), at)};
}

// The product from the left is linear in the cotangent; its own derivative by the cotangent is the
// Jacobian's other side.
std::pair<Tensor, Tensor> jvp(TensorFunction f, const Tensor& x, const Tensor& tangent,
                              Where where) {
  require_floating("jvp", x, where);
  require_same_shape("jvp", "tangent", tangent, "x", x, where);
  const graph::RecordingScope recording;
  const Tensor at = graph::as_argument(x), y = f(at);
  const Tensor cotangent = graph::as_argument(zeros_like(y));
  const Tensor left = gradient_of(weighted_sum(y, cotangent), at);
  return {y, gradient_of(weighted_sum(left, tangent), cotangent)};
}

Tensor jacobian(TensorFunction f, const Tensor& x, Where where) {
  require_floating("jacobian", x, where);
  const graph::RecordingScope recording;
  const Tensor at = graph::as_argument(x), y = f(at);
  Shape shape = y.shape();
  for (const std::int64_t extent : x.shape()) shape.push_back(extent);
  if (shape.size() == 0) return zeros(shape, x.dtype());
  const Tensor flat = reshape(y, {y.size()});
  std::vector<Tensor> rows;
  for (std::int64_t i = 0; i < y.size(); ++i)
    rows.push_back(unsqueeze(gradient_of(slice(flat, 0, i, i + 1), at), 0));
  return reshape(concat(rows), shape);
}

Tensor hessian(TensorFunction f, const Tensor& x, Where where) {
  return jacobian(
      [&](const Tensor& at) {
        const Tensor y = f(at);
        require_scalar("hessian", y, where);
        return gradient_of(y, at);
      },
      x, where);
}

std::pair<Tensor, Tensor> hvp(TensorFunction f, const Tensor& x, const Tensor& vector,
                              Where where) {
  require_floating("hvp", x, where);
  require_same_shape("hvp", "vector", vector, "x", x, where);
  const graph::RecordingScope recording;
  const Tensor at = graph::as_argument(x), y = f(at);
  require_scalar("hvp", y, where);
  return {y, gradient_of(weighted_sum(gradient_of(y, at), vector), at)};
}

Tensor vmap(TensorFunction f, const Tensor& x, int in_axis, int out_axis, Where where) {
  const int axis = ops::normalize_axis("vmap", in_axis, x.rank(), where, "in_axis");
  if (x.shape()[axis] == 0)
    ops::fail<ShapeError>({.operation = "vmap",
                           .problem = "there is no slice to apply the function to",
                           .received = {{"x", describe(x)}}},
                          where);
  std::vector<Tensor> results;
  int place = 0;
  for (std::int64_t i = 0; i < x.shape()[axis]; ++i) {
    const Tensor y = f(squeeze(slice(x, axis, i, i + 1), axis));
    if (i == 0) place = ops::normalize_axis("vmap", out_axis, y.rank() + 1, where, "out_axis");
    results.push_back(unsqueeze(y, place));
  }
  return concat(results, place);
}

}  // namespace fathom
