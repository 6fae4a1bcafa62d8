// Muon: steps that are orthogonal matrices.
#pragma once
#include <array>

#include "fathom/optim/optimizer.h"

namespace fathom::optim {

/// Momentum, orthogonalised by a few Newton-Schulz iterations in bf16 (Jordan et al. 2024),
/// torch.optim.Muon. For matrices alone: freeze embeddings, biases and norms, or leave their
/// gradients undefined, and give them to another optimizer. Errors: ShapeError for a parameter that
/// is no matrix.
struct Muon {
  /// What the learning rate is multiplied by, for a parameter (a, b).
  enum class AdjustLr : std::uint8_t {
    original,            ///< sqrt(max(1, a / b))
    match_rms_adamw,     ///< 0.2 sqrt(max(a, b)), so that AdamW's rates serve
    spectral_unclamped,  ///< sqrt(a / b)
  };
  double learning_rate = 1e-3;
  double weight_decay = 0.1;  ///< as AdamW's
  double momentum = 0.95;
  bool nesterov = true;
  std::array<double, 3> ns_coefficients = {3.4445, -4.775, 2.0315};
  double epsilon = 1e-7;      ///< least norm to divide by
  std::int64_t ns_steps = 5;  ///< below 100
  AdjustLr adjust_lr = AdjustLr::original;
  bool maximize = false;  ///< climb instead of descend
  Groups<Muon> groups{};
  State state{};

  template <class M> void step(M& net, const M& gradients) { optim::step(*this, net, gradients); }
};

}  // namespace fathom::optim
