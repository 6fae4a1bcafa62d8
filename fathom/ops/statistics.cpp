#include "fathom/ops/statistics.h"

#include <limits>

#include "fathom/graph/op.h"
#include "fathom/ops/along.h"
#include "fathom/ops/check.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/join.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/scan.h"
#include "fathom/ops/sort.h"

namespace fathom {
namespace {

using ops::Along;

const double nan = std::numeric_limits<double>::quiet_NaN();

void require_elements(const char* operation, const Along& along, const Operand& x) {
  if (along.extent() > 0) return;
  ops::fail<ShapeError>({.operation = operation,
                         .problem = "no elements to choose from",
                         .received = {{"x", graph::describe(along.x)}},
                         .expected = "an axis of extent 1 and more"},
                        x.where());
}

/// All elements as one axis.
Tensor flat(const Operand& x) {
  const Tensor t = ops::as_tensor(x);
  return reshape(t, Shape{t.size()});
}

IndexedResult reduced(const Along& along, const Tensor& indices, bool keep_dims) {
  return {along.reduced(take_along(along.x, indices, along.axis), keep_dims),
          along.reduced(indices, keep_dims)};
}

Tensor quantile(const char* name, bool skip_nan, const Operand& x, const Operand& q,
                std::optional<int> axis, bool keep_dims, Interpolation how) {
  ops::require_floating(name, x);
  const Tensor t = ops::as_tensor(x);
  const Tensor lines = axis ? t : reshape(t, Shape{t.size()});
  const Along along(name, Operand(lines, x.where()), axis.value_or(0));
  require_elements(name, along, x);
  if (!q.is_tensor() && !(q.number() >= 0 && q.number() <= 1))
    ops::fail<ValueError>({.operation = name,
                           .problem = "q is " + graph::print_field(q.number()),
                           .expected = "numbers in [0, 1]"},
                          q.where());
  Tensor fractions = ops::as_tensor(q, t.dtype());
  if (q.is_tensor())
    fractions = ops::checked(fractions, Operand(fractions, q.where()), ops::probability("q"));
  if (fractions.rank() > 1)
    ops::fail<ShapeError>({.operation = name,
                           .problem = "q has several axes",
                           .received = {{"q", graph::describe(fractions)}},
                           .expected = "a number or a tensor with one axis"},
                          q.where());

  // The axis goes last, where q's takes its place, and that to the front.
  std::vector<int> last_order, front_order{along.x.rank() - 1};
  for (int i = 0; i < along.x.rank(); ++i) {
    if (i != along.axis) last_order.push_back(i);
    if (i + 1 < along.x.rank()) front_order.push_back(i);
  }
  last_order.push_back(along.axis);
  const Tensor sorted = sort(permute(along.x, last_order)).values;
  const std::int64_t n = along.extent();
  const Tensor numbers = sum(logical_not(isnan(sorted)), -1, true);
  const Tensor last = maximum(skip_nan ? numbers - 1 : full({1}, n - 1, DType::i64), 0);
  const Tensor rank = reshape(fractions, {-1}) * cast(last, t.dtype());
  const auto at = [&](const Tensor& place) {
    const Shape shape = sorted.shape().with(sorted.rank() - 1, place.shape().back());
    return take_along(sorted, expand(cast(place, DType::i64), shape), -1);
  };
  Tensor y;
  switch (how) {
    case Interpolation::lower:
      y = at(floor(rank));
      break;
    case Interpolation::higher:
      y = at(ceil(rank));
      break;
    case Interpolation::nearest:
      y = at(round(rank));
      break;
    case Interpolation::linear:
    case Interpolation::midpoint: {
      const Tensor low = at(floor(rank)), high = at(ceil(rank)), step = high - low;
      const Tensor weight = how == Interpolation::linear ? rank - stop_gradient(floor(rank))
                                                         : full({1}, 0.5, t.dtype());
      // From the nearer end, so that both are met; and infinity, without a step from it to itself.
      y = where(weight < 0.5, low + weight * step, high - (1 - weight) * step);
      y = where(isnan(step), low, y);
      break;
    }
  }
  if (!skip_nan) y = where(numbers == n, y, nan);
  Shape shape;
  if (fractions.rank() == 1) shape.push_back(fractions.size());
  for (int i = 0; i < t.rank(); ++i) {
    const bool gone = !axis || i == along.axis;
    if (!gone || keep_dims) shape.push_back(gone ? 1 : t.shape()[i]);
  }
  return reshape(permute(y, front_order), shape);
}

}  // namespace

IndexedResult median(const Operand& x, int axis, bool keep_dims) {
  const graph::CallScope call("median", x.where());
  const Along along("median", x, axis);
  require_elements("median", along, x);
  const Tensor middle = kthvalue(along.x, (along.extent() + 1) / 2, along.axis, true).indices;
  if (!is_floating(along.x.dtype())) return reduced(along, middle, keep_dims);
  const Tensor none = isnan(along.x);
  const Tensor first = argmax(none, along.axis, true);
  return reduced(along, where(any(none, along.axis, true), first, middle), keep_dims);
}
Tensor median(const Operand& x) {
  const graph::CallScope call("median", x.where());
  return median(flat(x), 0).values;
}

IndexedResult nanmedian(const Operand& x, int axis, bool keep_dims) {
  const graph::CallScope call("nanmedian", x.where());
  const Along along("nanmedian", x, axis);
  require_elements("nanmedian", along, x);
  if (!is_floating(along.x.dtype())) return median(along.x, along.axis, keep_dims);
  const Tensor order = argsort(along.x, along.axis);
  const Tensor numbers = sum(logical_not(isnan(along.x)), along.axis, true);
  const Tensor middle = cast(floor((maximum(numbers, 1) - 1) / 2), DType::i64);
  return reduced(along, take_along(order, middle, along.axis), keep_dims);
}
Tensor nanmedian(const Operand& x) {
  const graph::CallScope call("nanmedian", x.where());
  return nanmedian(flat(x), 0).values;
}

IndexedResult mode(const Operand& x, int axis, bool keep_dims) {
  const graph::CallScope call("mode", x.where());
  const Along along("mode", x, axis);
  require_elements("mode", along, x);
  const auto [values, indices] = sort(along.x, along.axis);
  const std::int64_t n = along.extent();
  // How long the run of equal elements is at each place: longest at its end, first for the
  // smallest.
  Shape one = values.shape().with(along.axis, 1);
  const Tensor start = slice(values, along.axis, 1, n) != slice(values, along.axis, 0, n - 1);
  const Tensor starts = concat({ones(one, DType::boolean), start}, along.axis);
  const Tensor place =
      graph::apply(op::Iota{DType::i64, values.shape(), along.axis}, ops::Tensors{}, x.where());
  const Tensor length = place - cummax(where(starts, place, 0), along.axis).values;
  const Tensor best = argmax(length, along.axis, true);
  return reduced(along, take_along(indices, best, along.axis), keep_dims);
}

Tensor quantile(const Operand& x, const Operand& q, std::optional<int> axis, bool keep_dims,
                Interpolation interpolation) {
  const graph::CallScope call("quantile", x.where());
  return quantile("quantile", false, x, q, axis, keep_dims, interpolation);
}
Tensor nanquantile(const Operand& x, const Operand& q, std::optional<int> axis, bool keep_dims,
                   Interpolation interpolation) {
  const graph::CallScope call("nanquantile", x.where());
  return quantile("nanquantile", true, x, q, axis, keep_dims, interpolation);
}

Tensor cov(const Operand& x, int correction, const Tensor& frequencies, const Tensor& importances) {
  const graph::CallScope call("cov", x.where());
  const Tensor t = ops::as_tensor(x);
  if (t.rank() > 2)
    ops::fail<ShapeError>({.operation = "cov",
                           .problem = "more than two axes",
                           .received = {{"x", graph::describe(t)}},
                           .expected = "(variables, observations) or (observations,)"},
                          x.where());
  const Tensor data =
      cast(reshape(t, Shape{t.rank() < 2 ? 1 : t.shape()[0], t.rank() == 0 ? 1 : t.shape().back()}),
           ops::floating(t.dtype()));
  const std::int64_t n = data.shape()[1];
  Tensor weights;
  for (const Tensor* w : {&frequencies, &importances}) {
    if (!w->defined()) continue;
    if (!(w->shape() == Shape{n}))
      ops::fail<ShapeError>(
          {.operation = "cov",
           .problem = "the weights do not fit",
           .received = {{"x", graph::describe(t)}, {"weights", graph::describe(*w)}},
           .expected = "one weight for each of " + std::to_string(n) + " observations"},
          x.where());
    weights = weights.defined() ? weights * cast(*w, data.dtype()) : cast(*w, data.dtype());
  }
  if (!weights.defined()) {
    const Tensor centered = data - mean(data, 1, true);
    const double divisor = n > correction ? static_cast<double>(n - correction) : 0;
    return squeeze(matmul(centered, transpose(centered)) / constant(divisor, {}, data.dtype()));
  }
  const Tensor total = sum(weights);
  const Tensor centered = data - sum(data * weights, 1, true) / total;
  // The correction is spread by how much the importances weigh.
  const Tensor share = importances.defined()
                           ? sum(weights * cast(importances, data.dtype())) / total
                           : constant(1.0, {}, data.dtype());
  const Tensor divisor = maximum(total - correction * share, 0);
  return squeeze(matmul(centered * weights, transpose(centered)) / divisor);
}

Tensor corrcoef(const Operand& x) {
  const graph::CallScope call("corrcoef", x.where());
  const Tensor c = cov(x);
  if (c.rank() == 0) return c / c;
  const Tensor scale = sqrt(sum(c * eye(c.shape()[0], c.dtype()), 1));
  return clamp(c / unsqueeze(scale, 1) / scale, -1, 1);
}

}  // namespace fathom
