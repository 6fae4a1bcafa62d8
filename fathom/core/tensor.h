// Tensor: an immutable handle to one output of a node of the lazy graph.
//
// Operations (fathom/ops) check shapes and types at the call and append a node; values are computed
// when somebody looks at them: item(), data(), printing, or an optimizer's step.
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "fathom/core/dtype.h"
#include "fathom/core/shape.h"

namespace fathom {

namespace graph {
struct Value;
/// One more reference.
void acquire(Value* value) noexcept;
/// One reference less; the last one frees the value.
void release(Value* value) noexcept;
}  // namespace graph

class Index;

/// Numbers of one type in a shape: an immutable handle to a lazily computed value. Copies share it.
class Tensor {
 public:
  /// An empty handle; every use but assignment and `defined()` is an error.
  Tensor() noexcept = default;
  Tensor(const Tensor& other) noexcept : value_(other.value_) {
    if (value_) graph::acquire(value_);
  }
  Tensor(Tensor&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
  Tensor& operator=(const Tensor& other) noexcept {
    Tensor copy(other);
    std::swap(value_, copy.value_);
    return *this;
  }
  Tensor& operator=(Tensor&& other) noexcept {
    Tensor taken(std::move(other));
    std::swap(value_, taken.value_);
    return *this;
  }
  ~Tensor() {
    if (value_) graph::release(value_);
  }

  /// Copies `values` into a new tensor of `shape` (row-major).
  /// Errors: ShapeError if the counts differ.
  template <class T>
  static Tensor from(std::span<const T> values, const Shape& shape,
                     Where where = Where::current()) {
    return from_bytes(dtype_of<T>, shape, values.data(), values.size_bytes(), where);
  }
  template <class T>
  static Tensor from(const std::vector<T>& values, const Shape& shape,
                     Where where = Where::current()) {
    return from(std::span<const T>(values), shape, where);
  }
  template <class T> static Tensor from(const std::vector<T>& values) {
    return from(values, Shape{static_cast<std::int64_t>(values.size())});
  }
  /// Copies `bytes` bytes at `data`. Errors: ShapeError if that is not what dtype and shape need.
  static Tensor from_bytes(DType dtype, const Shape& shape, const void* data, std::size_t bytes,
                           Where where = Where::current());
  /// A tensor whose memory the caller fills once through the returned pointer, before any use.
  static std::pair<Tensor, void*> uninitialized(DType dtype, const Shape& shape);

  bool defined() const { return value_ != nullptr; }
  const Shape& shape() const;
  DType dtype() const;
  int rank() const { return shape().rank(); }
  /// Number of elements.
  std::int64_t size() const { return shape().size(); }
  /// Extent of one axis; negative axes count from the end. Errors: IndexError.
  std::int64_t size(int axis, Where where = Where::current()) const;
  std::size_t bytes() const { return static_cast<std::size_t>(size()) * size_of(dtype()); }

  /// The value of a tensor of one element, converted to T. Evaluates.
  /// Errors: ShapeError if there is not exactly one element.
  template <class T = double> T item(Where where = Where::current()) const {
    static_assert(std::is_arithmetic_v<T>);
    if constexpr (std::is_integral_v<T>)
      return static_cast<T>(item_integer(where));
    else
      return static_cast<T>(item_double(where));
  }
  /// The elements, row-major; valid while this handle or a copy of it lives. Evaluates.
  /// Errors: DTypeError if T is not the element type.
  template <class T> std::span<const T> data(Where where = Where::current()) const& {
    return {static_cast<const T*>(typed_data(dtype_of<T>, where)),
            static_cast<std::size_t>(size())};
  }
  /// Not of a temporary: the tensor would be gone before the span.
  template <class T> std::span<const T> data(Where where = Where::current()) const&& = delete;
  /// The elements as T, row-major. Evaluates. Errors: ValueError if T cannot hold one of them: a
  /// fraction or a number out of range where T is an integer; floats round.
  template <class T> std::vector<T> to_vector(Where where = Where::current()) const {
    const auto n = static_cast<std::size_t>(eval(where).size());
    const std::unique_ptr<T[]> values(new T[n]);
    read_as(dtype_of<T>, values.get(), where);
    return std::vector<T>(values.get(), values.get() + n);
  }
  /// Untyped elements. Evaluates.
  const void* raw_data() const;

  /// A part, as in NumPy: x[{0, range(1, 3)}], x[rows]. See fathom/ops/indexing.h.
  Tensor operator[](const Index& index) const;
  Tensor operator[](std::initializer_list<Index> indices) const;

  /// Asks for the value now: a hint, never needed for correctness.
  const Tensor& eval(Where where = Where::current()) const;
  bool evaluated() const;

  graph::Value* value() const { return value_; }
  /// Wraps a value and takes a reference of its own.
  explicit Tensor(graph::Value* value) noexcept : value_(value) {
    if (value_) graph::acquire(value_);
  }
  /// Wraps a value and takes over a reference to it.
  static Tensor adopt(graph::Value* value) noexcept {
    Tensor t;
    t.value_ = value;
    return t;
  }
  /// Gives the reference away; the handle is empty afterwards.
  graph::Value* give() noexcept { return std::exchange(value_, nullptr); }
  bool same_as(const Tensor& other) const { return value_ == other.value_; }

 private:
  double item_double(const Where& where) const;
  std::int64_t item_integer(const Where& where) const;
  const void* typed_data(DType dtype, const Where& where) const;
  void read_as(DType dtype, void* to, const Where& where) const;

  graph::Value* value_ = nullptr;
};

/// Evaluates several tensors together, as one plan.
void eval(std::span<const Tensor> tensors);

/// Prints like NumPy: nested brackets, long axes abbreviated. Evaluates.
std::string to_string(const Tensor& tensor);
/// Prints the elements as NumPy does. Evaluates.
std::ostream& operator<<(std::ostream& out, const Tensor& tensor);

/// What an operation takes: a tensor or a number, with the place in the user's source that passed
/// it. A number adapts to the other operands' element type, as a Python number does in PyTorch.
class Operand {
 public:
  Operand(const Tensor& tensor,  // NOLINT(google-explicit-constructor)
          std::source_location where = std::source_location::current())
      : tensor_(&tensor), where_(where) {}
  /// A temporary gives its handle to the operation that takes it, so that the intermediate values
  /// of an expression are not held until its end.
  Operand(Tensor&& tensor,  // NOLINT(google-explicit-constructor)
          std::source_location where = std::source_location::current())
      : tensor_(&tensor), temporary_(true), where_(where) {}
  /// What holds a tensor and reads as one: a Buffer.
  template <class T>
  requires requires(const T& holder) { holder.operator const Tensor&(); }
  Operand(const T& holder,  // NOLINT(google-explicit-constructor)
          std::source_location where = std::source_location::current())
      : tensor_(&holder.operator const Tensor&()), where_(where) {}
  template <class T>
  requires std::is_arithmetic_v<T> Operand(
      T number,  // NOLINT(google-explicit-constructor)
      std::source_location where = std::source_location::current())
      : kind_(std::is_same_v<T, bool>       ? DType::boolean
              : std::is_floating_point_v<T> ? DType::f64
                                            : DType::i64),
        where_(where) {
    if constexpr (std::is_floating_point_v<T>)
      number_ = static_cast<double>(number);
    else
      integer_ = static_cast<std::int64_t>(number);
  }

  bool is_tensor() const { return tensor_ != nullptr; }
  const Tensor& tensor() const { return *tensor_; }
  /// The tensor itself: a temporary's handle is moved out, so ask once.
  Tensor take() const { return temporary_ ? std::move(const_cast<Tensor&>(*tensor_)) : *tensor_; }
  /// boolean, i64 or f64: what kind of number it is.
  DType number_kind() const { return kind_; }
  double number() const { return kind_ == DType::f64 ? number_ : static_cast<double>(integer_); }
  std::int64_t integer() const { return integer_; }
  const std::source_location& where() const { return where_; }

 private:
  const Tensor* tensor_ = nullptr;
  bool temporary_ = false;
  DType kind_ = DType::f32;
  double number_ = 0;
  std::int64_t integer_ = 0;
  std::source_location where_;
};

}  // namespace fathom
