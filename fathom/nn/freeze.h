// Which parameters and buffers of a model stay as they are while the others are trained.
#pragma once
#include <string_view>

#include "fathom/nn/module.h"

namespace fathom::nn {

namespace detail {
void set_frozen(void (*visit)(void*, Visitor&), void* model, bool frozen);
std::int64_t freeze_named(void (*visit)(void*, Visitor&), void* model, std::string_view pattern,
                          const Where& where);
void freeze_first(void (*visit)(void*, Visitor&), void* model, std::int64_t count,
                  const Where& where);
}  // namespace detail

/// Parameters get no gradient and are not stepped until unfreeze(). Buffers stay too: a batch norm
/// whose running statistics are frozen normalises by them while training, as in Keras, so that a
/// frozen part of a model always gives the same.
template <class M> void freeze(M& model) {
  detail::set_frozen(detail::visit_erased<M>, &model, true);
}
/// Undoes freeze().
template <class M> void unfreeze(M& model) {
  detail::set_frozen(detail::visit_erased<M>, &model, false);
}

/// Freezes what a pattern names: a parameter, a buffer or a module with all that is in it. `*`
/// stands for any text without a dot, `**` for any text at all: "features", "layer*.*.conv1",
/// "**.bias". Returns how many numbers of parameters are frozen by it. Errors:
/// ValueError for a pattern that meets no name.
template <class M>
std::int64_t freeze(M& model, std::string_view pattern, Where where = Where::current()) {
  return detail::freeze_named(detail::visit_erased<M>, &model, pattern, where);
}
/// Freezes the first of the layers that have parameters, in order of declaration; the others are
/// unfrozen. Errors: ValueError for a negative number, or for more layers than there are.
template <class M>
void freeze_first(M& model, std::int64_t layers, Where where = Where::current()) {
  detail::freeze_first(detail::visit_erased<M>, &model, layers, where);
}

}  // namespace fathom::nn
