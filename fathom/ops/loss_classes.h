// Losses against one class of several.
#pragma once
#include <cstdint>

#include "fathom/core/tensor.h"
#include "fathom/ops/reduction.h"

namespace fathom {

namespace op {
/// Per-row cross entropy. Inputs logits (B, C), target (B) i64; outputs loss (B), and of each row
/// the maximum (B) and log(sum(exp(x - maximum))) (B).
struct CrossEntropy {
  double label_smoothing;
  std::int64_t ignore_index;
};
/// Inputs dloss (B), logits, target, maximum, log-sum; output dlogits.
struct CrossEntropyBackward {
  double label_smoothing;
  std::int64_t ignore_index;
};
}  // namespace op

/// Options of cross_entropy().
struct CrossEntropyOptions {
  Tensor weight;                     ///< per class, (C); none if undefined
  std::int64_t ignore_index = -100;  ///< rows with this target count for nothing
  double label_smoothing = 0;        ///< share of the target spread evenly over all classes
  Reduction reduction = Reduction::mean;
};
/// -log softmax(logits)[target], torch.nn.functional.cross_entropy. Targets are class indices, or
/// probabilities of all classes (of the logits' shape and a floating type; no ignore_index).
/// Shapes: logits (C), (B, C) or (B, C, ...), target without the class axis -> (), or the shape of
/// class indices for Reduction::none. Gradient: softmax(logits) - one_hot(target). Errors:
/// IndexError for a target outside [0, C), when evaluated.
Tensor cross_entropy(const Operand& logits, const Tensor& target,
                     const CrossEntropyOptions& options = {});

/// Options of nll_loss().
struct NllLossOptions {
  Tensor weight;                     ///< per class, (C)
  std::int64_t ignore_index = -100;  ///< rows with this target count for nothing
  Reduction reduction = Reduction::mean;
};
/// -log_probabilities[target]. Shapes, errors: as cross_entropy with class indices.
Tensor nll_loss(const Operand& log_probabilities, const Tensor& target,
                const NllLossOptions& options = {});

/// Options of focal_loss().
struct FocalLossOptions {
  Tensor weight;  ///< per class, (C): the paper's alpha
  double gamma = 2;
  std::int64_t ignore_index = -100;
  Reduction reduction = Reduction::mean;  ///< mean: over the rows that count
};
/// -weight[t] (1 - p_t)^gamma log p_t with p = softmax(logits) (Lin et al. 2017).
/// Shapes, errors: as cross_entropy with class indices.
Tensor focal_loss(const Operand& logits, const Tensor& target,
                  const FocalLossOptions& options = {});

/// Options of linear_cross_entropy().
struct LinearCrossEntropyOptions {
  Tensor linear_bias;  ///< of the weight's shape without its last axis
  Tensor weight;       ///< per class, (C)
  std::int64_t ignore_index = -100;
  double label_smoothing = 0;
  Reduction reduction = Reduction::mean;
};
/// cross_entropy of x times a weight: torch.nn.functional.linear_cross_entropy. Shapes: x (in) or
/// (B, in), linear_weight (C, ..., in), target and result as cross_entropy's for logits
/// (B, C, ...). Errors: as cross_entropy.
Tensor linear_cross_entropy(const Operand& x, const Tensor& linear_weight, const Tensor& target,
                            const LinearCrossEntropyOptions& options = {});

/// Options of multi_margin_loss().
struct MultiMarginOptions {
  double p = 1;  ///< 1 or 2
  double margin = 1;
  Tensor weight;  ///< per class, (C)
  Reduction reduction = Reduction::mean;
};
/// sum over c != t of weight[t] max(0, margin - x[t] + x[c])^p / C. Shapes: x (B, C) or (C),
/// target (B) or () -> () or (B).
Tensor multi_margin_loss(const Operand& x, const Tensor& target,
                         const MultiMarginOptions& options = {});

}  // namespace fathom
