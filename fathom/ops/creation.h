// New tensors: constants, counting, random numbers.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

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
/// Independent f32 numbers, element i from (key, site, i): Philox4x32-10 (Salmon et al. 2011). Kind
/// kept is 1 where the uniform number is at least `probability`, else 0.
/// Input: the key, a rank-0 i64 tensor.
struct Random {
  enum class Kind : std::uint8_t { uniform, normal, kept };
  Kind kind;
  Shape shape;
  std::int64_t site = 0;   // tells apart what one key is used for
  double probability = 0;  // of a 0
};
}  // namespace op

/// A scalar, a vector, a matrix or a block of the given numbers: tensor({{1.f, 2.f}, {3.f, 4.f}}).
/// Errors: ShapeError for rows of different lengths.
template <class T>
requires std::is_arithmetic_v<T> Tensor tensor(T value) {
  return Tensor::from(std::span<const T>(&value, 1), Shape{});
}
template <class T> Tensor tensor(std::initializer_list<T> values) {
  return Tensor::from(std::span<const T>(values.begin(), values.size()),
                      Shape{static_cast<std::int64_t>(values.size())});
}
template <class T>
Tensor tensor(std::initializer_list<std::initializer_list<T>> rows, Where where = Where::current());
template <class T>
Tensor tensor(std::initializer_list<std::initializer_list<std::initializer_list<T>>> planes,
              Where where = Where::current());

/// All elements `value`, part of the graph and not an input of its plan.
Tensor constant(double value, const Shape& shape = {}, DType dtype = DType::f32);
Tensor constant(std::int64_t value, const Shape& shape, DType dtype);
/// A tensor whose elements all are the number, which is an input of the plan: it may differ at
/// every step without a new plan.
Tensor full(const Shape& shape, const Operand& value, DType dtype = DType::f32);
/// Zeros.
Tensor zeros(const Shape& shape, DType dtype = DType::f32);
/// Ones.
Tensor ones(const Shape& shape, DType dtype = DType::f32);
/// Zeros: tensors are immutable, so there is nothing to leave unset.
Tensor empty(const Shape& shape, DType dtype = DType::f32);
/// Of another tensor's shape, and its type if none is given.
Tensor zeros_like(const Tensor& x, std::optional<DType> dtype = {});
/// Ones of another tensor's shape, and its type if none is given.
Tensor ones_like(const Tensor& x, std::optional<DType> dtype = {});
/// The same as zeros_like.
Tensor empty_like(const Tensor& x, std::optional<DType> dtype = {});
/// full of another tensor's shape, and its type if none is given.
Tensor full_like(const Tensor& x, const Operand& value, std::optional<DType> dtype = {});
/// Conversion to another element type: torch.Tensor.to. The same as cast.
Tensor to(const Operand& x, DType dtype);

/// 0, 1, ... below stop. Whole numbers give i64, others f32. Shapes: (ceil(stop),).
Tensor arange(const Operand& stop, std::optional<DType> dtype = {});
/// start, start + step, ... before stop. Shapes: (ceil((stop - start) / step),). Errors: ValueError
/// for a step of 0 or away from stop.
Tensor arange(const Operand& start, const Operand& stop, const Operand& step = 1,
              std::optional<DType> dtype = {});
/// `count` numbers from start to stop, both included. Errors: ValueError for a negative count.
Tensor linspace(double start, double stop, std::int64_t count, DType dtype = DType::f32,
                Where where = Where::current());
/// base to the powers of linspace.
Tensor logspace(double start, double stop, std::int64_t count, double base = 10,
                DType dtype = DType::f32, Where where = Where::current());
/// Ones on the main diagonal, zeros elsewhere: (n, n) or (n, m).
Tensor eye(std::int64_t n, DType dtype = DType::f32, Where where = Where::current());
Tensor eye(std::int64_t n, std::int64_t m, DType dtype = DType::f32,
           Where where = Where::current());
/// Ones on and below a diagonal, zeros above: (n, m); numpy.tri.
Tensor tri(std::int64_t n, std::int64_t m, std::int64_t diagonal = 0, DType dtype = DType::f32,
           Where where = Where::current());
/// Powers of a vector's elements as columns, from count - 1 down to 0, or up: (n, count). Without a
/// count (n, n). Errors: ShapeError, ValueError.
Tensor vander(const Operand& x, std::optional<std::int64_t> count = {}, bool increasing = false);

/// f32 in [low, high). `key` names the stream; equal keys give equal numbers.
Tensor random_uniform(const Shape& shape, const Tensor& key, const Operand& low = 0.0,
                      const Operand& high = 1.0);
/// f32 from the normal distribution (Box-Muller).
Tensor random_normal(const Shape& shape, const Tensor& key, const Operand& mean = 0.0,
                     const Operand& standard_deviation = 1.0);
/// The same with a key drawn from this thread's generator (see seed()).
Tensor rand(const Shape& shape);
/// random_normal with a key drawn from this thread's generator.
Tensor randn(const Shape& shape);

/// Seeds this thread's generator, which keys fresh parameters, rand() and randn().
void seed(std::uint64_t value);
/// The generator's next key.
Tensor next_key();
/// A key made of a seed and a count, mixed so that neighbours are unrelated. Rank-0 i64.
Tensor make_key(std::uint64_t seed, std::uint64_t count);

namespace ops {
/// The flat elements of nested lists; plain memory, as a vector of bool is none.
template <class T> class NestedValues {
 public:
  explicit NestedValues(const Where& where) : where_(where) {}
  /// Errors: ShapeError if the row is not `length` long.
  void append(std::initializer_list<T> row, std::size_t length) {
    require_equal("rows of different lengths", length, row.size());
    for (const T& v : row) bytes_.insert(bytes_.end(), as_bytes(v), as_bytes(v) + sizeof(T));
  }
  void require_equal(const char* problem, std::size_t first, std::size_t other) const {
    if (first != other)
      throw ShapeError(
          {.operation = "tensor",
           .problem = problem,
           .received = {{"the first", std::to_string(first)}, {"another", std::to_string(other)}},
           .where = to_string(where_)});
  }
  Tensor tensor(std::initializer_list<std::size_t> extents) const {
    Shape shape;
    for (std::size_t e : extents) shape.push_back(static_cast<std::int64_t>(e));
    return Tensor::from_bytes(dtype_of<T>, shape, bytes_.data(), bytes_.size());
  }

 private:
  static const std::byte* as_bytes(const T& v) { return reinterpret_cast<const std::byte*>(&v); }
  std::vector<std::byte> bytes_;
  Where where_;
};
}  // namespace ops

template <class T>
Tensor tensor(std::initializer_list<std::initializer_list<T>> rows, Where where) {
  ops::NestedValues<T> values(where);
  const std::size_t columns = rows.size() ? rows.begin()->size() : 0;
  for (const auto& row : rows) values.append(row, columns);
  return values.tensor({rows.size(), columns});
}

template <class T>
Tensor tensor(std::initializer_list<std::initializer_list<std::initializer_list<T>>> planes,
              Where where) {
  ops::NestedValues<T> values(where);
  const std::size_t rows = planes.size() ? planes.begin()->size() : 0;
  const std::size_t columns = rows ? planes.begin()->begin()->size() : 0;
  for (const auto& plane : planes) {
    values.require_equal("planes of different heights", rows, plane.size());
    for (const auto& row : plane) values.append(row, columns);
  }
  return values.tensor({planes.size(), rows, columns});
}

}  // namespace fathom
