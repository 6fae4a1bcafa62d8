#include "fathom/ops/eig.h"

#include "fathom/math/matrices.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/diagonal.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/fft.h"
#include "fathom/ops/join.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/matrix_parts.h"
#include "fathom/ops/shape.h"
#include "fathom/ops/solve.h"

namespace fathom {

using namespace ops;
using graph::HostCall;

namespace {

/// Complex matrices by their parts.
struct Parts {
  Tensor re, im;
  Parts(Tensor real, Tensor imaginary) : re(std::move(real)), im(std::move(imaginary)) {}
  explicit Parts(const Tensor& z) : re(real_part(z)), im(imaginary_part(z)) {}
};
Parts operator*(const Parts& a, const Parts& b) {
  return {matmul(a.re, b.re) - matmul(a.im, b.im), matmul(a.re, b.im) + matmul(a.im, b.re)};
}
Parts conjugate_transpose(const Parts& a) { return {transpose(a.re), -transpose(a.im)}; }
/// a^-1 b, as the solution of the real system twice as large.
Parts solved(const Parts& a, const Parts& b) {
  const std::int64_t n = rows_of(a.re);
  const Tensor block = concat({concat({a.re, -a.im}, -1), concat({a.im, a.re}, -1)}, -2);
  const Tensor x = linalg::solve(block, concat({b.re, b.im}, -2));
  return {slice(x, -2, 0, n), slice(x, -2, n, 2 * n)};
}

}  // namespace

namespace graph {

template <> struct Rules<op::Eig> {
  static constexpr std::string_view name = "linalg.eig";
  static Specs infer(const op::Eig& a, Inputs in) {
    const std::int64_t n = columns_of(in[0]);
    const Spec values{in[0].dtype(), with_matrix(in[0], {n, 2})};
    if (!a.vectors) return values;
    return {values, Spec{in[0].dtype(), with_matrix(in[0], {n, n, 2})}};
  }
  static void run(const op::Eig& a, const HostCall& c) {
    const std::int64_t n = c.in_spec(0).shape.back();
    for_each_matrix(c, batch_of(c), [&]<class T>(T, std::int64_t i) {
      if (!math::eig(n, c.in<T>(0) + i * n * n, c.out<T>(0) + i * n * 2,
                     a.vectors ? c.out<T>(1) + i * n * n * 2 : nullptr))
        fail_matrix("linalg.eig", c, i, "the matrix has NaN or infinite elements",
                    "check x with isfinite");
    });
  }
  static Tensors vjp(const op::Eig& a, const Vjp& v) {
    if (!a.vectors) {
      const Tensors f = apply_all(op::Eig{true}, {v.inputs[0]}, {});
      return {pulled_back(Parts(f[1]), eigenvalues_alone(v.cotangents[0]))};
    }
    const Parts vectors(v.outputs[1]);
    const std::int64_t n = columns_of(v.inputs[0]);
    Tensor zero = zeros_like(v.outputs[0]);
    Parts inner = eigenvalues_alone(v.cotangents[0].defined() ? v.cotangents[0] : zero);
    if (v.cotangents[1].defined()) {
      // How the vectors turn into each other, less what the lengths, which are 1, take back; over
      // the conjugate distances of their eigenvalues.
      const Parts adjoint = conjugate_transpose(vectors);
      const Parts turns = adjoint * Parts(v.cotangents[1]);
      const Parts gram = adjoint * vectors;
      const Tensor lengths = unsqueeze(diagonal(turns.re, 0, -2, -1), -2);
      const Parts free(turns.re - gram.re * lengths, turns.im - gram.im * lengths);
      const Tensor w = real_part(v.outputs[0]), u = imaginary_part(v.outputs[0]);
      const Tensor gap_re = unsqueeze(w, -2) - unsqueeze(w, -1);
      const Tensor gap_im = unsqueeze(u, -2) - unsqueeze(u, -1);
      const Tensor self = on_diagonal(n);
      const Tensor size = where(self, 1, square(gap_re) + square(gap_im));
      // x / conj(g) = x g / |g|^2.
      const Tensor re = (free.re * gap_re - free.im * gap_im) / size;
      const Tensor im = (free.re * gap_im + free.im * gap_re) / size;
      inner = {where(self, inner.re, re), where(self, inner.im, im)};
    }
    return {pulled_back(vectors, inner)};
  }

 private:
  static Parts eigenvalues_alone(const Tensor& g) {
    return {diag_embed(real_part(g)), diag_embed(imaginary_part(g))};
  }
  /// The real part of v^-H inner v^H.
  static Tensor pulled_back(const Parts& v, const Parts& inner) {
    const Parts adjoint = conjugate_transpose(v);
    return solved(adjoint, inner * adjoint).re;
  }
};
template <> constinit const OpDef OpEntry<op::Eig>::def = make_op_def<op::Eig>();

}  // namespace graph

namespace linalg {

EigResult eig(const Operand& x) {
  const graph::CallScope call("linalg.eig", x.where());
  const Tensors f = graph::apply_all(op::Eig{true}, {matrices("linalg.eig", x, true)}, x.where());
  return {f[0], f[1]};
}

Tensor eigvals(const Operand& x) {
  const graph::CallScope call("linalg.eigvals", x.where());
  return graph::apply(op::Eig{false}, {matrices("linalg.eigvals", x, true)}, x.where());
}

}  // namespace linalg
}  // namespace fathom
