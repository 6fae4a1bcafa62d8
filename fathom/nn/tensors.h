// The tensors of a value, whatever it is: a Tensor, or a struct, list, tuple or map of such.
#pragma once
#include "fathom/nn/module.h"

namespace fathom::nn {

/// Calls visit(tensor) for each tensor of a batch, in order of declaration.
template <class B, class F> void for_each_tensor(B& batch, F&& visit) {
  using Plain = std::remove_const_t<B>;
  if constexpr (std::is_base_of_v<Tensor, Plain>) {
    visit(batch);
  } else if constexpr (detail::is_setting<Plain>) {
    return;
  } else if constexpr (detail::is_sequence<Plain>) {
    for (auto& x : batch) nn::for_each_tensor(x, visit);
  } else if constexpr (detail::is_optional<Plain>) {
    if (batch) nn::for_each_tensor(*batch, visit);
  } else if constexpr (detail::is_map<Plain>) {
    for (auto& [key, x] : batch) nn::for_each_tensor(x, visit);
  } else if constexpr (detail::is_tuple<Plain>) {
    std::apply([&](auto&... x) { (nn::for_each_tensor(x, visit), ...); }, batch);
  } else {
    static_assert(reflect::Reflected<Plain>,
                  "fathom: the class named above cannot be a batch: make it a plain struct of "
                  "tensors, or list its members()");
    reflect::for_each_field(
        batch, [&](std::string_view, auto& field) { nn::for_each_tensor(field, visit); });
  }
}

}  // namespace fathom::nn
