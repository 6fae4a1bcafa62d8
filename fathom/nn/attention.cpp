#include "fathom/nn/attention.h"

#include <limits>

#include "fathom/graph/context.h"
#include "fathom/nn/init.h"
#include "fathom/nn/mode.h"
#include "fathom/nn/require.h"
#include "fathom/ops/attention.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/dropout.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom::nn {

using graph::ModuleScope;

namespace {

constexpr const char* kName = "nn::MultiheadAttention";

/// A mask of torch's sense as one that is added.
Tensor added(const Tensor& mask, DType dtype) {
  if (mask.dtype() != DType::boolean) return cast(mask, dtype);
  return where(mask, full({}, -std::numeric_limits<double>::infinity(), dtype), full({}, 0, dtype));
}

/// One more column of zeros at a mask's end.
Tensor with_column(const Tensor& mask) {
  if (!mask.defined()) return mask;
  return concat({mask, zeros(mask.shape().with(mask.rank() - 1, 1), mask.dtype())}, -1);
}

}  // namespace

/// Queries (B, H, L, E / H), keys and values likewise, and what is added to their scores.
struct MultiheadAttention::Heads {
  Tensor q, k, v;
  AttentionOptions options;
  bool batched;
};

MultiheadAttention::MultiheadAttention(std::int64_t embed_dim, std::int64_t num_heads,
                                       MultiheadAttentionOptions options, Where where)
    : out_proj((require_positive(kName, "embed_dim", embed_dim, where), embed_dim), embed_dim,
               options.bias, where),
      num_heads(num_heads),
      options(options) {
  require_positive(kName, "num_heads", num_heads, where);
  if (embed_dim % num_heads != 0)
    throw ValueError({.operation = kName,
                      .problem = std::to_string(num_heads) + " heads do not divide " +
                                 std::to_string(embed_dim) + " numbers",
                      .expected = "a divisor of embed_dim",
                      .where = to_string(where)});
  if (!(options.dropout >= 0 && options.dropout <= 1))
    throw ValueError({.operation = kName,
                      .problem = "dropout is " + graph::print_field(options.dropout),
                      .expected = "a number in [0, 1]",
                      .where = to_string(where)});
  const std::int64_t kdim = options.kdim ? options.kdim : embed_dim;
  const std::int64_t vdim = options.vdim ? options.vdim : embed_dim;
  require_positive(kName, "kdim", kdim, where);
  require_positive(kName, "vdim", vdim, where);
  if (kdim == embed_dim && vdim == embed_dim) {
    in_proj_weight = init::xavier_uniform({3 * embed_dim, embed_dim});
  } else {
    q_proj_weight = init::xavier_uniform({embed_dim, embed_dim});
    k_proj_weight = init::xavier_uniform({embed_dim, kdim});
    v_proj_weight = init::xavier_uniform({embed_dim, vdim});
  }
  if (options.bias) {
    in_proj_bias = zeros({3 * embed_dim});
    out_proj.bias = zeros({embed_dim});
  }
  if (options.add_bias_kv) {
    bias_k = init::xavier_normal({1, 1, embed_dim});
    bias_v = init::xavier_normal({1, 1, embed_dim});
  }
}

