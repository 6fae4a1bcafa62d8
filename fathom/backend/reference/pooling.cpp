// Windows: every output element walks its window.
#include "fathom/ops/pooling.h"

#include <functional>
#include <limits>

#include "fathom/backend/reference/primitive.h"

namespace fathom::reference {
namespace {

/// Windows over (depth, height, width); axes that a shape lacks have one element.
struct PoolPlanes {
  std::int64_t count = 1, channels = 1;
  std::int64_t in[3] = {1, 1, 1}, out[3] = {1, 1, 1}, step[3] = {1, 1, 1};
  ops::PoolSpans spans[3];

  PoolPlanes(const op::PoolWindows& w, const Shape& shape, bool count_include_pad) {
    const int axes = w.kernel_size.rank(), lead = w.first_axis(shape);
    for (int i = 0; i < lead; ++i) count *= shape[i];
    if (w.channels_last) channels = shape.back();
    for (int i = 0; i < 3; ++i) {
      const int axis = i - (3 - axes);
      spans[i] = {{0}, {1}, {1}};
      if (axis < 0) continue;
      in[i] = shape[lead + axis];
      if (!w.adaptive) step[i] = w.dilation[axis];
      spans[i] = ops::pool_spans(w, axis, in[i], count_include_pad);
      out[i] = static_cast<std::int64_t>(spans[i].first.size());
    }
  }
  /// Calls body(output element, input element or -1, its place in the plane, divisor) for the
  /// elements of every window, and first with -1.
  void for_windows(const std::function<void(std::int64_t, std::int64_t, std::int64_t,
                                            std::int64_t)>& body) const {
    const auto at = [](const std::vector<std::int64_t>& v, std::int64_t i) {
      return v[static_cast<std::size_t>(i)];
    };
    std::int64_t y = 0;
    for (std::int64_t p = 0; p < count; ++p)
      for (std::int64_t d = 0; d < out[0]; ++d)
        for (std::int64_t h = 0; h < out[1]; ++h)
          for (std::int64_t w = 0; w < out[2]; ++w)
            for (std::int64_t c = 0; c < channels; ++c, ++y) {
              const std::int64_t divisor =
                  at(spans[0].padded, d) * at(spans[1].padded, h) * at(spans[2].padded, w);
              body(y, -1, -1, divisor);
              for (std::int64_t i = 0; i < at(spans[0].count, d); ++i)
                for (std::int64_t j = 0; j < at(spans[1].count, h); ++j)
                  for (std::int64_t k = 0; k < at(spans[2].count, w); ++k) {
                    const std::int64_t z = at(spans[0].first, d) + i * step[0];
                    const std::int64_t row = at(spans[1].first, h) + j * step[1];
                    const std::int64_t column = at(spans[2].first, w) + k * step[2];
                    const std::int64_t place = (z * in[1] + row) * in[2] + column;
                    const std::int64_t plane = in[0] * in[1] * in[2];
                    body(y, (p * plane + place) * channels + c, place, divisor);
                  }
            }
  }
};

void run_max_pool(const Call& call) {
  const auto& a = call.attributes<op::MaxPool>();
  const PoolPlanes planes(a.windows, call.shape(0), true);
  with_number(call.dtype(0), [&]<class T>(T) {
    using L = std::numeric_limits<T>;
    const T* x = call.in<T>(0);
    T* y = call.out<T>();
    auto* place = static_cast<std::int32_t*>(call.outputs[1].data);
    planes.for_windows([&](std::int64_t o, std::int64_t i, std::int64_t at, std::int64_t) {
      if (i < 0) {
        y[o] = L::has_infinity ? -L::infinity() : L::lowest();
        place[o] = -1;
      } else if (place[o] < 0 || x[i] > y[o] || x[i] != x[i]) {
        y[o] = x[i];
        place[o] = static_cast<std::int32_t>(at);
      }
    });
    for (std::int64_t o = 0; o < call.out_shape().size(); ++o)
      if (place[o] < 0) place[o] = 0;
  });
}

template <class T> void max_backward(const Call& call) {
  const auto& a = call.attributes<op::MaxPoolBackward>();
  std::vector<double> sums(static_cast<std::size_t>(call.out_shape().size()));
  const T* dy = call.in<T>(0);
  const auto* places = call.in<std::int32_t>(1);
  PoolPlanes(a.windows, call.out_shape(), true)
      .for_windows([&](std::int64_t o, std::int64_t i, std::int64_t place, std::int64_t) {
        if (i >= 0 && places[o] == place) sums[static_cast<std::size_t>(i)] += double{dy[o]};
      });
  for (std::size_t i = 0; i < sums.size(); ++i) call.out<T>()[i] = static_cast<T>(sums[i]);
}

template <class T> void average(const Call& call) {
  const auto& a = call.attributes<op::AveragePool>();
  const T* x = call.in<T>(0);
  T* y = call.out<T>();
  double sum = 0;
  PoolPlanes(a.windows, call.shape(0), a.count_include_pad)
      .for_windows([&](std::int64_t o, std::int64_t i, std::int64_t, std::int64_t divisor) {
        sum = i < 0 ? 0 : sum + x[i];
        y[o] = static_cast<T>(sum / static_cast<double>(a.divisor ? a.divisor : divisor));
      });
}
template <class T> void spread(const Call& call) {
  const auto& a = call.attributes<op::AveragePoolBackward>();
  std::vector<double> sums(static_cast<std::size_t>(call.out_shape().size()));
  const T* dy = call.in<T>(0);
  PoolPlanes(a.windows, call.out_shape(), a.count_include_pad)
      .for_windows([&](std::int64_t o, std::int64_t i, std::int64_t, std::int64_t divisor) {
        if (i >= 0)
          sums[static_cast<std::size_t>(i)] +=
              double{dy[o]} / static_cast<double>(a.divisor ? a.divisor : divisor);
      });
  for (std::size_t i = 0; i < sums.size(); ++i) call.out<T>()[i] = static_cast<T>(sums[i]);
}

bool pools_numbers(const graph::Node& node) { return !is_half(input_dtype(node)); }

constexpr Primitive pooling[] = {
    {&graph::op_tag<op::MaxPool>, pools_numbers, run_max_pool},
    {&graph::op_tag<op::MaxPoolBackward>, pools_numbers,
     [](const Call& c) {
       c.dtype(0) == DType::f32 ? max_backward<float>(c) : max_backward<double>(c);
     }},
    {&graph::op_tag<op::AveragePool>, pools_numbers,
     [](const Call& c) { c.dtype(0) == DType::f32 ? average<float>(c) : average<double>(c); }},
    {&graph::op_tag<op::AveragePoolBackward>, pools_numbers,
     [](const Call& c) { c.dtype(0) == DType::f32 ? spread<float>(c) : spread<double>(c); }},
};

}  // namespace

std::span<const Primitive> pooling_primitives() { return pooling; }

}  // namespace fathom::reference
