// Contrastive losses: what belongs together lies close, the rest apart.
#pragma once
#include "fathom/core/tensor.h"
#include "fathom/ops/reduction.h"

namespace fathom {

/// t d^2 + (1 - t) max(0, margin - d)^2 with d = pairwise_distance(a, b), t 1 for a pair that
/// belongs together and 0 for others (Hadsell et al. 2006, times 2). Shapes: a and b (B, D), target
/// (B).
Tensor contrastive_loss(const Operand& a, const Operand& b, const Operand& target,
                        double margin = 1.0, Reduction reduction = Reduction::mean);

/// Options of info_nce_loss().
struct InfoNceOptions {
  double temperature = 0.1;
  Tensor negatives;  ///< (N, D), of all queries; without them the other queries' positives
  Reduction reduction = Reduction::mean;
};
/// Cross entropy of each query's positive among its negatives, by cosine similarity over a
/// temperature (van den Oord et al. 2018). Shapes: query and positive (B, D) -> () or (B).
Tensor info_nce_loss(const Operand& query, const Operand& positive,
                     const InfoNceOptions& options = {});
/// InfoNCE of two views of a batch, each of 2 B rows against the other 2 B - 1 (SimCLR, Chen et al.
/// 2020). Shapes: (B, D) -> () or (2 B).
Tensor nt_xent_loss(const Operand& a, const Operand& b, double temperature = 0.5,
                    Reduction reduction = Reduction::mean);

}  // namespace fathom
