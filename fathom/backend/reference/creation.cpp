// Full, Iota and Random: tensors made of nothing but attributes and a key.
#include "fathom/ops/creation.h"
#include "fathom/backend/reference/convert.h"
#include "fathom/backend/reference/primitive.h"
#include "fathom/math/philox.h"
#include "fathom/math/random_key.h"

namespace fathom::reference {
namespace {

template <class T> void fill(const Call& call, T value) {
  T* y = call.out<T>();
  for (std::int64_t i = 0; i < call.out_shape().size(); ++i) y[i] = value;
}

void run_full(const Call& call) {
  const auto& a = call.attributes<op::Full>();
  if (a.dtype == DType::f16) return fill(call, convert<float16>(a.value));
  if (a.dtype == DType::bf16) return fill(call, convert<bfloat16>(a.value));
  with_number(a.dtype, [&]<class T>(T) {
    if constexpr (std::is_floating_point_v<T> || std::is_same_v<T, bool>)
      fill(call, convert<T>(a.value));
    else
      fill(call, static_cast<T>(a.integer));
  });
}

void run_iota(const Call& call) {
  const auto& a = call.attributes<op::Iota>();
  const AxisSplit split(a.shape, a.axis);
  with_type(a.dtype, [&]<class T>(T) {
    T* y = call.out<T>();
    for (std::int64_t i = 0; i < a.shape.size(); ++i)
      y[i] = convert<T>(i / split.inner % split.extent);
  });
}

void run_random(const Call& call) {
  const auto& a = call.attributes<op::Random>();
  const std::uint64_t key = site_key(static_cast<std::uint64_t>(*call.in<std::int64_t>(0)), a.site);
  float* y = call.out<float>();
  for (std::int64_t i = 0; i < a.shape.size(); ++i) {
    const auto element = static_cast<std::uint64_t>(i);
    switch (a.kind) {
      case op::Random::Kind::uniform:
        y[i] = philox::uniform(key, element);
        break;
      case op::Random::Kind::normal:
        y[i] = philox::normal(key, element);
        break;
      case op::Random::Kind::kept:
        y[i] = philox::uniform(key, element) < static_cast<float>(a.probability) ? 0.0F : 1.0F;
        break;
    }
  }
}

constexpr Primitive creation_table[] = {
    {&graph::op_tag<op::Full>, serves_all, run_full},
    {&graph::op_tag<op::Iota>, serves_all, run_iota},
    {&graph::op_tag<op::Random>, serves_all, run_random},
};

}  // namespace

std::span<const Primitive> creation_primitives() { return creation_table; }

}  // namespace fathom::reference
