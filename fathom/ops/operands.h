// Turning operands (tensors or numbers) into tensors of one type: PyTorch's promotion. Internal.
#pragma once
#include <initializer_list>

#include "fathom/core/error.h"
#include "fathom/core/tensor.h"
#include "fathom/graph/context.h"
#include "fathom/graph/op.h"
#include "fathom/ops/scalar_functions.h"

namespace fathom::ops {

using graph::Inputs;
using graph::Spec;
using graph::Specs;
using graph::Tensors;
using graph::Vjp;

/// The words of a file that defines operations.
namespace rules {
using graph::describe;
using graph::Inputs;
using graph::Spec;
using graph::Specs;
using graph::Tensors;
using graph::Vjp;
}  // namespace rules

/// The type that PyTorch would compute in: axes weigh more than rank 0, tensors more than numbers,
/// unless a number or rank-0 tensor is of a higher kind (bool < integer < float).
DType common_dtype(std::initializer_list<const Operand*> operands,
                   const char* operation = "operand");

/// The operand as a tensor of `dtype`: cast if needed; a number becomes a rank-0 tensor whose value
/// is no part of the graph's key (or, inside passes, a constant of the plan).
Tensor as_tensor(const Operand& operand, DType dtype);
/// The operand as a tensor of its own type; a number becomes f32, i64 or bool. Takes a temporary's
/// handle: an operation asks once for each operand. `operation` stands in the error of an empty
/// tensor where no CallScope is open.
Tensor as_tensor(const Operand& operand, const char* operation = "operand");

/// An operand that is asked for more than once: keeps a temporary's handle.
class Kept {
 public:
  explicit Kept(const Operand& x)
      : tensor_(x.is_tensor() ? x.take() : Tensor()),
        operand_(x.is_tensor() ? Operand(tensor_, x.where()) : x) {}
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  operator const Operand&() const { return operand_; }  // NOLINT(google-explicit-constructor)

 private:
  Tensor tensor_;
  Operand operand_;
};

/// A rank-0 leaf.
Tensor scalar(double value, DType dtype,
              const std::source_location& where = std::source_location::current());
Tensor scalar(std::int64_t value, DType dtype,
              const std::source_location& where = std::source_location::current());

using graph::normalize_axis;

/// Errors: DTypeError for a tensor of integers or bool.
void require_floating(const char* operation, const Operand& x);

using graph::fail;

/// Errors: ValueError for an option's value that is not `ok`.
void require_option(bool ok, const char* operation, const char* option, double value,
                    const char* expected, const std::source_location& where);

/// Sums over the axes along which `shape` was broadcast to get x's shape: the gradient of
/// broadcasting.
Tensor sum_to(const Tensor& x, const Shape& shape);

/// f32 for the half types, which are computed in it.
inline DType widened(DType dtype) { return is_half(dtype) ? DType::f32 : dtype; }
/// f32 for integers and bool, else the type itself.
inline DType floating(DType dtype) { return is_floating(dtype) ? dtype : DType::f32; }

/// A half tensor as f32; others, and an empty handle, as they are.
Tensor wide(const Tensor& x);
/// Converted to `dtype`, such as a result that was computed in f32.
Tensor rounded(const Tensor& x, DType dtype);

/// f of x as a floating tensor. Of halves f is given f32 and its result is rounded: once, where a
/// composition would round at every step.
template <class F> Tensor rounded_once(const Operand& x, F f) {
  const DType dtype = floating(common_dtype({&x}));
  return rounded(f(as_tensor(x, widened(dtype))), dtype);
}

}  // namespace fathom::ops
