#include "fathom/ops/elementwise.h"

#include <array>

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/function_table.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/special.h"

namespace fathom {

using namespace ops::rules;

namespace {

// What a function's gradient formula sees.
struct Gradient {
  const Tensor& dy;
  const Tensor& y;
  const Tensor& x;
  const Tensor& a;
  const Tensor& b;
};

template <class F> Tensors gradient_of(const Vjp& v) {
  Tensors result(F::arity);
  if constexpr (F::arity == 1) {
    const Gradient g{v.cotangent(), v.output(), v.inputs[0], v.inputs[0], v.inputs[0]};
    if constexpr (requires { F::vjp_x(g); }) result[0] = F::vjp_x(g);
  } else {
    const Gradient g{v.cotangent(), v.output(), v.inputs[0], v.inputs[0], v.inputs[1]};
    if constexpr (requires { F::vjp_a(g); })
      if (v.wants(0)) result[0] = F::vjp_a(g);
    if constexpr (requires { F::lacks_a; })
      if (v.wants(0))
        throw UnsupportedError({.operation = F::name,
                                .problem = "it has no gradient by its first operand",
                                .hint = "stop_gradient() around that operand"});
    if constexpr (requires { F::vjp_b(g); })
      if (v.wants(1)) result[1] = F::vjp_b(g);
  }
  return result;
}

template <class... F> constexpr auto make_gradients(fn::List<F...>) {
  return std::array<Tensors (*)(const Vjp&), sizeof...(F)>{gradient_of<F>...};
}
constexpr auto gradient_rules = make_gradients(fn::Functions{});

Shape broadcast_inputs(std::string_view operation, Inputs in,
                       std::initializer_list<const char*> names = {"a", "b"}) {
  Shape shape = in[0].shape();
  for (std::size_t i = 1; i < in.size(); ++i) {
    const Shape before = shape;
    if (broadcast(before, in[i].shape(), shape)) continue;
    ErrorInfo info{.operation = std::string(operation),
                   .problem = "shapes do not broadcast",
                   .expected = "equal extents, or 1, on each axis counted from the last"};
    for (std::size_t k = 0; k < in.size(); ++k)
      info.received.emplace_back(names.begin()[k], graph::describe(in[k]));
    throw ShapeError(std::move(info));
  }
  return shape;
}

}  // namespace

namespace graph {

template <> struct Rules<op::Elementwise> {
  static constexpr std::string_view name = "elementwise";
  static std::string_view title(const op::Elementwise& a) {
    return ops::function_info(a.function).name;
  }
  static Specs infer(const op::Elementwise& a, Inputs in) {
    const ops::FunctionInfo& f = ops::function_info(a.function);
    const DType operand = in[is_half(in.back().dtype()) ? in.size() - 1 : 0].dtype();
    return Spec{f.result == fn::Result::truth ? DType::boolean : operand,
                in.size() == 1 ? in[0].shape() : broadcast_inputs(f.name, in)};
  }
  static Tensors vjp(const op::Elementwise& a, const Vjp& v) {
    return gradient_rules[a.function](v);
  }
};

template <> struct Rules<op::Cast> {
  static constexpr std::string_view name = "cast";
  static Specs infer(const op::Cast& a, Inputs in) { return Spec{a.dtype, in[0].shape()}; }
  static Tensors vjp(const op::Cast&, const Vjp& v) {
    return {cast(v.cotangent(), v.inputs[0].dtype())};
  }
};

template <> struct Rules<op::Where> {
  static constexpr std::string_view name = "where";
  static Specs infer(const op::Where&, Inputs in) {
    if (in[0].dtype() != DType::boolean)
      throw DTypeError({.operation = "where",
                        .problem = "the condition is not bool",
                        .received = {{"condition", describe(in[0])}},
                        .hint = "compare it: where(x != 0, a, b)"});
    return Spec{in[1].dtype(), broadcast_inputs(name, in, {"condition", "a", "b"})};
  }
  static Tensors vjp(const op::Where&, const Vjp& v) {
    return {{},
            v.wants(1) ? where(v.inputs[0], v.cotangent(), 0) : Tensor(),
            v.wants(2) ? where(v.inputs[0], 0, v.cotangent()) : Tensor()};
  }
};

template <> struct Rules<op::StopGradient> {
  static constexpr std::string_view name = "stop_gradient";
  static Specs infer(const op::StopGradient&, Inputs in) {
    return Spec{in[0].dtype(), in[0].shape()};
  }
  static Tensors lower(const op::StopGradient&, Inputs in) { return {in[0]}; }
  static Tensors vjp(const op::StopGradient&, const Vjp&) { return {Tensor()}; }
};

template <> struct Rules<op::Divisor> {
  static constexpr std::string_view name = "divisor";
  static constexpr bool late = true;
  static Specs infer(const op::Divisor&, Inputs in) { return Spec{in[0].dtype(), in[0].shape()}; }
};

template <> constinit const OpDef OpEntry<op::Elementwise>::def = make_op_def<op::Elementwise>();
template <> constinit const OpDef OpEntry<op::Cast>::def = make_op_def<op::Cast>();
template <> constinit const OpDef OpEntry<op::Where>::def = make_op_def<op::Where>();
template <> constinit const OpDef OpEntry<op::StopGradient>::def = make_op_def<op::StopGradient>();
template <> constinit const OpDef OpEntry<op::Divisor>::def = make_op_def<op::Divisor>();

}  // namespace graph

namespace ops {

namespace {

/// The type that operands of a common type are computed in.
DType operand_dtype(const FunctionInfo& f, DType common, const std::source_location& where) {
  if (f.domain == fn::Domain::floating) return floating(common);
  const bool whole = f.domain == fn::Domain::integer || f.domain == fn::Domain::bits;
  if (whole && is_floating(common))
    fail<DTypeError>({.operation = std::string(f.name),
                      .problem = "it works on integers",
                      .received = {{"operands", std::string(name(common))}},
                      .hint = "cast them to an integer type first"},
                     where);
  const bool counts = f.domain == fn::Domain::numeric || f.domain == fn::Domain::integer;
  return counts && common == DType::boolean ? DType::i64 : common;
}

/// A function of bools as PyTorch has it: their sum is `or`, a difference means nothing.
/// Errors: DTypeError for what has no meaning.
int function_of(int function, DType common, const std::source_location& where) {
  const FunctionInfo& f = function_info(function);
  if (common != DType::boolean || f.of_bools == counts_bools) return function;
  if (f.of_bools == refuses_bools)
    fail<DTypeError>({.operation = std::string(f.name),
                      .problem = "bools have no minus",
                      .hint = "logical_not and logical_xor are their negation and difference; to "
                              "count, cast them to i64"},
                     where);
  return f.of_bools;
}

/// A number beside a half stays f32, as it does in PyTorch, unless it is compared.
Tensor operand(const FunctionInfo& f, const Operand& x, DType dtype) {
  const bool exact = !x.is_tensor() && f.result == fn::Result::same;
  return as_tensor(x, exact ? widened(dtype) : dtype);
}

}  // namespace

Tensor elementwise(int function, const Operand& x) {
  const FunctionInfo& f = function_info(function);
  const DType common = common_dtype({&x}, f.name.data());
  function_of(function, common, x.where());
  const Tensor t = as_tensor(x, operand_dtype(f, common, x.where()));
  return graph::apply(op::Elementwise{function}, {t}, x.where());
}

Tensor elementwise(int function, const Operand& a, const Operand& b) {
  const char* name = function_info(function).name.data();
  const DType common = common_dtype({&a, &b}, name);
  const int chosen = function_of(function, common, a.where());
  if (chosen != function) {
    const graph::CallScope call(name, a.where());
    return elementwise(chosen, a, b);
  }
  const FunctionInfo& f = function_info(function);
  const DType dtype = operand_dtype(f, common, a.where());
  return graph::apply(op::Elementwise{function}, {operand(f, a, dtype), operand(f, b, dtype)},
                      a.where());
}

}  // namespace ops

Tensor where(const Operand& condition, const Operand& a, const Operand& b) {
  const DType dtype = ops::common_dtype({&a, &b}, "where");
  return graph::apply(
      op::Where{},
      {ops::as_tensor(condition, "where"), ops::as_tensor(a, dtype), ops::as_tensor(b, dtype)},
      condition.where());
}

Tensor cast(const Operand& x, DType dtype) {
  const Tensor t = ops::as_tensor(x, "cast");
  if (t.dtype() == dtype) return t;
  return graph::apply(op::Cast{dtype}, {t}, x.where());
}

Tensor stop_gradient(const Operand& x) {
  return graph::apply(op::StopGradient{}, {ops::as_tensor(x, "stop_gradient")}, x.where());
}

}  // namespace fathom
