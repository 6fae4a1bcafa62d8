#include "fathom/ops/loss_distance.h"

#include <limits>

#include "fathom/graph/op.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/distance.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/loss_classes.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom {

using graph::describe;

namespace {

void require_temperature(const char* operation, double temperature,
                         const std::source_location& where) {
  if (temperature > 0) return;
  ops::fail<ValueError>({.operation = operation,
                         .problem = "temperature is " + graph::print_field(temperature),
                         .expected = "a positive number"},
                        where);
}

void require_pairs(const char* operation, const Tensor& a, const Tensor& b,
                   const std::source_location& where) {
  if (a.rank() == 2 && a.shape() == b.shape()) return;
  ops::fail<ShapeError>({.operation = operation,
                         .problem = "the vectors do not pair up",
                         .received = {{"a", describe(a)}, {"b", describe(b)}},
                         .expected = "two matrices (B, D) of one shape"},
                        where);
}

/// Rows of length 1; of halves in f32.
Tensor unit_rows(const Operand& x, DType dtype) {
  return normalize(Operand(ops::as_tensor(x, ops::widened(dtype)), x.where()), 2, -1);
}

}  // namespace

Tensor contrastive_loss(const Operand& a, const Operand& b, const Operand& target, double margin,
                        Reduction reduction) {
  const graph::CallScope call("contrastive_loss", a.where());
  const std::source_location at = a.where();
  const DType dtype = ops::floating(ops::common_dtype({&a, &b}));
  const auto wide = [&](const Operand& x) { return ops::as_tensor(x, ops::widened(dtype)); };
  const Tensor distance = pairwise_distance(Operand(wide(a), at), wide(b));
  const Tensor t = wide(target);
  return ops::reduce_loss("contrastive_loss",
                          t * square(distance) + (1 - t) * square(relu(margin - distance)),
                          reduction, dtype, at);
}

Tensor info_nce_loss(const Operand& query, const Operand& positive, const InfoNceOptions& options) {
  const graph::CallScope call("info_nce_loss", query.where());
  const std::source_location at = query.where();
  require_temperature("info_nce_loss", options.temperature, at);
  const DType dtype = ops::floating(ops::common_dtype({&query, &positive}));
  const Tensor q = unit_rows(query, dtype);
  const Tensor p = unit_rows(positive, dtype);
  require_pairs("info_nce_loss", q, p, at);
  const std::int64_t rows = q.shape()[0];
  if (!options.negatives.defined())
    return ops::rounded(cross_entropy(matmul(q, transpose(p)) / options.temperature, arange(rows),
                                      {.reduction = options.reduction}),
                        dtype);
  const Tensor far = matmul(q, transpose(unit_rows(options.negatives, dtype)));
  const Tensor scores = concat({sum(q * p, 1, true), far}, 1) / options.temperature;
  return ops::rounded(
      cross_entropy(scores, zeros({rows}, DType::i64), {.reduction = options.reduction}), dtype);
}

Tensor nt_xent_loss(const Operand& a, const Operand& b, double temperature, Reduction reduction) {
  const graph::CallScope call("nt_xent_loss", a.where());
  const std::source_location at = a.where();
  require_temperature("nt_xent_loss", temperature, at);
  const DType dtype = ops::floating(ops::common_dtype({&a, &b}));
  const Tensor x = unit_rows(a, dtype);
  const Tensor y = unit_rows(b, dtype);
  require_pairs("nt_xent_loss", x, y, at);
  const std::int64_t rows = x.shape()[0];
  const Tensor both = concat({x, y}, 0);
  const Tensor place = arange(2 * rows);
  const Tensor self = unsqueeze(place, 1) == place;
  const Tensor scores = where(self, -std::numeric_limits<double>::infinity(),
                              matmul(both, transpose(both)) / temperature);
  const Tensor partner = where(place < rows, place + rows, place - rows);
  return ops::rounded(cross_entropy(scores, partner, {.reduction = reduction}), dtype);
}

}  // namespace fathom
