// Losses against yes or no: of one question, of several labels, of the pixels of a mask.
#pragma once
#include "fathom/core/tensor.h"
#include "fathom/ops/reduction.h"

namespace fathom {

namespace op {
/// Inputs p and target of one shape; output the loss of each element.
struct BinaryCrossEntropy {};
}  // namespace op

/// Options of binary_cross_entropy().
struct BinaryCrossEntropyOptions {
  Tensor weight;  ///< of each element's loss, broadcast
  Reduction reduction = Reduction::mean;
};
/// -(t log p + (1 - t) log(1 - p)); the logarithms are at least -100, as PyTorch's.
/// Shapes: equal. Gradient: (p - t) / max(p (1 - p), 1e-12), as PyTorch's.
Tensor binary_cross_entropy(const Operand& probability, const Operand& target,
                            const BinaryCrossEntropyOptions& options = {});

/// Options of binary_cross_entropy_with_logits().
struct BinaryCrossEntropyWithLogitsOptions {
  Tensor weight;      ///< of each element's loss, broadcast
  Tensor pos_weight;  ///< of the positive targets, broadcast
  Reduction reduction = Reduction::mean;
};
/// -(pos_weight t log s(x) + (1 - t) log(1 - s(x))), s the sigmoid, without overflow.
Tensor binary_cross_entropy_with_logits(const Operand& logits, const Operand& target,
                                        const BinaryCrossEntropyWithLogitsOptions& options = {});

/// Options of sigmoid_focal_loss().
struct SigmoidFocalOptions {
  double alpha = 0.25;  ///< weight of positives, 1 - alpha of negatives; below 0 for none
  double gamma = 2;
  Reduction reduction = Reduction::none;
};
/// Binary cross entropy times alpha_t (1 - p_t)^gamma (Lin et al. 2017), as
/// torchvision.ops.sigmoid_focal_loss.
Tensor sigmoid_focal_loss(const Operand& logits, const Operand& target,
                          const SigmoidFocalOptions& options = {});

/// log(1 + exp(-t x)) with t of -1 or 1. Shapes: equal.
Tensor soft_margin_loss(const Operand& x, const Operand& target,
                        Reduction reduction = Reduction::mean);

/// Options of multilabel_soft_margin_loss().
struct MultilabelSoftMarginOptions {
  Tensor weight;  ///< per class, (C)
  Reduction reduction = Reduction::mean;
};
/// Mean over classes of -(t log s(x) + (1 - t) log(1 - s(x))). Shapes: (B, C) -> () or (B).
Tensor multilabel_soft_margin_loss(const Operand& x, const Operand& target,
                                   const MultilabelSoftMarginOptions& options = {});
/// sum over targets j and other classes i of max(0, 1 - x[j] + x[i]) / C. Shapes: x (B, C) or (C),
/// target of that shape, i64: class indices, those after the first -1 count for nothing.
Tensor multilabel_margin_loss(const Operand& x, const Tensor& target,
                              Reduction reduction = Reduction::mean);

/// Options of tversky_loss().
struct TverskyOptions {
  double alpha = 0.5;  ///< of false positives
  double beta = 0.5;   ///< of false negatives
  double smooth = 1;   ///< added to both sides of the fraction
  Reduction reduction = Reduction::mean;
};
/// 1 - (TP + smooth) / (TP + alpha FP + beta FN + smooth), where TP = sum(p t), FP = sum(p (1 -
/// t)), FN = sum((1 - p) t) over all axes but the first (Salehi et al. 2017). Shapes: probabilities
/// and targets (B, ...) -> () or (B).
Tensor tversky_loss(const Operand& probability, const Operand& target,
                    const TverskyOptions& options = {});
/// Options of dice_loss() and jaccard_loss().
struct OverlapOptions {
  double smooth = 1;
  Reduction reduction = Reduction::mean;
};
/// 1 - (2 sum(p t) + smooth) / (sum(p) + sum(t) + smooth) (Milletari et al. 2016). Shapes: as
/// tversky_loss.
Tensor dice_loss(const Operand& probability, const Operand& target,
                 const OverlapOptions& options = {});
/// 1 - (I + smooth) / (U + smooth), intersection and union. Shapes: as tversky_loss.
Tensor jaccard_loss(const Operand& probability, const Operand& target,
                    const OverlapOptions& options = {});

}  // namespace fathom
