// Determinants, declared in solve.h: all by the LU factors of the matrix.
#include <cmath>
#include <limits>

#include "fathom/math/matrices.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/matrix_parts.h"
#include "fathom/ops/rearrange.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/solve.h"

namespace fathom {

using namespace ops;
using graph::HostCall;

namespace {

Tensor transposed_inverse(const Tensor& a) {
  return transpose(graph::apply(op::Solve{}, {a, identity_like(a, columns_of(a))}, {}));
}
/// A number for each matrix, to multiply it by.
Tensor per_matrix(const Tensor& v) { return unsqueeze(unsqueeze(v, -1), -1); }

/// Calls f(determinant's sign, packed LU) of each matrix.
template <class T, class F> void with_factors(const HostCall& c, std::int64_t i, F&& f) {
  const std::int64_t n = c.in_spec(0).shape.back();
  const auto size = static_cast<std::size_t>(n);
  std::vector<T> packed(size * size);
  std::vector<std::int32_t> pivots(size);
  std::vector<std::int64_t> rows(size);
  math::lu(n, n, c.in<T>(0) + i * n * n, packed.data(), pivots.data(), rows.data());
  T sign = 1;
  for (std::int64_t r = 0; r < n; ++r)
    if (pivots[static_cast<std::size_t>(r)] != r + 1) sign = -sign;
  f(sign, packed);
}

}  // namespace

namespace graph {

template <> struct Rules<op::Det> {
  static constexpr std::string_view name = "linalg.det";
  static Specs infer(const op::Det&, Inputs in) {
    return Spec{in[0].dtype(), with_matrix(in[0], {})};
  }
  static void run(const op::Det&, const HostCall& c) {
    const auto n = static_cast<std::size_t>(c.in_spec(0).shape.back());
    for_each_matrix(c, batch_of(c), [&]<class T>(T, std::int64_t i) {
      with_factors<T>(c, i, [&](T d, const std::vector<T>& lu) {
        for (std::size_t r = 0; r < n; ++r) d *= lu[r * n + r];
        c.out<T>()[i] = d;
      });
    });
  }
  static Tensors vjp(const op::Det&, const Vjp& v) {
    return {per_matrix(v.cotangent()) * apply(op::Cofactors{}, {v.inputs[0]}, {})};
  }
};

template <> struct Rules<op::Cofactors> {
  static constexpr std::string_view name = "linalg.cofactors";
  static Specs infer(const op::Cofactors&, Inputs in) { return Spec{in[0].dtype(), in[0].shape()}; }
  static void run(const op::Cofactors&, const HostCall& c) {
    const std::int64_t n = c.in_spec(0).shape.back();
    for_each_matrix(c, batch_of(c), [&]<class T>(T, std::int64_t i) {
      if (!math::cofactors(n, c.in<T>(0) + i * n * n, c.out<T>() + i * n * n))
        fail_matrix("linalg.det", c, i, "the gradient at NaN or infinite elements");
    });
  }
  // Of det(x) x^-T, where x has an inverse.
  static Tensors vjp(const op::Cofactors&, const Vjp& v) {
    const Tensor w = transposed_inverse(v.inputs[0]);
    const Tensor& g = v.cotangent();
    const Tensor& y = v.output();
    return {per_matrix(sum(g * y, {-2, -1})) * w - matmul(matmul(y, transpose(g)), w)};
  }
};

template <> struct Rules<op::Slogdet> {
  static constexpr std::string_view name = "linalg.slogdet";
  static Specs infer(const op::Slogdet&, Inputs in) {
    const Spec one{in[0].dtype(), with_matrix(in[0], {})};
    return {one, one};
  }
  static void run(const op::Slogdet&, const HostCall& c) {
    const auto n = static_cast<std::size_t>(c.in_spec(0).shape.back());
    for_each_matrix(c, batch_of(c), [&]<class T>(T, std::int64_t i) {
      with_factors<T>(c, i, [&](T sign, const std::vector<T>& lu) {
        T logarithm = 0;
        for (std::size_t r = 0; r < n; ++r) {
          const T d = lu[r * n + r];
          sign = d < 0 ? -sign : d == 0 ? T(0) : sign;
          logarithm += std::log(std::abs(d));
        }
        c.out<T>(0)[i] = sign;
        c.out<T>(1)[i] = logarithm;
      });
    });
  }
  static Tensors vjp(const op::Slogdet&, const Vjp& v) {
    if (!v.cotangents[1].defined()) return {Tensor()};
    return {per_matrix(v.cotangents[1]) * transposed_inverse(v.inputs[0])};
  }
};

template <> constinit const OpDef OpEntry<op::Det>::def = make_op_def<op::Det>();
template <> constinit const OpDef OpEntry<op::Cofactors>::def = make_op_def<op::Cofactors>();
template <> constinit const OpDef OpEntry<op::Slogdet>::def = make_op_def<op::Slogdet>();

}  // namespace graph

namespace linalg {

Tensor det(const Operand& x) {
  const graph::CallScope call("linalg.det", x.where());
  return graph::apply(op::Det{}, {matrices("linalg.det", x, true)}, x.where());
}

SlogdetResult slogdet(const Operand& x) {
  const graph::CallScope call("linalg.slogdet", x.where());
  const Tensors f =
      graph::apply_all(op::Slogdet{}, {matrices("linalg.slogdet", x, true)}, x.where());
  return {stop_gradient(f[0]), f[1]};
}

Tensor logdet(const Operand& x) {
  const graph::CallScope call("linalg.logdet", x.where());
  const auto [sign, logarithm] = slogdet(x);
  return where(sign < 0, std::numeric_limits<double>::quiet_NaN(), logarithm);
}

}  // namespace linalg
}  // namespace fathom
