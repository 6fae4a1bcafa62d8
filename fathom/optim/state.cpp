#include "fathom/optim/state.h"

#include <map>

#include "fathom/optim/step.h"

namespace fathom::optim::detail {

std::vector<std::pair<std::string, Tensor>> named_state(const State& state, Visit visit, void* net,
                                                        const Where& where) {
  const graph::CallScope call(where);
  std::vector<std::pair<std::string, Tensor>> named;
  if (state.empty()) return named;
  const std::vector<nn::NamedTensor> params = parameters(visit, net);
  if (params.size() != state.size())
    throw ValueError({.operation = "named_state",
                      .problem = "the optimizer's state is of a model with other parameters",
                      .received = {{"parameters", std::to_string(params.size())},
                                   {"state", std::to_string(state.size())}}});
  for (std::size_t i = 0; i < state.size(); ++i) {
    named.emplace_back(params[i].name + ".steps", Tensor::from(std::span(&state[i].steps, 1), {}));
    for (std::size_t k = 0; k < state[i].slots.size(); ++k)
      named.emplace_back(params[i].name + "." + std::to_string(k), state[i].slots[k]);
  }
  return named;
}

State state_from(std::span<const std::pair<std::string, Tensor>> tensors, Visit visit, void* net,
                 const std::string& source, const Where& where) {
  const graph::CallScope call(where);
  if (tensors.empty()) return {};
  std::map<std::string, Tensor> left(tensors.begin(), tensors.end());
  const auto refuse = [&](const std::string& problem) {
    throw FormatError({.operation = "load optimizer",
                       .problem = problem,
                       .received = {{"file", source}},
                       .expected = "the state of an optimizer of this model"});
  };
  State state;
  for (const nn::NamedTensor& p : parameters(visit, net)) {
    ParamState& own = state.emplace_back();
    const auto steps = left.extract(p.name + ".steps");
    if (!steps) refuse("the step count of " + p.name + " is missing");
    if (steps.mapped().dtype() != DType::i64 || steps.mapped().size() != 1)
      refuse("the step count of " + p.name + " is " + graph::describe(steps.mapped()));
    own.steps = steps.mapped().item<std::int64_t>();
    while (auto slot = left.extract(p.name + "." + std::to_string(own.slots.size()))) {
      const Shape& s = slot.mapped().shape();
      Shape whole;
      if (!broadcast(s, p.tensor.shape(), whole) || whole != p.tensor.shape())
        refuse(slot.key() + " has another shape than its parameter: " + to_string(s) + " for " +
               to_string(p.tensor.shape()));
      own.slots.push_back(std::move(slot.mapped()));
    }
  }
  if (!left.empty()) refuse(left.begin()->first + " belongs to no parameter of the model");
  return state;
}

}  // namespace fathom::optim::detail
