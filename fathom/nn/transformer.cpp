#include "fathom/nn/transformer.h"

#include "fathom/graph/context.h"
#include "fathom/nn/init.h"
#include "fathom/nn/require.h"

namespace fathom::nn {

using graph::ModuleScope;

namespace {

MultiheadAttentionOptions attention_options(const TransformerLayerOptions& o) {
  return {.dropout = o.dropout, .bias = o.bias, .batch_first = o.batch_first};
}
LayerNormOptions norm_options(const TransformerLayerOptions& o) {
  return {.epsilon = o.layer_norm_eps, .bias = o.bias};
}

/// x and what `part` makes of it, with `norm` before the part or behind the sum.
template <class Part>
Tensor add_part(const Tensor& x, const LayerNorm& norm, bool norm_first, const Part& part) {
  if (norm_first) return x + part(norm(x));
  return norm(x + part(x));
}

/// The two linear layers of each position.
template <class Layer> Tensor feed_forward(const Layer& layer, const Tensor& x) {
  return layer.linear2(layer.dropout(layer.options.activation(layer.linear1(x))));
}

/// Draws all matrices.
class Xavier final : public Visitor {
 public:
  void param(const Path&, Param& p) override {
    if (p.defined() && p.rank() > 1) p = init::xavier_uniform(p.shape());
  }
  void buffer(const Path&, Buffer&) override {}
};

template <class Layer>
std::vector<Layer> copies(const Layer& layer, std::int64_t count, const char* name,
                          const Where& where) {
  require_positive(name, "num_layers", count, where);
  return std::vector<Layer>(static_cast<std::size_t>(count), layer);
}

}  // namespace

TransformerEncoderLayer::TransformerEncoderLayer(std::int64_t d_model, std::int64_t nhead,
                                                 TransformerLayerOptions options, Where where)
    : self_attn(d_model, nhead, attention_options(options), where),
      linear1(d_model, options.dim_feedforward, options.bias, where),
      linear2(options.dim_feedforward, d_model, options.bias, where),
      norm1(d_model, norm_options(options), where),
      norm2(d_model, norm_options(options), where),
      dropout(options.dropout, where),
      dropout1(options.dropout, where),
      dropout2(options.dropout, where),
      options(options) {}

Tensor TransformerEncoderLayer::operator()(const Tensor& source, const AttentionMasks& masks,
                                           Where where) const {
  const ModuleScope scope(this, "nn::TransformerEncoderLayer", where);
  const Tensor x = add_part(source, norm1, options.norm_first, [&](const Tensor& t) {
    return dropout1(self_attn(t, t, t, masks, where));
  });
  return scope.result(add_part(x, norm2, options.norm_first,
                               [&](const Tensor& t) { return dropout2(feed_forward(*this, t)); }));
}

TransformerDecoderLayer::TransformerDecoderLayer(std::int64_t d_model, std::int64_t nhead,
                                                 TransformerLayerOptions options, Where where)
    : self_attn(d_model, nhead, attention_options(options), where),
      multihead_attn(d_model, nhead, attention_options(options), where),
      linear1(d_model, options.dim_feedforward, options.bias, where),
      linear2(options.dim_feedforward, d_model, options.bias, where),
      norm1(d_model, norm_options(options), where),
      norm2(d_model, norm_options(options), where),
      norm3(d_model, norm_options(options), where),
      dropout(options.dropout, where),
      dropout1(options.dropout, where),
      dropout2(options.dropout, where),
      dropout3(options.dropout, where),
      options(options) {}

Tensor TransformerDecoderLayer::operator()(const Tensor& target, const Tensor& memory,
                                           const AttentionMasks& masks,
                                           const AttentionMasks& memory_masks, Where where) const {
  const ModuleScope scope(this, "nn::TransformerDecoderLayer", where);
  Tensor x = add_part(target, norm1, options.norm_first,
                      [&](const Tensor& t) { return dropout1(self_attn(t, t, t, masks, where)); });
  x = add_part(x, norm2, options.norm_first, [&](const Tensor& t) {
    return dropout2(multihead_attn(t, memory, memory, memory_masks, where));
  });
  return scope.result(add_part(x, norm3, options.norm_first,
                               [&](const Tensor& t) { return dropout3(feed_forward(*this, t)); }));
}

TransformerEncoder::TransformerEncoder(const TransformerEncoderLayer& layer,
                                       std::int64_t num_layers, std::optional<LayerNorm> norm,
                                       Where where)
    : layers(copies(layer, num_layers, "nn::TransformerEncoder", where)), norm(std::move(norm)) {}
Tensor TransformerEncoder::operator()(const Tensor& source, const AttentionMasks& masks,
                                      Where where) const {
  const ModuleScope scope(this, "nn::TransformerEncoder", where);
  Tensor x = source;
  for (const TransformerEncoderLayer& layer : layers) x = layer(x, masks, where);
  return scope.result(norm ? (*norm)(x, where) : x);
}

TransformerDecoder::TransformerDecoder(const TransformerDecoderLayer& layer,
                                       std::int64_t num_layers, std::optional<LayerNorm> norm,
                                       Where where)
    : layers(copies(layer, num_layers, "nn::TransformerDecoder", where)), norm(std::move(norm)) {}
Tensor TransformerDecoder::operator()(const Tensor& target, const Tensor& memory,
                                      const AttentionMasks& masks,
                                      const AttentionMasks& memory_masks, Where where) const {
  const ModuleScope scope(this, "nn::TransformerDecoder", where);
  Tensor x = target;
  for (const TransformerDecoderLayer& layer : layers)
    x = layer(x, memory, masks, memory_masks, where);
  return scope.result(norm ? (*norm)(x, where) : x);
}

Transformer::Transformer(TransformerOptions o, Where where)
    : encoder(TransformerEncoderLayer(o.d_model, o.nhead, o.layer, where), o.num_encoder_layers,
              LayerNorm(o.d_model, norm_options(o.layer), where), where),
      decoder(TransformerDecoderLayer(o.d_model, o.nhead, o.layer, where), o.num_decoder_layers,
              LayerNorm(o.d_model, norm_options(o.layer), where), where) {
  Xavier xavier;
  visit(*this, xavier);
}
Tensor Transformer::operator()(const Tensor& source, const Tensor& target,
                               const AttentionMasks& source_masks,
                               const AttentionMasks& target_masks,
                               const AttentionMasks& memory_masks, Where where) const {
  const ModuleScope scope(this, "nn::Transformer", where);
  return scope.result(
      decoder(target, encoder(source, source_masks, where), target_masks, memory_masks, where));
}

}  // namespace fathom::nn
