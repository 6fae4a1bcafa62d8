// What an operation is: a plain struct of attributes and a specialisation of Rules for it.
//
//   namespace op { struct Matmul { bool transpose_a = false, transpose_b = false; }; }
//   template <> struct Rules<op::Matmul> {
//     static constexpr std::string_view name = "matmul";
//     static Specs infer(const op::Matmul&, Inputs in);             // the shape and dtype
//     static Tensors lower(const op::Matmul&, Inputs in);            // optional
//     static Tensors vjp(const op::Matmul&, const Vjp& v);           // optional
//   };
//   Tensor matmul(const Operand& a, const Operand& b) { return apply(op::Matmul{}, {a, b}); }
//
// `lower` defines the operation in simpler ones; an operation that has it needs no kernel and no
// vjp. `run` (graph/host.h) computes it by a library that every backend calls: what a backend
// cannot do better, such as a singular value decomposition.
#pragma once
#include <array>
#include <cstring>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fathom/core/error.h"
#include "fathom/core/reflect.h"
#include "fathom/core/tensor.h"
#include "fathom/graph/node.h"

namespace fathom::graph {

using Tensors = std::vector<Tensor>;
using Inputs = std::span<const Tensor>;

/// The output specs of a node; rarely more than a few.
class Specs {
 public:
  Specs() = default;
  Specs(Spec only) : first_(only), count_(1) {}  // NOLINT(google-explicit-constructor)
  Specs(std::initializer_list<Spec> list) {
    for (const Spec& s : list) push_back(s);
  }
  void push_back(const Spec& s) {
    if (count_++ == 0)
      first_ = s;
    else
      rest_.push_back(s);
  }
  void reserve(std::size_t n) { rest_.reserve(n); }
  int size() const { return count_; }
  const Spec& operator[](int i) const { return i == 0 ? first_ : rest_[i - 1]; }

 private:
  Spec first_;
  int count_ = 0;
  std::vector<Spec> rest_;
};

/// What a vjp rule sees: the node's inputs, outputs and the gradients that arrive at its outputs.
struct Vjp {
  Inputs inputs;
  Inputs outputs;
  Inputs cotangents;  // an empty handle where no gradient arrives
  std::span<const bool> wanted;
  bool wants(int input) const { return wanted[input]; }
  const Tensor& cotangent() const { return cotangents[0]; }
  const Tensor& output() const { return outputs[0]; }
};

struct HostCall;
template <class Op> struct Rules;

/// The address that names an operation type everywhere: kernel tables need its header only.
template <class Op> inline constexpr char op_tag{};
using OpTag = const char*;

/// The constant table entry of an operation, filled from its Rules.
struct OpDef {
  std::string_view name;
  OpTag tag = nullptr;
  std::uint64_t seed = 0;  // of hashes: the name's
  bool view = false;       // an index map of its first input: Rules<Op>::view
  bool gradient =
      false;          // needs the history of its inputs, not only their values: Rules<Op>::gradient
  bool late = false;  // may fail for its data, when it is computed: Rules<Op>::late
  bool (*equal)(const void*, const void*) = nullptr;
  std::size_t size = 0;                              // of the attributes
  void (*copy)(void*, const void*) = nullptr;        // constructs a copy in place
  void* (*clone)(const void*) = nullptr;             // to keep attributes beyond the node
  void (*destroy)(void*) = nullptr;                  // destructor call; null if trivial
  void (*free)(void*) = nullptr;                     // deletes what clone made
  std::string_view (*title)(const void*) = nullptr;  // its name where the attributes decide it
  std::string (*print)(const void*) = nullptr;
  Specs (*infer)(const void*, Inputs) = nullptr;
  Tensors (*lower)(const void*, Inputs) = nullptr;
  Tensors (*vjp)(const void*, const Vjp&) = nullptr;
  void (*run)(const void*, const HostCall&) = nullptr;
};

/// What users call it.
inline std::string_view title(const OpDef& def, const void* attributes) {
  return def.title ? def.title(attributes) : def.name;
}

template <class Op> bool is(const OpDef& def) { return def.tag == &op_tag<Op>; }
template <class Op> const Op& attributes(const Node& node) {
  return *static_cast<const Op*>(node.attributes);
}

// ---- hashing, comparing, printing attributes by reflection
// ------------------------------------------

inline std::uint64_t mix(std::uint64_t h, std::uint64_t v) {
  const auto wide = static_cast<unsigned __int128>(h ^ v ^ 0x9e3779b97f4a7c15ULL) *
                    ((v + 0xd6e8feb86659fd93ULL) | 1);
  return static_cast<std::uint64_t>(wide) ^ static_cast<std::uint64_t>(wide >> 64) ^ (h << 7);
}
constexpr std::uint64_t hash_text(std::string_view text) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return h;
}

