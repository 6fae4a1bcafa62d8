#include "fathom/ops/check.h"

#include <atomic>
#include <cmath>

#include "fathom/core/with_type.h"
#include "fathom/graph/check.h"
#include "fathom/graph/host.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/shape.h"

namespace fathom {
namespace {

template <class T> double wide(T x) {
  if constexpr (is_half(dtype_of<T>))
    return static_cast<float>(x);
  else
    return static_cast<double>(x);
}
template <class T> bool outside(const op::Within& a, T x) {
  return wide(x) < a.low || wide(x) > a.high;
}

[[noreturn]] void refuse(const op::Within& a, ErrorInfo info, const std::string& number) {
  info.problem = std::string(a.what) + " " + number + " is out of range";
  info.expected = a.expected;
  if (info.expected.empty())
    info.expected =
        "a number in [" + graph::print_field(a.low) + ", " + graph::print_field(a.high + 1) + ")";
  if (a.position) throw IndexError(std::move(info));
  throw ValueError(std::move(info));
}

/// Of the second input, whose type need not be the first one's.
bool any_nan(const graph::HostCall& c) {
  return with_type(c.in_spec(1).dtype, [&]<class T>(T) {
    const T* suspect = c.in<T>(1);
    for (std::int64_t i = 0; i < c.in_spec(1).shape.size(); ++i)
      if (std::isnan(wide(suspect[i]))) return true;
    return false;
  });
}

template <class T> void look(const op::Within& a, const graph::HostCall& c) {
  const std::int64_t n = c.in_spec(0).shape.size();
  const T* x = c.in<T>(0);
  if constexpr (!std::is_integral_v<T>)
    if (c.inputs.size() > 1 && !any_nan(c)) return;
  constexpr std::int64_t piece = 1 << 16;
  std::atomic<bool> fine{true};
  c.parallel((n + piece - 1) / piece, [&](std::int64_t task) {
    const std::int64_t end = std::min(n, (task + 1) * piece);
    bool all = true;
    for (std::int64_t i = task * piece; i < end; ++i) all &= !outside(a, x[i]);
    if (!all) fine.store(false, std::memory_order_relaxed);
  });
  if (fine.load(std::memory_order_relaxed)) return;
  std::int64_t i = 0;
  while (!outside(a, x[i])) ++i;
  std::string number;
  if constexpr (std::is_integral_v<T>)
    number = std::to_string(x[i]);
  else
    number = graph::print_field(wide(x[i]));
  refuse(a,
         located({.received = {{"element", graph::element_text(c.in_spec(0).shape, i)}}}, c.origin),
         number);
}

}  // namespace

namespace graph {

template <> struct Rules<op::Within> {
  static constexpr std::string_view name = "within";
  static Specs infer(const op::Within&, Inputs) { return Spec{DType::boolean, Shape{}}; }
  static void run(const op::Within& a, const HostCall& c) {
    switch (c.in_spec(0).dtype) {
      case DType::f32:
        look<float>(a, c);
        break;
      case DType::f64:
        look<double>(a, c);
        break;
      case DType::i64:
        look<std::int64_t>(a, c);
        break;
      case DType::i32:
        look<std::int32_t>(a, c);
        break;
      case DType::f16:
        look<float16>(a, c);
        break;
      case DType::bf16:
        look<bfloat16>(a, c);
        break;
      default:
        break;  // what is asked of bytes and bools always holds
    }
    *c.out<bool>() = true;
  }
};
template <> constinit const OpDef OpEntry<op::Within>::def = make_op_def<op::Within>();

}  // namespace graph

namespace ops {

Tensor checked(const Tensor& y, const Operand& x, const op::Within& bounds) {
  if (!x.is_tensor()) {
    if (!outside(bounds, x.number())) return y;
    refuse(bounds, graph::located({}, x.where()), graph::print_field(x.number()));
  }
  return graph::apply(op::After{}, {y, graph::apply(bounds, {x.tensor()}, x.where())}, x.where());
}

Tensor checked_loss(const Tensor& loss, const Tensor& x, const op::Within& bounds,
                    const Where& where) {
  return graph::apply(op::After{}, {loss, graph::apply(bounds, {x, loss}, where)}, where);
}

}  // namespace ops
}  // namespace fathom
