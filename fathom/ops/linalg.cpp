#include "fathom/ops/linalg.h"

#include "fathom/graph/context.h"
#include "fathom/graph/op.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/matrix_parts.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom {

using namespace ops::rules;

namespace {

Tensor product(const Tensor& a, const Tensor& b, bool transpose_a, bool transpose_b) {
  return graph::apply(op::Matmul{transpose_a, transpose_b}, {a, b}, {});
}

void require_same_floating(const char* operation, const Tensor& a, const Tensor& b) {
  if (is_floating(a.dtype()) && a.dtype() == b.dtype()) return;
  throw DTypeError({.operation = operation,
                    .problem = "needs two operands of one floating-point type",
                    .received = {{"a", describe(a)}, {"b", describe(b)}},
                    .hint = "cast one of them"});
}

Spec product_spec(const Tensor& a, const Tensor& b, bool transpose_a, bool transpose_b) {
  const Shape& sa = a.shape();
  const Shape& sb = b.shape();
  const std::int64_t m = sa[sa.rank() - (transpose_a ? 1 : 2)];
  const std::int64_t k = sa[sa.rank() - (transpose_a ? 2 : 1)];
  const std::int64_t kb = sb[sb.rank() - (transpose_b ? 1 : 2)];
  const std::int64_t n = sb[sb.rank() - (transpose_b ? 2 : 1)];
  if (k != kb)
    throw ShapeError({.operation = "matmul",
                      .problem = "inner dimensions differ",
                      .received = {{"a", describe(a)}, {"b", describe(b)}},
                      .expected = "a.shape[-1] == b.shape[-2], got " + std::to_string(k) + " and " +
                                  std::to_string(kb),
                      .hint = k == n ? "if b is stored (out, in), pass transpose(b)" : ""});
  const Shape batch_a(std::span(sa.begin(), sa.end() - 2));
  const Shape batch_b(std::span(sb.begin(), sb.end() - 2));
  Shape out;
  if (!broadcast(batch_a, batch_b, out))
    throw ShapeError({.operation = "matmul",
                      .problem = "the leading axes do not broadcast",
                      .received = {{"a", describe(a)}, {"b", describe(b)}}});
  out.push_back(m);
  out.push_back(n);
  return Spec{a.dtype(), out};
}

/// One row of a product of integers; both operands have the result's batch.
template <class T>
void multiply_row(const graph::HostCall& c, std::int64_t row, std::int64_t n, std::int64_t k) {
  const Shape& shape = c.out_spec().shape;
  const T* a = c.in<T>(0) + row * k;
  const T* b = c.in<T>(1) + row / shape[shape.rank() - 2] * k * n;
  T* y = c.out<T>() + row * n;
  for (std::int64_t j = 0; j < n; ++j) {
    std::uint64_t total = 0;  // unsigned numbers wrap around
    for (std::int64_t l = 0; l < k; ++l)
      total += static_cast<std::uint64_t>(a[l]) * static_cast<std::uint64_t>(b[l * n + j]);
    y[j] = static_cast<T>(total);
  }
}

}  // namespace

namespace graph {

template <> struct Rules<op::Matmul> {
  static constexpr std::string_view name = "matmul";
  static Specs infer(const op::Matmul& t, Inputs in) {
    const Tensor& a = in[0];
    const Tensor& b = in[1];
    require_same_floating("matmul", a, b);
    return product_spec(a, b, t.transpose_a, t.transpose_b);
  }
  static Tensors vjp(const op::Matmul& t, const Vjp& v) {
    const Tensor& a = v.inputs[0];
    const Tensor& b = v.inputs[1];
    const Tensor& dy = v.cotangent();
    Tensors g(2);
    if (v.wants(0))
      g[0] = t.transpose_a ? product(b, dy, t.transpose_b, true)
                           : product(dy, b, false, !t.transpose_b);
    if (v.wants(1))
      g[1] = t.transpose_b ? product(dy, a, true, t.transpose_a)
                           : product(a, dy, !t.transpose_a, false);
    return g;
  }
};

template <> struct Rules<op::IntegerMatmul> {
  static constexpr std::string_view name = "matmul";
  static Specs infer(const op::IntegerMatmul&, Inputs in) {
    return product_spec(in[0], in[1], false, false);
  }
  static void run(const op::IntegerMatmul&, const HostCall& c) {
    const std::int64_t n = c.out_spec().shape.back();
    const std::int64_t k = c.in_spec(0).shape.back();
    c.parallel(n == 0 ? 0 : c.out_spec().shape.size() / n, [&](std::int64_t row) {
      switch (c.out_spec().dtype) {
        case DType::i64:
          return multiply_row<std::int64_t>(c, row, n, k);
        case DType::i32:
          return multiply_row<std::int32_t>(c, row, n, k);
        case DType::i8:
          return multiply_row<std::int8_t>(c, row, n, k);
        default:
          return multiply_row<std::uint8_t>(c, row, n, k);
      }
    });
  }
};

template <> struct Rules<op::Linear> {
  static constexpr std::string_view name = "linear";
  static Specs infer(const op::Linear&, Inputs in) {
    const Tensor& x = in[0];
    const Tensor& w = in[1];
    require_same_floating("linear", x, w);
    if (w.rank() != 2 || x.shape()[1] != w.shape()[1])
      throw ShapeError(
          {.operation = "linear",
           .problem = "the features of x do not fit the weight",
           .received = {{"x", describe(x)}, {"weight", describe(w)}},
           .expected = "x.shape[-1] == weight.shape[1], got " + std::to_string(x.shape()[1]) +
                       " and " + std::to_string(w.rank() == 2 ? w.shape()[1] : w.rank()),
           .hint = w.rank() == 2 && x.shape()[1] == w.shape()[0] ? "the weight is stored (out, in)"
                                                                 : ""});
    if (in.size() > 2 && !(in[2].shape() == Shape{w.shape()[0]} && in[2].dtype() == w.dtype()))
      throw ShapeError({.operation = "linear",
                        .problem = "the bias does not fit the weight",
                        .received = {{"weight", describe(w)}, {"bias", describe(in[2])}}});
    return Spec{x.dtype(), Shape{x.shape()[0], w.shape()[0]}};
  }
  static Tensors lower(const op::Linear&, Inputs in) {
    const Tensor y = product(in[0], in[1], false, true);
    return {in.size() > 2 ? y + in[2] : y};
  }
  static Tensors vjp(const op::Linear&, const Vjp& v) {
    const Tensor& dy = v.cotangent();
    Tensors g(v.inputs.size());
    if (v.wants(0)) g[0] = product(dy, v.inputs[1], false, false);
    if (v.wants(1)) g[1] = product(dy, v.inputs[0], true, false);
    if (v.inputs.size() > 2 && v.wants(2)) g[2] = sum(dy, 0);
    return g;
  }
};

template <> constinit const OpDef OpEntry<op::Matmul>::def = make_op_def<op::Matmul>();
template <>
constinit const OpDef OpEntry<op::IntegerMatmul>::def = make_op_def<op::IntegerMatmul>();
template <> constinit const OpDef OpEntry<op::Linear>::def = make_op_def<op::Linear>();

}  // namespace graph

