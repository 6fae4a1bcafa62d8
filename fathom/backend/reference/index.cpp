// Take, TakeAlong and their gradients. Positions are data, so they are checked here.
#include <string>

#include "fathom/backend/reference/primitive.h"
#include "fathom/core/error.h"
#include "fathom/ops/index.h"

namespace fathom::reference {
namespace {

[[noreturn]] void out_of_range(const Call& call, std::int64_t value, std::size_t place,
                               std::int64_t extent) {
  throw IndexError(
      {.operation = std::string(call.instruction->op->name),
       .problem = "index " + std::to_string(value) + " is out of range",
       .received = {{"position in the index", std::to_string(place)}},
       .expected = "indices in [0, " + std::to_string(extent) + ")",
       .where = call.instruction->where.line() ? to_string(call.instruction->where) : ""});
}

/// The index operand as positions on an axis of `extent` elements. Errors: IndexError.
std::vector<std::int64_t> checked_index(const Call& call, std::int64_t extent) {
  std::vector<std::int64_t> index(static_cast<std::size_t>(call.shape(1).size()));
  for (std::size_t i = 0; i < index.size(); ++i) {
    index[i] =
        call.dtype(1) == DType::i64 ? call.in<std::int64_t>(1)[i] : call.in<std::int32_t>(1)[i];
    if (index[i] < 0 || index[i] >= extent) out_of_range(call, index[i], i, extent);
  }
  return index;
}

/// Calls f(element of the slices, element of the whole) for each element that an index names, where
/// the whole is (outer, extent, inner) and the slices are (outer, count, inner).
template <class F>
void for_each_taken(const AxisSplit& whole, const std::vector<std::int64_t>& index, F&& f) {
  const auto count = static_cast<std::int64_t>(index.size());
  for (std::int64_t o = 0; o < whole.outer; ++o)
    for (std::int64_t j = 0; j < count; ++j)
      for (std::int64_t i = 0; i < whole.inner; ++i)
        f((o * count + j) * whole.inner + i,
          (o * whole.extent + index[static_cast<std::size_t>(j)]) * whole.inner + i);
}

/// The same with one index per element: the index is (outer, count, inner).
template <class F>
void for_each_along(const AxisSplit& whole, const Shape& index_shape, int axis,
                    const std::vector<std::int64_t>& index, F&& f) {
  const AxisSplit part(index_shape, axis);
  for (std::int64_t e = 0; e < index_shape.size(); ++e) {
    const std::int64_t o = e / (part.extent * part.inner);
    f(e, (o * whole.extent + index[static_cast<std::size_t>(e)]) * whole.inner + e % part.inner);
  }
}

void run_take(const Call& call) {
  const AxisSplit x(call.shape(0), call.attributes<op::Take>().axis);
  const auto index = checked_index(call, x.extent);
  with_size(call.out_dtype(), [&]<class T>(T) {
    for_each_taken(x, index, [&](std::int64_t to, std::int64_t from) {
      call.out<T>()[to] = call.in<T>(0)[from];
    });
  });
}

void run_take_along(const Call& call) {
  const int axis = call.attributes<op::TakeAlong>().axis;
  const AxisSplit x(call.shape(0), axis);
  const auto index = checked_index(call, x.extent);
  with_size(call.out_dtype(), [&]<class T>(T) {
    for_each_along(x, call.shape(1), axis, index, [&](std::int64_t to, std::int64_t from) {
      call.out<T>()[to] = call.in<T>(0)[from];
    });
  });
}

// Sums in the element's own type and in order of the index: the definition says so.
template <class T> void clear(const Call& call) {
  for (std::int64_t i = 0; i < call.out_shape().size(); ++i) call.out<T>()[i] = T(0);
}
template <class T> auto adder(const Call& call) {
  return [dy = call.in<T>(0), y = call.out<T>()](std::int64_t from, std::int64_t to) {
    y[to] = static_cast<T>(y[to] + dy[from]);
  };
}

void run_take_backward(const Call& call) {
  const AxisSplit x(call.out_shape(), call.attributes<op::TakeBackward>().axis);
  const auto index = checked_index(call, x.extent);
  with_type(call.out_dtype(), [&]<class T>(T) {
    clear<T>(call);
    for_each_taken(x, index, adder<T>(call));
  });
}

void run_take_along_backward(const Call& call) {
  const int axis = call.attributes<op::TakeAlongBackward>().axis;
  const AxisSplit x(call.out_shape(), axis);
  const auto index = checked_index(call, x.extent);
  with_type(call.out_dtype(), [&]<class T>(T) {
    clear<T>(call);
    for_each_along(x, call.shape(1), axis, index, adder<T>(call));
  });
}

bool serves_all(const graph::Node&) { return true; }
bool serves_sums(const graph::Node& node) { return !is_half(output_dtype(node)); }

constexpr Primitive primitives[] = {
    {&graph::op_tag<op::Take>, serves_all, run_take},
    {&graph::op_tag<op::TakeBackward>, serves_sums, run_take_backward},
    {&graph::op_tag<op::TakeAlong>, serves_all, run_take_along},
    {&graph::op_tag<op::TakeAlongBackward>, serves_sums, run_take_along_backward},
};

}  // namespace

std::span<const Primitive> index_primitives() { return primitives; }

}  // namespace fathom::reference
