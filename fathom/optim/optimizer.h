// What all optimizers share. An optimizer is a plain struct of options, groups and state; a step
// replaces a model's parameters by their next values and its buffers by the ones the gradients
// carry, as one plan. The optimizers themselves: sgd.h, adam.h, adaptive.h, lbfgs.h.
//
//   optim::AdamW adam{.learning_rate = 1e-3};
//   adam.groups = {{optim::vectors, [](auto& o) { o.weight_decay = 0; }},
//                  {optim::below("backbone"), [](auto& o) { o.learning_rate *= 0.1; }}};
//   adam.step(net, gradients);
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "fathom/graph/context.h"
#include "fathom/nn/module.h"

namespace fathom::optim {

/// What an optimizer remembers of one parameter.
struct ParamState {
  std::int64_t steps = 0;     ///< updates so far: a parameter that thaws late starts at 0
  std::vector<Tensor> slots;  ///< such as Adam's m and v
};

/// Of every parameter, in the model's order; empty before the first step. A value: copying an
/// optimizer is a snapshot.
using State = std::vector<ParamState>;

/// Parameters with options of their own: those that `selects` chooses are stepped with the options
/// as `change` leaves them. Where several groups choose a parameter, their changes add up in order.
template <class Optimizer> struct Group {
  std::function<bool(const nn::NamedTensor&)> selects;
  std::function<void(Optimizer&)> change;
};
/// Groups of parameters, applied in order.
template <class Optimizer> using Groups = std::vector<Group<Optimizer>>;

/// Selects biases, scales of norms and other parameters of at most one axis, which are commonly
/// left out of weight decay.
bool vectors(const nn::NamedTensor& parameter);
/// Selects the parameters of one module by its path: "layers.0".
std::function<bool(const nn::NamedTensor&)> below(std::string path);

namespace detail {
using Visit = void (*)(void*, nn::Visitor&);
template <class Optimizer> void step(Optimizer& optimizer, Visit visit, void* net, void* gradients);
}  // namespace detail

/// One step of any optimizer: what its member `step` does (one line in each, as g++ warns of
/// designated initialisers where a struct has a base). Parameters that are frozen or have no
/// gradient stay as they are. Errors: ValueError for an option out of its range, for gradients or
/// state of another model, for a group that chooses nothing; ShapeError for a gradient of another
/// shape or type than its parameter.
template <class Optimizer, class M>
void step(Optimizer& optimizer, M& net, const M& gradients, Where where = Where::current()) {
  const graph::CallScope call(where);
  detail::step(optimizer, nn::detail::visit_erased<M>, &net, nn::detail::erase(gradients));
}

}  // namespace fathom::optim
