// Checkpointing: intermediate values are computed again for the gradient instead of kept for it
// (Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost").
#pragma once
#include <vector>

#include "fathom/core/tensor.h"
#include "fathom/ops/gradient.h"

namespace fathom {

namespace op {
/// Inputs a value, the arguments that it was computed from, and whatever else went into that;
/// output the value. Its gradient computes what lies between once more.
struct Checkpoint {
  int arguments;
};
}  // namespace op

namespace detail {
Tensor checkpoint(const Tensor& value, const std::vector<Tensor>& arguments);
}  // namespace detail

/// f(arguments...), whose intermediate values that depend on the arguments are not kept for the
/// gradient but computed a second time, after the gradient has arrived. Parameters that f uses get
/// their gradients as always; values and gradients keep every bit. What torch.utils.checkpoint
/// does; random masks are the same both times.
template <class F, class... T> Tensor checkpoint(F&& f, const T&... arguments) {
  const graph::RecordingScope recording;
  const Tensor value = f(arguments...);
  return detail::checkpoint(value, {arguments...});
}

}  // namespace fathom
