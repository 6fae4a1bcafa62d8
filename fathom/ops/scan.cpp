#include "fathom/ops/scan.h"

#include <algorithm>
#include <limits>

#include "fathom/graph/host.h"
#include "fathom/graph/op.h"
#include "fathom/ops/along.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/join.h"
#include "fathom/ops/scatter.h"
#include "fathom/ops/shape.h"

namespace fathom {

using namespace ops::rules;
using ScanKind = op::Scan::Kind;

namespace ops {
Tensor shifted(const Tensor& x, int axis, bool backwards, double fill) {
  const std::int64_t n = x.shape()[axis];
  if (n == 0) return x;
  const Tensor kept = backwards ? slice(x, axis, 1, n) : slice(x, axis, 0, n - 1);
  const Tensor edge = constant(fill, x.shape().with(axis, 1), x.dtype());
  return backwards ? concat({kept, edge}, axis) : concat({edge, kept}, axis);
}
}  // namespace ops

namespace graph {

using ops::shifted;

template <> struct Rules<op::Scan> {
  static constexpr std::string_view name = "scan";
  static Specs infer(const op::Scan& a, Inputs in) {
    const Spec values{in[0].dtype(), in[0].shape()};
    if (a.kind != ScanKind::max && a.kind != ScanKind::min) return values;
    return {values, Spec{DType::i64, in[0].shape()}};
  }
  static Tensors vjp(const op::Scan& a, const Vjp& v) {
    const auto back = [&](const Tensor& t) {
      return apply(op::Scan{ScanKind::sum, a.axis, !a.reverse}, {t}, {});
    };
    switch (a.kind) {
      case ScanKind::sum:
        return {back(v.cotangent())};
      case ScanKind::prod:
        return {prod_gradient(a, v)};
      case ScanKind::max:
      case ScanKind::min:
        return {ops::scatter(op::Scatter::Kind::sum, v.cotangent(), v.outputs[1], a.axis,
                             v.inputs[0].shape()[a.axis], {})};
      case ScanKind::logsumexp:
        return {logsumexp_gradient(a, v)};
    }
    return {};
  }

 private:
  /// The product before k times the sum over i >= k of dy_i and the factors between: no division,
  /// so zeros need no care, however often this is differentiated.
  static Tensor prod_gradient(const op::Scan& a, const Vjp& v) {
    const Tensor before = shifted(v.output(), a.axis, a.reverse, 1);
    const Tensor next = shifted(v.inputs[0], a.axis, !a.reverse, 0);
    return before * apply(op::Recurrence{a.axis, !a.reverse}, {next, v.cotangent()}, {});
  }
  /// exp(x) * sum over later j of dy_j * exp(-y_j), as differences of logarithms: each sign of dy
  /// by itself, so that nothing overflows.
  static Tensor logsumexp_gradient(const op::Scan& a, const Vjp& v) {
    const double infinity = std::numeric_limits<double>::infinity();
    const Tensor &x = v.inputs[0], &dy = v.cotangent();
    const Tensor y = where(v.output() == -infinity, 0, v.output());  // all elements so far are -inf
    const auto part = [&](const Tensor& weight) {
      const Tensor some = weight > 0;
      const Tensor logs = where(some, log(where(some, weight, 1)) - y, -infinity);
      return exp(apply(op::Scan{ScanKind::logsumexp, a.axis, !a.reverse}, {logs}, {}) + x);
    };
    return part(dy) - part(-dy);
  }
};

template <> struct Rules<op::Recurrence> {
  static constexpr std::string_view name = "recurrence";
  static Specs infer(const op::Recurrence&, Inputs in) {
    return Spec{in[1].dtype(), in[1].shape()};
  }
  static void run(const op::Recurrence& r, const HostCall& c) {
    const Shape& shape = c.in_spec(0).shape;
    std::int64_t inner = 1;
    for (int i = r.axis + 1; i < shape.rank(); ++i) inner *= shape[i];
    const std::int64_t n = shape[r.axis], lines = n == 0 ? 0 : shape.size() / n;
    const auto line = [&]<class T>(T, std::int64_t i) {
      const std::int64_t first =
          i / inner * inner * n + i % inner + (r.reverse ? n - 1 : 0) * inner;
      const std::int64_t step = r.reverse ? -inner : inner;
      double y = 0;
      for (std::int64_t k = 0; k < n; ++k) {
        const std::int64_t at = first + k * step;
        y = double{c.in<T>(0)[at]} * y + double{c.in<T>(1)[at]};
        c.out<T>()[at] = static_cast<T>(y);
      }
    };
    const std::int64_t together = std::max<std::int64_t>(1, 4096 / std::max<std::int64_t>(n, 1));
    c.parallel((lines + together - 1) / together, [&](std::int64_t task) {
      for (std::int64_t i = task * together; i < std::min(lines, (task + 1) * together); ++i)
        c.in_spec(1).dtype == DType::f32 ? line(float(), i) : line(double(), i);
    });
  }
  static Tensors vjp(const op::Recurrence& r, const Vjp& v) {
    const Tensor next = shifted(v.inputs[0], r.axis, !r.reverse, 0);
    const Tensor db = apply(op::Recurrence{r.axis, !r.reverse}, {next, v.cotangent()}, {});
    return {db * shifted(v.output(), r.axis, r.reverse, 0), db};
  }
};

template <> constinit const OpDef OpEntry<op::Scan>::def = make_op_def<op::Scan>();
template <> constinit const OpDef OpEntry<op::Recurrence>::def = make_op_def<op::Recurrence>();

}  // namespace graph

namespace {

/// Sums and products: integers in i64, as the reductions.
Tensor accumulate(ScanKind kind, const char* name, const Operand& operand, int axis,
                  std::optional<DType> dtype) {
  ops::Along along(name, operand, axis);
  if (dtype) along.x = cast(along.x, *dtype);
  const DType wanted = dtype ? *dtype : is_floating(along.x.dtype()) ? along.x.dtype() : DType::i64;
  const Tensor wide = is_floating(wanted) ? along.x : cast(along.x, DType::i64);
  const Tensor y = graph::apply(op::Scan{kind, along.axis, false}, {wide}, operand.where());
  return along.back(cast(y, wanted));
}

IndexedResult extreme(ScanKind kind, const char* name, const Operand& operand, int axis) {
  const ops::Along along(name, operand, axis);
  const Tensors y = graph::apply_all(op::Scan{kind, along.axis, false}, {along.x}, operand.where());
  return {along.back(y[0]), along.back(y[1])};
}

}  // namespace

Tensor cumsum(const Operand& x, int axis, std::optional<DType> dtype) {
  const graph::CallScope call("cumsum", x.where());
  return accumulate(ScanKind::sum, "cumsum", x, axis, dtype);
}
Tensor cumprod(const Operand& x, int axis, std::optional<DType> dtype) {
  const graph::CallScope call("cumprod", x.where());
  return accumulate(ScanKind::prod, "cumprod", x, axis, dtype);
}
IndexedResult cummax(const Operand& x, int axis) {
  const graph::CallScope call("cummax", x.where());
  return extreme(ScanKind::max, "cummax", x, axis);
}
IndexedResult cummin(const Operand& x, int axis) {
  const graph::CallScope call("cummin", x.where());
  return extreme(ScanKind::min, "cummin", x, axis);
}
Tensor logcumsumexp(const Operand& x, int axis) {
  const graph::CallScope call("logcumsumexp", x.where());
  ops::require_floating("logcumsumexp", x);
  const ops::Along along("logcumsumexp", x, axis);
  return along.back(
      graph::apply(op::Scan{ScanKind::logsumexp, along.axis, false}, {along.x}, x.where()));
}

}  // namespace fathom
