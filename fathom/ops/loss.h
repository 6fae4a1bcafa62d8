// Losses. B batch, C classes.
#pragma once
#include <cstdint>

#include "fathom/core/tensor.h"

namespace fathom {

/// How a loss over a batch becomes one number.
enum class Reduction : std::uint8_t { mean, sum, none };

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
/// mean((a - b)^2) of all elements.
struct MeanSquaredError {};
}  // namespace op

struct CrossEntropyOptions {
  Tensor weight;                     ///< per class, (C); none if undefined
  std::int64_t ignore_index = -100;  ///< rows with this target count for nothing
  double label_smoothing = 0;        ///< share of the target spread evenly over all classes
  Reduction reduction = Reduction::mean;
};

/// -log softmax(logits)[target], torch.nn.functional.cross_entropy with class indices.
/// Shapes: logits (B, C), target (B) i64 -> (), or (B) for Reduction::none.
/// Gradient: softmax(logits) - one_hot(target). Errors: IndexError for a target outside [0, C),
/// when evaluated; ShapeError, DTypeError.
Tensor cross_entropy(const Operand& logits, const Tensor& target,
                     const CrossEntropyOptions& options = {});
/// -log_probabilities[target]. Shapes: as cross_entropy.
Tensor nll_loss(const Operand& log_probabilities, const Tensor& target,
                Reduction reduction = Reduction::mean);
/// (a - b)^2. Shapes: broadcast.
Tensor mse_loss(const Operand& prediction, const Operand& target,
                Reduction reduction = Reduction::mean);
/// |a - b|.
Tensor l1_loss(const Operand& prediction, const Operand& target,
               Reduction reduction = Reduction::mean);
/// -(t log s(x) + (1 - t) log(1 - s(x))), s the sigmoid, without overflow.
Tensor binary_cross_entropy_with_logits(const Operand& logits, const Operand& target,
                                        Reduction reduction = Reduction::mean);

}  // namespace fathom
