// Losses of the order of two scores, and of distances with a margin.
#pragma once
#include <functional>

#include "fathom/core/tensor.h"
#include "fathom/ops/reduction.h"

namespace fathom {

/// max(0, margin - t (a - b)): which of two scores is larger, t of 1 or -1. Shapes: broadcast.
Tensor margin_ranking_loss(const Operand& a, const Operand& b, const Operand& target,
                           double margin = 0.0, Reduction reduction = Reduction::mean);
/// x where t is 1, max(0, margin - x) where t is -1. Shapes: broadcast.
Tensor hinge_embedding_loss(const Operand& x, const Operand& target, double margin = 1.0,
                            Reduction reduction = Reduction::mean);
/// 1 - cos(a, b) where t is 1, max(0, cos(a, b) - margin) where t is -1. Shapes: a and b (B, D) or
/// (D), target (B) or ().
Tensor cosine_embedding_loss(const Operand& a, const Operand& b, const Tensor& target,
                             double margin = 0.0, Reduction reduction = Reduction::mean);

/// Options of triplet_margin_loss().
struct TripletMarginOptions {
  double margin = 1;
  double p = 2;  ///< of the distance's norm
  double epsilon = 1e-6;
  bool swap = false;  ///< negatives are compared with the positive too (Balntas et al. 2016)
  Reduction reduction = Reduction::mean;
};
/// max(0, d(anchor, positive) - d(anchor, negative) + margin), d the pairwise_distance.
/// Shapes: (B, D) or (D).
Tensor triplet_margin_loss(const Operand& anchor, const Operand& positive, const Operand& negative,
                           const TripletMarginOptions& options = {});
/// Options of triplet_margin_with_distance_loss().
struct TripletDistanceOptions {
  std::function<Tensor(const Tensor&, const Tensor&)> distance;  ///< none: pairwise_distance
  double margin = 1;
  bool swap = false;
  Reduction reduction = Reduction::mean;
};
/// The same with any distance.
Tensor triplet_margin_with_distance_loss(const Operand& anchor, const Operand& positive,
                                         const Operand& negative,
                                         const TripletDistanceOptions& options = {});

}  // namespace fathom
