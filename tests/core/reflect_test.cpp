// Every row of the table of what reflection must hold for: names and references of a plain struct's
// fields.
#include "fathom/core/reflect.h"

#include <doctest/doctest.h>

#include <any>
#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "fathom/core/tensor.h"

using namespace fathom;

namespace {

template <class T> std::string names(T& object) {
  std::string all;
  reflect::for_each_field(object, [&](std::string_view name, auto&) {
    if (!all.empty()) all += " ";
    all += name;
  });
  return all;
}
template <class T> constexpr int count = reflect::detail::count<T>();

struct Inner {
  int x = 1;
  Tensor weight;
};
struct Containers {
  Tensor handle;
  Inner nested;
  std::vector<Inner> list;
  std::optional<Inner> maybe;
  std::map<std::string, Inner> by_name;
  std::tuple<int, Inner> both;
  std::variant<int, std::string> either;
  std::any whatever;
  std::unique_ptr<int> owned;
  std::array<float, 3> three;
};
enum class Color { red, blue };
struct Odd {
  bool first;
  Color color;
  std::string text;
  const int fixed = 3;
  std::function<int(int)> call;
  std::mutex mutex;
  std::atomic<int> counter;
  bool last;
};
struct Nothing {};
struct WithEmpty {
  [[no_unique_address]] Nothing none;
  int x = 0;
  static constexpr int not_a_field = 5;
  static int neither;
};
struct Tree {
  int value = 0;
  std::vector<Tree> children;
};
template <class T> struct Template {
  T value;
  int count = 0;
};
struct Unnamed {
  struct {
    int a, b;
  } pair;
  int c;
};
// Member types that take all sorts of arguments.
struct Greedy {
  Greedy() = default;
  explicit Greedy(int) {}
  explicit Greedy(double) {}
  Greedy(std::initializer_list<int>) {}
  template <class T>
  requires std::is_integral_v<T>
  explicit Greedy(T) {}
};
struct WithGreedy {
  Greedy a, b;
  std::vector<int> c;
};
struct NoDefault {
  explicit NoDefault(int v) : value(v) {}
  int value;
};
struct WithNoDefault {
  NoDefault a;
  int b;
  NoDefault c;
};
struct Sixty_four {
  int a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20,
      a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39,
      a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58,
      a59, a60, a61, a62, a63;
};
class Listed {
 public:
  explicit Listed(int v) : weight(v), hidden_(2 * v) {}
  static constexpr auto members() { return fathom::members<&Listed::weight, &Listed::hidden_>(); }
  int weight;

 private:
  int hidden_;
};
struct Base {
  int z = 4;
};
struct Derived : Base {
  int own = 5;
  static constexpr auto members() { return fathom::members<&Base::z, &Derived::own>(); }
};

}  // namespace

TEST_CASE("reflect: handles, nested structs and containers") {
  Containers c;
  CHECK(names(c) == "handle nested list maybe by_name both either whatever owned three");
  CHECK(names(c.nested) == "x weight");
  reflect::for_each_field(c, [](std::string_view name, auto& field) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(field)>, Inner>)
      if (name == "nested") field.x = 7;  // references, not copies
  });
  CHECK(c.nested.x == 7);
}

TEST_CASE("reflect: bools anywhere, enums, strings, const fields, functions, mutex, atomic") {
  Odd odd{};
  CHECK(names(odd) == "first color text fixed call mutex counter last");
}

TEST_CASE("reflect: empty members, static members, templates, recursion, unnamed structs") {
  WithEmpty e;
  CHECK(names(e) == "none x");
  Tree t;
  CHECK(names(t) == "value children");
  Template<std::string> s;
  CHECK(names(s) == "value count");
  Template<Template<int>> nested;
  CHECK(names(nested) == "value count");
  Unnamed u{};
  CHECK(names(u) == "pair c");
  CHECK(names(u.pair) == "a b");
  Nothing n;
  CHECK(names(n) == "");
}

TEST_CASE("reflect: local structs, with lambdas") {
  struct Local {
    int first = 1;
    bool second = true;
  };
  Local l;
  CHECK(names(l) == "first second");
  const auto twice = [](int x) { return 2 * x; };
  struct WithLambda {
    decltype(twice) call;
    int x;
  };
  CHECK(count<WithLambda> == 2);
}

TEST_CASE("reflect: member types with all kinds of constructors, or with no default one") {
  WithGreedy g;
  CHECK(names(g) == "a b c");
  WithNoDefault w{NoDefault(1), 2, NoDefault(3)};
  CHECK(names(w) == "a b c");
  int sum = 0;
  reflect::with_fields(w, [&](auto& a, auto& b, auto& c) { sum = a.value + b + c.value; });
  CHECK(sum == 6);
}

TEST_CASE("reflect: 64 fields") {
  Sixty_four s{};
  s.a63 = 9;
  int fields = 0, last = 0;
  std::string last_name;
  reflect::for_each_field(s, [&](std::string_view name, int& v) {
    ++fields;
    last = v;
    last_name = name;
  });
  CHECK(fields == 64);
  CHECK(last == 9);
  CHECK(last_name == "a63");
}

TEST_CASE("reflect: classes that list their members, private and inherited ones too") {
  Listed l(3);
  CHECK(names(l) == "weight hidden");  // without the underscore of private members
  Derived d;
  CHECK(names(d) == "z own");
  int sum = 0;
  reflect::for_each_field(d, [&](std::string_view, int& v) { sum += v; });
  CHECK(sum == 9);
  const Listed constant(3);
  CHECK(names(constant) == "weight hidden");
  static_assert(reflect::Reflected<Listed> && reflect::Reflected<Tree> &&
                !reflect::Reflected<NoDefault>);
}
