#include "fathom/ops/differences.h"

#include "fathom/ops/along.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/scan.h"

namespace fathom {
namespace {

using graph::describe;
using ops::Along;

/// Elements [from, extent - to) along an axis.
Tensor inner(const Tensor& x, int axis, std::int64_t from, std::int64_t to) {
  const std::int64_t n = x.shape()[axis];
  return slice(x, axis, from, n > to ? n - to : 0);
}

/// A vector's elements along an axis of a tensor of `rank`.
Tensor laid_along(const Tensor& vector, int axis, int rank) {
  Shape shape;
  for (int i = 0; i < rank; ++i) shape.push_back(i == axis ? vector.size() : 1);
  return reshape(vector, shape);
}

/// The areas between neighbouring samples.
Tensor trapezoids(const char* name, const Along& along, const Tensor* x,
                  const std::source_location& where) {
  const Tensor& y = along.x;
  const Tensor sums = inner(y, along.axis, 1, 0) + inner(y, along.axis, 0, 1);
  if (!x) return sums / 2;
  const Tensor places = x->rank() == 1 ? laid_along(*x, along.axis, y.rank()) : *x;
  Shape shape;
  const bool fits = broadcast(places.shape(), y.shape(), shape) && shape == y.shape();
  if (!fits || (x->rank() == 1 && x->size() != along.extent()))
    ops::fail<ShapeError>({.operation = name,
                           .problem = "the samples' places do not fit",
                           .received = {{"y", describe(y)}, {"x", describe(*x)}},
                           .expected = "one place for each sample"},
                          where);
  const Tensor wide = expand(places, y.shape());
  return sums * (inner(wide, along.axis, 1, 0) - inner(wide, along.axis, 0, 1)) / 2;
}

/// The derivative along one axis; `spacing` is a distance or the place of each sample.
Tensor derivative(const Tensor& x, const Tensor& spacing, int axis, int edge_order) {
  const std::int64_t n = x.shape()[axis];
  const Tensor given = cast(spacing, x.dtype());
  const Tensor steps =
      laid_along(given.rank() == 1 ? diff(given) : expand(given, {n - 1}), axis, x.rank());
  const Tensor slopes = (inner(x, axis, 1, 0) - inner(x, axis, 0, 1)) / steps;
  const Tensor left = inner(slopes, axis, 0, 1), right = inner(slopes, axis, 1, 0);
  const Tensor before = inner(steps, axis, 0, 1), behind = inner(steps, axis, 1, 0);
  // The slope of the parabola through three samples, at the middle one; of even steps that of the
  // line through the outer ones, whatever the middle is.
  const Tensor middle = given.rank() == 1
                            ? (left * behind + right * before) / (before + behind)
                            : (inner(x, axis, 2, 0) - inner(x, axis, 0, 2)) / (2 * given);
  if (edge_order == 1)
    return concat({slice(slopes, axis, 0, 1), middle, slice(slopes, axis, n - 2, n - 1)}, axis);
  // At its ends: half of the parabola's bend further.
  const Tensor bend = (right - left) / (before + behind);
  const auto at = [&](const Tensor& t, std::int64_t i) { return slice(t, axis, i, i + 1); };
  return concat({at(slopes, 0) - at(bend, 0) * at(steps, 0), middle,
                 at(slopes, n - 2) + at(bend, n - 3) * at(steps, n - 2)},
                axis);
}

}  // namespace

Tensor diff(const Operand& x, int n, int axis, const Tensor& prepend, const Tensor& append) {
  const graph::CallScope call("diff", x.where());
  const Tensor t = ops::as_tensor(x);
  if (n < 0)
    ops::fail<ValueError>({.operation = "diff",
                           .problem = "n is " + std::to_string(n),
                           .expected = "how many times to take differences, 0 and more"},
                          x.where());
  const int a = ops::normalize_axis("diff", axis, t.rank(), x.where());
  if (n == 0) return t;
  std::vector<Tensor> parts;
  for (const Tensor& part : {prepend, t, append})
    if (part.defined()) parts.push_back(part);
  Tensor y = parts.size() == 1 ? t : concat(parts, a, x.where());
  for (int i = 0; i < n; ++i) {
    const Tensor later = inner(y, a, 1, 0), earlier = inner(y, a, 0, 1);
    y = y.dtype() == DType::boolean ? later != earlier : later - earlier;
  }
  return y;
}

std::vector<Tensor> gradient(const Operand& operand, const std::vector<Tensor>& spacing,
                             const std::vector<int>& axes, int edge_order) {
  const graph::CallScope call("gradient", operand.where());
  ops::require_floating("gradient", operand);
  const Tensor x = ops::as_tensor(operand);
  std::vector<int> list;
  for (const int a : axes)
    list.push_back(ops::normalize_axis("gradient", a, x.rank(), operand.where()));
  for (int a = 0; a < x.rank() && axes.empty(); ++a) list.push_back(a);
  if (edge_order != 1 && edge_order != 2)
    ops::fail<ValueError>({.operation = "gradient",
                           .problem = "edge_order is " + std::to_string(edge_order),
                           .expected = "1 or 2"},
                          operand.where());
  if (spacing.size() > 1 && spacing.size() != list.size())
    ops::fail<ShapeError>(
        {.operation = "gradient",
         .problem = "the spacings do not fit",
         .received = {{"x", describe(x)}, {"spacings", std::to_string(spacing.size())}},
         .expected = "one, or one for each of " + std::to_string(list.size()) + " axes"},
        operand.where());
  std::vector<Tensor> result;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const int a = list[i];
    const Tensor s =
        spacing.empty() ? ops::scalar(1.0, x.dtype()) : spacing[spacing.size() == 1 ? 0 : i];
    const std::int64_t n = x.shape()[a];
    if (n < edge_order + 1 || s.rank() > 1 || (s.rank() == 1 && s.size() != n))
      ops::fail<ShapeError>(
          {.operation = "gradient",
           .problem = n < edge_order + 1 ? "too few samples" : "the samples' places do not fit",
           .received = {{"x", describe(x)}, {"spacing", describe(s)}},
           .expected = "at least " + std::to_string(edge_order + 1) + " samples along axis " +
                       std::to_string(a) + ", and a distance or a place for each"},
          operand.where());
    result.push_back(derivative(x, s, a, edge_order));
  }
  return result;
}

Tensor trapezoid(const Operand& y, double dx, int axis) {
  const graph::CallScope call("trapezoid", y.where());
  const Along along("trapezoid", y, axis);
  return sum(trapezoids("trapezoid", along, nullptr, y.where()), along.axis) * dx;
}
Tensor trapezoid(const Operand& y, const Tensor& x, int axis) {
  const graph::CallScope call("trapezoid", y.where());
  const Along along("trapezoid", y, axis);
  return sum(trapezoids("trapezoid", along, &x, y.where()), along.axis);
}
Tensor cumulative_trapezoid(const Operand& y, double dx, int axis) {
  const graph::CallScope call("cumulative_trapezoid", y.where());
  const Along along("cumulative_trapezoid", y, axis);
  return cumsum(trapezoids("cumulative_trapezoid", along, nullptr, y.where()), along.axis) * dx;
}
Tensor cumulative_trapezoid(const Operand& y, const Tensor& x, int axis) {
  const graph::CallScope call("cumulative_trapezoid", y.where());
  const Along along("cumulative_trapezoid", y, axis);
  return cumsum(trapezoids("cumulative_trapezoid", along, &x, y.where()), along.axis);
}

}  // namespace fathom
