// A model's state by name: what checkpoints hold.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "fathom/nn/module.h"

namespace fathom::nn {

namespace detail {
void load_state(void (*visit)(void*, Visitor&), void* model, std::span<const NamedTensor> state,
                const std::string& source);
}

/// Replaces all parameters and buffers by the tensors of the same names (see named_tensors).
/// `source` stands for where they come from in the error.
/// Errors: FormatError that lists every missing, unexpected and mismatched name at once; the model is
/// then as it was.
template <class M>
void load_state(M& model, std::span<const NamedTensor> state, const std::string& source = "state") {
  detail::load_state(detail::visit_erased<M>, &model, state, source);
}

}  // namespace fathom::nn
