// FunctionRef: a reference to something callable, two words, for parameters that are called before
// the function returns.
#pragma once
#include <memory>
#include <type_traits>
#include <utility>

namespace fathom {

template <class Signature> class FunctionRef;

/// Refers to a callable that must outlive it; never allocates (std::function would).
template <class R, class... Args> class FunctionRef<R(Args...)> {
 public:
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, FunctionRef> &&
           std::is_invocable_r_v<R, F&, Args...> && !std::is_function_v<std::remove_cvref_t<F>>)
      FunctionRef(F&& f)
  noexcept  // NOLINT: implicit on purpose, a lambda is passed as it stands
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(f)))),
        call_([](void* object, Args... args) -> R {
          return (*static_cast<std::remove_reference_t<F>*>(object))(std::forward<Args>(args)...);
        }) {}

  R operator()(Args... args) const { return call_(object_, std::forward<Args>(args)...); }

 private:
  void* object_;
  R (*call_)(void*, Args...);
};

}  // namespace fathom
