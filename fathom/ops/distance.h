// Lengths, directions and distances of vectors along one axis.
//
// Shapes    operands are broadcast; the axis goes away, or is kept with extent 1
// Dtypes    floating; integers become f32
// Gradient  that of a length at 0 is 0
#pragma once
#include "fathom/core/tensor.h"

namespace fathom {

/// x / max(||x||_p, epsilon) along an axis. Shapes: that of x.
Tensor normalize(const Operand& x, double p = 2.0, int axis = 1, double epsilon = 1e-12);
/// a . b / (max(||a||, epsilon) max(||b||, epsilon)) along an axis.
Tensor cosine_similarity(const Operand& a, const Operand& b, int axis = 1, double epsilon = 1e-8);
/// ||a - b + epsilon||_p over the last axis.
Tensor pairwise_distance(const Operand& a, const Operand& b, double p = 2.0, double epsilon = 1e-6,
                         bool keep_dims = false);

}  // namespace fathom
