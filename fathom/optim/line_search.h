// A line search for the strong Wolfe conditions.
#pragma once
#include <cstdint>

#include "fathom/core/function_ref.h"
#include "fathom/core/tensor.h"

namespace fathom::optim {

/// A function's value and slope at a distance along a line, with the gradient there.
struct LinePoint {
  double length, value, slope;
  Tensor gradient;
};

struct LineSearchResult {
  LinePoint point;
  std::int64_t evaluations;
};

/// A point where the function has fallen enough and its slope has flattened enough (Nocedal and
/// Wright, algorithms 3.5 and 3.6), or the best that `most` evaluations after the first found.
/// Trial lengths are those of minFunc and PyTorch: cubic interpolation, kept off the bracket's
/// ends.
LineSearchResult strong_wolfe(const LinePoint& start, double length,
                              FunctionRef<LinePoint(double)> at, double direction_size,
                              double tolerance_change, std::int64_t most);

}  // namespace fathom::optim
