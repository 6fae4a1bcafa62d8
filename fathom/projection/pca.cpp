#include "fathom/projection/pca.h"

#include "fathom/graph/context.h"
#include "fathom/ops/decompositions.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"
#include "fathom/projection/points.h"

namespace fathom::projection {

Pca Pca::fit(const Tensor& x, const PcaOptions& options, Where where) {
  const graph::CallScope scope("Pca::fit", where);
  require_points("Pca::fit", x, 2);
  const std::int64_t n = x.shape()[0], d = x.shape()[1], most = std::min(n, d);
  const std::int64_t k = options.components == 0 ? most : options.components;
  if (k < 1 || k > most)
    throw ValueError({.operation = "Pca::fit",
                      .problem = "as many components are not there",
                      .received = {{"components", std::to_string(k)}, {"x", to_string(x.shape())}},
                      .expected = "1 to " + std::to_string(most)});
  const Tensor wide = cast(x, DType::f64);
  const Tensor mean = fathom::mean(wide, {0});
  const Tensor centred = (wide - mean).eval();
  Tensor directions, variance;  // as rows, the largest variance first
  const double freedom = static_cast<double>(n - 1);
  if (n >= d) {
    const auto [values, vectors] =
        linalg::eigh(matmul(transpose(centred, 0, 1), centred) / freedom);
    variance = maximum(flip(values, {0}), 0.0);
    directions = flip(transpose(vectors, 0, 1), {0});
  } else {
    const auto svd = linalg::svd(centred, false);
    variance = svd.s * svd.s / freedom;
    directions = svd.vh;
  }
  const Tensor ends = max(directions, {1}, true) + min(directions, {1}, true);
  directions = slice(directions * fathom::where(ends < 0.0, -1.0, 1.0), 0, 0, k);
  const Tensor share = variance / sum(variance), first = slice(variance, 0, 0, k);
  const auto as_x = [&](const Tensor& y) { return cast(y, x.dtype()).eval(); };
  return {.mean = as_x(mean),
          .components = as_x(directions),
          .explained_variance = as_x(first),
          .explained_variance_ratio = as_x(slice(share, 0, 0, k)),
          .singular_values = as_x(sqrt(first * freedom)),
          .whiten = options.whiten};
}

Tensor Pca::transform(const Tensor& x) const {
  const Tensor y = matmul(x - mean, transpose(components, 0, 1));
  return whiten ? y / sqrt(explained_variance) : y;
}

Tensor Pca::inverse_transform(const Tensor& x) const {
  return matmul(whiten ? x * sqrt(explained_variance) : x, components) + mean;
}

}  // namespace fathom::projection
