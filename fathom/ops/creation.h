// New tensors: constants, counting, random numbers.
#pragma once
#include <cstdint>
#include <initializer_list>

#include "fathom/core/error.h"
#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// Every element the same; the value belongs to the plan. Integers are kept exactly in `integer`.
struct Full {
  DType dtype;
  Shape shape;
  double value;
  std::int64_t integer;
};
/// i64 or float counting along one axis: 0, 1, 2, ...
struct Iota {
  DType dtype;
  Shape shape;
  int axis;
};
/// Independent f32 numbers, element i from (key, site, i): Philox4x32-10 (Salmon et al. 2011).
/// Input: the key, a rank-0 i64 tensor.
struct Random {
  enum class Kind : std::uint8_t { uniform, normal };
  Kind kind;
  Shape shape;
  std::int64_t site = 0;  // tells apart what one key is used for
};
}  // namespace op

/// A tensor of the given numbers along one axis.
template <class T> Tensor tensor(std::initializer_list<T> values) {
  return Tensor::from(std::span<const T>(values.begin(), values.size()),
                      Shape{static_cast<std::int64_t>(values.size())});
}
/// The same with two axes. Errors: ShapeError for rows of different lengths.
template <class T> Tensor tensor(std::initializer_list<std::initializer_list<T>> rows);

/// All elements `value`, part of the graph and not an input of its plan.
Tensor constant(double value, const Shape& shape = {}, DType dtype = DType::f32);
Tensor constant(std::int64_t value, const Shape& shape, DType dtype);
/// A tensor whose elements all are the number, which is an input of the plan: it may differ at
/// every step without a new plan.
Tensor full(const Shape& shape, const Operand& value, DType dtype = DType::f32);
Tensor zeros(const Shape& shape, DType dtype = DType::f32);
Tensor ones(const Shape& shape, DType dtype = DType::f32);
Tensor zeros_like(const Tensor& x);
Tensor ones_like(const Tensor& x);
/// 0, 1, ..., n-1. Shapes: (n,). Dtypes: numeric.
Tensor arange(std::int64_t n, DType dtype = DType::i64);
/// start, start+step, ... below stop.
Tensor arange(double start, double stop, double step = 1, DType dtype = DType::f32);
/// `count` numbers from start to stop, both included.
Tensor linspace(double start, double stop, std::int64_t count);
/// The identity matrix (n, n).
Tensor eye(std::int64_t n, DType dtype = DType::f32);

/// f32 in [low, high). `key` names the stream; equal keys give equal numbers.
Tensor random_uniform(const Shape& shape, const Tensor& key, const Operand& low = 0.0,
                      const Operand& high = 1.0);
/// f32 from the normal distribution (Box-Muller).
Tensor random_normal(const Shape& shape, const Tensor& key, const Operand& mean = 0.0,
                     const Operand& standard_deviation = 1.0);
/// The same with a key drawn from this thread's generator (see seed()).
Tensor rand(const Shape& shape);
Tensor randn(const Shape& shape);

/// Seeds this thread's generator, which keys fresh parameters, rand() and randn().
void seed(std::uint64_t value);
/// The generator's next key.
Tensor next_key();
/// A key made of a seed and a count, mixed so that neighbours are unrelated. Rank-0 i64.
Tensor make_key(std::uint64_t seed, std::uint64_t count);

template <class T> Tensor tensor(std::initializer_list<std::initializer_list<T>> rows) {
  std::vector<T> flat;
  const std::size_t columns = rows.size() ? rows.begin()->size() : 0;
  for (const auto& row : rows) {
    if (row.size() != columns)
      throw ShapeError({.operation = "tensor",
                        .problem = "rows of different lengths",
                        .received = {{"the first", std::to_string(columns)},
                                     {"another", std::to_string(row.size())}}});
    flat.insert(flat.end(), row.begin(), row.end());
  }
  return Tensor::from(
      flat, Shape{static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(columns)});
}

}  // namespace fathom
