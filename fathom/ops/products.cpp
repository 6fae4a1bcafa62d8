#include "fathom/ops/products.h"

#include <algorithm>
#include <limits>

#include "fathom/ops/diagonal.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/matrix_norms.h"
#include "fathom/ops/matrix_parts.h"
#include "fathom/ops/reduce.h"

namespace fathom {

using graph::describe;
using ops::as_tensor;

namespace {

/// Errors: ShapeError unless the operands have these ranks.
void require_ranks(const char* operation, const Tensor& a, int rank_a, const Tensor& b, int rank_b,
                   const std::source_location& where) {
  if (a.rank() == rank_a && b.rank() == rank_b) return;
  ops::fail<ShapeError>(
      {.operation = operation,
       .problem = "wrong rank",
       .received = {{"a", describe(a)}, {"b", describe(b)}},
       .expected = "ranks " + std::to_string(rank_a) + " and " + std::to_string(rank_b),
       .hint = "matmul takes other ranks"},
      where);
}

Tensor product(const char* operation, const Operand& a, int rank_a, const Operand& b, int rank_b) {
  const Tensor ta = as_tensor(a);
  const Tensor tb = as_tensor(b);
  require_ranks(operation, ta, rank_a, tb, rank_b, a.where());
  if (rank_a == 3 && ta.shape()[0] != tb.shape()[0])
    ops::fail<ShapeError>({.operation = operation,
                           .problem = "the batches differ",
                           .received = {{"a", describe(ta)}, {"b", describe(tb)}},
                           .hint = "matmul broadcasts batches"},
                          a.where());
  return matmul(Operand(ta, a.where()), Operand(tb, b.where()));
}

bool is_one(const Operand& x) { return !x.is_tensor() && x.number() == 1; }
/// beta x + alpha y, where x must broadcast to y.
Tensor combined(const char* operation, const Operand& x, const Tensor& y, const Operand& beta,
                const Operand& alpha) {
  const Tensor t = as_tensor(x);
  Shape shape;
  if (!broadcast(t.shape(), y.shape(), shape) || !(shape == y.shape()))
    ops::fail<ShapeError>({.operation = operation,
                           .problem = "x does not broadcast to the product",
                           .received = {{"x", describe(t)}, {"product", describe(y)}}},
                          x.where());
  // A beta of 0 ignores x, NaN and all, as BLAS does.
  const Tensor scaled = is_one(alpha) ? y : y * alpha;
  if (!beta.is_tensor() && beta.number() == 0) return scaled;
  return (is_one(beta) ? t : t * beta) + scaled;
}

}  // namespace

Tensor tensordot(const Operand& a, const Operand& b, int axes) {
  const graph::CallScope call("tensordot", a.where());
  const Tensor ta = as_tensor(a);
  if (axes < 0 || axes > ta.rank())
    ops::fail<ValueError>({.operation = "tensordot",
                           .problem = std::to_string(axes) + " axes",
                           .received = {{"a", describe(ta)}}},
                          a.where());
  std::vector<int> last, first;
  for (int i = 0; i < axes; ++i) {
    last.push_back(ta.rank() - axes + i);
    first.push_back(i);
  }
  return tensordot(Operand(ta, a.where()), b, last, first);
}

Tensor tensordot(const Operand& a_operand, const Operand& b_operand, const std::vector<int>& axes_a,
                 const std::vector<int>& axes_b) {
  const graph::CallScope call("tensordot", a_operand.where());
  const Tensor a = as_tensor(a_operand);
  const Tensor b = as_tensor(b_operand);
  std::vector<int> summed_a, summed_b;
  for (const int axis : axes_a)
    summed_a.push_back(ops::normalize_axis("tensordot", axis, a.rank(), a_operand.where()));
  for (const int axis : axes_b)
    summed_b.push_back(ops::normalize_axis("tensordot", axis, b.rank(), a_operand.where()));
  bool fits = summed_a.size() == summed_b.size();
  for (std::size_t i = 0; fits && i < summed_a.size(); ++i)
    fits = a.shape()[summed_a[i]] == b.shape()[summed_b[i]];
  if (!fits)
    ops::fail<ShapeError>({.operation = "tensordot",
                           .problem = "the summed axes do not fit",
                           .received = {{"a", describe(a)}, {"b", describe(b)}},
                           .expected = "as many axes of a as of b, with equal extents"},
                          a_operand.where());
  // (kept of a, summed) times (summed, kept of b).
  std::vector<int> order_a, order_b(summed_b);
  Shape out;
  std::int64_t rows = 1, summed = 1, columns = 1;
  for (int i = 0; i < a.rank(); ++i)
    if (std::find(summed_a.begin(), summed_a.end(), i) == summed_a.end()) {
      order_a.push_back(i);
      out.push_back(a.shape()[i]);
      rows *= a.shape()[i];
    }
  for (const int i : summed_a) {
    order_a.push_back(i);
    summed *= a.shape()[i];
  }
  for (int i = 0; i < b.rank(); ++i)
    if (std::find(summed_b.begin(), summed_b.end(), i) == summed_b.end()) {
      order_b.push_back(i);
      out.push_back(b.shape()[i]);
      columns *= b.shape()[i];
    }
  const Tensor left = reshape(permute(a, order_a), Shape{rows, summed});
  const Tensor right = reshape(permute(b, order_b), Shape{summed, columns});
  return reshape(matmul(Operand(left, a_operand.where()), right), out);
}

Tensor outer(const Operand& a, const Operand& b) {
  const graph::CallScope call("outer", a.where());
  const Tensor ta = as_tensor(a);
  const Tensor tb = as_tensor(b);
  require_ranks("outer", ta, 1, tb, 1, a.where());
  return unsqueeze(ta, 1) * tb;
}

Tensor inner(const Operand& a, const Operand& b) {
  const graph::CallScope call("inner", a.where());
  const Tensor ta = as_tensor(a);
  const Tensor tb = as_tensor(b);
  if (ta.rank() == 0 || tb.rank() == 0) return ta * tb;
  return tensordot(Operand(ta, a.where()), tb, std::vector<int>{-1}, std::vector<int>{-1});
}

Tensor kron(const Operand& a_operand, const Operand& b_operand) {
  const graph::CallScope call("kron", a_operand.where());
  const Tensor a = as_tensor(a_operand);
  const Tensor b = as_tensor(b_operand);
  const int rank = std::max(a.rank(), b.rank());
  if (2 * rank > Shape::max_rank)
    ops::fail<UnsupportedError>({.operation = "kron",
                                 .problem = "too many axes",
                                 .received = {{"a", describe(a)}, {"b", describe(b)}},
                                 .expected = "at most " + std::to_string(Shape::max_rank / 2)},
                                a_operand.where());
  Shape wide_a, wide_b, out;
  for (int i = 0; i < rank; ++i) {
    const int ia = i - (rank - a.rank()), ib = i - (rank - b.rank());
    const std::int64_t na = ia < 0 ? 1 : a.shape()[ia], nb = ib < 0 ? 1 : b.shape()[ib];
    for (const std::int64_t n : {na, std::int64_t{1}}) wide_a.push_back(n);
    for (const std::int64_t n : {std::int64_t{1}, nb}) wide_b.push_back(n);
    out.push_back(na * nb);
  }
  return reshape(reshape(a, wide_a) * reshape(b, wide_b), out);
}

Tensor dot(const Operand& a, const Operand& b) {
  const graph::CallScope call("dot", a.where());
  return product("dot", a, 1, b, 1);
}
Tensor vdot(const Operand& a, const Operand& b) {
  const graph::CallScope call("vdot", a.where());
  return product("vdot", a, 1, b, 1);
}
Tensor mv(const Operand& a, const Operand& b) {
  const graph::CallScope call("mv", a.where());
  return product("mv", a, 2, b, 1);
}
Tensor mm(const Operand& a, const Operand& b) {
  const graph::CallScope call("mm", a.where());
  return product("mm", a, 2, b, 2);
}
Tensor bmm(const Operand& a, const Operand& b) {
  const graph::CallScope call("bmm", a.where());
  return product("bmm", a, 3, b, 3);
}

Tensor addmm(const Operand& x, const Operand& a, const Operand& b, const Operand& beta,
             const Operand& alpha) {
  const graph::CallScope call("addmm", x.where());
  return combined("addmm", x, product("addmm", a, 2, b, 2), beta, alpha);
}
Tensor baddbmm(const Operand& x, const Operand& a, const Operand& b, const Operand& beta,
               const Operand& alpha) {
  const graph::CallScope call("baddbmm", x.where());
  return combined("baddbmm", x, product("baddbmm", a, 3, b, 3), beta, alpha);
}
Tensor addbmm(const Operand& x, const Operand& a, const Operand& b, const Operand& beta,
              const Operand& alpha) {
  const graph::CallScope call("addbmm", x.where());
  const Tensor ta = as_tensor(a);
  const Tensor tb = as_tensor(b);
  require_ranks("addbmm", ta, 3, tb, 3, a.where());
  const Tensor y =
      tensordot(Operand(ta, a.where()), tb, std::vector<int>{0, 2}, std::vector<int>{0, 1});
  return combined("addbmm", x, y, beta, alpha);
}
Tensor addmv(const Operand& x, const Operand& a, const Operand& b, const Operand& beta,
             const Operand& alpha) {
  const graph::CallScope call("addmv", x.where());
  return combined("addmv", x, product("addmv", a, 2, b, 1), beta, alpha);
}
Tensor addr(const Operand& x, const Operand& a, const Operand& b, const Operand& beta,
            const Operand& alpha) {
  const graph::CallScope call("addr", x.where());
  return combined("addr", x, outer(a, b), beta, alpha);
}

Tensor trace(const Operand& x) {
  const graph::CallScope call("trace", x.where());
  const Tensor t = as_tensor(x);
  if (t.rank() != 2)
    ops::fail<ShapeError>(
        {.operation = "trace", .problem = "x is no matrix", .received = {{"x", describe(t)}}},
        x.where());
  return sum(diagonal(t, 0, -2, -1));
}

namespace linalg {

Tensor multi_dot(const std::vector<Tensor>& chain, const std::source_location& where) {
  const graph::CallScope call("linalg.multi_dot", where);
  if (chain.size() < 2)
    ops::fail<ValueError>({.operation = "linalg.multi_dot",
                           .problem = std::to_string(chain.size()) + " operands",
                           .expected = "two or more"},
                          where);
  std::vector<Tensor> m = chain;
  const bool row = m.front().rank() == 1, column = m.back().rank() == 1;
  if (row) m.front() = unsqueeze(m.front(), 0);
  if (column) m.back() = unsqueeze(m.back(), 1);
  for (std::size_t i = 0; i < m.size(); ++i)
    if (m[i].rank() != 2 || (i > 0 && m[i - 1].shape()[1] != m[i].shape()[0]))
      ops::fail<ShapeError>({.operation = "linalg.multi_dot",
                             .problem = "operand " + std::to_string(i) + " does not fit",
                             .received = {{"operand", describe(chain[i])}}},
                            where);
  // The cheapest product of operands i to j, with the place where it is cut (Godbole 1973).
  const std::size_t n = m.size();
  std::vector<std::vector<double>> cost(n, std::vector<double>(n, 0));
  std::vector<std::vector<std::size_t>> cut(n, std::vector<std::size_t>(n, 0));
  const auto extent = [&](std::size_t i) {
    return static_cast<double>(i < n ? m[i].shape()[0] : m[n - 1].shape()[1]);
  };
  for (std::size_t length = 1; length < n; ++length)
    for (std::size_t i = 0; i + length < n; ++i) {
      const std::size_t j = i + length;
      cost[i][j] = std::numeric_limits<double>::infinity();
      for (std::size_t k = i; k < j; ++k) {
        const double c = cost[i][k] + cost[k + 1][j] + extent(i) * extent(k + 1) * extent(j + 1);
        if (c >= cost[i][j]) continue;
        cost[i][j] = c;
        cut[i][j] = k;
      }
    }
  const auto multiply = [&](auto&& self, std::size_t i, std::size_t j) -> Tensor {
    if (i == j) return m[i];
    return matmul(Operand(self(self, i, cut[i][j]), where), self(self, cut[i][j] + 1, j));
  };
  Tensor y = multiply(multiply, 0, n - 1);
  if (column) y = squeeze(y, 1);
  return row ? squeeze(y, 0) : y;
}

Tensor vecdot(const Operand& a, const Operand& b, int axis) {
  const graph::CallScope call("linalg.vecdot", a.where());
  const DType dtype = ops::common_dtype({&a, &b});
  const auto wide = [&](const Operand& x) { return as_tensor(x, ops::widened(dtype)); };
  return ops::rounded(sum(Operand(Operand(wide(a), a.where()) * wide(b), a.where()), axis), dtype);
}

Tensor cross(const Operand& a_operand, const Operand& b_operand, int axis) {
  const graph::CallScope call("linalg.cross", a_operand.where());
  const Tensor a = as_tensor(a_operand);
  const Tensor b = as_tensor(b_operand);
  if (a.rank() == 0 || a.rank() != b.rank() || a.size(axis) != 3 || b.size(axis) != 3)
    ops::fail<ShapeError>({.operation = "linalg.cross",
                           .problem = "the vectors do not have three elements",
                           .received = {{"a", describe(a)}, {"b", describe(b)}},
                           .expected = "extent 3 on axis " + std::to_string(axis) + " of both"},
                          a_operand.where());
  // Elements 1, 2, 0 and 2, 0, 1 of each vector.
  const auto turned = [&](const Tensor& x, std::int64_t by) {
    return concat({slice(x, axis, by, 3), slice(x, axis, 0, by)}, axis);
  };
  const Operand left(a), right(b);
  const DType dtype = ops::common_dtype({&left, &right});
  const Tensor x = ops::wide(a), y = ops::wide(b);
  return ops::rounded(turned(x, 1) * turned(y, 2) - turned(x, 2) * turned(y, 1), dtype);
}

}  // namespace linalg

Tensor cdist(const Operand& a_operand, const Operand& b_operand, double p, CdistForm form) {
  const graph::CallScope call("cdist", a_operand.where());
  const Tensor a = as_tensor(a_operand);
  const Tensor b = as_tensor(b_operand);
  if (a.rank() < 2 || b.rank() < 2 || ops::columns_of(a) != ops::columns_of(b))
    ops::fail<ShapeError>({.operation = "cdist",
                           .problem = "the rows differ in length",
                           .received = {{"a", describe(a)}, {"b", describe(b)}},
                           .expected = "(..., m, d) and (..., n, d)"},
                          a_operand.where());
  if (!(p >= 0))
    ops::fail<ValueError>({.operation = "cdist", .problem = "p is " + std::to_string(p)},
                          a_operand.where());
  const bool many = ops::rows_of(a) > 25 || ops::rows_of(b) > 25;
  if (p == 2 && (form == CdistForm::product || (many && form == CdistForm::automatic))) {
    const Tensor squares_a = sum(square(a), -1, true);
    const Tensor squares_b = sum(square(b), -1, true);
    const Tensor d = squares_a + transpose(squares_b) - 2 * matmul(a, transpose(b));
    const Tensor positive = d > 0;
    return where(positive, sqrt(where(positive, d, 1)), 0);
  }
  return linalg::vector_norm(unsqueeze(a, -2) - unsqueeze(b, -3), p, -1);
}

}  // namespace fathom