template <class T> std::uint64_t hash_field(std::uint64_t h, const T& field) {
  if constexpr (std::is_same_v<T, Shape>) {
    h = mix(h, static_cast<std::uint64_t>(field.rank()));
    for (std::int64_t e : field) h = mix(h, static_cast<std::uint64_t>(e));
    return h;
  } else if constexpr (std::is_floating_point_v<T>) {
    const double wide = field;
    std::uint64_t bits;
    std::memcpy(&bits, &wide, sizeof bits);
    return mix(h, bits);
  } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    return mix(h, static_cast<std::uint64_t>(field));
  } else if constexpr (reflect::Reflected<T>) {
    reflect::with_fields(field, [&](const auto&... f) { ((h = hash_field(h, f)), ...); });
    return h;
  } else {  // a container
    h = mix(h, field.size());
    for (const auto& f : field) h = hash_field(h, f);
    return h;
  }
}

template <class T> bool equal_field(const T& a, const T& b) {
  if constexpr (std::is_floating_point_v<T>)
    return std::memcmp(&a, &b, sizeof a) == 0;  // bits: NaN equals itself, -0 is not 0
  else if constexpr (std::is_class_v<T> && !std::is_same_v<T, Shape> && reflect::Reflected<T>)
    return reflect::with_fields(a, [&](const auto&... fa) {
      return reflect::with_fields(b,
                                  [&](const auto&... fb) { return (equal_field(fa, fb) && ...); });
    });
  else
    return a == b;
}

std::string print_field(const Shape& v);
std::string print_field(DType v);
std::string print_field(double v);
std::string print_field(std::int64_t v);
std::string print_field(bool v);
std::string print_field(const std::string& v);
template <class T> std::string print_any(const T& v) {
  if constexpr (std::is_same_v<T, Shape> || std::is_same_v<T, DType> || std::is_same_v<T, bool>)
    return print_field(v);
  else if constexpr (std::is_floating_point_v<T>)
    return print_field(static_cast<double>(v));
  else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>)
    return print_field(static_cast<std::int64_t>(v));
  else if constexpr (std::is_convertible_v<const T&, std::string_view>)
    return '"' + std::string(v) + '"';
  else if constexpr (requires { v.begin(); }) {
    std::string text = "[";
    for (const auto& x : v) text += (text.size() > 1 ? ", " : "") + print_any(x);
    return text + "]";
  } else {
    std::string text;
    reflect::for_each_field(v, [&](std::string_view field, const auto& x) {
      if (!text.empty()) text += ", ";
      text += std::string(field) + "=" + print_any(x);
    });
    return text;
  }
}

template <class Op> constexpr OpDef make_op_def() {
  OpDef d;
  d.name = Rules<Op>::name;
  d.tag = &op_tag<Op>;
  d.seed = hash_text(d.name);
  if constexpr (requires { Rules<Op>::view; }) d.view = Rules<Op>::view;
  if constexpr (requires { Rules<Op>::gradient; }) d.gradient = Rules<Op>::gradient;
  if constexpr (requires { Rules<Op>::late; }) d.late = Rules<Op>::late;
  d.equal = [](const void* a, const void* b) {
    return equal_field(*static_cast<const Op*>(a), *static_cast<const Op*>(b));
  };
  d.size = sizeof(Op);
  d.copy = [](void* to, const void* from) { new (to) Op(*static_cast<const Op*>(from)); };
  d.clone = [](const void* a) -> void* { return new Op(*static_cast<const Op*>(a)); };
  d.free = [](void* a) { delete static_cast<Op*>(a); };
  if constexpr (!std::is_trivially_destructible_v<Op>)
    d.destroy = [](void* a) { static_cast<Op*>(a)->~Op(); };
  if constexpr (requires(const Op& a) { Rules<Op>::title(a); })
    d.title = [](const void* a) { return Rules<Op>::title(*static_cast<const Op*>(a)); };
  d.print = [](const void* a) { return print_any(*static_cast<const Op*>(a)); };
  d.infer = [](const void* a, Inputs in) -> Specs {
    return Rules<Op>::infer(*static_cast<const Op*>(a), in);
  };
  if constexpr (requires(const Op& a, Inputs in) { Rules<Op>::lower(a, in); })
    d.lower = [](const void* a, Inputs in) -> Tensors {
      return Rules<Op>::lower(*static_cast<const Op*>(a), in);
    };
  if constexpr (requires(const Op& a, const Vjp& v) { Rules<Op>::vjp(a, v); })
    d.vjp = [](const void* a, const Vjp& v) -> Tensors {
      return Rules<Op>::vjp(*static_cast<const Op*>(a), v);
    };
  if constexpr (requires(const Op& a, const HostCall& c) { Rules<Op>::run(a, c); }) {
    d.run = [](const void* a, const HostCall& c) { Rules<Op>::run(*static_cast<const Op*>(a), c); };
    d.late = true;
  }
  return d;
}
/// Where an operation's table entry lives; the file that has its Rules defines it:
///   template <> constinit const OpDef OpEntry<op::Matmul>::def = make_op_def<op::Matmul>();
template <class Op> struct OpEntry { static const OpDef def; };
template <class Op> inline constexpr const OpDef& op_def = OpEntry<Op>::def;

