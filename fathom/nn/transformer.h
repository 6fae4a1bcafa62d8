// Transformers (Vaswani et al. 2017), layer by layer as torch.nn has them.
//
// Shapes    source (S, B, E), target (T, B, E), with batch_first (B, S, E); without a batch (S, E)
// Errors    those of nn::MultiheadAttention
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "fathom/nn/attention.h"
#include "fathom/nn/dropout.h"
#include "fathom/nn/norm.h"
#include "fathom/ops/elementwise.h"

namespace fathom::nn {

/// Options of the layers.
struct TransformerLayerOptions {
  std::int64_t dim_feedforward = 2048;
  double dropout = 0.1;
  Tensor (*activation)(const Operand&) = relu;
  double layer_norm_eps = 1e-5;
  bool batch_first = false;
  bool norm_first = false;  ///< normalised before each part rather than behind it
  bool bias = true;
};

/// Self-attention, then two linear layers for each position; each part is added to what it gets.
class TransformerEncoderLayer {
 public:
  TransformerEncoderLayer(std::int64_t d_model, std::int64_t nhead,
                          TransformerLayerOptions options = {}, Where where = Where::current());
  Tensor operator()(const Tensor& source, const AttentionMasks& masks = {},
                    Where where = Where::current()) const;

  MultiheadAttention self_attn;
  Linear linear1, linear2;
  LayerNorm norm1, norm2;
  Dropout dropout, dropout1, dropout2;
  TransformerLayerOptions options;
  static constexpr auto members() {
    using L = TransformerEncoderLayer;
    return fathom::members<&L::self_attn, &L::linear1, &L::linear2, &L::norm1, &L::norm2,
                           &L::dropout, &L::dropout1, &L::dropout2>();
  }
};

/// The same with attention to an encoder's output between both.
class TransformerDecoderLayer {
 public:
  TransformerDecoderLayer(std::int64_t d_model, std::int64_t nhead,
                          TransformerLayerOptions options = {}, Where where = Where::current());
  /// `masks` is of the target's attention to itself, `memory_masks` of that to the memory.
  Tensor operator()(const Tensor& target, const Tensor& memory, const AttentionMasks& masks = {},
                    const AttentionMasks& memory_masks = {}, Where where = Where::current()) const;

  MultiheadAttention self_attn, multihead_attn;
  Linear linear1, linear2;
  LayerNorm norm1, norm2, norm3;
  Dropout dropout, dropout1, dropout2, dropout3;
  TransformerLayerOptions options;
  static constexpr auto members() {
    using L = TransformerDecoderLayer;
    return fathom::members<&L::self_attn, &L::multihead_attn, &L::linear1, &L::linear2, &L::norm1,
                           &L::norm2, &L::norm3, &L::dropout, &L::dropout1, &L::dropout2,
                           &L::dropout3>();
  }
};

/// Copies of a layer, one behind the other, and a norm at the end if one is given. As in torch all
/// begin with the layer's parameters.
class TransformerEncoder {
 public:
  TransformerEncoder(const TransformerEncoderLayer& layer, std::int64_t num_layers,
                     std::optional<LayerNorm> norm = {}, Where where = Where::current());
  Tensor operator()(const Tensor& source, const AttentionMasks& masks = {},
                    Where where = Where::current()) const;

  std::vector<TransformerEncoderLayer> layers;
  std::optional<LayerNorm> norm;
  static constexpr auto members() {
    return fathom::members<&TransformerEncoder::layers, &TransformerEncoder::norm>();
  }
};

/// The same of decoder layers, each with attention to one memory.
class TransformerDecoder {
 public:
  TransformerDecoder(const TransformerDecoderLayer& layer, std::int64_t num_layers,
                     std::optional<LayerNorm> norm = {}, Where where = Where::current());
  Tensor operator()(const Tensor& target, const Tensor& memory, const AttentionMasks& masks = {},
                    const AttentionMasks& memory_masks = {}, Where where = Where::current()) const;

  std::vector<TransformerDecoderLayer> layers;
  std::optional<LayerNorm> norm;
  static constexpr auto members() {
    return fathom::members<&TransformerDecoder::layers, &TransformerDecoder::norm>();
  }
};

/// Options of nn::Transformer.
struct TransformerOptions {
  std::int64_t d_model = 512, nhead = 8, num_encoder_layers = 6, num_decoder_layers = 6;
  TransformerLayerOptions layer = {};
};

/// An encoder and a decoder, each with a norm at the end; matrices are drawn by Xavier's rule.
class Transformer {
 public:
  explicit Transformer(TransformerOptions options = {}, Where where = Where::current());
  Tensor operator()(const Tensor& source, const Tensor& target,
                    const AttentionMasks& source_masks = {},
                    const AttentionMasks& target_masks = {},
                    const AttentionMasks& memory_masks = {}, Where where = Where::current()) const;

  TransformerEncoder encoder;
  TransformerDecoder decoder;
  static constexpr auto members() {
    return fathom::members<&Transformer::encoder, &Transformer::decoder>();
  }
};

}  // namespace fathom::nn
