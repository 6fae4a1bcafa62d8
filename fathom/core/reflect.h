// Compile-time reflection of plain structs: their fields with names, no macro, no registration.
//
// An aggregate is counted by asking how many initialisers it takes, unpacked by a structured
// binding, and its field names are read from the compiler's spelling of a template whose argument
// is the field's address. A class that is no aggregate lists its fields once:
//
//   static constexpr auto members() { return fathom::members<&Me::weight, &Me::bias>(); }
#pragma once
#include <concepts>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "fathom/core/reflect_unpack.h"

#ifdef __clang__
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#endif

namespace fathom {

/// The field list of a class that is not an aggregate.
template <auto... fields> struct MemberList {};
/// Lists the fields of a class with constructors: members<&Me::weight, &Me::bias>().
template <auto... fields> constexpr MemberList<fields...> members() { return {}; }

namespace reflect {

template <class T>
concept Listed = requires {
  T::members();
};
/// What for_each_field takes: an aggregate, or a class with members().
template <class T>
concept Reflected = Listed<T> ||(std::is_class_v<T>&& std::is_aggregate_v<T>);

namespace detail {

template <class T> struct Any {  // converts to any field type, but not to T itself or its bases
  template <class U>
  requires(!std::is_base_of_v<U, T>) operator U() const;  // NOLINT(google-explicit-constructor)
};
template <class T, int> using AnyOf = Any<T>;

template <class T, int... i> constexpr bool constructible_from(std::integer_sequence<int, i...>) {
  return requires { T{AnyOf<T, i>{}...}; };
}
template <class T, int n> constexpr bool takes() {
  return constructible_from<T>(std::make_integer_sequence<int, n>{});
}
template <class T, int low, int high>  // takes(low) holds, takes(high) does not
constexpr int bisect() {
  if constexpr (high - low <= 1)
    return low;
  else if constexpr (takes<T, (low + high) / 2>())
    return bisect<T, (low + high) / 2, high>();
  else
    return bisect<T, low, (low + high) / 2>();
}
template <class T, int n = 0>  // for aggregates whose fields have no default constructor
constexpr int count_up() {
  if constexpr (n > 64 || takes<T, n>())
    return bisect<T, n, 66>();
  else
    return count_up<T, n + 1>();
}

template <class T> constexpr int count() {
  static_assert(std::is_aggregate_v<T>,
                "fathom: this class is not an aggregate; give it one line: static constexpr auto "
                "members() { return fathom::members<&Me::a, &Me::b>(); }");
  if constexpr (std::is_empty_v<T>) {
    return 0;
  } else {
    constexpr int n = takes<T, 0>() ? bisect<T, 0, 66>() : count_up<T>();
    static_assert(n != 0,
                  "fathom: a struct with a base class cannot be reflected: make the base a "
                  "field, or list members()");
    static_assert(n <= 64, "fathom: a struct with more than 64 fields cannot be reflected");
    return n;
  }
}

template <class T> struct Holder { T value; };
template <class T>
extern const Holder<T> fake;  // never defined: only addresses inside it are formed

template <class T> struct Pointer { const T* to; };
template <class T> Pointer(const T*) -> Pointer<T>;

template <class T> consteval auto field_pointers() {
  return unpack<count<T>()>(fake<T>.value,
                            [](auto&... field) { return std::tuple{Pointer{&field}...}; });
}

template <auto pointer> consteval const char* spelled() { return __PRETTY_FUNCTION__; }

constexpr bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
/// The last identifier in the text, without the trailing underscore of private members.
constexpr std::string_view last_name(std::string_view text) {
  std::size_t end = text.size();
  while (end > 0 && !is_name(text[end - 1])) --end;
  std::size_t begin = end;
  while (begin > 0 && is_name(text[begin - 1])) --begin;
  std::string_view name = text.substr(begin, end - begin);
  if (name.size() > 1 && name.back() == '_') name.remove_suffix(1);
  return name;
}
/// g++ ends the spelling with "; std::string_view = ..." only for view-typed returns: const char*
/// keeps "[with auto pointer = ...]" last on both compilers.
template <auto pointer> inline constexpr std::string_view name_of = last_name(spelled<pointer>());

template <class T, int i> consteval auto nth_pointer() { return std::get<i>(field_pointers<T>()); }

template <class T, class F, auto... fields>
constexpr void visit_listed(T& object, F&& visit, MemberList<fields...>) {
  (visit(name_of<fields>, object.*fields), ...);
}

template <class T> consteval const char* spelled_type() { return __PRETTY_FUNCTION__; }
}  // namespace detail

/// A class's name as the compiler spells it, without the namespace fathom.
template <class T> constexpr std::string_view type_name() {
  const std::string_view text = detail::spelled_type<T>();
  const std::size_t begin = text.find("T = ") + 4;
  std::string_view name = text.substr(begin, text.rfind(']') - begin);
  constexpr std::string_view own = "fathom::";
  if (name.starts_with(own)) name.remove_prefix(own.size());
  return name;
}

/// Calls visit(name, field) for each field of `object`, in order of declaration.
template <class T, class F> constexpr void for_each_field(T& object, F&& visit) {
  using Plain = std::remove_const_t<T>;
  if constexpr (Listed<Plain>) {
    detail::visit_listed(object, visit, Plain::members());
  } else {
    constexpr int n = detail::count<Plain>();
    detail::unpack<n>(object, [&](auto&... field) {
      [&]<int... i>(std::integer_sequence<int, i...>) {
        (visit(detail::name_of<detail::nth_pointer<Plain, i>()>, field), ...);
      }
      (std::make_integer_sequence<int, n>{});
    });
  }
}

/// Calls visit with all fields at once; no names, cheaper to compile.
template <class T, class F> constexpr decltype(auto) with_fields(T& object, F&& visit) {
  return detail::unpack<detail::count<std::remove_const_t<T>>()>(object, visit);
}

}  // namespace reflect
}  // namespace fathom
