#include "fathom/ops/embedding.h"

#include "fathom/graph/op.h"
#include "fathom/ops/check.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/scatter.h"
#include "fathom/ops/shape.h"
#include "fathom/ops/sort.h"

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

/// The bag of each place of the index. What is in none, before the first offset or behind an
/// explicit end, comes to -1 or `bags`, and both to the row behind the last.
Tensor bag_of_each(const Tensor& index, const Tensor& offsets, std::int64_t bags,
                   const std::source_location& where) {
  if (!offsets.defined()) return flatten(expand(unsqueeze(arange(bags), 1), {bags, index.size(1)}));
  const Tensor begins =
      ops::checked(offsets, Operand(offsets, where),
                   {0, static_cast<double>(index.size()), "offset", "a place in the index", true});
  return searchsorted(begins, arange(index.size(), begins.dtype()), true) - 1;
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
  const Tensor flat = flatten(index);
  Tensor rows = ops::wide(take(Operand(table, weight.where()), flat, 0));
  const std::int64_t bags = options.offsets.defined()
                                ? options.offsets.size() - (options.include_last_offset ? 1 : 0)
                                : index.shape()[0];
  Tensor bag = bag_of_each(index, options.offsets, bags, weight.where());
  if (options.padding_idx) {
    const std::int64_t padding =
        padding_row("embedding_bag", *options.padding_idx, table, weight.where());
    bag = where(flat == padding, bags, bag);
  }
  if (options.per_sample_weights.defined())
    rows = rows * unsqueeze(flatten(options.per_sample_weights), 1);
  if (flat.size() == 0) return zeros({bags, table.shape()[1]}, table.dtype());
  const auto summed = [&](const Tensor& t) {
    return slice(ops::scatter_slices(t, bag, 0, bags + 1), 0, 0, bags);
  };
  if (options.mode == BagMode::sum) return ops::rounded(summed(rows), table.dtype());
  const Tensor count = summed(ones({flat.size(), 1}, rows.dtype()));
  if (options.mode == BagMode::mean)
    return ops::rounded(summed(rows) / maximum(count, 1), table.dtype());
  const Tensor largest = ops::scatter(op::Scatter::Kind::max, rows,
                                      expand(unsqueeze(bag, 1), rows.shape()), 0, bags + 1);
  return ops::rounded(where(count > 0, slice(largest, 0, 0, bags), 0), table.dtype());
}

}  // namespace fathom
