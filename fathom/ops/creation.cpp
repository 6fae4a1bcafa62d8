#include "fathom/ops/creation.h"

#include <cmath>

#include "fathom/graph/context.h"
#include "fathom/graph/op.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/shape.h"

namespace fathom {

using ops::Inputs;
using ops::Spec;
using ops::Specs;
using ops::Tensors;
using ops::Vjp;

namespace graph {
template <> struct Rules<op::Full> {
  static constexpr std::string_view name = "full";
  static Specs infer(const op::Full& a, Inputs) { return Spec{a.dtype, a.shape}; }
};
template <> struct Rules<op::Iota> {
  static constexpr std::string_view name = "iota";
  static Specs infer(const op::Iota& a, Inputs) { return Spec{a.dtype, a.shape}; }
};
template <> struct Rules<op::Random> {
  static constexpr std::string_view name = "random";
  static Specs infer(const op::Random& a, Inputs in) {
    if (in[0].rank() != 0 || in[0].dtype() != DType::i64)
      throw DTypeError({.operation = "random",
                        .problem = "the key is no rank-0 i64 tensor",
                        .received = {{"key", describe(in[0])}},
                        .hint = "use make_key or next_key"});
    return Spec{DType::f32, a.shape};
  }
};
template <> constinit const OpDef OpEntry<op::Full>::def = make_op_def<op::Full>();
template <> constinit const OpDef OpEntry<op::Iota>::def = make_op_def<op::Iota>();
template <> constinit const OpDef OpEntry<op::Random>::def = make_op_def<op::Random>();

}  // namespace graph

namespace {
const auto here = std::source_location::current();
}

Tensor constant(double value, const Shape& shape, DType dtype) {
  return graph::apply(op::Full{dtype, shape, value, static_cast<std::int64_t>(value)}, Tensors{},
                      here);
}
Tensor constant(std::int64_t value, const Shape& shape, DType dtype) {
  return graph::apply(op::Full{dtype, shape, static_cast<double>(value), value}, Tensors{}, here);
}
Tensor full(const Shape& shape, const Operand& value, DType dtype) {
  return expand(ops::as_tensor(value, dtype), shape);
}
Tensor zeros(const Shape& shape, DType dtype) { return constant(0.0, shape, dtype); }
Tensor ones(const Shape& shape, DType dtype) { return constant(1.0, shape, dtype); }
Tensor zeros_like(const Tensor& x) { return zeros(x.shape(), x.dtype()); }
Tensor ones_like(const Tensor& x) { return ones(x.shape(), x.dtype()); }

Tensor arange(std::int64_t n, DType dtype) {
  return graph::apply(op::Iota{dtype, Shape{n}, 0}, Tensors{}, here);
}
Tensor arange(double start, double stop, double step, DType dtype) {
  if (step == 0 || !std::isfinite(step) || !std::isfinite(start) || !std::isfinite(stop))
    throw ValueError({.operation = "arange", .problem = "step must be finite and not zero"});
  const double count = std::ceil((stop - start) / step);
  const Tensor index = arange(count > 0 ? static_cast<std::int64_t>(count) : 0, dtype);
  return index * step + start;
}
Tensor linspace(double start, double stop, std::int64_t count) {
  if (count < 1) throw ValueError({.operation = "linspace", .problem = "count must be at least 1"});
  const double step = count > 1 ? (stop - start) / static_cast<double>(count - 1) : 0;
  return cast(arange(count, DType::f64) * step + start, DType::f32);
}
Tensor eye(std::int64_t n, DType dtype) {
  const Shape square{n, n};
  const Tensor row = graph::apply(op::Iota{DType::i64, square, 0}, Tensors{}, here);
  const Tensor column = graph::apply(op::Iota{DType::i64, square, 1}, Tensors{}, here);
  return cast(row == column, dtype);
}

Tensor random_uniform(const Shape& shape, const Tensor& key, const Operand& low,
                      const Operand& high) {
  const Tensor unit =
      graph::apply(op::Random{op::Random::Kind::uniform, shape}, {key}, low.where());
  const Tensor least = ops::as_tensor(low, DType::f32);
  return unit * (high - least) + least;
}
Tensor random_normal(const Shape& shape, const Tensor& key, const Operand& mean,
                     const Operand& standard_deviation) {
  const Tensor unit =
      graph::apply(op::Random{op::Random::Kind::normal, shape}, {key}, mean.where());
  return unit * standard_deviation + mean;
}
Tensor rand(const Shape& shape) {
  return graph::apply(op::Random{op::Random::Kind::uniform, shape}, {next_key()}, here);
}
Tensor randn(const Shape& shape) {
  return graph::apply(op::Random{op::Random::Kind::normal, shape}, {next_key()}, here);
}

void seed(std::uint64_t value) {
  graph::context().seed = value;
  graph::context().random_calls = 0;
}
Tensor next_key() {
  graph::Context& c = graph::context();
  return make_key(c.seed, c.random_calls++);
}
Tensor make_key(std::uint64_t seed, std::uint64_t count) {
  // SplitMix64's finaliser (Steele et al. 2014) on each in turn.
  const auto finalize = [](std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  };
  const std::uint64_t key =
      finalize(finalize(seed + 0x9e3779b97f4a7c15ULL) + (count + 1) * 0x9e3779b97f4a7c15ULL);
  return ops::scalar(static_cast<std::int64_t>(key), DType::i64);
}

}  // namespace fathom
