#include "fathom/ops/decompositions.h"

#include <algorithm>

#include "fathom/math/matrices.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/diagonal.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/join.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/matrix_parts.h"
#include "fathom/ops/solve.h"

namespace fathom {

using namespace ops;
using graph::HostCall;
using linalg::solve_triangular;

namespace {

std::int64_t least(const Tensor& x) { return std::min(rows_of(x), columns_of(x)); }
Tensor head(const Tensor& x, int axis, std::int64_t n) { return slice(x, axis, 0, n); }
Tensor tail(const Tensor& x, int axis, std::int64_t n) { return slice(x, axis, n, x.size(axis)); }
/// Scales columns (rows) by a vector.
Tensor scale_columns(const Tensor& x, const Tensor& v) { return x * unsqueeze(v, -2); }
Tensor scale_rows(const Tensor& x, const Tensor& v) { return x * unsqueeze(v, -1); }
/// x r^-T for an upper triangular r.
Tensor times_inverse_transpose(const Tensor& x, const Tensor& r) {
  return transpose(solve_triangular(r, transpose(x), {.upper = true}));
}
constexpr const char* finite_hint = "check x with isfinite";

}  // namespace

namespace graph {

template <> struct Rules<op::Lu> {
  static constexpr std::string_view name = "linalg.lu_factor";
  static Specs infer(const op::Lu&, Inputs in) {
    const Tensor& x = in[0];
    return {Spec{x.dtype(), x.shape()}, Spec{DType::i32, with_matrix(x, {least(x)})},
            Spec{DType::i64, with_matrix(x, {rows_of(x)})}};
  }
  static void run(const op::Lu&, const HostCall& c) {
    const std::int64_t m = c.in_spec(0).shape[c.in_spec(0).shape.rank() - 2];
    const std::int64_t n = c.in_spec(0).shape.back();
    for_each_matrix(c, batch_of(c), [&]<class T>(T, std::int64_t i) {
      math::lu(m, n, c.in<T>(0) + i * m * n, c.out<T>(0) + i * m * n,
               c.out<std::int32_t>(1) + i * std::min(m, n), c.out<std::int64_t>(2) + i * m);
    });
  }
  // With x's rows permuted, x = L U; both are made of blocks, (L1; L2) and (U1 U2), of which only
  // one has a second. First the blocks that follow from the others, then the square ones.
  static Tensors vjp(const op::Lu&, const Vjp& v) {
    const Tensor& packed = v.outputs[0];
    const Tensor& g = v.cotangent();
    const std::int64_t k = least(packed);
    const Tensor square = head(head(packed, -2, k), -1, k);
    const Tensor l1 = where(on_diagonal(k), 1, tril(square));
    const Tensor u1 = triu(square);
    Tensor gl = tril(head(head(g, -2, k), -1, k), -1);
    Tensor gu = triu(head(head(g, -2, k), -1, k));
    const auto below = [&](const Tensor& x) {  // l1^-T x
      return solve_triangular(transpose(l1), x, {.upper = true, .unitriangular = true});
    };
    Tensor right, bottom;
    if (columns_of(packed) > k) {
      right = below(tail(g, -1, k));
      gl = gl - tril(matmul(right, transpose(tail(packed, -1, k))), -1);
    }
    if (rows_of(packed) > k) {
      bottom = times_inverse_transpose(tail(g, -2, k), u1);
      gu = gu - triu(matmul(transpose(tail(packed, -2, k)), bottom));
    }
    const Tensor inner = tril(matmul(transpose(l1), gl), -1) + triu(matmul(gu, transpose(u1)));
    Tensor gx = times_inverse_transpose(below(inner), u1);
    if (right.defined()) gx = concat({gx, right}, -1);
    if (bottom.defined()) gx = concat({gx, bottom}, -2);
    const Tensor order = ops::class_hits(v.outputs[2], rows_of(packed), packed.dtype());
    return {matmul(transpose(order), gx)};
  }
};

template <> struct Rules<op::Cholesky> {
  static constexpr std::string_view name = "linalg.cholesky";
  static Specs infer(const op::Cholesky&, Inputs in) { return Spec{in[0].dtype(), in[0].shape()}; }
  static void run(const op::Cholesky&, const HostCall& c) {
    const std::int64_t n = c.in_spec(0).shape.back();
    for_each_matrix(c, batch_of(c), [&]<class T>(T, std::int64_t i) {
      if (!math::cholesky(n, c.in<T>(0) + i * n * n, c.out<T>() + i * n * n))
        fail_matrix("linalg.cholesky", c, i, "the matrix is not positive definite",
                    "add a small multiple of the identity, or use eigh");
    });
  }
  static Tensors vjp(const op::Cholesky&, const Vjp& v) {
    const Tensor& l = v.output();
    const Tensor inner = matmul(transpose(l), v.cotangent());
    const Tensor half = tril(inner) - where(on_diagonal(columns_of(l)), inner * 0.5, 0);
    const auto below = [&](const Tensor& x) {
      return solve_triangular(transpose(l), x, {.upper = true});
    };
    const Tensor g = transpose(below(transpose(below(half))));
    return {(g + transpose(g)) * 0.5};
  }
};

template <> struct Rules<op::Qr> {
  static constexpr std::string_view name = "linalg.qr";
  static Specs infer(const op::Qr& a, Inputs in) {
    const Tensor& x = in[0];
    const std::int64_t k = a.complete ? rows_of(x) : least(x);
    return {Spec{x.dtype(), with_matrix(x, {rows_of(x), k})},
            Spec{x.dtype(), with_matrix(x, {k, columns_of(x)})}};
  }
  static void run(const op::Qr&, const HostCall& c) {
    const std::int64_t k = c.out_spec().shape.back();
    const std::int64_t m = c.in_spec(0).shape[c.in_spec(0).shape.rank() - 2];
    const std::int64_t n = c.in_spec(0).shape.back();
    for_each_matrix(c, batch_of(c), [&]<class T>(T, std::int64_t i) {
      math::qr(m, n, k, c.in<T>(0) + i * m * n, c.out<T>(0) + i * m * k, c.out<T>(1) + i * k * n);
    });
  }
  static Tensors vjp(const op::Qr& a, const Vjp& v) {
    const Tensor& x = v.inputs[0];
    const Tensor& q = v.outputs[0];
    const Tensor& r = v.outputs[1];
    const std::int64_t m = rows_of(x);
    if (a.complete && m > columns_of(x))
      throw UnsupportedError({.operation = "linalg.qr",
                              .problem = "the complete form of a tall matrix has no gradient",
                              .received = {{"x", describe(x)}},
                              .hint = "use QrMode::reduced"});
    Tensor gq = v.cotangents[0].defined() ? v.cotangents[0] : zeros_like(q);
    Tensor gr = v.cotangents[1].defined() ? v.cotangents[1] : zeros_like(r);
    // Behind the first m columns, r is q^T x.
    Tensor rest;
    Tensor r1 = r;
    if (columns_of(x) > m) {
      rest = matmul(q, tail(gr, -1, m));
      gq = gq + matmul(tail(x, -1, m), transpose(tail(gr, -1, m)));
      r1 = head(r, -1, m);
      gr = head(gr, -1, m);
    }
    const Tensor inner = matmul(r1, transpose(gr)) - matmul(transpose(gq), q);
    const Tensor symmetric = tril(inner) + transpose(tril(inner, -1));
    const Tensor g = times_inverse_transpose(gq + matmul(q, symmetric), r1);
    return {rest.defined() ? concat({g, rest}, -1) : g};
  }
};

template <> struct Rules<op::Svd> {
  static constexpr std::string_view name = "linalg.svd";
  static Specs infer(const op::Svd& a, Inputs in) {
    const Tensor& x = in[0];
    const std::int64_t m = rows_of(x), n = columns_of(x), k = least(x);
    const Spec values{x.dtype(), with_matrix(x, {k})};
    if (!a.vectors) return values;
    return {Spec{x.dtype(), with_matrix(x, {m, a.full ? m : k})}, values,
            Spec{x.dtype(), with_matrix(x, {a.full ? n : k, n})}};
  }
  static void run(const op::Svd& a, const HostCall& c) {
    const std::int64_t m = c.in_spec(0).shape[c.in_spec(0).shape.rank() - 2];
    const std::int64_t n = c.in_spec(0).shape.back();
    const std::int64_t k = std::min(m, n);
    for_each_matrix(c, batch_of(c), [&]<class T>(T, std::int64_t i) {
      T* u = a.vectors ? c.out<T>(0) + i * m * (a.full ? m : k) : nullptr;
      T* vh = a.vectors ? c.out<T>(2) + i * n * (a.full ? n : k) : nullptr;
      T* s = c.out<T>(a.vectors ? 1 : 0) + i * k;
      if (!math::svd(m, n, a.full, c.in<T>(0) + i * m * n, u, s, vh))
        fail_matrix("linalg.svd", c, i, "the matrix has NaN or infinite elements", finite_hint);
    });
  }
  static Tensors vjp(const op::Svd& a, const Vjp& v) {
    const Tensor& x = v.inputs[0];
    const std::int64_t k = least(x);
    if (!a.vectors) {
      const Tensors f = apply_all(op::Svd{false, true}, {x}, {});
      return {matmul(scale_columns(f[0], v.cotangent()), f[2])};
    }
    const Tensor u = head(v.outputs[0], -1, k);
    const Tensor& s = v.outputs[1];
    const Tensor vh = head(v.outputs[2], -2, k);
    const Tensor gap = square(unsqueeze(s, -2)) - square(unsqueeze(s, -1));
    const Tensor e = where(on_diagonal(k), 1, gap);
    const auto skew = [](const Tensor& t) { return t - transpose(t); };
    const Tensor& gs = v.cotangents[1];
    Tensor inner = gs.defined() ? diag_embed(gs) : zeros(with_matrix(x, {k, k}), x.dtype());
    Tensor outer;
    if (v.cotangents[0].defined()) {
      const Tensor gu = head(v.cotangents[0], -1, k);
      const Tensor along = matmul(transpose(u), gu);
      inner = inner + scale_columns(skew(along) / e, s);
      if (rows_of(x) > k) outer = matmul(scale_columns(gu - matmul(u, along), 1 / s), vh);
    }
    if (v.cotangents[2].defined()) {
      const Tensor gvh = head(v.cotangents[2], -2, k);
      const Tensor along = matmul(gvh, transpose(vh));
      inner = inner + scale_rows(skew(transpose(along)) / e, s);
      if (columns_of(x) > k) {
        const Tensor part = matmul(u, scale_rows(gvh - matmul(along, vh), 1 / s));
        outer = outer.defined() ? outer + part : part;
      }
    }
    const Tensor g = matmul(matmul(u, inner), vh);
    return {outer.defined() ? g + outer : g};
  }
};

template <> struct Rules<op::Eigh> {
  static constexpr std::string_view name = "linalg.eigh";
  static Specs infer(const op::Eigh& a, Inputs in) {
    const Tensor& x = in[0];
    const Spec values{x.dtype(), with_matrix(x, {columns_of(x)})};
    if (!a.vectors) return values;
    return {values, Spec{x.dtype(), x.shape()}};
  }
  static void run(const op::Eigh& a, const HostCall& c) {
    const std::int64_t n = c.in_spec(0).shape.back();
    for_each_matrix(c, batch_of(c), [&]<class T>(T, std::int64_t i) {
      if (!math::eigh(n, c.in<T>(0) + i * n * n, c.out<T>(0) + i * n,
                      a.vectors ? c.out<T>(1) + i * n * n : nullptr))
        fail_matrix("linalg.eigh", c, i, "the matrix has NaN or infinite elements", finite_hint);
    });
  }
  static Tensors vjp(const op::Eigh& a, const Vjp& v) {
    const Tensor& gw = v.cotangents[0];
    if (!a.vectors) {
      const Tensors f = apply_all(op::Eigh{true}, {v.inputs[0]}, {});
      return {matmul(scale_columns(f[1], gw), transpose(f[1]))};
    }
    const Tensor& w = v.outputs[0];
    const Tensor& q = v.outputs[1];
    const std::int64_t n = columns_of(q);
    Tensor inner = gw.defined() ? unsqueeze(gw, -1) : zeros_like(unsqueeze(w, -1));
    if (v.cotangents[1].defined()) {
      const Tensor gap = where(on_diagonal(n), 1, unsqueeze(w, -2) - unsqueeze(w, -1));
      inner = where(on_diagonal(n), inner, matmul(transpose(q), v.cotangents[1]) / gap);
    } else {
      inner = where(on_diagonal(n), inner, 0);
    }
    return {matmul(matmul(q, inner), transpose(q))};
  }
};

template <> constinit const OpDef OpEntry<op::Lu>::def = make_op_def<op::Lu>();
template <> constinit const OpDef OpEntry<op::Cholesky>::def = make_op_def<op::Cholesky>();
template <> constinit const OpDef OpEntry<op::Qr>::def = make_op_def<op::Qr>();
template <> constinit const OpDef OpEntry<op::Svd>::def = make_op_def<op::Svd>();
template <> constinit const OpDef OpEntry<op::Eigh>::def = make_op_def<op::Eigh>();

}  // namespace graph

namespace linalg {

LuResult lu(const Operand& x) {
  const graph::CallScope call("linalg.lu", x.where());
  return lu_unpack(lu_factor(x));
}

LuResult lu_unpack(const LuFactorResult& factors) {
  const Tensor& packed = factors.lu;
  const std::int64_t m = rows_of(packed), k = least(packed);
  const Tensor l = tril(head(packed, -1, k), -1) + head(eye(m, packed.dtype()), -1, k);
  return {transpose(ops::class_hits(factors.rows, m, packed.dtype())), l,
          triu(head(packed, -2, k))};
}

Tensor householder_product(const Operand& x, const Operand& tau_operand) {
  const graph::CallScope call("linalg.householder_product", x.where());
  const Tensor t = matrices("linalg.householder_product", x);
  const Tensor tau = as_tensor(tau_operand, t.dtype());
  const std::int64_t m = rows_of(t), n = columns_of(t);
  if (m < n || tau.rank() + 1 != t.rank() || tau.shape().back() > n ||
      tau.shape() != t.shape().without(t.rank() - 1).with(t.rank() - 2, tau.shape().back()))
    fail<ShapeError>({.operation = "linalg.householder_product",
                      .problem = "the factors do not fit",
                      .received = {{"x", graph::describe(t)}, {"tau", graph::describe(tau)}},
                      .expected = "x (..., m, n) with m >= n, and tau (..., k) with k <= n"},
                     x.where());
  Tensor q = expand(eye(m, n, t.dtype()), t.shape());
  const Tensor vectors = tril(t, -1) + eye(m, n, t.dtype());
  for (std::int64_t i = tau.shape().back(); i-- > 0;) {
    const Tensor v = slice(vectors, -1, i, i + 1);
    const Tensor factor = unsqueeze(slice(tau, -1, i, i + 1), -1);
    q = q - factor * matmul(v, matmul(transpose(v), q));
  }
  return q;
}

LuFactorResult lu_factor(const Operand& x) {
  const graph::CallScope call("linalg.lu_factor", x.where());
  const Tensors f = graph::apply_all(op::Lu{}, {matrices("linalg.lu_factor", x)}, x.where());
  return {f[0], f[1], f[2]};
}

Tensor cholesky(const Operand& x, bool upper) {
  const graph::CallScope call("linalg.cholesky", x.where());
  const Tensor l = graph::apply(op::Cholesky{}, {matrices("linalg.cholesky", x, true)}, x.where());
  return upper ? transpose(l) : l;
}

QrResult qr(const Operand& x, QrMode mode) {
  const graph::CallScope call("linalg.qr", x.where());
  const Tensors f =
      graph::apply_all(op::Qr{mode == QrMode::complete}, {matrices("linalg.qr", x)}, x.where());
  return {mode == QrMode::r ? Tensor() : f[0], f[1]};
}

SvdResult svd(const Operand& x, bool full_matrices) {
  const graph::CallScope call("linalg.svd", x.where());
  const Tensors f =
      graph::apply_all(op::Svd{full_matrices, true}, {matrices("linalg.svd", x)}, x.where());
  return {f[0], f[1], f[2]};
}

Tensor svdvals(const Operand& x) {
  const graph::CallScope call("linalg.svdvals", x.where());
  return graph::apply(op::Svd{false, false}, {matrices("linalg.svdvals", x)}, x.where());
}

EighResult eigh(const Operand& x, bool upper) {
  const graph::CallScope call("linalg.eigh", x.where());
  const Tensor t = matrices("linalg.eigh", x, true);
  const Tensors f = graph::apply_all(op::Eigh{true}, {upper ? transpose(t) : t}, x.where());
  return {f[0], f[1]};
}

Tensor eigvalsh(const Operand& x, bool upper) {
  const graph::CallScope call("linalg.eigvalsh", x.where());
  const Tensor t = matrices("linalg.eigvalsh", x, true);
  return graph::apply(op::Eigh{false}, {upper ? transpose(t) : t}, x.where());
}

}  // namespace linalg
}  // namespace fathom
