#include "fathom/ops/distance.h"

#include <cmath>
#include <limits>

#include "fathom/ops/along.h"
#include "fathom/ops/elementwise.h"

namespace fathom {

namespace {
/// root(x) where x > 0, else 0: with a gradient of 0 there, not infinite.
template <class F> Tensor guarded(const Tensor& x, F root) {
  const Tensor zero = x == 0;
  return where(zero, 0, root(where(zero, 1, x)));
}
}  // namespace

Tensor vector_norm(const Operand& x, double p, const Axes& axes, bool keep_dims) {
  const graph::CallScope call("vector_norm", x.where());
  ops::require_floating("vector_norm", x);
  const Tensor t = ops::as_tensor(x);
  const Tensor absolute = abs(t);
  const Operand sizes(absolute, x.where());
  if (std::isinf(p)) return p > 0 ? max(sizes, axes, keep_dims) : min(sizes, axes, keep_dims);
  if (p < 0) {
    // A zero makes the sum infinite and the norm 0.
    const Tensor zero = t == 0;
    const Tensor powers = pow(where(zero, 1, absolute), p);
    const Tensor total = sum(powers, axes, keep_dims);
    if (t.size() == 0) min(sizes, axes, keep_dims);  // its error: there is no norm of nothing
    return where(any(zero, axes, keep_dims), 0, pow(total, 1 / p));
  }
  if (p == 0) return sum(Operand(cast(t != 0, t.dtype()), x.where()), axes, keep_dims);
  if (p == 1) return sum(sizes, axes, keep_dims);
  if (p == 2)
    return guarded(sum(Operand(square(t), x.where()), axes, keep_dims),
                   [](const Tensor& total) { return sqrt(total); });
  const Tensor powers = guarded(absolute, [&](const Tensor& size) { return pow(size, p); });
  return guarded(sum(Operand(powers, x.where()), axes, keep_dims),
                 [&](const Tensor& total) { return pow(total, 1 / p); });
}

Tensor norm(const Operand& x, double p, const Axes& axes, bool keep_dims) {
  const graph::CallScope call("norm", x.where());
  return vector_norm(x, p, axes, keep_dims);
}

Tensor normalize(const Operand& x, double p, int axis, double epsilon) {
  const graph::CallScope call("normalize", x.where());
  const Tensor t = ops::as_tensor(x);
  const Tensor length = vector_norm(Operand(t, x.where()), p, axis, true);
  return t / where(length < epsilon, epsilon, length);
}

Tensor dist(const Operand& a, const Operand& b, double p) {
  const graph::CallScope call("dist", a.where());
  return vector_norm(a - b, p);
}

Tensor cosine_similarity(const Operand& a, const Operand& b, int axis, double epsilon) {
  const graph::CallScope call("cosine_similarity", a.where());
  const DType dtype = ops::common_dtype({&a, &b});
  const auto wide = [&](const Operand& x) { return ops::as_tensor(x, ops::floating(dtype)); };
  const Tensor left = wide(a), right = wide(b);
  Shape shape;
  if (!broadcast(left.shape(), right.shape(), shape)) return left * right;  // its error
  return sum(Operand(normalize(Operand(expand(left, shape), a.where()), 2, axis, epsilon) *
                         normalize(Operand(expand(right, shape), b.where()), 2, axis, epsilon),
                     a.where()),
             axis);
}

Tensor pairwise_distance(const Operand& a, const Operand& b, double p, double epsilon,
                         bool keep_dims) {
  const graph::CallScope call("pairwise_distance", a.where());
  return vector_norm(a - b + epsilon, p, -1, keep_dims);
}

}  // namespace fathom
