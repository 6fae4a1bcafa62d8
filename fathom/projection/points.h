// Private to fathom/projection: what its functions ask of their points.
#pragma once
#include <string>

#include "fathom/core/error.h"
#include "fathom/core/tensor.h"

namespace fathom::projection {

/// Errors: ShapeError unless x is (points, numbers) with `least` points; DTypeError for other types
/// than f32 and f64.
inline void require_points(const char* operation, const Tensor& x, std::int64_t least) {
  if (x.dtype() != DType::f32 && x.dtype() != DType::f64)
    throw DTypeError({.operation = operation,
                      .problem = "points of another type",
                      .received = {{"x", std::string(name(x.dtype()))}},
                      .expected = "f32 or f64"});
  if (x.rank() != 2 || x.shape()[0] < least || x.shape()[1] < 1)
    throw ShapeError(
        {.operation = operation,
         .problem = "x is not a list of points",
         .received = {{"x", to_string(x.shape())}},
         .expected = "(points, numbers), at least " + std::to_string(least) + " points"});
}

}  // namespace fathom::projection
