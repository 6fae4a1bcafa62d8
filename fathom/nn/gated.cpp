#include "fathom/nn/gated.h"

#include "fathom/graph/context.h"
#include "fathom/ops/elementwise.h"

namespace fathom::nn {

GatedFeedForward::GatedFeedForward(std::int64_t dim, std::int64_t hidden,
                                   GatedFeedForwardOptions options, Where where)
    : gate_proj(dim, hidden, options.bias, where),
      up_proj(dim, hidden, options.bias, where),
      down_proj(hidden, dim, options.bias, where),
      options(options) {}

Tensor GatedFeedForward::operator()(const Tensor& x, Where where) const {
  const graph::ModuleScope scope(this, "nn::GatedFeedForward", where);
  return scope.result(down_proj(options.activation(gate_proj(x)) * up_proj(x)));
}

}  // namespace fathom::nn
