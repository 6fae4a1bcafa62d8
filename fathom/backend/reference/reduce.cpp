// Reduce: each result element walks its reduced elements in row-major order. Floats accumulate in
// double.
#include "fathom/ops/reduce.h"
#include "fathom/backend/reference/primitive.h"

namespace fathom::reference {
namespace {

using ReduceKind = op::Reduce::Kind;

/// The elements of x as (kept, reduced): a result element's first one, and from there the others.
struct Reduction {
  IndexMap kept;
  IndexMap reduced;

  Reduction(const Shape& x, std::uint32_t axes) {
    const IndexMap whole = IndexMap::of(x);
    for (int i = 0; i < x.rank(); ++i) {
      IndexMap& map = axes >> i & 1 ? reduced : kept;
      map.stride[static_cast<std::size_t>(map.shape.rank())] =
          whole.stride[static_cast<std::size_t>(i)];
      map.shape.push_back(x[i]);
    }
  }
};

template <class T>
using Accumulator = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;

template <class T> void add_or_multiply(const Call& call, const Reduction& r, bool multiply) {
  using A = Accumulator<T>;
  using Out = std::conditional_t<std::is_floating_point_v<T>, T, std::int64_t>;
  const T* x = call.in<T>(0);
  Out* y = call.out<Out>();
  for (std::int64_t i = 0; i < call.out_shape().size(); ++i) {
    A total = multiply ? A(1) : A(0);
    const T* first = x + r.kept.at(i);
    for (std::int64_t j = 0; j < r.reduced.shape.size(); ++j) {
      const A v = static_cast<A>(first[r.reduced.at(j)]);
      total = multiply ? total * v : total + v;
    }
    y[i] = static_cast<Out>(total);
  }
}

/// The place, among the reduced elements, of the first largest or smallest; a NaN comes before all.
template <class T> std::int64_t best_of(const T* first, const IndexMap& reduced, bool largest) {
  std::int64_t best = 0;
  for (std::int64_t j = 1; j < reduced.shape.size(); ++j) {
    const T v = first[reduced.at(j)];
    const T known = first[reduced.at(best)];
    if (known != known) break;
    if (v != v || (largest ? v > known : v < known)) best = j;
  }
  return best;
}

void run_reduce(const Call& call) {
  const auto& a = call.attributes<op::Reduce>();
  const Reduction r(call.shape(0), a.axes);
  const bool largest = a.kind == ReduceKind::max || a.kind == ReduceKind::argmax;
  const bool place = a.kind == ReduceKind::argmax || a.kind == ReduceKind::argmin;
  with_number(call.dtype(0), [&]<class T>(T) {
    if (a.kind == ReduceKind::sum || a.kind == ReduceKind::prod)
      return add_or_multiply<T>(call, r, a.kind == ReduceKind::prod);
    for (std::int64_t i = 0; i < call.out_shape().size(); ++i) {
      const T* first = call.in<T>(0) + r.kept.at(i);
      const std::int64_t best = best_of(first, r.reduced, largest);
      if (place)
        call.out<std::int64_t>()[i] = best;
      else
        call.out<T>()[i] = first[r.reduced.at(best)];
    }
  });
}

bool serves_reduce(const graph::Node& node) { return !is_half(input_dtype(node)); }

constexpr Primitive reduce_table[] = {{&graph::op_tag<op::Reduce>, serves_reduce, run_reduce}};

}  // namespace

std::span<const Primitive> reduce_primitives() { return reduce_table; }

}  // namespace fathom::reference
