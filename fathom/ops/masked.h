// Choosing by truth: fills, selections and the positions of what is true. What has a shape that
// depends on values evaluates its mask; the chosen elements stay part of the graph.
#pragma once
#include <source_location>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom {

/// x with `value` where the bool mask is true; they broadcast. Errors: DTypeError, ShapeError.
Tensor masked_fill(const Operand& x, const Tensor& mask, const Operand& value);
/// The elements where the bool mask is true, in order: (count,). They broadcast. Evaluates the
/// mask.
Tensor masked_select(const Operand& x, const Tensor& mask);
/// x with the mask's true places taken, in order, by the first elements of source. Evaluates the
/// mask. Errors: ShapeError if source has too few.
Tensor masked_scatter(const Operand& x, const Tensor& mask, const Operand& source);

/// Positions of the elements that are not 0, in order: (count, rank), i64. Evaluates x. No
/// gradient.
Tensor nonzero(const Operand& x);
/// The same: NumPy's and torch's other name.
Tensor argwhere(const Operand& x);
/// The same, one vector an axis, as index tensors: numpy.where(condition). Evaluates.
std::vector<Tensor> where(const Operand& condition);

namespace ops {
/// Flat positions of what is true, in order: (count,), i64. Evaluates the mask.
Tensor true_positions(const Tensor& mask);
}  // namespace ops

}  // namespace fathom
