// Elementwise, Cast and Where: one element after another, by the functions that define them.
#include <array>

#include "fathom/backend/reference/convert.h"
#include "fathom/backend/reference/primitive.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/function_table.h"

namespace fathom::reference {
namespace {

template <class F, class T> constexpr bool takes() {
  if (F::domain == fn::Domain::floating) return std::is_floating_point_v<T>;
  if (F::domain == fn::Domain::numeric) return !std::is_same_v<T, bool>;
  return true;
}

template <class F> void run_function(const Call& call) {
  const std::int64_t n = call.out_shape().size();
  with_type(call.dtype(0), [&]<class T>(T) {
    if constexpr (takes<F, T>() && F::arity == 1) {
      const T* x = call.in<T>(0);
      auto* y = call.out<decltype(F::of(*x))>();
      for (std::int64_t i = 0; i < n; ++i) y[i] = F::of(x[i]);
    } else if constexpr (takes<F, T>()) {
      const T* a = call.in<T>(0);
      const T* b = call.in<T>(1);
      const IndexMap map_a = IndexMap::broadcast(call.shape(0), call.out_shape());
      const IndexMap map_b = IndexMap::broadcast(call.shape(1), call.out_shape());
      auto* y = call.out<decltype(F::of(*a, *b))>();
      for (std::int64_t i = 0; i < n; ++i) y[i] = F::of(a[map_a.at(i)], b[map_b.at(i)]);
    }
  });
}

template <class... F> constexpr auto make_runners(fn::List<F...>) {
  return std::array<void (*)(const Call&), sizeof...(F)>{run_function<F>...};
}
constexpr auto runners = make_runners(fn::Functions{});

void run_elementwise(const Call& call) {
  runners[static_cast<std::size_t>(call.attributes<op::Elementwise>().function)](call);
}
bool serves_elementwise(const graph::Node& node) {
  const DType d = input_dtype(node);
  if (is_half(d)) return false;
  switch (ops::function_info(graph::attributes<op::Elementwise>(node).function).domain) {
    case fn::Domain::floating:
      return is_floating(d);
    case fn::Domain::numeric:
      return d != DType::boolean;
    case fn::Domain::logical:
    case fn::Domain::any:
      break;
  }
  return true;
}

/// As with_type, halves too.
template <class F> void with_any_type(DType dtype, F&& f) {
  if (dtype == DType::f16) return f(Half());
  if (dtype == DType::bf16) return f(Brain());
  with_type(dtype, f);
}

void run_cast(const Call& call) {
  const std::int64_t n = call.out_shape().size();
  with_any_type(call.dtype(0), [&]<class From>(From) {
    with_any_type(call.out_dtype(), [&]<class To>(To) {
      const From* x = call.in<From>(0);
      To* y = call.out<To>();
      for (std::int64_t i = 0; i < n; ++i) y[i] = convert<To>(x[i]);
    });
  });
}

void run_where(const Call& call) {
  const Shape& out = call.out_shape();
  const IndexMap map_c = IndexMap::broadcast(call.shape(0), out);
  const IndexMap map_a = IndexMap::broadcast(call.shape(1), out);
  const IndexMap map_b = IndexMap::broadcast(call.shape(2), out);
  const bool* c = call.in<bool>(0);
  with_size(call.out_dtype(), [&]<class T>(T) {
    const T* a = call.in<T>(1);
    const T* b = call.in<T>(2);
    T* y = call.out<T>();
    for (std::int64_t i = 0; i < out.size(); ++i)
      y[i] = c[map_c.at(i)] ? a[map_a.at(i)] : b[map_b.at(i)];
  });
}

bool serves_all(const graph::Node&) { return true; }

constexpr Primitive primitives[] = {
    {&graph::op_tag<op::Elementwise>, serves_elementwise, run_elementwise},
    {&graph::op_tag<op::Cast>, serves_all, run_cast},
    {&graph::op_tag<op::Where>, serves_all, run_where},
};

}  // namespace

std::span<const Primitive> elementwise_primitives() { return primitives; }

}  // namespace fathom::reference
