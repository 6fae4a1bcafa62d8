// Connectionist temporal classification: how probable a text is when each step of a longer sequence
// tells a letter or a blank, and nobody knows which step stands for which letter.
#pragma once
#include <cstdint>

#include "fathom/core/tensor.h"
#include "fathom/ops/reduction.h"

namespace fathom {

namespace op {
/// -log of the probability of each target. Inputs: log-probabilities (T, B, C); targets (B, S), or
/// all after each other; input and target lengths (B). Output (B).
struct CtcLoss {
  std::int64_t blank;
  bool zero_infinity;
  bool concatenated;
};
/// Its gradient by the log-probabilities. Inputs: what arrives (B), then those of the loss.
struct CtcLossBackward {
  std::int64_t blank;
  bool zero_infinity;
  bool concatenated;
};
}  // namespace op

/// Options of ctc_loss().
struct CtcLossOptions {
  std::int64_t blank = 0;  ///< the class that stands for no letter
  /// mean: each loss is divided by its target's length, or 1, before.
  Reduction reduction = Reduction::mean;
  bool zero_infinity = false;  ///< 0, gradient too, for a target that needs more steps than it has
};
/// The negative logarithm of the probability that log_probs give to targets (Graves et al. 2006),
/// torch.nn.functional.ctc_loss. Shapes: log_probs (T, B, C), targets (B, S) or (sum of their
/// lengths), lengths (B) -> () or (B); or of one sequence (T, C), (S), () -> (). Targets and
/// lengths are of type i64 or i32. Gradient: by log_probs, the derivative itself; torch's has
/// exp(log_probs) added, which log_softmax's own gradient takes away again. Errors: ShapeError,
/// DTypeError; when evaluated, ValueError for a length that is not there and for a blank among
/// targets, IndexError for a target outside [0, C).
Tensor ctc_loss(const Operand& log_probs, const Tensor& targets, const Tensor& input_lengths,
                const Tensor& target_lengths, const CtcLossOptions& options = {});

}  // namespace fathom
