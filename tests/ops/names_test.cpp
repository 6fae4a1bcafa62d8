// PyTorch's other names of operations are the operations.
#include <doctest/doctest.h>

#include "fathom/fathom.h"
#include "tests/ops/samples.h"

namespace fathom::test {
namespace {

Tensor numbers(const char* name, const Shape& shape = {3, 4}) {
  return make_numbers(name, real(shape, 0.1, 0.9));
}
bool same(const Tensor& a, const Tensor& b) { return a.dtype() == b.dtype() && equal(a, b); }

}  // namespace

TEST_CASE("other names of functions of one tensor") {
  const Tensor x = numbers("names.x"), square_matrix = numbers("names.m", {3, 3});
  using F = Tensor (*)(const Operand&);
  const std::pair<F, F> names[] = {
      {absolute, abs},  {negative, neg},   {sgn, sign},      {arccos, acos},
      {arcsin, asin},   {arctan, atan},    {arctanh, atanh}, {arcsinh, asinh},
      {expit, sigmoid}, {gammaln, lgamma}, {psi, digamma},   {logsigmoid, log_sigmoid},
  };
  for (const auto& [other, first] : names) CHECK(same(other(x), first(x)));
  CHECK(same(arccosh(x + 1), acosh(x + 1)));
  CHECK(same(mvlgamma(x + 2, 2), multigammaln(x + 2, 2)));
  CHECK(same(inverse(square_matrix), linalg::inv(square_matrix)));
  CHECK(same(pinverse(square_matrix), linalg::pinv(square_matrix, 1e-15)));
  CHECK(same(det(square_matrix), linalg::det(square_matrix)));
  CHECK(same(adjoint(x), transpose(x)));
}

TEST_CASE("other names of functions of two tensors") {
  const Tensor x = numbers("names.x"), y = numbers("names.y");
  using F = Tensor (*)(const Operand&, const Operand&);
  const std::pair<F, F> names[] = {
      {arctan2, atan2}, {igamma, gammainc}, {igammac, gammaincc}, {subtract, sub},
      {multiply, mul},  {true_divide, div}, {not_equal, ne},      {less, lt},
      {less_equal, le}, {greater, gt},      {greater_equal, ge},
  };
  for (const auto& [other, first] : names) CHECK(same(other(x, y), first(x, y)));
  CHECK(same(rsub(x, y), y - x));
  CHECK(same(divide(x, y), x / y));
  CHECK(same(divide(x, y, Rounding::floor), div(x, y, Rounding::floor)));
  CHECK(same(clip(x, 0.3, 0.6), clamp(x, 0.3, 0.6)));
  CHECK(same(ger(select(x, 0, 0), select(y, 0, 1)), outer(select(x, 0, 0), select(y, 0, 1))));
  CHECK(same(trapz(y, 0.5), trapezoid(y, 0.5)));
  CHECK(same(trapz(y, x), trapezoid(y, x)));
}

TEST_CASE("other names of movement") {
  const Tensor x = numbers("names.x"), y = numbers("names.y");
  CHECK(same(view(x, {4, 3}), reshape(x, {4, 3})));
  CHECK(same(swapdims(x, 0, 1), swapaxes(x, 0, 1)));
  CHECK(same(moveaxis(x, 0, 1), movedim(x, 0, 1)));
  CHECK(same(moveaxis(x, {0, 1}, {1, 0}), movedim(x, {0, 1}, {1, 0})));
  CHECK(same(take_along_dim(x, argsort(x), 1), take_along(x, argsort(x), 1)));
  CHECK(same(cat({x, y}, 1), concat({x, y}, 1)));
  CHECK(same(concatenate({x, y}), concat({x, y})));
  CHECK(same(row_stack({x, y}), vstack({x, y})));
  CHECK(same(chain_matmul({x, transpose(y), x}), linalg::multi_dot({x, transpose(y), x})));
}

}  // namespace fathom::test
