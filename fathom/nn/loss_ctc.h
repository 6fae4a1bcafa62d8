// CTC as a value with its options, as torch.nn has it.
#pragma once
#include "fathom/ops/loss_ctc.h"

namespace fathom::nn {

/// ctc_loss() with options kept.
struct CTCLoss {
  CtcLossOptions options = {};
  Tensor operator()(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                    const Tensor& target_lengths, Where where = Where::current()) const {
    return ctc_loss(Operand(log_probs, where), targets, input_lengths, target_lengths, options);
  }
};

}  // namespace fathom::nn
