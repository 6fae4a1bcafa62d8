// The state of a model that goes on token by token, when rows change their places: beams that
// survive, copies of a prompt.
#pragma once
#include <string_view>
#include <type_traits>
#include <vector>

#include "fathom/core/reflect.h"
#include "fathom/core/tensor.h"
#include "fathom/nn/cache.h"
#include "fathom/nn/recurrent.h"

namespace fathom::generate {

namespace detail {
/// Rows of a tensor along an axis; an empty handle stays one. Errors: ShapeError unless it has
/// `count` rows there.
void reorder(Tensor& t, int axis, const Tensor& rows, std::int64_t count);
template <class S> inline constexpr bool is_list = false;
template <class S> inline constexpr bool is_list<std::vector<S>> = true;
}  // namespace detail

/// Makes row i of a state what row rows[i] was; the state has `count` rows. Rows are the first axis
/// of a tensor, of each tensor of a struct or list, and the second of the recurrent layers' states.
/// A class with a member reorder(rows), such as nn::KeyValueCache, does it itself.
template <class S> void reorder(S& state, const Tensor& rows, std::int64_t count) {
  if constexpr (requires { state.reorder(rows); }) {
    state.reorder(rows);
  } else if constexpr (std::is_base_of_v<Tensor, S>) {
    detail::reorder(state, 0, rows, count);
  } else if constexpr (std::is_same_v<S, nn::RecurrentInputs>) {
    detail::reorder(state.h0, 1, rows, count);
    detail::reorder(state.c0, 1, rows, count);
    detail::reorder(state.lengths, 0, rows, count);
  } else if constexpr (detail::is_list<S>) {
    for (auto& part : state) generate::reorder(part, rows, count);
  } else if constexpr (!std::is_arithmetic_v<S> && !std::is_enum_v<S> && !std::is_empty_v<S>) {
    static_assert(
        reflect::Reflected<S>,
        "fathom: the class named above cannot be a state: make it a plain struct, or give "
        "it a member void reorder(const Tensor& rows)");
    if constexpr (reflect::Reflected<S>)
      reflect::for_each_field(
          state, [&](std::string_view, auto& field) { generate::reorder(field, rows, count); });
  }
}

}  // namespace fathom::generate
