// Losses against numbers and distributions. Shapes: prediction and target are broadcast.
#pragma once
#include "fathom/core/tensor.h"
#include "fathom/ops/reduction.h"

namespace fathom {

namespace op {
/// mean((a - b)^2) of all elements.
struct MeanSquaredError {};
}  // namespace op

/// (a - b)^2.
Tensor mse_loss(const Operand& prediction, const Operand& target,
                Reduction reduction = Reduction::mean);
/// |a - b|.
Tensor l1_loss(const Operand& prediction, const Operand& target,
               Reduction reduction = Reduction::mean);
/// d^2 / (2 beta) for d = |a - b| < beta, else d - beta / 2.
Tensor smooth_l1_loss(const Operand& prediction, const Operand& target,
                      Reduction reduction = Reduction::mean, double beta = 1.0);
/// d^2 / 2 for d = |a - b| < delta, else delta (d - delta / 2) (Huber 1964).
Tensor huber_loss(const Operand& prediction, const Operand& target,
                  Reduction reduction = Reduction::mean, double delta = 1.0);

struct PinballOptions {
  double quantile = 0.5;  ///< that the prediction becomes when it has the least loss, in [0, 1]
  Reduction reduction = Reduction::mean;
};
/// q (t - x) for targets above the prediction, (1 - q) (x - t) for those below: quantile regression
/// (Koenker and Bassett 1978). Errors: ValueError.
Tensor pinball_loss(const Operand& prediction, const Operand& target,
                    const PinballOptions& options = {});

struct KlDivOptions {
  bool log_target = false;  ///< the target is a logarithm, too
  Reduction reduction = Reduction::mean;
};
/// t (log t - x), x a logarithm: sums to the Kullback-Leibler divergence. 0 where t is 0.
Tensor kl_div(const Operand& x, const Operand& target, const KlDivOptions& options = {});

struct PoissonNllOptions {
  bool log_input = true;  ///< x is the logarithm of the rate
  bool full = false;      ///< with Stirling's approximation of log(t!) where t > 1
  double epsilon = 1e-8;  ///< keeps the logarithm finite if not log_input
  Reduction reduction = Reduction::mean;
};
/// exp(x) - t x, or x - t log(x + epsilon).
Tensor poisson_nll_loss(const Operand& x, const Operand& target,
                        const PoissonNllOptions& options = {});

struct GaussianNllOptions {
  bool full = false;      ///< with log(2 pi) / 2
  double epsilon = 1e-6;  ///< least variance; smaller ones count as this and keep their gradient
  Reduction reduction = Reduction::mean;
};
/// (log v + (x - t)^2 / v) / 2. Shapes: x and target broadcast; the variance of that shape, or with
/// a last axis of 1, or without it.
Tensor gaussian_nll_loss(const Operand& x, const Operand& target, const Tensor& variance,
                         const GaussianNllOptions& options = {});

}  // namespace fathom
