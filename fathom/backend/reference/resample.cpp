// Resampling along one axis: every output element is a sum of its own.
#include "fathom/backend/reference/primitive.h"
#include "fathom/ops/interpolate.h"

namespace fathom::reference {
namespace {

template <class T> void run_resample(const Call& call) {
  const auto& a = call.attributes<op::Resample>();
  const ops::ResampleTaps taps = ops::resample_taps(a, std::is_same_v<T, double>);
  const AxisSplit from(call.shape(0), a.axis), to(call.out_shape(), a.axis);
  for (std::int64_t o = 0; o < to.outer; ++o)
    for (std::int64_t i = 0; i < to.extent; ++i)
      for (std::int64_t j = 0; j < to.inner; ++j) {
        double sum = 0;
        for (std::int64_t k = taps.begin[static_cast<std::size_t>(i)];
             k < taps.begin[static_cast<std::size_t>(i) + 1]; ++k) {
          const auto tap = static_cast<std::size_t>(k);
          sum += taps.weight[tap] *
                 call.in<T>(0)[(o * from.extent + taps.index[tap]) * from.inner + j];
        }
        call.out<T>()[(o * to.extent + i) * to.inner + j] = static_cast<T>(sum);
      }
}

constexpr Primitive resampling[] = {
    {&graph::op_tag<op::Resample>, [](const graph::Node& n) { return !is_half(input_dtype(n)); },
     [](const Call& c) {
       c.dtype(0) == DType::f32 ? run_resample<float>(c) : run_resample<double>(c);
     }},
};

}  // namespace

std::span<const Primitive> resample_primitives() { return resampling; }

}  // namespace fathom::reference
