// Gradient groups: a loss and its gradients as one lazy node, differentiated when a plan is made.
#pragma once
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// Inputs the loss, then what to differentiate by; outputs the loss, then the gradients.
/// They are evaluated together, whichever is looked at first.
struct Gradient {};
}  // namespace op

namespace graph {
/// Makes the one node of a loss and its gradients: takes {loss, wrt...} and puts its outputs,
/// {loss, gradients...}, in their place. Errors: ShapeError if the loss is not a single number,
/// DTypeError if it is not floating-point.
void gradient_group(std::vector<Tensor>& loss_and_wrt);

/// The same values as a tensor of its own, which passes its gradient on: a derivative by it leaves
/// out whatever else was computed from `tensor`.
Tensor as_argument(const Tensor& tensor);

/// Nodes keep their inputs while one of these lives, so that a value looked at inside of a loss
/// function can still be differentiated.
class RecordingScope {
 public:
  RecordingScope();
  ~RecordingScope();
  RecordingScope(const RecordingScope&) = delete;
  RecordingScope& operator=(const RecordingScope&) = delete;
};
}  // namespace graph

/// The gradients of a scalar with respect to tensors it was computed from; zeros where it does not
/// depend on one. A value forgets what it was made from when it is computed: so ask before looking
/// at the loss or at what lies between, or build it under a RecordingScope, as value_and_grad does.
/// A loss of thousands of operations needs one in any case, since pending work is bounded. Errors:
/// ValueError for a loss that is computed already; ShapeError, DTypeError.
std::vector<Tensor> gradients(const Tensor& loss, const std::vector<Tensor>& wrt,
                              Where where = Where::current());

}  // namespace fathom
