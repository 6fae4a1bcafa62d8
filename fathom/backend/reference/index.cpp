// Reading and writing at positions. They are data, so they are checked here.
#include <limits>
#include <string>

#include "fathom/backend/reference/primitive.h"
#include "fathom/graph/context.h"
#include "fathom/ops/index.h"
#include "fathom/ops/scatter.h"

namespace fathom::reference {
namespace {

/// An index operand as positions in [low, extent). Errors: IndexError.
std::vector<std::int64_t> checked_index(const Call& call, int input, std::int64_t low,
                                        std::int64_t extent) {
  std::vector<std::int64_t> index(static_cast<std::size_t>(call.shape(input).size()));
  for (std::size_t i = 0; i < index.size(); ++i) {
    index[i] = call.dtype(input) == DType::i64 ? call.in<std::int64_t>(input)[i]
                                               : call.in<std::int32_t>(input)[i];
    if (index[i] < low || index[i] >= extent)
      throw IndexError(graph::position_error(index[i], static_cast<std::int64_t>(i), low, extent,
                                             call.instruction->origin));
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
  const auto index = checked_index(call, 1, 0, x.extent);
  with_size(call.out_dtype(), [&]<class T>(T) {
    for_each_taken(x, index, [&](std::int64_t to, std::int64_t from) {
      call.out<T>()[to] = call.in<T>(0)[from];
    });
  });
}

void run_take_along(const Call& call) {
  const int axis = call.attributes<op::TakeAlong>().axis;
  const AxisSplit x(call.shape(0), axis);
  const auto index = checked_index(call, 1, 0, x.extent);
  with_size(call.out_dtype(), [&]<class T>(T) {
    for_each_along(x, call.shape(1), axis, index, [&](std::int64_t to, std::int64_t from) {
      call.out<T>()[to] = call.in<T>(0)[from];
    });
  });
}

void run_positions(const Call& call) {
  const std::int64_t extent = call.attributes<op::Positions>().extent;
  const auto index = checked_index(call, 0, -extent, extent);
  for (std::size_t i = 0; i < index.size(); ++i)
    call.out<std::int64_t>()[i] = index[i] < 0 ? index[i] + extent : index[i];
}

template <class T> void clear(const Call& call, T value) {
  for (std::int64_t i = 0; i < call.out_shape().size(); ++i) call.out<T>()[i] = value;
}

// Combined in the element's own type and in order of the index: the definition says so.
void run_scatter(const Call& call) {
  using Kind = op::Scatter::Kind;
  const auto& a = call.attributes<op::Scatter>();
  const AxisSplit places(call.out_shape(), a.axis);
  const auto index = checked_index(call, 1, 0, places.extent);
  with_number(call.out_dtype(), [&]<class T>(T) {
    using L = std::numeric_limits<T>;
    const T lowest = L::has_infinity ? -L::infinity() : L::lowest();
    const T highest = L::has_infinity ? L::infinity() : L::max();
    clear<T>(call, a.kind == Kind::sum    ? T(0)
                   : a.kind == Kind::prod ? T(1)
                   : a.kind == Kind::max  ? lowest
                                          : highest);
    for_each_along(places, call.shape(1), a.axis, index, [&](std::int64_t from, std::int64_t to) {
      const T x = call.in<T>(0)[from];
      T& y = call.out<T>()[to];
      const bool nan = x != x;
      if (a.kind == Kind::sum) y = static_cast<T>(y + x);
      if (a.kind == Kind::prod) y = static_cast<T>(y * x);
      if (a.kind == Kind::max) y = nan || x > y ? x : y;
      if (a.kind == Kind::min) y = nan || x < y ? x : y;
    });
  });
}

void run_scatter_slices(const Call& call) {
  const AxisSplit places(call.out_shape(), call.attributes<op::ScatterSlices>().axis);
  const auto index = checked_index(call, 1, 0, places.extent);
  with_number(call.out_dtype(), [&]<class T>(T) {
    clear<T>(call, T(0));
    for_each_taken(places, index, [&](std::int64_t from, std::int64_t to) {
      call.out<T>()[to] = static_cast<T>(call.out<T>()[to] + call.in<T>(0)[from]);
    });
  });
}

void run_last_writer(const Call& call) {
  const int axis = call.attributes<op::LastWriter>().axis;
  const AxisSplit places(call.out_shape(), axis);
  const AxisSplit writers(call.shape(0), axis);
  const auto index = checked_index(call, 0, 0, places.extent);
  clear<std::int64_t>(call, -1);
  for_each_along(places, call.shape(0), axis, index, [&](std::int64_t from, std::int64_t to) {
    call.out<std::int64_t>()[to] = from / writers.inner % writers.extent;
  });
}

bool serves_sums(const graph::Node& node) { return !is_half(output_dtype(node)); }

constexpr Primitive index_table[] = {
    {&graph::op_tag<op::Take>, serves_all, run_take},
    {&graph::op_tag<op::TakeAlong>, serves_all, run_take_along},
    {&graph::op_tag<op::Positions>, serves_all, run_positions},
    {&graph::op_tag<op::Scatter>, serves_sums, run_scatter},
    {&graph::op_tag<op::ScatterSlices>, serves_sums, run_scatter_slices},
    {&graph::op_tag<op::LastWriter>, serves_all, run_last_writer},
};

}  // namespace

std::span<const Primitive> index_primitives() { return index_table; }

}  // namespace fathom::reference
