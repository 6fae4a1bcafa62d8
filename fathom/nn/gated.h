// Gated feed-forward blocks of transformers.
#pragma once
#include <cstdint>

#include "fathom/nn/linear.h"
#include "fathom/ops/activation.h"

namespace fathom::nn {

/// Options of nn::GatedFeedForward.
struct GatedFeedForwardOptions {
  Tensor (*activation)(const Operand&) = silu;  ///< silu: SwiGLU; gelu: GeGLU
  bool bias = false;
};

/// down(activation(gate(x)) up(x)) (Shazeer 2020), with the names of Hugging Face's Llama.
///
/// Shapes      (..., dim) -> (..., dim)
/// Parameters  gate_proj.weight and up_proj.weight (hidden, dim), down_proj.weight (dim, hidden)
class GatedFeedForward {
 public:
  GatedFeedForward(std::int64_t dim, std::int64_t hidden, GatedFeedForwardOptions options = {},
                   Where where = Where::current());
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  Linear gate_proj, up_proj, down_proj;
  GatedFeedForwardOptions options;
  static constexpr auto members() {
    using M = GatedFeedForward;
    return fathom::members<&M::gate_proj, &M::up_proj, &M::down_proj>();
  }
};

}  // namespace fathom::nn
