#include "fathom/ops/special.h"

#include <cmath>
#include <numbers>

#include "fathom/ops/operands.h"

namespace fathom {
namespace {
DType floating_dtype(const Operand& x) { return ops::floating(ops::common_dtype({&x})); }
}  // namespace

Tensor polygamma(int n, const Operand& x) {
  const graph::CallScope call("polygamma", x.where());
  if (n < 0)
    ops::fail<ValueError>({.operation = "polygamma",
                           .problem = "the order is negative",
                           .received = {{"n", std::to_string(n)}},
                           .expected = "a derivative's order, 0 and more"},
                          x.where());
  if (n == 0) return digamma(x);
  if (n == 1) return trigamma(x);
  const DType dtype = floating_dtype(x);
  const double factor = (n % 2 == 0 ? -1 : 1) * std::tgamma(n + 1.0);
  return cast(factor * zeta(n + 1.0, ops::as_tensor(x, ops::widened(dtype))), dtype);
}

Tensor multigammaln(const Operand& x, int p) {
  const graph::CallScope call("multigammaln", x.where());
  if (p < 1)
    ops::fail<ValueError>({.operation = "multigammaln",
                           .problem = "the dimension is below 1",
                           .received = {{"p", std::to_string(p)}}},
                          x.where());
  const DType dtype = floating_dtype(x);
  const Tensor wide = ops::as_tensor(x, ops::widened(dtype));
  Tensor sum = lgamma(wide);
  for (int i = 1; i < p; ++i) sum = sum + lgamma(wide - 0.5 * i);
  return cast(sum + 0.25 * p * (p - 1) * std::log(std::acos(-1.0)), dtype);
}

FrexpResult frexp(const Operand& x) {
  const Tensor t = ops::as_tensor(x);
  const Operand located(t, x.where());
  return {ops::elementwise(fn::id_of<fn::FrexpMantissa>, located),
          cast(ops::elementwise(fn::id_of<fn::FrexpExponent>, located), DType::i32)};
}

Tensor spherical_bessel_j0(const Operand& x) {
  return ops::rounded_once(x, [](const Tensor& t) {
    const Tensor near = abs(t) < 0.5;  // beyond, t is more exact than pi (t / pi)
    const Tensor far = where(near, 1, t);
    return where(near, sinc(t / std::numbers::pi), sin(far) / far);
  });
}

Tensor logit(const Operand& x, std::optional<double> eps) {
  const graph::CallScope call("logit", x.where());
  const DType dtype = floating_dtype(x);
  Tensor p = ops::as_tensor(x, ops::widened(dtype));
  if (eps) p = clamp(p, *eps, 1 - *eps);
  return cast(log(p) - log1p(-p), dtype);
}

}  // namespace fathom
