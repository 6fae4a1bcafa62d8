#include "fathom/ops/scan.h"

#include <limits>

#include "fathom/graph/op.h"
#include "fathom/ops/along.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/scatter.h"

namespace fathom {

using ops::Inputs;
using ops::Spec;
using ops::Specs;
using ops::Tensors;
using ops::Vjp;
using Kind = op::Scan::Kind;

namespace graph {

template <> struct Rules<op::Scan> {
  static constexpr std::string_view name = "scan";
  static Specs infer(const op::Scan& a, Inputs in) {
    const Spec values{in[0].dtype(), in[0].shape()};
    if (a.kind != Kind::max && a.kind != Kind::min) return values;
    return {values, Spec{DType::i64, in[0].shape()}};
  }
  static Tensors vjp(const op::Scan& a, const Vjp& v) {
    const auto back = [&](const Tensor& t) {
      return apply(op::Scan{Kind::sum, a.axis, !a.reverse}, {t}, {});
    };
    switch (a.kind) {
      case Kind::sum:
        return {back(v.cotangent())};
      case Kind::prod:
        return {prod_gradient(a, v, back)};
      case Kind::max:
      case Kind::min:
        return {ops::scatter(op::Scatter::Kind::sum, v.cotangent(), v.outputs[1], a.axis,
                             v.inputs[0].shape()[a.axis], {})};
      case Kind::logsumexp:
        return {logsumexp_gradient(a, v)};
    }
    return {};
  }

 private:
  /// Before the first zero sum(dy * y) / x; at it, the products without it; behind it 0.
  template <class Back>
  static Tensor prod_gradient(const op::Scan& a, const Vjp& v, const Back& back) {
    const Tensor &x = v.inputs[0], &dy = v.cotangent();
    const Tensor zero = x == 0;
    const Tensor zeros_so_far =
        apply(op::Scan{Kind::sum, a.axis, a.reverse}, {cast(zero, DType::i64)}, {});
    const Tensor first = logical_and(zero, zeros_so_far == 1);
    const Tensor without = apply(op::Scan{Kind::prod, a.axis, a.reverse}, {where(first, 1, x)}, {});
    return where(zeros_so_far == 0, back(dy * v.output()) / where(zero, 1, x),
                 where(first, back(dy * without), 0));
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
      return exp(apply(op::Scan{Kind::logsumexp, a.axis, !a.reverse}, {logs}, {}) + x);
    };
    return part(dy) - part(-dy);
  }
};
template <> constinit const OpDef OpEntry<op::Scan>::def = make_op_def<op::Scan>();

}  // namespace graph

namespace {

/// Sums and products: integers in i64, as the reductions.
Tensor accumulate(Kind kind, const char* name, const Operand& operand, int axis,
                  std::optional<DType> dtype) {
  ops::Along along(name, operand, axis);
  if (dtype) along.x = cast(along.x, *dtype);
  const DType wanted = dtype ? *dtype : is_floating(along.x.dtype()) ? along.x.dtype() : DType::i64;
  const Tensor wide = is_floating(wanted) ? along.x : cast(along.x, DType::i64);
  const Tensor y = graph::apply(op::Scan{kind, along.axis, false}, {wide}, operand.where());
  return along.back(cast(y, wanted));
}

IndexedResult extreme(Kind kind, const char* name, const Operand& operand, int axis) {
  const ops::Along along(name, operand, axis);
  const Tensors y = graph::apply_all(op::Scan{kind, along.axis, false}, {along.x}, operand.where());
  return {along.back(y[0]), along.back(y[1])};
}

}  // namespace

Tensor cumsum(const Operand& x, int axis, std::optional<DType> dtype) {
  const graph::CallScope call("cumsum", x.where());
  return accumulate(Kind::sum, "cumsum", x, axis, dtype);
}
Tensor cumprod(const Operand& x, int axis, std::optional<DType> dtype) {
  const graph::CallScope call("cumprod", x.where());
  return accumulate(Kind::prod, "cumprod", x, axis, dtype);
}
IndexedResult cummax(const Operand& x, int axis) {
  const graph::CallScope call("cummax", x.where());
  return extreme(Kind::max, "cummax", x, axis);
}
IndexedResult cummin(const Operand& x, int axis) {
  const graph::CallScope call("cummin", x.where());
  return extreme(Kind::min, "cummin", x, axis);
}
Tensor logcumsumexp(const Operand& x, int axis) {
  const graph::CallScope call("logcumsumexp", x.where());
  ops::require_floating("logcumsumexp", x);
  const ops::Along along("logcumsumexp", x, axis);
  return along.back(
      graph::apply(op::Scan{Kind::logsumexp, along.axis, false}, {along.x}, x.where()));
}

}  // namespace fathom
