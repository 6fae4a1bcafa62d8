#include "fathom/ops/norm_shapes.h"

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/shape.h"

namespace fathom::ops {

using graph::describe;

std::int64_t require_last_axes(const char* operation, const Tensor& x, const Shape& normalized,
                               const Tensor& vector, const std::source_location& where) {
  const int leading = x.rank() - normalized.rank();
  bool fits = leading >= 0 && normalized.rank() > 0;
  for (int i = 0; fits && i < normalized.rank(); ++i)
    fits = x.shape()[leading + i] == normalized[i];
  const bool vector_fits =
      !vector.defined() || (vector.shape() == normalized && vector.dtype() == x.dtype());
  if (!fits || !vector_fits)
    fail<ShapeError>(
        {.operation = operation,
         .problem =
             fits ? "the weight or bias does not fit" : "x does not end in the normalized shape",
         .received = {{"x", describe(x)},
                      {fits ? "vector" : "normalized",
                       fits ? describe(vector) : to_string(normalized)}},
         .expected = fits ? "x's type and the normalized shape" : "x of shape (..., normalized)"},
        where);
  return normalized.size();
}

std::int64_t require_positions(const char* operation, const Tensor& x,
                               const std::source_location& where) {
  if (x.rank() < 2)
    fail<ShapeError>({.operation = operation,
                      .problem = "x has no channel axis",
                      .received = {{"x", describe(x)}},
                      .expected = "x of shape (B, C) or (B, C, ...)"},
                     where);
  return x.shape()[1];
}

Tensor with_positions(const char* operation, const Tensor& x, const std::source_location& where) {
  require_positions(operation, x, where);
  std::int64_t positions = 1;
  for (int i = 2; i < x.rank(); ++i) positions *= x.shape()[i];
  return reshape(x, Shape{x.shape()[0], x.shape()[1], positions});
}

Tensor channels_last(const Tensor& x) {
  std::vector<int> order{0};
  for (int i = 2; i < x.rank(); ++i) order.push_back(i);
  order.push_back(1);
  return permute(x, order);
}
Tensor channels_first(const Tensor& x) {
  std::vector<int> order{0, x.rank() - 1};
  for (int i = 1; i < x.rank() - 1; ++i) order.push_back(i);
  return permute(x, order);
}

Tensor per_channel(const Tensor& vector) { return reshape(vector, Shape{1, vector.size(), 1}); }

void require_channels(const char* operation, const Tensor& x, std::int64_t channels,
                      const char* name, const Tensor& vector, const std::source_location& where) {
  const Shape expected{channels};
  if (!vector.defined() || (vector.shape() == expected && vector.dtype() == x.dtype())) return;
  fail<ShapeError>({.operation = operation,
                    .problem = std::string(name) + " does not fit x",
                    .received = {{"x", describe(x)}, {name, describe(vector)}},
                    .expected = std::string(fathom::name(x.dtype())) + " " + to_string(expected)},
                   where);
}

Tensor or_constant(const Tensor& given, double value, const Shape& shape, DType dtype) {
  return given.defined() ? given : constant(value, shape, dtype);
}

}  // namespace fathom::ops
