#include "fathom/optim/optimizer.h"

#include "fathom/core/error.h"
#include "fathom/core/small_vector.h"
#include "fathom/graph/eval.h"
#include "fathom/ops/creation.h"
#include "fathom/optim/updates.h"

namespace fathom::optim {
namespace {

using Visit = void (*)(void*, nn::Visitor&);

class Leaves final : public nn::Visitor {
 public:
  SmallVector<Param*, 32> params;
  SmallVector<Buffer*, 16> buffers;
  void param(const nn::Path&, Param& p) override { params.push_back(&p); }
  void buffer(const nn::Path&, Buffer& b) override { buffers.push_back(&b); }
};

void require_pairs(const Leaves& own, const Leaves& other, const State& state) {
  if (own.params.size() != other.params.size() || own.buffers.size() != other.buffers.size())
    throw ValueError({.operation = "step",
                      .problem = "the gradients are of a model with other parameters",
                      .received = {{"parameters", std::to_string(own.params.size())},
                                   {"gradients", std::to_string(other.params.size())}}});
  if (state.slots.size() != own.params.size())
    throw ValueError({.operation = "step",
                      .problem = "the optimizer's state is of a model with other parameters",
                      .received = {{"parameters", std::to_string(own.params.size())},
                                   {"state", std::to_string(state.slots.size())}}});
}

/// One step of any optimizer: buffers take their next values, each parameter that has a gradient is
/// updated with `slots` slots of state, and everything new is computed as one plan.
template <class Op>
void take_step(const Op& attributes, State& state, Visit visit, void* net, void* gradients,
               std::size_t slots, std::initializer_list<double> rates) {
  Leaves own;
  Leaves other;
  visit(net, own);
  visit(gradients, other);
  if (state.slots.empty()) state.slots.resize(own.params.size());
  require_pairs(own, other, state);
  for (std::size_t i = 0; i < own.buffers.size(); ++i)
    own.buffers[i]->value = other.buffers[i]->value;
  const Tensor rate_values = tensor(rates);
  SmallVector<graph::Value*, 64> fresh;  // no handles: they would look like a user's
  for (std::size_t i = 0; i < own.params.size(); ++i) {
    Param& p = *own.params[i];
    const Tensor& gradient = *other.params[i];
    if (p.frozen || !gradient.defined()) continue;
    while (state.slots[i].size() < slots) state.slots[i].push_back(zeros_like(p));
    update(attributes, p, gradient, rate_values, state.slots[i]);
    fresh.push_back(p.value());
  }
  for (const Buffer* b : own.buffers)
    if (b->value.defined() && !b->value.evaluated()) fresh.push_back(b->value.value());
  if (!fresh.empty()) graph::evaluate({fresh.data(), fresh.size()});
}

}  // namespace

void Sgd::apply(Visit visit, void* net, void* gradients) {
  if (nesterov && (momentum <= 0 || dampening != 0))
    throw ValueError(
        {.operation = "optim::Sgd", .problem = "Nesterov needs momentum and no dampening"});
  const bool first = momentum != 0 && state.steps == 0;
  ++state.steps;
  take_step(op::SgdUpdate{nesterov, first}, state, visit, net, gradients, momentum != 0 ? 1 : 0,
            {learning_rate, weight_decay, momentum, dampening});
}

void Adam::apply(Visit visit, void* net, void* gradients) {
  ++state.steps;
  take_step(op::AdamUpdate{false}, state, visit, net, gradients, 2,
            {beta1, beta2, epsilon, weight_decay, learning_rate, static_cast<double>(state.steps)});
}

void AdamW::apply(Visit visit, void* net, void* gradients) {
  ++state.steps;
  take_step(op::AdamUpdate{true}, state, visit, net, gradients, 2,
            {beta1, beta2, epsilon, weight_decay, learning_rate, static_cast<double>(state.steps)});
}

void RmsProp::apply(Visit visit, void* net, void* gradients) {
  ++state.steps;
  take_step(op::RmsPropUpdate{}, state, visit, net, gradients, 1,
            {learning_rate, alpha, epsilon, weight_decay});
}

void Adagrad::apply(Visit visit, void* net, void* gradients) {
  ++state.steps;
  take_step(op::AdagradUpdate{}, state, visit, net, gradients, 1,
            {learning_rate, learning_rate_decay, epsilon, weight_decay,
             static_cast<double>(state.steps)});
}

}  // namespace fathom::optim
