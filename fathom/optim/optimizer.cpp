#include "fathom/optim/optimizer.h"

#include "fathom/core/error.h"
#include "fathom/graph/eval.h"
#include "fathom/ops/creation.h"
#include "fathom/optim/updates.h"

namespace fathom::optim {
namespace {

class Leaves final : public nn::Visitor {
 public:
  std::vector<Param*> params;
  std::vector<Buffer*> buffers;
  void param(const nn::Path&, Param& p) override { params.push_back(&p); }
  void buffer(const nn::Path&, Buffer& b) override { buffers.push_back(&b); }
};

Tensor rates(std::initializer_list<double> values) { return tensor(values); }

}  // namespace

namespace detail {

Step::Step(State& state, void (*visit)(void*, nn::Visitor&), void* net, void* gradients_model, int slots) : state(state) {
  Leaves own;
  Leaves other;
  visit(net, own);
  visit(gradients_model, other);
  if (own.params.size() != other.params.size() || own.buffers.size() != other.buffers.size())
    throw ValueError({.operation = "step",
                      .problem = "the gradients are of a model with other parameters",
                      .received = {{"parameters", std::to_string(own.params.size())},
                                   {"gradients", std::to_string(other.params.size())}}});
  for (std::size_t i = 0; i < own.buffers.size(); ++i) own.buffers[i]->value = other.buffers[i]->value;
  if (state.slots.empty()) state.slots.resize(own.params.size());
  if (state.slots.size() != own.params.size())
    throw ValueError({.operation = "step",
                      .problem = "the optimizer's state is of a model with other parameters",
                      .received = {{"parameters", std::to_string(own.params.size())},
                                   {"state", std::to_string(state.slots.size())}}});
  params = std::move(own.params);
  gradients.reserve(params.size());
  for (std::size_t i = 0; i < params.size(); ++i) {
    gradients.push_back(params[i]->frozen ? Tensor() : static_cast<const Tensor&>(*other.params[i]));
    if (!gradients.back().defined()) continue;
    for (auto& slot = state.slots[i]; static_cast<int>(slot.size()) < slots;) slot.push_back(zeros_like(*params[i]));
  }
  ++state.steps;
}

void Step::finish() {
  // Raw values: a handle of ours would look like a user's, who wants the old memory kept.
  std::vector<graph::Value*> fresh;
  for (Param* p : params)
    if (p->defined() && !p->evaluated()) fresh.push_back(p->value());
  gradients.clear();
  if (!fresh.empty()) graph::evaluate(fresh);
}

}  // namespace detail

void Sgd::apply(void (*visit)(void*, nn::Visitor&), void* net, void* gradients) {
  if (nesterov && (momentum <= 0 || dampening != 0))
    throw ValueError({.operation = "optim::Sgd", .problem = "Nesterov needs momentum and no dampening"});
  const bool first = state.steps == 0;
  detail::Step step(state, visit, net, gradients, momentum != 0 ? 1 : 0);
  const Tensor r = rates({learning_rate, weight_decay, momentum, dampening});
  for (std::size_t i = 0; i < step.params.size(); ++i) {
    if (!step.gradients[i].defined()) continue;
    auto& slots = state.slots[i];
    std::vector<Tensor> next =
        sgd_update(*step.params[i], step.gradients[i], r, slots.empty() ? Tensor() : slots[0], nesterov, first);
    *step.params[i] = std::move(next[0]);
    if (!slots.empty()) slots[0] = std::move(next[1]);
  }
  step.finish();
}

namespace {
template <class A>
void adam_step(A& a, bool decoupled, void (*visit)(void*, nn::Visitor&), void* net, void* gradients) {
  detail::Step step(a.state, visit, net, gradients, 2);
  const Tensor r = rates({a.beta1, a.beta2, a.epsilon, a.weight_decay, a.learning_rate, static_cast<double>(a.state.steps)});
  for (std::size_t i = 0; i < step.params.size(); ++i) {
    if (!step.gradients[i].defined()) continue;
    auto& slots = a.state.slots[i];
    std::vector<Tensor> next = adam_update(*step.params[i], step.gradients[i], slots[0], slots[1], r, decoupled);
    *step.params[i] = std::move(next[0]);
    slots[0] = std::move(next[1]);
    slots[1] = std::move(next[2]);
  }
  step.finish();
}
}  // namespace

void Adam::apply(void (*visit)(void*, nn::Visitor&), void* net, void* gradients) {
  adam_step(*this, false, visit, net, gradients);
}
void AdamW::apply(void (*visit)(void*, nn::Visitor&), void* net, void* gradients) {
  adam_step(*this, true, visit, net, gradients);
}

void RmsProp::apply(void (*visit)(void*, nn::Visitor&), void* net, void* gradients) {
  detail::Step step(state, visit, net, gradients, 1);
  const Tensor r = rates({learning_rate, alpha, epsilon, weight_decay});
  for (std::size_t i = 0; i < step.params.size(); ++i) {
    if (!step.gradients[i].defined()) continue;
    std::vector<Tensor> next = rmsprop_update(*step.params[i], step.gradients[i], state.slots[i][0], r);
    *step.params[i] = std::move(next[0]);
    state.slots[i][0] = std::move(next[1]);
  }
  step.finish();
}

void Adagrad::apply(void (*visit)(void*, nn::Visitor&), void* net, void* gradients) {
  detail::Step step(state, visit, net, gradients, 1);
  const Tensor r =
      rates({learning_rate, learning_rate_decay, epsilon, weight_decay, static_cast<double>(state.steps)});
  for (std::size_t i = 0; i < step.params.size(); ++i) {
    if (!step.gradients[i].defined()) continue;
    std::vector<Tensor> next = adagrad_update(*step.params[i], step.gradients[i], state.slots[i][0], r);
    *step.params[i] = std::move(next[0]);
    state.slots[i][0] = std::move(next[1]);
  }
  step.finish();
}

}  // namespace fathom::optim
