// Putting stored tensors into a model, by name and strictly.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <utility>

#include "fathom/nn/module.h"

namespace fathom::nn {

namespace detail {
void load_state(void (*visit)(void*, Visitor&), void* model, const std::string& source,
                std::span<const std::pair<std::string, Tensor>> tensors, const Where& where,
                const std::string& hint = "");
}  // namespace detail

/// Replaces every parameter and buffer by the tensor of its name. Nothing changes if one does not
/// fit. `source` stands for the file in errors. Errors: FormatError that lists every missing,
/// unexpected and mismatched name.
template <class M>
void load_state(M& model, std::span<const std::pair<std::string, Tensor>> tensors,
                const std::string& source, Where where = Where::current()) {
  detail::load_state(detail::visit_erased<M>, &model, source, tensors, where);
}

}  // namespace fathom::nn
