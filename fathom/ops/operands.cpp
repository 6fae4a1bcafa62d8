#include "fathom/ops/operands.h"

#include <cstring>

#include "fathom/graph/context.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom::ops {
namespace {
int kind(DType d) { return d == DType::boolean ? 0 : is_integer(d) ? 1 : 2; }

DType default_dtype(DType number_kind) {
  return number_kind == DType::f64 ? DType::f32 : number_kind;
}

template <class T> void store(void* to, T value, DType dtype) {
  const auto put = [&](auto v) { std::memcpy(to, &v, sizeof v); };
  switch (dtype) {
    case DType::f32:
      return put(static_cast<float>(value));
    case DType::f64:
      return put(static_cast<double>(value));
    case DType::i64:
      return put(static_cast<std::int64_t>(value));
    case DType::i32:
      return put(static_cast<std::int32_t>(value));
    case DType::i8:
      return put(static_cast<std::int8_t>(value));
    case DType::u8:
      return put(static_cast<std::uint8_t>(value));
    case DType::boolean:
      return put(value != T(0));
    case DType::f16:
      return put(float16(static_cast<float>(value)));
    case DType::bf16:
      return put(bfloat16(static_cast<float>(value)));
  }
}

template <class T> Tensor make_scalar(T value, DType dtype, const std::source_location& where) {
  graph::Node* node = graph::new_leaf({dtype, {}}, where);
  store(node->output(0).data, value, dtype);
  return Tensor::adopt(&node->output(0));
}
/// The operand's own type. Errors: ValueError for an empty handle, with the user's line.
DType own_dtype(const Operand& o, const char* operation = "operand") {
  if (!o.is_tensor()) return default_dtype(o.number_kind());
  if (!o.tensor().defined())
    fail<ValueError>({.operation = operation,
                      .problem = "an operand is an empty tensor",
                      .hint = "a default-constructed Tensor holds nothing until it is assigned"},
                     o.where());
  return o.tensor().dtype();
}
}  // namespace

DType common_dtype(std::initializer_list<const Operand*> operands, const char* operation) {
  DType best[3];  // tensors with axes, rank-0 tensors, numbers
  bool seen[3] = {};
  for (const Operand* o : operands) {
    const DType d = own_dtype(*o, operation);
    const int rank = !o->is_tensor() ? 2 : o->tensor().rank() == 0 ? 1 : 0;
    best[rank] = seen[rank] ? promote(best[rank], d) : d;
    seen[rank] = true;
  }
  DType result = DType::boolean;
  bool any = false;
  for (int r = 0; r < 3; ++r) {
    if (!seen[r]) continue;
    if (!any || kind(best[r]) > kind(result)) result = best[r];
    any = true;
  }
  return result;
}

Tensor scalar(double value, DType dtype, const std::source_location& where) {
  return make_scalar(value, dtype, where);
}
Tensor scalar(std::int64_t value, DType dtype, const std::source_location& where) {
  return make_scalar(value, dtype, where);
}

Tensor as_tensor(const Operand& operand, DType dtype) {
  if (operand.is_tensor())
    return own_dtype(operand) == dtype ? operand.take() : cast(operand, dtype);
  if (graph::context().compiling) {
    return operand.number_kind() == DType::f64 ? constant(operand.number(), {}, dtype)
                                               : constant(operand.integer(), {}, dtype);
  }
  return operand.number_kind() == DType::f64 ? scalar(operand.number(), dtype, operand.where())
                                             : scalar(operand.integer(), dtype, operand.where());
}

Tensor as_tensor(const Operand& operand, const char* operation) {
  return as_tensor(operand, own_dtype(operand, operation));
}

void require_floating(const char* operation, const Operand& x) {
  if (x.is_tensor() && !is_floating(own_dtype(x)))
    fail<DTypeError>({.operation = operation,
                      .problem = "needs floating-point numbers",
                      .received = {{"x", graph::describe(x.tensor())}},
                      .hint = "cast(x, DType::f32)"},
                     x.where());
}

Tensor wide(const Tensor& x) { return x.defined() && is_half(x.dtype()) ? cast(x, DType::f32) : x; }
Tensor rounded(const Tensor& x, DType dtype) { return cast(x, dtype); }

void require_option(bool ok, const char* operation, const char* option, double value,
                    const char* expected, const std::source_location& where) {
  if (ok) return;
  fail<ValueError>({.operation = operation,
                    .problem = std::string(option) + " is " + graph::print_field(value),
                    .expected = expected},
                   where);
}

Tensor sum_to(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  const int extra = x.rank() - shape.rank();
  std::vector<int> axes;
  for (int i = 0; i < x.rank(); ++i)
    if (i < extra || (shape[i - extra] == 1 && x.shape()[i] != 1)) axes.push_back(i);
  return reshape(sum(x, axes), shape);
}

}  // namespace fathom::ops