// ---- applying an operation
// --------------------------------------------------------------------------

/// A node of the same operation and attributes on other inputs, one reference to each output.
Node* copy_node(const Node& node, Inputs inputs);

/// Finishes a node whose attributes and inputs are set: outputs, pending list, flush, eager mode.
void finish_node(Node* node, const Specs& specs);

/// Runs `infer`, adding module path and line to the errors it throws.
Specs infer_located(const OpDef& def, const void* attributes, Inputs inputs,
                    const std::source_location& where);

/// The one place that makes nodes of operations; takes over the handles of the inputs. `infer` has
/// the shape rule; its errors get the user's line and the module's path here.
template <class Op>
Node* apply_node(const Op& attributes, std::span<Tensor> inputs,
                 const std::source_location& where) {
  const OpDef& def = op_def<Op>;
  const Specs specs = infer_located(def, &attributes, inputs, where);
  std::array<Value*, 16> few;
  std::vector<Value*> many;
  Value** values = few.data();
  if (inputs.size() > few.size()) {
    many.resize(inputs.size());
    values = many.data();
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) values[i] = inputs[i].give();
  Node* node =
      new_node(def, values, static_cast<int>(inputs.size()), specs.size(), sizeof(Op), where);
  new (node->attributes) Op(attributes);
  node->hash = hash_field(def.seed, attributes);
  finish_node(node, specs);
  return node;
}

inline Tensors adopt_outputs(Node* node) {
  Tensors results;
  results.reserve(node->output_count);
  for (int i = 0; i < node->output_count; ++i) results.push_back(Tensor::adopt(&node->output(i)));
  return results;
}

/// The first output; the others live on only if the graph reads them.
inline Tensor adopt_first(Node* node) {
  for (int i = 1; i < node->output_count; ++i) Tensor::adopt(&node->output(i));
  return Tensor::adopt(&node->output(0));
}

/// Applies an operation and gives its first output: apply(op::Matmul{}, {a, b}, where).
template <class Op, std::size_t n>
Tensor apply(const Op& attributes, Tensor (&&inputs)[n], const std::source_location& where) {
  return adopt_first(apply_node(attributes, std::span<Tensor>(inputs, n), where));
}
/// The same of a list whose length is known only when it runs, or of nothing.
template <class Op>
Tensor apply(const Op& attributes, Tensors inputs, const std::source_location& where) {
  return adopt_first(apply_node(attributes, std::span<Tensor>(inputs), where));
}
/// Applies an operation and gives all its outputs.
template <class Op, std::size_t n>
Tensors apply_all(const Op& attributes, Tensor (&&inputs)[n], const std::source_location& where) {
  return adopt_outputs(apply_node(attributes, std::span<Tensor>(inputs, n), where));
}
template <class Op>
Tensors apply_all(const Op& attributes, Tensors inputs, const std::source_location& where) {
  return adopt_outputs(apply_node(attributes, std::span<Tensor>(inputs), where));
}

/// A node's operation as users call it.
const char* name_of(const Node& node);

/// "f32 (32, 784)", as errors name a tensor.
std::string describe(const Tensor& tensor);

/// Axis in [0, rank), counted from the end if negative. Errors: IndexError.
int normalize_axis(std::string_view operation, int axis, int rank,
                   const std::source_location& where, const char* name = "axis");

}  // namespace fathom::graph
