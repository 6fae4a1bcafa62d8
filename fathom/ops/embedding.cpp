#include "fathom/ops/embedding.h"

#include <limits>

#include "fathom/graph/op.h"
#include "fathom/ops/check.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/join.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom {

using graph::describe;

namespace {

void require_table(const char* operation, const Tensor& table, const std::source_location& where) {
  if (table.rank() == 2) return;
  ops::fail<ShapeError>({.operation = operation,
                         .problem = "the weight is no table",
                         .received = {{"weight", describe(table)}},
                         .expected = "weight of shape (count, dim)"},
                        where);
}

std::int64_t padding_row(const char* operation, std::int64_t padding_idx, const Tensor& table,
                         const std::source_location& where) {
  const std::int64_t count = table.shape()[0];
  if (padding_idx < -count || padding_idx >= count)
    ops::fail<IndexError>(
        {.operation = operation,
         .problem = "padding_idx " + std::to_string(padding_idx) + " is out of range",
         .expected = "a row of the weight's " + std::to_string(count)},
        where);
  return padding_idx < 0 ? padding_idx + count : padding_idx;
}

void check_bags(const Tensor& index, const EmbeddingBagOptions& o,
                const std::source_location& where) {
  const char* problem = nullptr;
  if (index.rank() != 1 && index.rank() != 2)
    problem = "the index has neither one nor two axes";
  else if (index.rank() == 2 && o.offsets.defined())
    problem = "an index of two axes has no offsets";
  else if (index.rank() == 1 && !(o.offsets.defined() && o.offsets.rank() == 1))
    problem = "an index of one axis needs offsets of one axis";
  else if (o.include_last_offset && (!o.offsets.defined() || o.offsets.size() == 0))
    problem = "include_last_offset needs an offset";
  else if (o.per_sample_weights.defined() && o.mode != BagMode::sum)
    problem = "per_sample_weights go with BagMode::sum";
  else if (o.per_sample_weights.defined() && o.per_sample_weights.shape() != index.shape())
    problem = "per_sample_weights are not of the index' shape";
  if (problem)
    ops::fail<ValueError>({.operation = "embedding_bag",
                           .problem = problem,
                           .received = {{"index", describe(index)},
                                        {"offsets", describe(o.offsets)},
                                        {"per_sample_weights", describe(o.per_sample_weights)}}},
                          where);
}

/// Which positions belong to which bag: bool (bags, n).
Tensor membership(const Tensor& offsets, std::int64_t n, bool include_last) {
  const std::int64_t bags = offsets.size() - (include_last ? 1 : 0);
  const Tensor begin = slice(offsets, 0, 0, bags);
  const Tensor end = include_last
                         ? slice(offsets, 0, 1, bags + 1)
                         : concat({slice(offsets, 0, 1, bags), full({1}, n, offsets.dtype())}, 0);
  const Tensor position = arange(n, offsets.dtype());
  return logical_and(position >= unsqueeze(begin, 1), position < unsqueeze(end, 1));
}

}  // namespace

Tensor embedding(const Tensor& index, const Operand& weight,
                 std::optional<std::int64_t> padding_idx) {
  const graph::CallScope call("embedding", weight.where());
  const Tensor table = ops::as_tensor(weight);
  require_table("embedding", table, weight.where());
  const Tensor rows = take(Operand(table, weight.where()), index, 0);
  if (!padding_idx) return rows;
  const std::int64_t padding = padding_row("embedding", *padding_idx, table, weight.where());
  return where(unsqueeze(index == padding, -1), stop_gradient(rows), rows);
}

Tensor embedding_bag(const Tensor& index, const Operand& weight,
                     const EmbeddingBagOptions& options) {
  const graph::CallScope call("embedding_bag", weight.where());
  const Tensor table = ops::as_tensor(weight);
  require_table("embedding_bag", table, weight.where());
  check_bags(index, options, weight.where());
  Tensor rows = ops::wide(take(Operand(table, weight.where()), index, 0));
  // Bags of one length lie side by side, (bags, n, dim); others share the rows, (1, n, dim).
  Tensor member = ones(index.shape(), DType::boolean);
  if (options.offsets.defined()) {
    const Tensor offsets = ops::checked(
        options.offsets, Operand(options.offsets, weight.where()),
        {0, static_cast<double>(index.size()), "offset", "a place in the index", true});
    member = membership(offsets, index.size(), options.include_last_offset);
    rows = unsqueeze(rows, 0);
  }
  if (options.padding_idx) {
    const std::int64_t padding =
        padding_row("embedding_bag", *options.padding_idx, table, weight.where());
    member = logical_and(member, index != padding);
  }
  if (options.per_sample_weights.defined()) rows = rows * unsqueeze(options.per_sample_weights, -1);
  const Tensor inside = unsqueeze(member, -1);
  if (options.mode != BagMode::max) {
    const Tensor total = sum(where(inside, rows, 0), 1);
    if (options.mode == BagMode::sum) return ops::rounded(total, table.dtype());
    const Tensor count = maximum(sum(cast(inside, rows.dtype()), 1), 1);
    return ops::rounded(total / count, table.dtype());
  }
  const Shape bags{member.shape()[0], rows.shape()[2]};
  if (member.size() == 0) return zeros(bags, table.dtype());
  const Tensor largest = max(where(inside, rows, -std::numeric_limits<double>::infinity()), 1);
  return ops::rounded(where(any(inside, 1), largest, 0), table.dtype());
}

}  // namespace fathom
