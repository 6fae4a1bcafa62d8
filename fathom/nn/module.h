// Modules: plain structs whose fields are parameters, buffers, other modules and settings.
//
// A model needs no base class, no registration and no macro: its fields are found by reflection,
// and a field's path is its name in a checkpoint ("blocks.3.mlp.up.weight"). A class with
// constructors lists its members in one line (fathom/core/reflect.h).
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "fathom/core/reflect.h"
#include "fathom/core/tensor.h"

namespace fathom {

namespace nn {
class Layer;
}

/// A tensor that is trained.
struct Param : Tensor {
  bool frozen = false;  ///< left alone by gradients and optimizers; see nn/freeze.h

  Param() = default;
  Param(Tensor value) : Tensor(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Param& operator=(Tensor value) {
    Tensor::operator=(std::move(value));
    return *this;
  }
};

/// A tensor that is saved with the model but not trained, such as running statistics. While
/// training, a module sets its next value by update(); it takes effect with the optimizer's step.
struct Buffer {
  mutable Tensor value;
  bool frozen = false;  ///< its module leaves it as it is

  Buffer() = default;
  Buffer(Tensor initial) : value(std::move(initial)) {}  // NOLINT(google-explicit-constructor)
  operator const Tensor&() const { return value; }       // NOLINT(google-explicit-constructor)
  void update(Tensor next) const { value = std::move(next); }
};

namespace nn {

/// A place in a model: the names of the fields that lead there. Lives on the stack of the walk.
struct Path {
  const Path* outer = nullptr;
  std::string_view name;
  std::int64_t index = -1;  // of a container's element, where there is no name
  std::string str() const;
};

/// What walks over a model's leaves.
class Visitor {
 public:
  virtual ~Visitor() = default;
  virtual void param(const Path& path, Param& param) = 0;
  virtual void buffer(const Path& path, Buffer& buffer) = 0;
  /// A tensor that is neither: a setting to most.
  virtual void tensor(const Path& path, Tensor& tensor) {
    (void)path;
    (void)tensor;
  }
  /// Called before a module's own fields, with the name of its class.
  virtual void module(const Path& path, const void* address, std::string_view type) {
    (void)path;
    (void)address;
    (void)type;
  }
};

namespace detail {

template <class T>
inline constexpr bool is_setting =
    std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_pointer_v<T> || std::is_empty_v<T> ||
    std::is_same_v<T, std::string> || std::is_same_v<T, Shape> || std::is_same_v<T, Tensor>;
template <class T>
inline constexpr bool is_leaf =
    std::is_same_v<T, Param> || std::is_same_v<T, Buffer> || std::is_same_v<T, Layer>;

template <class T> inline constexpr bool is_sequence = false;
template <class T> inline constexpr bool is_sequence<std::vector<T>> = true;
template <class T, std::size_t n> inline constexpr bool is_sequence<std::array<T, n>> = true;
template <class T> inline constexpr bool is_optional = false;
template <class T> inline constexpr bool is_optional<std::optional<T>> = true;
template <class T> inline constexpr bool is_map = false;
template <class T> inline constexpr bool is_map<std::map<std::string, T>> = true;
template <class T> inline constexpr bool is_tuple = false;
template <class... T> inline constexpr bool is_tuple<std::tuple<T...>> = true;
template <class T, class U> inline constexpr bool is_tuple<std::pair<T, U>> = true;

// A callable that captures nothing of the model, such as a function pointer or a std::function.
template <class T> inline constexpr bool is_function_object = requires { typename T::result_type; };

/// Whether a type may be part of a model: types only, so that its message names the class and the
/// way to it before anything deeper fails.
template <class M> struct is_model {
  static constexpr bool test() {
    if constexpr (is_leaf<M> || is_setting<M> || is_function_object<M>) {
      return true;
    } else if constexpr (is_sequence<M> || is_optional<M>) {
      return is_model<typename M::value_type>::value;
    } else if constexpr (is_map<M>) {
      return is_model<typename M::mapped_type>::value;
    } else if constexpr (is_tuple<M>) {
      return all(static_cast<M*>(nullptr));
    } else {
      static_assert(reflect::Reflected<M>,
                    "fathom: the class named above cannot be part of a model as it is: it has a "
                    "constructor, private fields, a virtual function or a base class. Give it one "
                    "line: static constexpr auto members() { return fathom::members<&Me::a, "
                    "&Me::b>(); }");
      if constexpr (reflect::Reflected<M>) {
        static_assert(
            std::copyable<M>,
            "fathom: the class named above cannot be copied, so it cannot be part of a model");
        if constexpr (reflect::Listed<M>)
          return listed(M::members());
        else
          return fields(static_cast<M*>(nullptr));
      } else {
        return false;
      }
    }
  }
  template <auto... f> static constexpr bool listed(MemberList<f...>) {
    return (is_model<std::remove_cvref_t<decltype(std::declval<M&>().*f)>>::value && ...);
  }
  template <class... T> static constexpr bool each(const std::tuple<T*...>*) {
    return (is_model<std::remove_const_t<T>>::value && ...);
  }
  template <class... T> static constexpr bool all(std::tuple<T...>*) {
    return (is_model<T>::value && ...);
  }
  template <class T, class U> static constexpr bool all(std::pair<T, U>*) {
    return is_model<T>::value && is_model<U>::value;
  }
  static constexpr bool fields(M* m) {
    using Types = decltype(reflect::with_fields(
        *m, [](auto&... f) { return std::tuple<std::remove_reference_t<decltype(f)>*...>{}; }));
    return each(static_cast<const Types*>(nullptr));
  }
  static constexpr bool value = test();
};

void visit_layer(Layer& layer, const Path& path, Visitor& visitor);

template <class M> void walk(M& m, const Path& path, Visitor& visitor) {
  if constexpr (std::is_same_v<M, Param>) {
    visitor.param(path, m);
  } else if constexpr (std::is_same_v<M, Buffer>) {
    visitor.buffer(path, m);
  } else if constexpr (std::is_same_v<M, Layer>) {
    visit_layer(m, path, visitor);
  } else if constexpr (std::is_same_v<M, Tensor>) {
    visitor.tensor(path, m);
  } else if constexpr (std::is_empty_v<M>) {
    visitor.module(path, &m, reflect::type_name<M>());  // a layer without fields, such as a ReLU
  } else if constexpr (is_setting<M> || is_function_object<M>) {
    return;
  } else if constexpr (is_sequence<M>) {
    std::int64_t i = 0;
    for (auto& x : m) walk(x, Path{&path, {}, i++}, visitor);
  } else if constexpr (is_optional<M>) {
    if (m) walk(*m, path, visitor);
  } else if constexpr (is_map<M>) {
    for (auto& [key, x] : m) walk(x, Path{&path, key}, visitor);
  } else if constexpr (is_tuple<M>) {
    std::int64_t i = 0;
    std::apply([&](auto&... x) { (walk(x, Path{&path, {}, i++}, visitor), ...); }, m);
  } else {
    visitor.module(path, &m, reflect::type_name<M>());
    reflect::for_each_field(m, [&](std::string_view name, auto& field) {
      walk(const_cast<std::remove_cvref_t<decltype(field)>&>(field), Path{&path, name}, visitor);
    });
  }
}

}  // namespace detail

/// Whether M can be used as a model.
template <class M> inline constexpr bool is_model = detail::is_model<M>::value;

/// Visits every parameter and buffer with its path, in order of declaration.
template <class M> void visit(M& model, Visitor& visitor) {
  static_assert(is_model<M>);
  if constexpr (is_model<M>) detail::walk(model, Path{}, visitor);
}

/// A named leaf of a model.
struct NamedTensor {
  std::string name;
  Tensor tensor;
  bool trainable = false;
};

namespace detail {
class Collector;
std::vector<NamedTensor> named(void (*visit)(void*, Visitor&), void* model);
std::int64_t count(void (*visit)(void*, Visitor&), void* model);
void evaluate(void (*visit)(void*, Visitor&), void* model);
template <class M> void visit_erased(void* model, Visitor& visitor) {
  visit(*static_cast<M*>(model), visitor);
}
template <class M> void* erase(const M& model) { return const_cast<M*>(&model); }
}  // namespace detail

/// All parameters and buffers with their names.
template <class M> std::vector<NamedTensor> named_tensors(const M& model) {
  return detail::named(detail::visit_erased<M>, detail::erase(model));
}
/// Number of trained numbers.
template <class M> std::int64_t parameter_count(const M& model) {
  return detail::count(detail::visit_erased<M>, detail::erase(model));
}
/// Computes all initial values now: needed before another thread uses the model.
template <class M> void eval(const M& model) {
  detail::evaluate(detail::visit_erased<M>, detail::erase(model));
}

}  // namespace nn
}  // namespace fathom
