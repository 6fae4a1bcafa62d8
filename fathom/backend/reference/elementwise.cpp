// Elementwise, Cast, Where and Divisor: one element after another, by the functions that define
// them.
#include <array>
#include <cstddef>
#include <cstring>

#include "fathom/backend/divisor.h"
#include "fathom/backend/reference/convert.h"
#include "fathom/backend/reference/primitive.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/function_table.h"

namespace fathom::reference {
namespace {

/// An operand's elements in the order of the result's; `copy` holds them if it is broadcast.
const void* in_order(const Call& call, int input, std::vector<std::byte>& copy) {
  if (call.shape(input) == call.out_shape()) return call.in<std::byte>(input);
  const IndexMap map = IndexMap::broadcast(call.shape(input), call.out_shape());
  copy.resize(static_cast<std::size_t>(call.out_shape().size()) * size_of(call.dtype(input)));
  with_size(call.dtype(input), [&]<class T>(T) {
    T* to = reinterpret_cast<T*>(copy.data());
    for (std::int64_t i = 0; i < call.out_shape().size(); ++i) to[i] = call.in<T>(input)[map.at(i)];
  });
  return copy.data();
}

template <class F> void run_function(const Call& call) {
  const std::int64_t n = call.out_shape().size();
  std::vector<std::byte> copies[2];
  const void* first = in_order(call, 0, copies[0]);
  const void* last = in_order(call, F::arity - 1, copies[1]);
  with_number(call.dtype(0), [&]<class T>(T) {
    const T* a = static_cast<const T*>(first);
    if constexpr (fn::takes<F, T>() && F::arity == 1) {
      auto* y = call.out<decltype(F::of(*a))>();
      for (std::int64_t i = 0; i < n; ++i) y[i] = F::of(a[i]);
    } else if constexpr (fn::takes<F, T>()) {
      const T* b = static_cast<const T*>(last);
      auto* y = call.out<decltype(F::of(*a, *b))>();
      for (std::int64_t i = 0; i < n; ++i) y[i] = F::of(a[i], b[i]);
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
template <class... F> constexpr auto make_types(fn::List<F...>) {
  // In the order of DType; halves are computed in f32.
  return std::array<std::array<bool, dtype_count>, sizeof...(F)>{
      {{fn::takes<F, float>(), fn::takes<F, double>(), false, false, fn::takes<F, std::int64_t>(),
        fn::takes<F, std::int32_t>(), fn::takes<F, std::int8_t>(), fn::takes<F, std::uint8_t>(),
        fn::takes<F, bool>()}...}};
}
constexpr auto types = make_types(fn::Functions{});

bool serves_elementwise(const graph::Node& node) {
  const auto f = static_cast<std::size_t>(graph::attributes<op::Elementwise>(node).function);
  for (int i = 0; i < node.input_count; ++i)
    if (!types[f][static_cast<std::size_t>(input_dtype(node, i))]) return false;
  return true;
}

void run_cast(const Call& call) {
  const std::int64_t n = call.out_shape().size();
  with_type(call.dtype(0), [&]<class From>(From) {
    with_type(call.out_dtype(), [&]<class To>(To) {
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

void run_divisor(const Call& call) {
  const graph::Spec& spec = *call.inputs[0].spec;
  check_divisors(spec.dtype, call.inputs[0].data, spec.shape.size(), call.instruction->origin);
  if (spec.bytes() > 0) std::memcpy(call.outputs[0].data, call.inputs[0].data, spec.bytes());
}

constexpr Primitive elementwise_table[] = {
    {&graph::op_tag<op::Elementwise>, serves_elementwise, run_elementwise},
    {&graph::op_tag<op::Cast>, serves_all, run_cast},
    {&graph::op_tag<op::Divisor>, serves_all, run_divisor},
    {&graph::op_tag<op::Where>, serves_all, run_where},
};

}  // namespace

std::span<const Primitive> elementwise_primitives() { return elementwise_table; }

}  // namespace fathom::reference