Tensor matmul(const Operand& a_operand, const Operand& b_operand) {
  Tensor a = ops::as_tensor(a_operand, "matmul");
  Tensor b = ops::as_tensor(b_operand, "matmul");
  if (a.rank() == 0 || b.rank() == 0)
    ops::fail<ShapeError>({.operation = "matmul",
                           .problem = "an operand is a scalar",
                           .received = {{"a", describe(a)}, {"b", describe(b)}},
                           .hint = "use a * b"},
                          a_operand.where());
  const bool row = a.rank() == 1;
  const bool column = b.rank() == 1;
  if (row) a = unsqueeze(a, 0);
  if (column) b = unsqueeze(b, 1);
  Tensor y;
  if (is_integer(a.dtype()) && a.dtype() == b.dtype()) {
    ops::broadcast_batches("matmul", a, b, a_operand.where());
    y = graph::apply(op::IntegerMatmul{}, {a, b}, a_operand.where());
  } else {
    y = graph::apply(op::Matmul{}, {a, b}, a_operand.where());
  }
  if (column) y = squeeze(y, -1);
  if (row) y = squeeze(y, column ? -1 : -2);
  return y;
}

Tensor linear(const Operand& x, const Tensor& weight, const Tensor& bias) {
  const Tensor t = ops::as_tensor(x, "linear");
  if (t.rank() == 2)
    return bias.defined() ? graph::apply(op::Linear{}, {t, weight, bias}, x.where())
                          : graph::apply(op::Linear{}, {t, weight}, x.where());
  if (t.rank() == 0 || weight.rank() != 2)
    ops::fail<ShapeError>({.operation = "linear",
                           .problem = "wrong rank",
                           .received = {{"x", describe(t)}, {"weight", describe(weight)}},
                           .expected = "x (..., in) and weight (out, in)"},
                          x.where());
  const std::int64_t features = t.shape().back();
  const Tensor rows = reshape(t, Shape{t.shape().without(t.rank() - 1).size(), features});
  const Tensor y = bias.defined() ? graph::apply(op::Linear{}, {rows, weight, bias}, x.where())
                                  : graph::apply(op::Linear{}, {rows, weight}, x.where());
  return reshape(y, t.shape().with(t.rank() - 1, weight.shape()[0]));
}

Tensor bilinear(const Operand& a, const Operand& b, const Tensor& weight, const Tensor& bias) {
  const graph::CallScope call("bilinear", a.where());
  const std::source_location at = a.where();
  const DType dtype = ops::common_dtype({&a, &b});
  const Tensor x = ops::as_tensor(a, dtype);
  const Tensor y = ops::as_tensor(b, dtype);
  const bool fits = weight.rank() == 3 && x.rank() > 0 && x.rank() == y.rank() &&
                    x.shape().without(x.rank() - 1) == y.shape().without(y.rank() - 1) &&
                    x.shape().back() == weight.shape()[1] && y.shape().back() == weight.shape()[2];
  if (!fits)
    ops::fail<ShapeError>(
        {.operation = "bilinear",
         .problem = "operands do not fit",
         .received = {{"a", describe(x)}, {"b", describe(y)}, {"weight", describe(weight)}},
         .expected = "a (..., m), b (..., n), weight (out, m, n)"},
        at);
  const std::int64_t out = weight.shape()[0], m = weight.shape()[1], n = weight.shape()[2];
  const std::int64_t rows = x.shape().without(x.rank() - 1).size();
  // (rows, m) by (m, out n), then each row's (out, n) by its b.
  const Tensor by_column = reshape(permute(weight, {1, 0, 2}), Shape{m, out * n});
  const Tensor left = reshape(matmul(reshape(x, Shape{rows, m}), by_column), Shape{rows, out, n});
  const Tensor product = squeeze(matmul(left, reshape(y, Shape{rows, n, 1})), -1);
  return reshape(bias.defined() ? product + bias : product, x.shape().with(x.rank() - 1, out));
}

}  // namespace fathom
