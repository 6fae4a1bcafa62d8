#include "fathom/nn/embedding.h"

#include "fathom/graph/context.h"
#include "fathom/graph/op.h"
#include "fathom/nn/require.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"

namespace fathom::nn {

using graph::ModuleScope;

namespace {

/// Standard normal numbers, zeros in the padding row.
Tensor new_table(const char* layer, std::int64_t count, std::int64_t dim,
                 std::optional<std::int64_t>& padding, const Where& where) {
  require_positive(layer, "count", count, where);
  require_positive(layer, "dim", dim, where);
  const Tensor table = random_normal({count, dim}, next_key());
  if (!padding) return table;
  if (*padding < -count || *padding >= count)
    throw IndexError({.operation = layer,
                      .problem = "padding_idx " + std::to_string(*padding) + " is out of range",
                      .expected = "a row of the table's " + std::to_string(count),
                      .where = to_string(where)});
  if (*padding < 0) *padding += count;
  return fathom::where(unsqueeze(arange(count) == *padding, 1), 0, table);
}

Param given_table(const char* layer, const Tensor& table, bool freeze, const Where& where) {
  if (!table.defined() || table.rank() != 2)
    throw ShapeError({.operation = layer,
                      .problem = "no table of vectors",
                      .received = {{"table", graph::describe(table)}},
                      .expected = "a tensor (count, dim)",
                      .where = to_string(where)});
  Param weight = table;
  weight.frozen = freeze;
  return weight;
}

}  // namespace

Embedding::Embedding(std::int64_t count, std::int64_t dim, EmbeddingOptions options, Where where)
    : options(options) {
  weight = new_table("nn::Embedding", count, dim, this->options.padding_idx, where);
}
Embedding Embedding::from_pretrained(const Tensor& table, bool freeze, EmbeddingOptions options,
                                     Where where) {
  Embedding layer(1, 1);
  layer.weight = given_table("nn::Embedding", table, freeze, where);
  layer.options = options;
  return layer;
}
Tensor Embedding::operator()(const Tensor& index, Where where) const {
  const ModuleScope scope(this, "nn::Embedding", where);
  return scope.result(embedding(index, Operand(weight, where), options));
}

EmbeddingBag::EmbeddingBag(std::int64_t count, std::int64_t dim, EmbeddingBagLayerOptions options,
                           Where where)
    : options(options) {
  weight = new_table("nn::EmbeddingBag", count, dim, this->options.padding_idx, where);
}
EmbeddingBag EmbeddingBag::from_pretrained(const Tensor& table, bool freeze,
                                           EmbeddingBagLayerOptions options, Where where) {
  EmbeddingBag layer(1, 1);
  layer.weight = given_table("nn::EmbeddingBag", table, freeze, where);
  layer.options = options;
  return layer;
}
Tensor EmbeddingBag::operator()(const Tensor& index, const Tensor& offsets,
                                const Tensor& per_sample_weights, Where where) const {
  const ModuleScope scope(this, "nn::EmbeddingBag", where);
  return scope.result(embedding_bag(index, Operand(weight, where),
                                    {.offsets = offsets,
                                     .mode = options.mode,
                                     .per_sample_weights = per_sample_weights,
                                     .include_last_offset = options.include_last_offset,
                                     .padding_idx = options.padding_idx,
                                     .max_norm = options.max_norm,
                                     .norm_type = options.norm_type,
                                     .scale_grad_by_freq = options.scale_grad_by_freq}));
}

}  // namespace fathom::nn
