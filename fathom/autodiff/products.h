// Derivatives of functions from tensors to tensors: products with the Jacobian from either side,
// whole Jacobians and Hessians. Names and results are those of torch.autograd.functional; all are
// graph, lazy, and can be differentiated again.
#pragma once
#include <utility>

#include "fathom/core/function_ref.h"
#include "fathom/core/tensor.h"

namespace fathom {

/// A function of one tensor. Of several: capture the others, or use grad() on a struct of tensors.
using TensorFunction = FunctionRef<Tensor(const Tensor&)>;

/// f(x), and what left-multiplying its Jacobian by `cotangent` gives.
/// Shapes: cotangent as f(x); the product as x. Errors: ShapeError for a cotangent of other shape.
std::pair<Tensor, Tensor> vjp(TensorFunction f, const Tensor& x, const Tensor& cotangent,
                              Where where = Where::current());

/// f(x), and its derivative in the direction `tangent`: the Jacobian times the tangent, by two
/// reverse passes. Shapes: tangent as x; the product as f(x). Errors: as vjp.
std::pair<Tensor, Tensor> jvp(TensorFunction f, const Tensor& x, const Tensor& tangent,
                              Where where = Where::current());

/// The derivative of every element of f(x) by every element of x: one reverse pass for each element
/// of f(x), in one plan. Shapes: (f(x)'s axes..., x's axes...).
Tensor jacobian(TensorFunction f, const Tensor& x, Where where = Where::current());

/// The second derivatives of a scalar function. Shapes: (x's axes..., x's axes...).
/// Errors: ShapeError if f(x) is not a single number.
Tensor hessian(TensorFunction f, const Tensor& x, Where where = Where::current());

/// f(x), and the Hessian of a scalar function times `vector`, without the Hessian.
/// Shapes: vector and product as x. Errors: ShapeError.
std::pair<Tensor, Tensor> hvp(TensorFunction f, const Tensor& x, const Tensor& vector,
                              Where where = Where::current());

/// Applies f to every slice of x along an axis and stacks the results: one graph in which f stands
/// once for each slice, so it saves the loop, not the time.
/// Errors: IndexError for an axis that is not there, ShapeError if there is no slice.
Tensor vmap(TensorFunction f, const Tensor& x, int in_axis = 0, int out_axis = 0,
            Where where = Where::current());

}  // namespace fathom
