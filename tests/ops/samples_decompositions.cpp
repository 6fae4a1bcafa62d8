#include <limits>

#include "fathom/ops/creation.h"
#include "fathom/ops/decompositions.h"
#include "fathom/ops/eig.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/fft.h"
#include "fathom/ops/join.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/matrix_norms.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"
#include "fathom/ops/solve.h"
#include "tests/ops/samples.h"

namespace fathom::test {
namespace {

using namespace linalg;

// A decomposition magnifies the rounding of what comes before it, by the condition of its matrix.
constexpr SampleOptions loose{.tolerance = 2e-4};
constexpr SampleOptions second{.tolerance = 1e-3, .second = true};
constexpr SampleOptions no_gradient{.gradient = false};

/// Far from singular; and symmetric, with eigenvalues that lie apart, positive if `shift` is large.
Tensor regular(const Tensor& x) { return x + 3 * eye(x.size(-1), x.dtype()); }
Tensor symmetric(const Tensor& x, double shift = 0) {
  const Tensor steps = cast(arange(x.size(-1)), x.dtype()) * 2 + shift;
  return cast((x + transpose(x)) * 0.3 + steps * eye(x.size(-1), x.dtype()), x.dtype());
}
Tensor positive(const Tensor& x) { return symmetric(x, 4); }
Tensor flat(const std::vector<Tensor>& parts) {
  std::vector<Tensor> rows;
  for (const Tensor& p : parts) rows.push_back(reshape(p, {-1}));
  return concat(rows);
}

Sample unary(const std::string& name, const Shape& shape, Tensor (*f)(const Tensor&),
             SampleOptions options = loose) {
  return {name, [f](In x) { return f(x[0]); }, {real(shape)}, options};
}
Sample wide(Sample s) {
  s.name += ", f64";
  for (Input& i : s.inputs) i.dtype = DType::f64;
  return s;
}

}  // namespace

Samples decomposition_samples() {
  const double infinity = std::numeric_limits<double>::infinity();
  const auto all_of_lu = [](const Tensor& x) {
    const LuResult f = lu(x);
    return flat({f.p, f.l, f.u});
  };
  const auto packed_lu = [](const Tensor& x) { return lu_factor(x).lu; };
  const auto pivots = [](const Tensor& x) { return lu_factor(x).pivots; };
  const auto both_of_qr = [](const Tensor& x) {
    const QrResult f = qr(x);
    return flat({f.q, f.r});
  };
  const auto all_of_svd = [](const Tensor& x) {
    const SvdResult f = svd(x, false);
    return flat({f.u, f.s, f.vh});
  };
  const auto both_of_eigh = [](const Tensor& x) {
    const EighResult f = eigh(symmetric(x));
    return flat({f.eigenvalues, f.eigenvectors});
  };
  const auto square_det = [](const Tensor& x) { return det(x); };
  Samples all{
      unary("lu", {4, 4}, all_of_lu, second),
      unary("lu/batch", {2, 3, 3}, all_of_lu),
      unary("lu/wide", {3, 5}, all_of_lu, second),
      unary("lu/tall", {5, 3}, all_of_lu, second),
      unary("lu/large", {45, 40}, all_of_lu, {.tolerance = 1e-3, .large = true}),
      unary("lu_factor", {4, 4}, packed_lu),
      unary("lu_factor/pivots", {2, 4, 3}, pivots, no_gradient),
      unary(
          "cholesky", {4, 4}, [](const Tensor& x) { return cholesky(positive(x)); }, second),
      unary("cholesky/upper, batch", {2, 3, 3},
            [](const Tensor& x) { return cholesky(positive(x), true); }),
      unary("cholesky/one", {1, 1}, [](const Tensor& x) { return cholesky(positive(x)); }),
      unary("cholesky/empty", {0, 0}, [](const Tensor& x) { return cholesky(x); }),
      unary("cholesky/large", {50, 50},
            [](const Tensor& x) { return cholesky(positive(x) + 40 * eye(50, x.dtype())); },
            {.tolerance = 2e-4, .large = true}),
      unary("qr", {4, 4}, both_of_qr, second),
      unary("qr/tall", {5, 3}, both_of_qr, second),
      unary("qr/wide", {3, 5}, both_of_qr, second),
      unary("qr/batch", {2, 1, 4, 3}, both_of_qr),
      unary("qr/r alone", {4, 3}, [](const Tensor& x) { return qr(x, QrMode::r).r; }),
      unary("qr/complete, wide", {3, 4},
            [](const Tensor& x) { return matmul(qr(x, QrMode::complete).q, x); }),
      unary(
          "qr/complete, tall", {4, 2}, [](const Tensor& x) { return qr(x, QrMode::complete).q; },
          no_gradient),
      unary(
          "qr/no columns", {3, 0}, [](const Tensor& x) { return qr(x, QrMode::complete).q; },
          no_gradient),
      unary("qr/large", {60, 40}, both_of_qr, {.tolerance = 1e-3, .large = true}),
      unary("svd", {4, 3}, all_of_svd, second),
      unary("svd/wide", {3, 5}, all_of_svd, second),
      unary("svd/square batch", {2, 3, 3}, all_of_svd, {.tolerance = 1e-3}),
      unary("svd/vectors alone", {3, 4}, [](const Tensor& x) { return svd(x, false).vh; }),
      unary("svd/full", {4, 2},
            [](const Tensor& x) {
              const SvdResult f = svd(x);
              return matmul(slice(f.u, -1, 0, 2) * unsqueeze(square(f.s), -2), f.vh);
            }),
      unary(
          "svd/no rows", {0, 3}, [](const Tensor& x) { return svd(x).vh; }, no_gradient),
      unary("svd/large", {30, 40}, [](const Tensor& x) { return svd(x, false).s; },
            {.tolerance = 1e-3, .large = true}),
      unary(
          "svdvals", {2, 4, 3}, [](const Tensor& x) { return svdvals(x); }, second),
      unary("eigh", {4, 4}, both_of_eigh, second),
      unary("eigh/batch", {2, 3, 3}, both_of_eigh),
      unary("eigh/upper", {3, 3},
            [](const Tensor& x) { return eigh(symmetric(x), true).eigenvectors; }),
      unary("eigh/vectors alone", {3, 3},
            [](const Tensor& x) { return eigh(symmetric(x)).eigenvectors; }),
      unary(
          "eigvalsh", {2, 4, 4}, [](const Tensor& x) { return eigvalsh(symmetric(x)); }, second),
      unary(
          "inv", {2, 3, 3}, [](const Tensor& x) { return inv(regular(x)); }, second),
      unary("det", {3, 3}, square_det, second),
      unary("det/batch", {2, 4, 4}, square_det),
      unary("det/singular", {3, 3},
            [](const Tensor& x) {
              return det(concat({slice(x, 0, 0, 2), slice(x, 0, 0, 1)}));
            }),
      unary("det/empty", {2, 0, 0}, square_det, no_gradient),
      unary(
          "slogdet", {2, 3, 3}, [](const Tensor& x) { return slogdet(x).logabsdet; }, second),
      unary("slogdet/sign", {4, 3, 3}, [](const Tensor& x) { return slogdet(x).sign; }),
      unary(
          "pinv", {4, 3}, [](const Tensor& x) { return pinv(x); }, second),
      unary("pinv/wide batch", {2, 2, 3}, [](const Tensor& x) { return pinv(x); }),
      unary("pinv/hermitian", {3, 3},
            [](const Tensor& x) { return pinv(symmetric(x, 1), {}, true); }),
      unary("pinv/empty", {0, 3}, [](const Tensor& x) { return pinv(x); }),
      unary(
          "matrix_rank", {2, 3, 4}, [](const Tensor& x) { return matrix_rank(x); }, no_gradient),
      unary(
          "matrix_rank/tolerance", {4, 3}, [](const Tensor& x) { return matrix_rank(x, {}, 1.5); },
          no_gradient),
      unary(
          "matrix_rank/hermitian", {3, 3},
          [](const Tensor& x) { return matrix_rank(symmetric(x), {}, 0, true); }, no_gradient),
      unary(
          "matrix_exp", {3, 3}, [](const Tensor& x) { return matrix_exp(x); }, second),
      unary("matrix_exp/batch", {2, 2, 2}, [](const Tensor& x) { return matrix_exp(x * 4); }),
      unary("matrix_exp/empty", {0, 0}, [](const Tensor& x) { return matrix_exp(x); }),
      unary(
          "matrix_power", {3, 3}, [](const Tensor& x) { return matrix_power(x, 5); }, second),
      unary("matrix_power/0", {3, 3}, [](const Tensor& x) { return matrix_power(x, 0) + x * 0; }),
      unary("matrix_power/negative", {2, 3, 3},
            [](const Tensor& x) { return matrix_power(regular(x), -2); }),
      unary(
          "cholesky_inverse", {3, 3},
          [](const Tensor& x) { return cholesky_inverse(cholesky(positive(x))); }, second),
      unary(
          "norm/of all", {3, 4}, [](const Tensor& x) { return linalg::norm(x); }, second),
      unary("norm/of a vector", {4}, [](const Tensor& x) { return linalg::norm(x, 3); }),
      unary("norm/of a matrix", {3, 4}, [](const Tensor& x) { return linalg::norm(x, 1); }),
      unary("norm/of zeros", {3}, [](const Tensor& x) { return linalg::norm(x * 0); }),
      unary(
          "vector_norm/of matrices", {3, 4}, [](const Tensor& x) { return vector_norm(x, 2, 1); },
          second),
      unary("vector_norm/kept", {2, 3, 4},
            [](const Tensor& x) {
              return vector_norm(x, 1.5, {0, -1}, true);
            }),
      unary(
          "matrix_norm", {2, 3, 4}, [](const Tensor& x) { return matrix_norm(x); }, second),
      unary(
          "matrix_norm/nuclear", {3, 2, 4},
          [](const Tensor& x) {
            return matrix_norm(x, "nuc", {0, 2});
          },
          loose),
      unary(
          "matrix_norm/nuclear, kept", {3, 2, 4},
          [](const Tensor& x) {
            return matrix_norm(x, "nuc", {2, 0}, true);
          },
          loose),
      unary("cond", {2, 3, 4}, [](const Tensor& x) { return cond(x); }),
      unary("cond/smallest", {3, 3}, [](const Tensor& x) { return cond(x, -2.0); }),
      unary("cond/1", {3, 3}, [](const Tensor& x) { return cond(regular(x), 1.0); }),
      unary("cond/fro", {3, 3}, [](const Tensor& x) { return cond(regular(x), "fro"); }),
      {"solve",
       [](In x) { return solve(regular(x[0]), x[1]); },
       {real({3, 3}), real({3, 2})},
       second},
      {"solve/vector",
       [](In x) { return solve(regular(x[0]), x[1]); },
       {real({3, 3}), real({3})},
       loose},
      {"solve/vectors",
       [](In x) { return solve(regular(x[0]), x[1]); },
       {real({2, 3, 3}), real({2, 3})},
       loose},
      {"solve/broadcast",
       [](In x) { return solve(regular(x[0]), x[1]); },
       {real({3, 3}), real({2, 3, 4})},
       loose},
      {"solve/right",
       [](In x) { return solve(regular(x[0]), x[1], false); },
       {real({3, 3}), real({2, 3})},
       loose},
      {"solve/right, vector",
       [](In x) { return solve(regular(x[0]), x[1], false); },
       {real({3, 3}), real({3})},
       loose},
      {"solve/no columns",
       [](In x) { return solve(regular(x[0]), x[1]); },
       {real({3, 3}), real({3, 0})},
       loose},
      {"lu_solve",
       [](In x) { return lu_solve(lu_factor(x[0]), x[1]); },
       {real({4, 4}), real({4, 2})},
       {.tolerance = 1e-3, .second = true}},
      {"cholesky_solve",
       [](In x) { return cholesky_solve(x[1], cholesky(positive(x[0]))); },
       {real({3, 3}), real({3, 2})},
       second},
      {"cholesky_solve/upper",
       [](In x) { return cholesky_solve(x[1], cholesky(positive(x[0]), true), true); },
       {real({3, 3}), real({3, 2})},
       loose},
      {"eigvals", [](In x) { return eigvals(x[0]); }, {real({2, 4, 4})}, loose},
      {"eig",
       [](In x) {
         const auto [w, v] = eig(x[0]);
         return concat({w, square(complex_abs(v))}, -1);
       },
       {real({2, 3, 3})},
       second},
      {"logdet", [](In x) { return logdet(positive(x[0])); }, {real({2, 3, 3})}, second},
      {"tensorsolve",
       [](In x) {
         return tensorsolve(regular(reshape(x[0], {6, 6})), x[1]);
       },
       {real({2, 3, 6}), real({6})},
       loose},
      {"tensorsolve/axes",
       [](In x) {
         return tensorsolve(permute(reshape(regular(x[0]), {2, 3, 3, 2}), {0, 2, 1, 3}), x[1],
                            {1, 3});
       },
       {real({6, 6}), real({2, 3})},
       loose},
      {"tensorinv",
       [](In x) {
         return tensorinv(reshape(regular(x[0]), {2, 2, 4}), 2);
       },
       {real({4, 4})},
       second},
      {"lu_unpack", [](In x) { return lu_unpack(lu_factor(x[0])).u; }, {real({2, 3, 4})}, loose},
      {"householder_product",
       [](In x) { return householder_product(x[0], x[1]); },
       {real({2, 4, 3}), real({2, 2})},
       second},
      {"lstsq",
       [](In x) { return lstsq(x[0], x[1]).solution; },
       {real({4, 3}), real({4, 2})},
       second},
      {"lstsq/wide",
       [](In x) { return lstsq(x[0], x[1]).solution; },
       {real({2, 2, 3}), real({2, 2, 1})},
       loose},
      {"lstsq/residuals",
       [](In x) { return lstsq(x[0], x[1]).residuals; },
       {real({4, 2}), real({4, 2})},
       loose},
  };
  for (const bool upper : {false, true})
    for (const bool left : {false, true})
      for (const bool unit : {false, true})
        all.push_back({std::string("solve_triangular/") + (upper ? "upper" : "lower") +
                           (left ? "" : ", right") + (unit ? ", unit" : ""),
                       [=](In x) {
                         return solve_triangular(
                             regular(x[0]), x[1],
                             {.upper = upper, .left = left, .unitriangular = unit});
                       },
                       {real({3, 3}), left ? real({2, 3, 2}) : real({2, 2, 3})},
                       second});
  for (const double p : {0.0, 1.0, -1.0, 3.0, infinity, -infinity})
    all.push_back({"vector_norm/order " + std::to_string(p),
                   [p](In x) { return vector_norm(x[0], p, 0); },
                   {real({3, 4})},
                   {.tolerance = 1e-5}});
  for (const double p : {1.0, -1.0, 2.0, -2.0, infinity, -infinity})
    for (const bool keep : {false, true})
      all.push_back({"matrix_norm/" + std::to_string(p) + (keep ? ", kept" : ""),
                     [=](In x) {
                       return matrix_norm(x[0], p, {1, 0}, keep);
                     },
                     {real({3, 4, 2})},
                     loose});
  const std::size_t narrow = all.size();
  for (std::size_t i = 0; i < narrow; i += 4) all.push_back(wide(all[i]));
  return all;
}

}  // namespace fathom::test
