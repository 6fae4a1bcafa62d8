// Attention of several heads.
#pragma once
#include <cstdint>

#include "fathom/nn/linear.h"

namespace fathom::nn {

/// Options of nn::MultiheadAttention.
struct MultiheadAttentionOptions {
  double dropout = 0;               ///< of the weights, while training
  bool bias = true;                 ///< of the four projections
  bool add_bias_kv = false;         ///< a learned key and value behind the others
  bool add_zero_attn = false;       ///< a key and value of zeros behind the others
  std::int64_t kdim = 0, vdim = 0;  ///< numbers of a key and a value; 0: as many as of a query
  bool batch_first = false;         ///< (B, L, E) rather than (L, B, E)
};

/// What a query must not look at, in torch's sense: a bool mask is true there, any other is added
/// to the scores. (scaled_dot_product_attention's bool mask is true where a query may look.)
struct AttentionMasks {
  Tensor key_padding = {};  ///< (B, S), or (S) without a batch
  Tensor attention = {};    ///< (L, S), or (B * heads, L, S)
  bool causal = false;      ///< query i looks at keys 0 ... i
};

/// What a call with its weights gives.
struct AttentionOutput {
  Tensor y;
  Tensor weights;  ///< (B, L, S), the mean over the heads, or (B, heads, L, S)
};

/// softmax(q k^T / sqrt(E / heads)) v for each head, between projections of queries, keys, values
/// and of the heads' results (Vaswani et al. 2017): torch.nn.MultiheadAttention.
///
/// Shapes      query (L, B, E), key (S, B, kdim), value (S, B, vdim) -> (L, B, E), with batch_first
///             (B, L, E); without a batch (L, E)
/// Parameters  in_proj_weight (3 E, E), or q_proj_weight (E, E), k_proj_weight (E, kdim),
///             v_proj_weight (E, vdim) if sizes differ; in_proj_bias (3 E), bias_k and bias_v
///             (1, 1, E), out_proj.weight (E, E), out_proj.bias (E)
/// Errors      ValueError if the heads do not divide E; ShapeError
class MultiheadAttention {
 public:
  MultiheadAttention(std::int64_t embed_dim, std::int64_t num_heads,
                     MultiheadAttentionOptions options = {}, Where where = Where::current());
  /// Without a matrix of all weights in memory, unless they are dropped out.
  Tensor operator()(const Tensor& query, const Tensor& key, const Tensor& value,
                    const AttentionMasks& masks = {}, Where where = Where::current()) const;
  /// And the weights, `mean` over the heads or each.
  AttentionOutput with_weights(const Tensor& query, const Tensor& key, const Tensor& value,
                               const AttentionMasks& masks = {}, bool mean = true,
                               Where where = Where::current()) const;

  Param in_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight, in_proj_bias, bias_k, bias_v;
  Linear out_proj;
  std::int64_t num_heads;
  MultiheadAttentionOptions options;
  static constexpr auto members() {
    using M = MultiheadAttention;
    return fathom::members<&M::in_proj_weight, &M::q_proj_weight, &M::k_proj_weight,
                           &M::v_proj_weight, &M::in_proj_bias, &M::bias_k, &M::bias_v,
                           &M::out_proj>();
  }

 private:
  struct Heads;
  Heads project(const Tensor& query, const Tensor& key, const Tensor& value,
                const AttentionMasks& masks, const Where& where) const;
  Tensor join(const Heads& heads, const Tensor& y) const;
};

}  // namespace fathom::nn
