#include "fathom/ops/solve.h"

#include <algorithm>
#include <limits>

#include "fathom/math/matrices.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/diagonal.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/join.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/matrix_parts.h"
#include "fathom/ops/rearrange.h"
#include "fathom/ops/reduce.h"

namespace fathom {

using namespace ops;
using graph::HostCall;

namespace {

Tensor triangular(const Tensor& a, const Tensor& b, const op::SolveTriangular& t) {
  return graph::apply(t, {a, b}, {});
}
Tensor solved(const Tensor& a, const Tensor& b) { return graph::apply(op::Solve{}, {a, b}, {}); }

double precision(const Tensor& x) {
  return x.dtype() == DType::f32 ? std::numeric_limits<float>::epsilon()
                                 : std::numeric_limits<double>::epsilon();
}
double relative_tolerance(std::optional<double> given, const Tensor& x) {
  return given.value_or(static_cast<double>(std::max(rows_of(x), columns_of(x))) * precision(x));
}
/// Sizes of singular values of which the largest counts: 0 where there are none.
Tensor largest(const Tensor& s) {
  return s.shape().back() == 0 ? sum(s, -1, true) : max(s, -1, true);
}

}  // namespace

namespace graph {

template <> struct Rules<op::Solve> {
  static constexpr std::string_view name = "linalg.solve";
  static Specs infer(const op::Solve&, Inputs in) { return Spec{in[1].dtype(), in[1].shape()}; }
  static void run(const op::Solve&, const HostCall& c) {
    const std::int64_t n = c.in_spec(0).shape.back(), k = c.in_spec(1).shape.back();
    for_each_matrix(c, batch_of(c), [&]<class T>(T, std::int64_t i) {
      const std::int64_t pivot =
          math::solve(n, k, c.in<T>(0) + i * n * n, c.in<T>(1) + i * n * k, c.out<T>() + i * n * k);
      if (pivot >= 0)
        fail_matrix("linalg.solve", c, i,
                    "the matrix is singular: pivot " + std::to_string(pivot) + " is 0",
                    "use pinv or lstsq");
    });
  }
  static Tensors vjp(const op::Solve&, const Vjp& v) {
    const Tensor gb = solved(transpose(v.inputs[0]), v.cotangent());
    return {-matmul(gb, transpose(v.output())), gb};
  }
};

template <> struct Rules<op::SolveTriangular> {
  static constexpr std::string_view name = "linalg.solve_triangular";
  static Specs infer(const op::SolveTriangular&, Inputs in) {
    return Spec{in[1].dtype(), in[1].shape()};
  }
  static void run(const op::SolveTriangular& t, const HostCall& c) {
    const std::int64_t n = c.in_spec(0).shape.back(), k = c.in_spec(1).shape.back();
    for_each_matrix(c, batch_of(c), [&]<class T>(T, std::int64_t i) {
      math::solve_triangular(n, k, {t.upper, t.transposed, t.unit}, c.in<T>(0) + i * n * n,
                             c.in<T>(1) + i * n * k, c.out<T>() + i * n * k);
    });
  }
  static Tensors vjp(const op::SolveTriangular& t, const Vjp& v) {
    const Tensor gb = triangular(v.inputs[0], v.cotangent(), {t.upper, !t.transposed, t.unit});
    const Tensor& x = v.output();
    const Tensor ga = t.transposed ? -matmul(x, transpose(gb)) : -matmul(gb, transpose(x));
    const std::int64_t skipped = t.unit ? 1 : 0;
    return {t.upper ? triu(ga, skipped) : tril(ga, -skipped), gb};
  }
};

template <> struct Rules<op::Pinv> {
  static constexpr std::string_view name = "linalg.pinv";
  static Specs infer(const op::Pinv&, Inputs in) {
    return Spec{in[0].dtype(), with_matrix(in[0], {columns_of(in[0]), rows_of(in[0])})};
  }
  static Tensors lower(const op::Pinv& a, Inputs in) {
    const auto inverted = [&](const Tensor& s) {
      const Tensor magnitude = abs(s);
      const Tensor kept = magnitude > largest(magnitude) * a.rtol;
      return unsqueeze(where(kept, 1 / where(kept, s, 1), 0), -2);
    };
    if (a.hermitian) {
      const Tensors f = apply_all(op::Eigh{true}, {in[0]}, {});
      return {matmul(f[1] * inverted(f[0]), transpose(f[1]))};
    }
    const Tensors f = apply_all(op::Svd{false, true}, {in[0]}, {});
    return {matmul(transpose(f[2]) * inverted(f[1]), transpose(f[0]))};
  }
  static Tensors vjp(const op::Pinv&, const Vjp& v) {
    const Tensor& x = v.inputs[0];
    const Tensor& p = v.output();
    const Tensor gt = transpose(v.cotangent());
    const Tensor pt = transpose(p);
    const Tensor k = matmul(gt, p);
    const Tensor k_pt = matmul(k, pt);
    return {k_pt - transpose(matmul(p, k)) - matmul(matmul(x, p), k_pt) +
            matmul(matmul(pt, p), gt - matmul(k, x))};
  }
};

template <> struct Rules<op::MatrixExp> {
  static constexpr std::string_view name = "linalg.matrix_exp";
  static Specs infer(const op::MatrixExp&, Inputs in) { return Spec{in[0].dtype(), in[0].shape()}; }
  static void run(const op::MatrixExp&, const HostCall& c) {
    const std::int64_t n = c.in_spec(0).shape.back();
    for_each_matrix(c, batch_of(c), [&]<class T>(T, std::int64_t i) {
      math::exponential(n, c.in<T>(0) + i * n * n, c.out<T>() + i * n * n);
    });
  }
  static Tensors vjp(const op::MatrixExp&, const Vjp& v) {
    // exp of ((x^T, g), (0, x^T)) has the gradient as its upper right block.
    const Tensor xt = transpose(v.inputs[0]);
    const std::int64_t n = columns_of(xt);
    const Tensor block =
        concat({concat({xt, v.cotangent()}, -1), concat({zeros_like(xt), xt}, -1)}, -2);
    const Tensor y = apply(op::MatrixExp{}, {block}, {});
    return {slice(slice(y, -2, 0, n), -1, n, 2 * n)};
  }
};

template <> constinit const OpDef OpEntry<op::Solve>::def = make_op_def<op::Solve>();
template <>
constinit const OpDef OpEntry<op::SolveTriangular>::def = make_op_def<op::SolveTriangular>();
template <> constinit const OpDef OpEntry<op::Pinv>::def = make_op_def<op::Pinv>();
template <> constinit const OpDef OpEntry<op::MatrixExp>::def = make_op_def<op::MatrixExp>();

}  // namespace graph

namespace linalg {
namespace {

/// Both as matrices of one batch, b with as many rows as a.
void system(const char* operation, Tensor& a, Tensor& b, const std::source_location& where) {
  if (b.rank() < 2 || rows_of(b) != rows_of(a))
    fail<ShapeError>({.operation = operation,
                      .problem = "b does not fit a",
                      .received = {{"a", graph::describe(a)}, {"b", graph::describe(b)}},
                      .expected = "as many rows in b as in a"},
                     where);
  broadcast_batches(operation, a, b, where);
}

}  // namespace

Tensor solve(const Operand& a_operand, const Operand& b_operand, bool left) {
  const graph::CallScope call("linalg.solve", a_operand.where());
  Tensor a = matrices("linalg.solve", a_operand, true);
  Tensor b = as_tensor(b_operand);
  // As PyTorch: b holds vectors if its shape is a's without the last axis.
  const bool vector =
      b.rank() == 1 || (b.rank() + 1 == a.rank() && b.shape() == a.shape().without(a.rank() - 1));
  if (vector) b = unsqueeze(b, left ? -1 : -2);
  if (!left && !vector) return transpose(solve(transpose(a), transpose(b)));
  if (!left) {
    a = transpose(a);
    b = transpose(b);
  }
  system("linalg.solve", a, b, a_operand.where());
  const Tensor x = graph::apply(op::Solve{}, {a, b}, a_operand.where());
  return vector ? squeeze(x, -1) : x;
}

Tensor solve_triangular(const Operand& a_operand, const Operand& b_operand,
                        const TriangularOptions& o) {
  const graph::CallScope call("linalg.solve_triangular", a_operand.where());
  Tensor a = matrices("linalg.solve_triangular", a_operand, true);
  Tensor b = matrices("linalg.solve_triangular", b_operand);
  if (!o.left) b = transpose(b);
  system("linalg.solve_triangular", a, b, a_operand.where());
  const Tensor x = graph::apply(op::SolveTriangular{o.upper, !o.left, o.unitriangular}, {a, b},
                                a_operand.where());
  return o.left ? x : transpose(x);
}

Tensor lu_solve(const LuFactorResult& f, const Operand& b_operand) {
  const graph::CallScope call("linalg.lu_solve", b_operand.where());
  Tensor a = f.lu;
  Tensor b = matrices("linalg.lu_solve", b_operand);
  system("linalg.lu_solve", a, b, b_operand.where());
  const Tensor order = expand(unsqueeze(f.rows, -1), b.shape());
  const Tensor y =
      solve_triangular(a, take_along(b, order, -2), {.upper = false, .unitriangular = true});
  return solve_triangular(a, y, {.upper = true});
}

Tensor cholesky_solve(const Operand& b, const Operand& factor, bool upper) {
  const graph::CallScope call("linalg.cholesky_solve", b.where());
  const Tensor f = matrices("cholesky_solve", factor, true);
  const Tensor l = upper ? transpose(f) : f;
  const Tensor y = solve_triangular(l, b, {.upper = false});
  return solve_triangular(transpose(l), y, {.upper = true});
}

Tensor cholesky_inverse(const Operand& factor, bool upper) {
  const graph::CallScope call("linalg.cholesky_inverse", factor.where());
  const Tensor f = matrices("cholesky_inverse", factor, true);
  return cholesky_solve(identity_like(f, columns_of(f)), f, upper);
}

Tensor inv(const Operand& x) {
  const graph::CallScope call("linalg.inv", x.where());
  const Tensor t = matrices("linalg.inv", x, true);
  return graph::apply(op::Solve{}, {t, identity_like(t, columns_of(t))}, x.where());
}

LstsqResult lstsq(const Operand& a_operand, const Operand& b_operand, std::optional<double> rcond) {
  const graph::CallScope call("linalg.lstsq", a_operand.where());
  Tensor a = matrices("linalg.lstsq", a_operand);
  Tensor b = matrices("linalg.lstsq", b_operand);
  system("linalg.lstsq", a, b, a_operand.where());
  const Tensor x = matmul(pinv(a, rcond), b);
  const Tensor residuals =
      rows_of(a) > columns_of(a) ? sum(square(matmul(a, x) - b), -2) : zeros({0}, a.dtype());
  return {x, residuals, matrix_rank(a, rcond), svdvals(a)};
}

Tensor pinv(const Operand& x, std::optional<double> rtol, bool hermitian) {
  const graph::CallScope call("linalg.pinv", x.where());
  const Tensor t = matrices("linalg.pinv", x, hermitian);
  return graph::apply(op::Pinv{relative_tolerance(rtol, t), hermitian}, {t}, x.where());
}

Tensor tensorsolve(const Operand& a_operand, const Operand& b_operand,
                   const std::vector<int>& axes) {
  const graph::CallScope call("linalg.tensorsolve", a_operand.where());
  Tensor a = as_tensor(a_operand);
  const Tensor b = as_tensor(b_operand);
  if (!axes.empty()) {
    std::vector<int> last;
    for (std::size_t i = 0; i < axes.size(); ++i)
      last.push_back(static_cast<int>(i) - static_cast<int>(axes.size()));
    a = movedim(a, axes, last);
  }
  Shape solution;
  for (int i = b.rank(); i < a.rank(); ++i) solution.push_back(a.shape()[i]);
  if (a.rank() < b.rank() || solution.size() != b.size() || a.size() != b.size() * b.size())
    fail<ShapeError>({.operation = "linalg.tensorsolve",
                      .problem = "a is no square matrix over b's elements",
                      .received = {{"a", graph::describe(a)}, {"b", graph::describe(b)}},
                      .expected = "a of b's shape and then as many elements again"},
                     a_operand.where());
  const Tensor square = reshape(a, Shape{b.size(), b.size()});
  return reshape(solve(Operand(square, a_operand.where()), ravel(b)), solution);
}

Tensor tensorinv(const Operand& x, int axes) {
  const graph::CallScope call("linalg.tensorinv", x.where());
  const Tensor t = as_tensor(x);
  if (axes < 1)
    fail<ValueError>({.operation = "linalg.tensorinv",
                      .problem = "axes is " + std::to_string(axes),
                      .expected = "a positive number"},
                     x.where());
  Shape rows, columns;
  for (int i = 0; i < t.rank(); ++i) (i < axes ? rows : columns).push_back(t.shape()[i]);
  if (axes > t.rank() || rows.size() != columns.size())
    fail<ShapeError>({.operation = "linalg.tensorinv",
                      .problem = "x is no square matrix",
                      .received = {{"x", graph::describe(t)}},
                      .expected = "as many elements on the first " + std::to_string(axes) +
                                  " axes as on the others"},
                     x.where());
  Shape swapped = columns;
  for (const std::int64_t e : rows) swapped.push_back(e);
  const Tensor square = reshape(t, Shape{rows.size(), columns.size()});
  return reshape(inv(Operand(square, x.where())), swapped);
}

Tensor matrix_rank(const Operand& x, std::optional<double> rtol, double atol, bool hermitian) {
  const graph::CallScope call("linalg.matrix_rank", x.where());
  const Tensor t = matrices("linalg.matrix_rank", x, hermitian);
  const Tensor s = hermitian ? abs(eigvalsh(t)) : svdvals(t);
  // As PyTorch: an absolute tolerance alone switches the relative one off.
  const double relative = !rtol && atol > 0 ? 0 : relative_tolerance(rtol, t);
  return sum(s > maximum(largest(s) * relative, atol), -1);
}

Tensor matrix_exp(const Operand& x) {
  const graph::CallScope call("linalg.matrix_exp", x.where());
  return graph::apply(op::MatrixExp{}, {matrices("linalg.matrix_exp", x, true)}, x.where());
}

Tensor matrix_power(const Operand& x, std::int64_t n) {
  const graph::CallScope call("linalg.matrix_power", x.where());
  Tensor base = matrices("linalg.matrix_power", x, true);
  if (n == 0) return identity_like(base, columns_of(base));
  if (n < 0) base = inv(base);
  Tensor power;
  for (std::uint64_t rest = n < 0 ? -static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);;
       base = matmul(base, base)) {
    if (rest & 1) power = power.defined() ? matmul(power, base) : base;
    if ((rest >>= 1) == 0) return power;
  }
}

}  // namespace linalg
}  // namespace fathom
