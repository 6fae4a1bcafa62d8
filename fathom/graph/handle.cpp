// What the members of Tensor (core/tensor.h) find behind the handle: shape, values, evaluation.
#include "fathom/core/tensor.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "fathom/core/error.h"
#include "fathom/core/with_type.h"
#include "fathom/graph/context.h"
#include "fathom/graph/eval.h"
#include "fathom/graph/node.h"
#include "fathom/graph/op.h"
#include "fathom/ops/operands.h"

namespace fathom {
namespace {

[[noreturn]] void empty_handle(const char* what, const Where& where = {}) {
  throw ValueError(
      graph::located({.operation = what,
                      .problem = "the tensor is empty",
                      .hint = "a default-constructed Tensor holds nothing until it is assigned"},
                     where));
}

/// The number as a float where it is a half, else itself.
template <class T> auto number(T x) {
  if constexpr (std::is_arithmetic_v<T>)
    return x;
  else
    return static_cast<float>(x);
}

/// Whether To holds the number; floating types hold all.
template <class To, class From> bool holds(From x) {
  if constexpr (std::is_floating_point_v<To> || !std::is_arithmetic_v<To>) {
    return true;
  } else if constexpr (std::is_same_v<To, bool>) {
    return x == From(0) || x == From(1);
  } else if constexpr (std::is_floating_point_v<From>) {
    constexpr int bits = std::numeric_limits<To>::digits;
    const double limit = std::ldexp(1.0, bits);
    return x >= (std::is_signed_v<To> ? -limit : 0) && x < limit && x == std::trunc(x);
  } else {
    return std::in_range<To>(static_cast<std::int64_t>(x));
  }
}

}  // namespace

const Shape& Tensor::shape() const {
  if (!value_) empty_handle("shape");
  return value_->spec.shape;
}
DType Tensor::dtype() const {
  if (!value_) empty_handle("dtype");
  return value_->spec.dtype;
}
std::int64_t Tensor::size(int axis, Where where) const {
  if (!value_) empty_handle("size", where);
  const Shape& s = value_->spec.shape;
  return s[ops::normalize_axis("size", axis, s.rank(), where)];
}

std::pair<Tensor, void*> Tensor::uninitialized(DType dtype, const Shape& shape) {
  graph::Node* node = graph::new_leaf({dtype, shape}, {});
  return {Tensor::adopt(&node->output(0)), node->output(0).data};
}

Tensor Tensor::from_bytes(DType dtype, const Shape& shape, const void* data, std::size_t bytes,
                          Where where) {
  const std::size_t expected = static_cast<std::size_t>(shape.size()) * size_of(dtype);
  if (bytes != expected)
    ops::fail<ShapeError>({.operation = "Tensor::from",
                           .problem = "the number of elements does not fit the shape",
                           .received = {{"elements", std::to_string(bytes / size_of(dtype))},
                                        {"shape", to_string(shape)}},
                           .expected = std::to_string(shape.size()) + " elements"},
                          where);
  auto [t, memory] = uninitialized(dtype, shape);
  if (bytes > 0) std::memcpy(memory, data, bytes);
  return t;
}

bool Tensor::evaluated() const { return value_ && value_->data; }

const Tensor& Tensor::eval(Where where) const {
  if (!value_) empty_handle("eval", where);
  if (!value_->data) {
    graph::Value* roots[] = {value_};
    graph::evaluate(roots);
  }
  return *this;
}

void eval(std::span<const Tensor> tensors) {
  std::vector<graph::Value*> roots;
  for (const Tensor& t : tensors) {
    if (!t.defined()) empty_handle("eval");
    if (!t.evaluated()) roots.push_back(t.value());
  }
  if (!roots.empty()) graph::evaluate(roots);
}

const void* Tensor::raw_data() const { return eval().value_->data; }

const void* Tensor::typed_data(DType wanted, const Where& where) const {
  if (!value_) empty_handle("data", where);
  if (dtype() != wanted)
    ops::fail<DTypeError>(
        {.operation = "data",
         .problem = "the element type differs",
         .received = {{"tensor", graph::describe(*this)}},
         .expected =
             "to be read as " + std::string(name(dtype())) + ", not " + std::string(name(wanted)),
         .hint = "cast the tensor first, or read it by to_vector"},
        where);
  return raw_data();
}

void Tensor::read_as(DType wanted, void* to, const Where& where) const {
  const void* from = value_->data;
  if (wanted == dtype()) {
    if (bytes() > 0) std::memcpy(to, from, bytes());
    return;
  }
  with_type(dtype(), [&]<class From>(From) {
    with_type(wanted, [&]<class To>(To) {
      for (std::int64_t i = 0; i < size(); ++i) {
        const auto x = number(static_cast<const From*>(from)[i]);
        if (!holds<To>(x))
          ops::fail<ValueError>(
              {.operation = "to_vector",
               .problem = std::string(name(wanted)) + " cannot hold " + std::to_string(x),
               .received = {{"tensor", graph::describe(*this)}, {"element", std::to_string(i)}},
               .hint = "cast the tensor first"},
              where);
        static_cast<To*>(to)[i] = static_cast<To>(x);
      }
    });
  });
}

namespace {
void require_one(const Tensor& t, const Where& where) {
  if (!t.defined()) empty_handle("item", where);
  if (t.size() == 1) return;
  ops::fail<ShapeError>({.operation = "item",
                         .problem = "the tensor does not have exactly one element",
                         .received = {{"tensor", graph::describe(t)}},
                         .hint = "reduce it, or read all elements by to_vector"},
                        where);
}
}  // namespace

double Tensor::item_double(const Where& where) const {
  require_one(*this, where);
  const void* p = raw_data();
  return with_type(
      dtype(), [&]<class T>(T) { return static_cast<double>(number(*static_cast<const T*>(p))); });
}
std::int64_t Tensor::item_integer(const Where& where) const {
  require_one(*this, where);
  const void* p = raw_data();
  return with_type(dtype(), [&]<class T>(T) {
    return static_cast<std::int64_t>(number(*static_cast<const T*>(p)));
  });
}

}  // namespace fathom
