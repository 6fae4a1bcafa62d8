#include "fathom/optim/averaging.h"

#include "fathom/graph/eval.h"
#include "fathom/ops/elementwise.h"
#include "fathom/optim/step.h"

namespace fathom::optim::detail {

void require_decay(double decay) {
  require_option(decay >= 0 && decay <= 1, "optim::Ema", "decay", decay, "from 0 to 1");
}

void move_average(Visit visit, void* average, void* net, double share, bool buffers) {
  const Leaves leaves(visit, average, net);
  if (leaves.params.size() != leaves.gradients.size() ||
      leaves.buffers.size() != leaves.next_buffers.size())
    throw ValueError({.operation = "update",
                      .problem = "the average is of a model with other parameters",
                      .received = {{"average", std::to_string(leaves.params.size())},
                                   {"model", std::to_string(leaves.gradients.size())}}});
  SmallVector<graph::Value*, 64> fresh;
  const auto move = [&](Tensor& mean, const Tensor& x, bool averaged) {
    if (!x.defined()) return;
    if (share == 1 || !averaged || !is_floating(x.dtype())) {
      mean = x;
      return;
    }
    mean = mean - (mean - x) * share;  // in this order the mean's memory is the one taken over
    fresh.push_back(mean.value());
  };
  for (std::size_t i = 0; i < leaves.params.size(); ++i)
    move(*leaves.params[i], *leaves.gradients[i], true);
  for (std::size_t i = 0; i < leaves.buffers.size(); ++i)
    move(leaves.buffers[i]->value, leaves.next_buffers[i]->value, buffers);
  if (!fresh.empty()) graph::evaluate({fresh.data(), fresh.size()});
}

}  // namespace fathom::optim::detail
