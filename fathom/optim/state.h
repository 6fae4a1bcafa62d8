// An optimizer's state as named tensors, for a file, and back.
#pragma once
#include <span>
#include <utility>

#include "fathom/optim/optimizer.h"

namespace fathom::optim {

namespace detail {
std::vector<std::pair<std::string, Tensor>> named_state(const State& state, Visit visit, void* net,
                                                        const Where& where);
State state_from(std::span<const std::pair<std::string, Tensor>> tensors, Visit visit, void* net,
                 const std::string& source, const Where& where);
}  // namespace detail

/// For every parameter "<name>.steps", an i64 number, and its slots "<name>.0", "<name>.1", ...
/// Nothing before the first step. Errors: ValueError for the state of another model.
template <class M>
std::vector<std::pair<std::string, Tensor>> named_state(const State& state, const M& net,
                                                        Where where = Where::current()) {
  return detail::named_state(state, nn::detail::visit_erased<M>, nn::detail::erase(net), where);
}

/// The state whose named_state() is `tensors`: `adam.state = state_from(net, tensors, path)` goes
/// on with the bits of the run that saved it. `source` stands for the file in errors. Errors:
/// FormatError for a tensor of no parameter, a missing step count or a gap among the slots.
template <class M>
State state_from(const M& net, std::span<const std::pair<std::string, Tensor>> tensors,
                 const std::string& source, Where where = Where::current()) {
  return detail::state_from(tensors, nn::detail::visit_erased<M>, nn::detail::erase(net), source,
                            where);
}

}  // namespace fathom::optim