MultiheadAttention::Heads MultiheadAttention::project(const Tensor& query, const Tensor& key,
                                                      const Tensor& value,
                                                      const AttentionMasks& masks,
                                                      const Where& where) const {
  const bool batched = query.rank() == 3;
  if ((query.rank() != 2 && !batched) || key.rank() != query.rank() || value.rank() != query.rank())
    ops::fail<ShapeError>({.operation = kName,
                           .problem = "query, key and value need the same number of axes",
                           .received = {{"query", graph::describe(query)},
                                        {"key", graph::describe(key)},
                                        {"value", graph::describe(value)}},
                           .expected = "3 axes each, or 2 without a batch"},
                          where);
  const std::int64_t width = out_proj.weight.shape()[0], head = width / num_heads;
  // To (B, positions, numbers).
  const auto rows = [&](const Tensor& x) {
    if (!batched) return unsqueeze(x, 0);
    return options.batch_first ? x : transpose(x, 0, 1);
  };
  const auto split = [&](const Tensor& x) {
    const Shape& s = x.shape();
    return transpose(reshape(x, {s[0], s[1], num_heads, head}), 1, 2);
  };
  const auto part = [&](const Tensor& x, std::int64_t i) {
    return x.defined() ? slice(x, 0, i * width, (i + 1) * width) : x;
  };
  Tensor q, k, v;
  if (in_proj_weight.defined() && query.same_as(key) && key.same_as(value)) {
    const Tensor all = linear(Operand(rows(query), where), in_proj_weight, in_proj_bias);
    q = slice(all, 2, 0, width);
    k = slice(all, 2, width, 2 * width);
    v = slice(all, 2, 2 * width, 3 * width);
  } else {
    const auto projected = [&](const Tensor& x, std::int64_t i, const Tensor& own) {
      const Tensor weight = own.defined() ? own : part(in_proj_weight, i);
      return linear(Operand(rows(x), where), weight, part(in_proj_bias, i));
    };
    q = projected(query, 0, q_proj_weight);
    k = projected(key, 1, k_proj_weight);
    v = projected(value, 2, v_proj_weight);
  }
  const std::int64_t batch = q.shape()[0], queries = q.shape()[1];
  const DType dtype = q.dtype();
  Tensor mask, padding;
  if (masks.attention.defined()) {
    mask = added(masks.attention, dtype);
    if (mask.rank() == 3) mask = reshape(mask, {batch, num_heads, queries, mask.shape()[2]});
  }
  if (masks.key_padding.defined()) {
    const Tensor& given = masks.key_padding;
    padding =
        unsqueeze(unsqueeze(added(given.rank() == 1 ? unsqueeze(given, 0) : given, dtype), 1), 1);
  }
  if (masks.causal) {
    const Tensor later = arange(k.shape()[1]) > reshape(arange(queries), {queries, 1});
    const bool more = options.add_bias_kv || options.add_zero_attn;
    if (more) mask = mask.defined() ? mask + added(later, dtype) : added(later, dtype);
  }
  const auto append = [&](const Tensor& more_k, const Tensor& more_v) {
    k = concat({k, expand(more_k, {batch, 1, width})}, 1);
    v = concat({v, expand(more_v, {batch, 1, width})}, 1);
    mask = with_column(mask);
    padding = with_column(padding);
  };
  if (options.add_bias_kv) append(bias_k, bias_v);
  if (options.add_zero_attn) append(zeros({1, 1, width}, dtype), zeros({1, 1, width}, dtype));
  Heads heads{split(q), split(k), split(v), {}, batched};
  heads.options.causal = masks.causal && !options.add_bias_kv && !options.add_zero_attn;
  heads.options.mask = mask.defined() && padding.defined() ? mask + padding
                       : mask.defined()                    ? mask
                                                           : padding;
  return heads;
}

Tensor MultiheadAttention::join(const Heads& heads, const Tensor& y) const {
  const Shape& s = y.shape();
  const Tensor rows = reshape(transpose(y, 1, 2), {s[0], s[2], s[1] * s[3]});
  const Tensor out = out_proj(rows);
  if (!heads.batched) return squeeze(out, 0);
  return options.batch_first ? out : transpose(out, 0, 1);
}

Tensor MultiheadAttention::operator()(const Tensor& query, const Tensor& key, const Tensor& value,
                                      const AttentionMasks& masks, Where where) const {
  const ModuleScope scope(this, kName, where);
  Heads heads = project(query, key, value, masks, where);
  if (is_training() && options.dropout > 0) {
    const RandomSite site = next_random_site(kName, where);
    heads.options.dropout = options.dropout;
    heads.options.key = site.key;
    heads.options.site = site.site;
  }
  return scope.result(
      join(heads, scaled_dot_product_attention(heads.q, heads.k, heads.v, heads.options)));
}

AttentionOutput MultiheadAttention::with_weights(const Tensor& query, const Tensor& key,
                                                 const Tensor& value, const AttentionMasks& masks,
                                                 bool mean_of_heads, Where where) const {
  const ModuleScope scope(this, kName, where);
  const Heads heads = project(query, key, value, masks, where);
  Tensor weights = attention_weights(heads.q, heads.k, heads.options);
  if (is_training() && options.dropout > 0) {
    const RandomSite site = next_random_site(kName, where);
    weights = dropout(weights, options.dropout, site.key, site.site);
  }
  const Tensor y = scope.result(join(heads, matmul(weights, heads.v)));
  if (mean_of_heads) weights = mean(weights, 1);
  return {y, heads.batched ? weights : squeeze(weights, 0)};
}

}  // namespace fathom::nn
