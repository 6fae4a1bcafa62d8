#include "fathom/ops/distance.h"

#include <cmath>
#include <limits>

#include "fathom/graph/op.h"
#include "fathom/ops/along.h"
#include "fathom/ops/diagonal.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/shape.h"

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
  if (is_half(t.dtype()))
    return ops::rounded_once(Operand(t, x.where()), [&](const Tensor& wide) {
      return vector_norm(Operand(wide, x.where()), p, axes, keep_dims);
    });
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
  ops::require_floating("normalize", x);
  return ops::rounded_once(x, [&](const Tensor& t) {
    const Tensor length = vector_norm(Operand(t, x.where()), p, axis, true);
    return t / where(length < epsilon, epsilon, length);
  });
}

namespace {
/// a - b of floating numbers, halves in f32, and the type to round to.
struct Difference {
  Tensor value;
  DType dtype;
  Difference(const Operand& a, const Operand& b)
      : dtype(ops::floating(ops::common_dtype({&a, &b}))) {
    const auto wide = [&](const Operand& x) { return ops::as_tensor(x, ops::widened(dtype)); };
    value = Operand(wide(a), a.where()) - Operand(wide(b), b.where());
  }
};
}  // namespace

Tensor dist(const Operand& a, const Operand& b, double p) {
  const graph::CallScope call("dist", a.where());
  const Difference d(a, b);
  return ops::rounded(vector_norm(Operand(d.value, a.where()), p), d.dtype);
}

Tensor cosine_similarity(const Operand& a, const Operand& b, int axis, double epsilon) {
  const graph::CallScope call("cosine_similarity", a.where());
  const DType dtype = ops::floating(ops::common_dtype({&a, &b}));
  const auto wide = [&](const Operand& x) { return ops::as_tensor(x, ops::widened(dtype)); };
  const Tensor left = wide(a), right = wide(b);
  Shape shape;
  if (!broadcast(left.shape(), right.shape(), shape)) return left * right;  // its error
  const auto unit = [&](const Tensor& x) {
    const Tensor wide_x = expand(x, shape);
    const Tensor length = vector_norm(Operand(wide_x, a.where()), 2, axis, true);
    // As in PyTorch the gradient is that of the length, not of its bound.
    const Tensor bound = epsilon + (length - stop_gradient(length));
    return wide_x / where(length < epsilon, bound, length);
  };
  return ops::rounded(sum(Operand(unit(left) * unit(right), a.where()), axis), dtype);
}

Tensor pairwise_distance(const Operand& a, const Operand& b, double p, double epsilon,
                         bool keep_dims) {
  const graph::CallScope call("pairwise_distance", a.where());
  const Difference d(a, b);
  return ops::rounded(vector_norm(Operand(d.value + epsilon, a.where()), p, -1, keep_dims),
                      d.dtype);
}

Tensor pdist(const Operand& x, double p) {
  const graph::CallScope call("pdist", x.where());
  const Tensor t = ops::as_tensor(x);
  if (t.rank() != 2)
    ops::fail<ShapeError>({.operation = "pdist",
                           .problem = "needs a matrix",
                           .received = {{"x", graph::describe(t)}},
                           .expected = "rows (n, d)"},
                          x.where());
  ops::require_option(p >= 0, "pdist", "p", p, "a number that is not negative", x.where());
  const Tensor pairs = triu_indices(t.shape()[0], t.shape()[0], 1);
  const auto rows = [&](int side) { return take(ops::wide(t), select(pairs, 0, side), 0); };
  return ops::rounded(vector_norm(Operand(rows(0) - rows(1), x.where()), p, -1), t.dtype());
}

Tensor renorm(const Operand& x, double p, int axis, double max_norm) {
  const graph::CallScope call("renorm", x.where());
  ops::require_option(p > 0, "renorm", "p", p, "a positive number", x.where());
  ops::require_option(max_norm >= 0, "renorm", "max_norm", max_norm,
                      "a number that is not negative", x.where());
  const Tensor t = ops::as_tensor(x);
  const int a = ops::normalize_axis("renorm", axis, t.rank(), x.where());
  std::vector<int> others;
  for (int i = 0; i < t.rank(); ++i)
    if (i != a) others.push_back(i);
  return ops::rounded_once(Operand(t, x.where()), [&](const Tensor& wide) {
    const Tensor length =
        others.empty() ? abs(wide) : vector_norm(Operand(wide, x.where()), p, others, true);
    constexpr double epsilon = 1e-7;  // PyTorch's own
    return wide * where(length > max_norm, max_norm / (length + epsilon), 1);
  });
}

}  // namespace fathom
