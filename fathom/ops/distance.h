// Norms of vectors and distances between them.
#pragma once
#include "fathom/core/tensor.h"
#include "fathom/ops/reduce.h"

namespace fathom {

/// sum(|x|^p)^(1/p) over the axes; p = 0 counts what is not zero, inf and -inf give the largest and
/// smallest |x|. torch.linalg.vector_norm. Dtypes: floating. Gradient: 0 where the norm is 0.
/// Errors: ShapeError for no elements where p is negative or infinite.
Tensor vector_norm(const Operand& x, double p = 2, const Axes& axes = {}, bool keep_dims = false);
/// vector_norm under torch's older name.
Tensor norm(const Operand& x, double p = 2, const Axes& axes = {}, bool keep_dims = false);
/// x divided by its p-norm along an axis, or by epsilon if that is larger.
Tensor normalize(const Operand& x, double p = 2, int axis = 1, double epsilon = 1e-12);
/// The p-norm of a - b, of all elements.
Tensor dist(const Operand& a, const Operand& b, double p = 2);
/// a . b / (|a| |b|) along an axis, each norm at least epsilon; operands are broadcast.
Tensor cosine_similarity(const Operand& a, const Operand& b, int axis = 1, double epsilon = 1e-8);
/// The p-norm of a - b + epsilon along the last axis; operands are broadcast.
Tensor pairwise_distance(const Operand& a, const Operand& b, double p = 2, double epsilon = 1e-6,
                         bool keep_dims = false);
/// The p-norms of the differences of all pairs of rows i < j, in their order: (n, d) ->
/// (n (n - 1) / 2). Errors: ShapeError, ValueError for p < 0.
Tensor pdist(const Operand& x, double p = 2);
/// x with its slices along an axis scaled so that no p-norm of one is above max_norm.
/// Errors: ValueError unless p > 0 and max_norm >= 0.
Tensor renorm(const Operand& x, double p, int axis, double max_norm);

}  // namespace fathom
