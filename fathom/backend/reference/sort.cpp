// Sort and SearchSorted. NaN is above every number.
#include "fathom/ops/sort.h"

#include <algorithm>
#include <numeric>

#include "fathom/backend/reference/primitive.h"

namespace fathom::reference {
namespace {

template <class T> bool below(T a, T b) { return a < b || (a == a && b != b); }

void run_sort(const Call& call) {
  const auto& a = call.attributes<op::Sort>();
  const AxisSplit s(call.shape(0), a.axis);
  with_number(call.dtype(0), [&]<class T>(T) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(s.extent));
    for (std::int64_t line = 0; line < s.outer * s.inner; ++line) {
      const std::int64_t first = line / s.inner * s.extent * s.inner + line % s.inner;
      const T* x = call.in<T>(0) + first;
      std::iota(order.begin(), order.end(), 0);
      std::stable_sort(order.begin(), order.end(), [&](std::int64_t i, std::int64_t j) {
        const T left = x[i * s.inner], right = x[j * s.inner];
        return a.descending ? below(right, left) : below(left, right);
      });
      for (std::int64_t i = 0; i < s.extent; ++i) {
        const std::int64_t from = order[static_cast<std::size_t>(i)];
        call.out<T>()[first + i * s.inner] = x[from * s.inner];
        static_cast<std::int64_t*>(call.outputs[1].data)[first + i * s.inner] = from;
      }
    }
  });
}

void run_search_sorted(const Call& call) {
  const bool right = call.attributes<op::SearchSorted>().right;
  const Shape& sequence = call.shape(0);
  const std::int64_t n = sequence.back();
  const std::int64_t count = call.out_shape().size();
  const std::int64_t row = sequence.rank() == 1 ? count : call.out_shape().back();
  with_number(call.dtype(0), [&]<class T>(T) {
    for (std::int64_t i = 0; i < count; ++i) {
      const T* s = call.in<T>(0) + i / row * n;
      const T v = call.in<T>(1)[i];
      const auto place =
          right ? std::upper_bound(s, s + n, v, below<T>) : std::lower_bound(s, s + n, v, below<T>);
      call.out<std::int64_t>()[i] = place - s;
    }
  });
}

bool serves(const graph::Node& node) { return !is_half(input_dtype(node)); }

constexpr Primitive sort_table[] = {
    {&graph::op_tag<op::Sort>, serves, run_sort},
    {&graph::op_tag<op::SearchSorted>, serves, run_search_sorted},
};

}  // namespace

std::span<const Primitive> sort_primitives() { return sort_table; }

}  // namespace fathom::reference
