#include "fathom/ops/creation.h"

#include <algorithm>
#include <cmath>

#include "fathom/graph/context.h"
#include "fathom/graph/op.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/shape.h"

namespace fathom {

using namespace ops::rules;

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
Tensor empty(const Shape& shape, DType dtype) { return zeros(shape, dtype); }
Tensor zeros_like(const Tensor& x, std::optional<DType> dtype) {
  return zeros(x.shape(), dtype.value_or(x.dtype()));
}
Tensor ones_like(const Tensor& x, std::optional<DType> dtype) {
  return ones(x.shape(), dtype.value_or(x.dtype()));
}
Tensor empty_like(const Tensor& x, std::optional<DType> dtype) { return zeros_like(x, dtype); }
Tensor full_like(const Tensor& x, const Operand& value, std::optional<DType> dtype) {
  return full(x.shape(), value, dtype.value_or(x.dtype()));
}
Tensor to(const Operand& x, DType dtype) { return cast(x, dtype); }

namespace {

Tensor count_up(std::int64_t n, DType dtype) {
  return graph::apply(op::Iota{dtype, Shape{n}, 0}, Tensors{}, here);
}

bool is_whole(const Operand& o) {
  return o.is_tensor() ? !is_floating(o.tensor().dtype()) : o.number_kind() != DType::f64;
}
double real_number(const Operand& o) { return o.is_tensor() ? o.tensor().item() : o.number(); }
std::int64_t whole_number(const Operand& o) {
  if (o.is_tensor()) return o.tensor().item<std::int64_t>();
  return o.number_kind() == DType::f64 ? static_cast<std::int64_t>(o.number()) : o.integer();
}

[[noreturn]] void bad_step(const std::string& start, const std::string& stop,
                           const std::string& step, const std::source_location& where) {
  ops::fail<ValueError>({.operation = "arange",
                         .problem = "step " + step + " does not lead from " + start + " to " + stop,
                         .expected = "finite numbers and a step towards stop"},
                        where);
}

Tensor whole_range(std::int64_t start, std::int64_t stop, std::int64_t step, DType dtype,
                   const std::source_location& where) {
  if (step == 0 || (step > 0 ? start > stop : start < stop))
    bad_step(std::to_string(start), std::to_string(stop), std::to_string(step), where);
  const std::int64_t n = (stop - start + step - (step > 0 ? 1 : -1)) / step;
  Tensor range = count_up(n, DType::i64);
  if (step != 1) range = range * constant(step, {}, DType::i64);
  if (start != 0) range = range + constant(start, {}, DType::i64);
  return cast(range, dtype);
}

Tensor real_range(double start, double stop, double step, DType dtype,
                  const std::source_location& where) {
  const double count = std::ceil((stop - start) / step);
  if (!std::isfinite(count) || (step > 0 ? start > stop : start < stop))
    bad_step(graph::print_field(start), graph::print_field(stop), graph::print_field(step), where);
  const Tensor index = count_up(static_cast<std::int64_t>(count), DType::f64);
  return cast(index * constant(step, {}, DType::f64) + constant(start, {}, DType::f64), dtype);
}

/// Row and column numbers of a matrix, for comparisons.
struct Cells {
  Tensor row, column;
};
Cells cells(std::int64_t n, std::int64_t m) {
  return {graph::apply(op::Iota{DType::i64, Shape{n, m}, 0}, Tensors{}, here),
          graph::apply(op::Iota{DType::i64, Shape{n, m}, 1}, Tensors{}, here)};
}

}  // namespace

Tensor arange(const Operand& stop, std::optional<DType> dtype) {
  if (is_whole(stop) && whole_number(stop) >= 0 && dtype.value_or(DType::i64) == DType::f32)
    return count_up(whole_number(stop), DType::f32);
  return arange(Operand(0, stop.where()), stop, 1, dtype);
}

Tensor arange(const Operand& start, const Operand& stop, const Operand& step,
              std::optional<DType> dtype) {
  const bool whole = is_whole(start) && is_whole(stop) && is_whole(step);
  const DType type = dtype.value_or(whole ? DType::i64 : DType::f32);
  if (whole || !is_floating(type))
    return whole_range(whole_number(start), whole_number(stop), whole_number(step), type,
                       start.where());
  return real_range(real_number(start), real_number(stop), real_number(step), type, start.where());
}

Tensor linspace(double start, double stop, std::int64_t count, DType dtype, Where where) {
  const graph::CallScope call("linspace", where);
  if (count < 0)
    ops::fail<ValueError>(
        {.problem = "count is " + std::to_string(count), .expected = "0 numbers and more"}, where);
  const double step = count > 1 ? (stop - start) / static_cast<double>(count - 1) : 0;
  const auto number = [](double v) { return constant(v, {}, DType::f64); };
  // Each half from its own end, so that both ends are exact.
  const Tensor i = count_up(count, DType::f64);
  const auto last = static_cast<double>(count - 1);
  const Tensor values =
      fathom::where(i < number(static_cast<double>(count / 2)), i * number(step) + number(start),
                    number(count > 1 ? stop : start) - (number(last) - i) * number(step));
  return cast(values, dtype);
}
Tensor logspace(double start, double stop, std::int64_t count, double base, DType dtype,
                Where where) {
  const graph::CallScope call("logspace", where);
  return cast(pow(constant(base, {}, DType::f64), linspace(start, stop, count, DType::f64)), dtype);
}
Tensor eye(std::int64_t n, DType dtype, Where where) { return eye(n, n, dtype, where); }
Tensor eye(std::int64_t n, std::int64_t m, DType dtype, Where where) {
  const graph::CallScope call("eye", where);
  const Cells c = cells(n, m);
  return cast(c.row == c.column, dtype);
}
Tensor tri(std::int64_t n, std::int64_t m, std::int64_t diagonal, DType dtype, Where where) {
  const graph::CallScope call("tri", where);
  const Cells c = cells(n, m);
  return cast(c.column <= c.row + constant(diagonal, {}, DType::i64), dtype);
}
Tensor vander(const Operand& x, std::optional<std::int64_t> count, bool increasing) {
  const Tensor t = ops::as_tensor(x);
  if (t.rank() != 1)
    ops::fail<ShapeError>({.operation = "vander",
                           .problem = "needs a vector",
                           .received = {{"x", graph::describe(t)}}},
                          x.where());
  const std::int64_t n = count.value_or(t.size());
  if (n < 0)
    ops::fail<ValueError>({.operation = "vander", .problem = "count is " + std::to_string(n)},
                          x.where());
  if (n == 0) return zeros({t.size(), 0}, t.dtype());
  Tensors columns{ones_like(t)};
  for (std::int64_t i = 1; i < n; ++i) columns.push_back(columns.back() * t);
  if (!increasing) std::reverse(columns.begin(), columns.end());
  return stack(columns, 1);
}

Tensor random_uniform(const Shape& shape, const Tensor& key, const Operand& low,
                      const Operand& high) {
  const graph::CallScope call("random_uniform", low.where());
  const Tensor unit =
      graph::apply(op::Random{op::Random::Kind::uniform, shape}, {key}, low.where());
  const Tensor least = ops::as_tensor(low, DType::f32);
  return unit * (high - least) + least;
}
Tensor random_normal(const Shape& shape, const Tensor& key, const Operand& mean,
                     const Operand& standard_deviation) {
  const graph::CallScope call("random_normal", mean.where());
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
