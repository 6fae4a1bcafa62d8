#include "fathom/ops/distance.h"

#include <cmath>

#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"

namespace fathom {
namespace {

/// x^(1/p) for x >= 0, with gradient 0 at 0.
Tensor root(const Tensor& x, double p) {
  const Tensor zero = x == 0;
  const Tensor safe = where(zero, 1, x);
  return where(zero, 0, p == 2 ? sqrt(safe) : pow(safe, 1 / p));
}

Tensor length(const Tensor& x, double p, int axis, bool keep_dims) {
  if (p == 2) return root(sum(square(x), axis, keep_dims), 2);
  if (p == 1) return sum(abs(x), axis, keep_dims);
  if (p == 0) return sum(cast(x != 0, x.dtype()), axis, keep_dims);
  if (std::isinf(p)) return p > 0 ? max(abs(x), axis, keep_dims) : min(abs(x), axis, keep_dims);
  return root(sum(pow(abs(x), p), axis, keep_dims), p);
}

Tensor floating_tensor(const Operand& x) {
  return ops::as_tensor(x, ops::floating(ops::common_dtype({&x})));
}

}  // namespace

Tensor normalize(const Operand& x, double p, int axis, double epsilon) {
  const Tensor t = floating_tensor(x);
  return t / maximum(length(t, p, axis, true), epsilon);
}

Tensor cosine_similarity(const Operand& a, const Operand& b, int axis, double epsilon) {
  const DType dtype = ops::floating(ops::common_dtype({&a, &b}));
  return sum(normalize(ops::as_tensor(a, dtype), 2, axis, epsilon) *
                 normalize(ops::as_tensor(b, dtype), 2, axis, epsilon),
             axis);
}

Tensor pairwise_distance(const Operand& a, const Operand& b, double p, double epsilon,
                         bool keep_dims) {
  const Tensor difference = a - b;
  return length(floating_tensor(difference) + epsilon, p, -1, keep_dims);
}

}  // namespace fathom
