#include "fathom/ops/embedding.h"

#include "fathom/graph/op.h"
#include "fathom/ops/check.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/distance.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/row_sums.h"
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

/// The rows of the table at `index`, as `o` has them read and derived; its padding_idx is not
/// looked at.
Tensor read_rows(const Tensor& table, const Tensor& index, const EmbeddingOptions& o,
                 const std::source_location& where) {
  const Tensor rows = take(Operand(table, where), index, 0);
  if (!o.max_norm && !o.scale_grad_by_freq) return rows;
  ops::require_floating("embedding", Operand(table, where));
  // What is read and what the gradient passes through are not the same.
  Tensor shown = ops::wide(rows), passed = shown;
  if (o.max_norm) {
    ops::require_option(o.norm_type > 0, "embedding", "norm_type", o.norm_type, "a positive number",
                        where);
    const Tensor flat = reshape(shown, {index.size(), table.shape()[1]});
    shown = reshape(renorm(Operand(flat, where), o.norm_type, 0, *o.max_norm), rows.shape());
  }
  if (o.scale_grad_by_freq) {
    const Tensor times = ops::scatter_slices(ones({index.size(), 1}, passed.dtype()),
                                             flatten(index), 0, table.shape()[0]);
    passed = passed / take(times, index, 0);
  }
  return ops::rounded(stop_gradient(shown) + (passed - stop_gradient(passed)), table.dtype());
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
  else if (o.scale_grad_by_freq && o.mode == BagMode::max)
    problem = "scale_grad_by_freq goes with BagMode::sum and mean";
  if (problem)
    ops::fail<ValueError>({.operation = "embedding_bag",
                           .problem = problem,
                           .received = {{"index", describe(index)},
                                        {"offsets", describe(o.offsets)},
                                        {"per_sample_weights", describe(o.per_sample_weights)}}},
                          where);
}

/// The bag of each place of the index; -1 for what is in none: before the first offset, behind an
/// explicit end, at the padding index.
Tensor bag_of_each(const Tensor& flat, const Tensor& index, const EmbeddingBagOptions& o,
                   std::int64_t bags, std::optional<std::int64_t> padding,
                   const std::source_location& where) {
  Tensor bag;
  if (o.offsets.defined()) {
    const Tensor begins = ops::checked(
        o.offsets, Operand(o.offsets, where),
        {0, static_cast<double>(index.size()), "offset", "a place in the index", true});
    bag = searchsorted(begins, arange(index.size(), begins.dtype()), true) - 1;
    if (o.include_last_offset) bag = fathom::where(bag == bags, -1, bag);
  } else {
    bag = flatten(expand(unsqueeze(arange(bags), 1), {bags, index.size(1)}));
  }
  return padding ? fathom::where(flat == *padding, -1, bag) : bag;
}

}  // namespace

Tensor embedding(const Tensor& index, const Operand& weight, const EmbeddingOptions& options) {
  const graph::CallScope call("embedding", weight.where());
  const Tensor table = ops::as_tensor(weight);
  require_table("embedding", table, weight.where());
  const Tensor rows = read_rows(table, index, options, weight.where());
  if (!options.padding_idx) return rows;
  const std::int64_t padding =
      padding_row("embedding", *options.padding_idx, table, weight.where());
  return where(unsqueeze(index == padding, -1), stop_gradient(rows), rows);
}

Tensor embedding_bag(const Tensor& index, const Operand& weight,
                     const EmbeddingBagOptions& options) {
  const graph::CallScope call("embedding_bag", weight.where());
  const Tensor table = ops::as_tensor(weight);
  require_table("embedding_bag", table, weight.where());
  check_bags(index, options, weight.where());
  ops::require_index("embedding_bag", index);
  const std::int64_t bags = options.offsets.defined()
                                ? options.offsets.size() - (options.include_last_offset ? 1 : 0)
                                : index.shape()[0];
  if (index.size() == 0 || bags == 0) return zeros({bags, table.shape()[1]}, table.dtype());
  const Tensor flat = cast(flatten(index), DType::i64);
  std::optional<std::int64_t> padding = options.padding_idx;
  if (padding) padding = padding_row("embedding_bag", *padding, table, weight.where());
  const Tensor bag = bag_of_each(flat, index, options, bags, padding, weight.where());
  const EmbeddingOptions reading{.max_norm = options.max_norm,
                                 .norm_type = options.norm_type,
                                 .scale_grad_by_freq = options.scale_grad_by_freq};
  const auto rows = [&] { return ops::wide(read_rows(table, flat, reading, weight.where())); };
  const Tensor places = where(bag < 0, bags, bag);  // with one behind the last
  const auto of_bags = [&](const Tensor& t) { return slice(t, 0, 0, bags); };
  const auto count = [&](DType dtype) {
    return of_bags(ops::scatter_slices(ones({flat.size(), 1}, dtype), places, 0, bags + 1));
  };
  if (options.mode == BagMode::max) {
    const Tensor all = rows();
    const Tensor largest = ops::scatter(op::Scatter::Kind::max, all,
                                        expand(unsqueeze(places, 1), all.shape()), 0, bags + 1);
    return ops::rounded(where(count(all.dtype()) > 0, of_bags(largest), 0), table.dtype());
  }
  // Rows of halves are widened, not the whole table.
  const bool read = is_half(table.dtype()) || options.max_norm || options.scale_grad_by_freq;
  Tensor weights = options.per_sample_weights;
  if (weights.defined()) weights = cast(flatten(weights), ops::widened(table.dtype()));
  const Tensor sums = ops::row_sums(read ? rows() : table, read ? arange(flat.size()) : flat, bag,
                                    weights, {bags, op::RowSums::Side::to}, weight.where());
  if (options.mode == BagMode::sum) return ops::rounded(sums, table.dtype());
  const bool alike = !options.offsets.defined() && !padding;
  return ops::rounded(alike ? sums / index.size(1) : sums / maximum(count(sums.dtype()), 1),
                      table.dtype());
}

}  // namespace fathom
