// Differences, derivatives and integrals of functions given by samples.
#pragma once
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom {

/// Differences of neighbours along an axis, n times over; `prepend` and `append` are joined on
/// before. bool gives whether they differ. Errors: ValueError for a negative n.
Tensor diff(const Operand& x, int n = 1, int axis = -1, const Tensor& prepend = {},
            const Tensor& append = {});
/// Derivatives along each of the axes (none: all): central differences inside, one-sided of
/// edge_order 1 or 2 at the ends. `spacing` holds for each axis, or one for all, a distance (rank
/// 0) or the places of the samples (rank 1); none means 1. torch.gradient and numpy.gradient.
/// Errors: ShapeError for less than edge_order + 1 samples or spacings that do not fit, ValueError.
std::vector<Tensor> gradient(const Operand& x, const std::vector<Tensor>& spacing = {},
                             const std::vector<int>& axes = {}, int edge_order = 1);
/// The integral along an axis by the trapezoidal rule, samples `dx` apart.
Tensor trapezoid(const Operand& y, double dx = 1, int axis = -1);
/// The same with the samples at x, which has one axis or broadcasts with y.
Tensor trapezoid(const Operand& y, const Tensor& x, int axis = -1);
/// The integral up to each sample but the first.
Tensor cumulative_trapezoid(const Operand& y, double dx = 1, int axis = -1);
Tensor cumulative_trapezoid(const Operand& y, const Tensor& x, int axis = -1);

}  // namespace fathom
