// The initialisers that need more than uniform and normal numbers: apart from the others, so that a
// program without them links neither decompositions nor sorting.
#include <cmath>

#include "fathom/core/error.h"
#include "fathom/graph/op.h"
#include "fathom/nn/init.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/decompositions.h"
#include "fathom/ops/diagonal.h"
#include "fathom/ops/distributions.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"
#include "fathom/ops/sort.h"

namespace fathom::nn::init {

Tensor trunc_normal(const Shape& shape, double mean, double std_dev, double low, double high) {
  return random_truncated_normal(shape, next_key(), mean, std_dev, low, high);
}

Tensor orthogonal(const Shape& shape, double gain) {
  if (shape.rank() < 2)
    throw ShapeError({.operation = "nn::init::orthogonal",
                      .problem = "the shape does not fit",
                      .received = {{"shape", to_string(shape)}},
                      .expected = "two axes and more"});
  if (shape.size() == 0) return fathom::zeros(shape);
  const std::int64_t rows = shape[0], columns = shape.size() / rows;
  const Tensor drawn = normal(Shape{std::max(rows, columns), std::min(rows, columns)});
  const auto [q, r] = linalg::qr(drawn);
  const Tensor unbiased = q * sign(diagonal(r));  // uniform among all such matrices: Mezzadri 2007
  return gain * reshape(rows < columns ? transpose(unbiased) : unbiased, shape);
}

Tensor sparse(const Shape& shape, double sparsity, double std_dev) {
  if (shape.rank() != 2)
    throw ShapeError({.operation = "nn::init::sparse",
                      .problem = "the shape does not fit",
                      .received = {{"shape", to_string(shape)}},
                      .expected = "two axes"});
  if (!(sparsity >= 0 && sparsity <= 1))
    throw ValueError({.operation = "nn::init::sparse",
                      .problem = "sparsity is " + graph::print_field(sparsity),
                      .expected = "a share of each column, in [0, 1]"});
  const auto zeros = static_cast<std::int64_t>(std::ceil(sparsity * static_cast<double>(shape[0])));
  const Tensor place = argsort(argsort(random_uniform(shape, next_key()), 0), 0);
  return where(place < zeros, 0, normal(shape, 0, std_dev));
}

}  // namespace fathom::nn::init
