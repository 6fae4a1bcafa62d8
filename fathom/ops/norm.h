// Softmax and the normalisations. B batch, C channels or classes, L positions.
#pragma once
#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// Over the last axis.
struct Softmax {
  bool logarithm;
};
/// Inputs dy, y.
struct SoftmaxBackward {
  bool logarithm;
};
/// Over the last axis. Inputs x, weight, bias; outputs y, mean, 1/sqrt(variance + epsilon).
struct LayerNorm {
  double epsilon;
};
/// Inputs dy, x, mean, rstd, weight; outputs dx, dweight, dbias.
struct LayerNormBackward {};
/// x (B, C, L), statistics over B and L. Inputs x, weight, bias and, to be updated, running mean
/// and variance; outputs y, mean, 1/sqrt(biased variance + epsilon) and the running statistics'
/// next values.
struct BatchNorm {
  double epsilon;
  double momentum;
};
/// Inputs dy, x, mean, rstd, weight; outputs dx, dweight, dbias.
struct BatchNormBackward {};
}  // namespace op

/// exp(x_i) / sum_j exp(x_j) along an axis; the maximum is subtracted first.
/// Gradient: y * (dy - sum(dy * y)). Errors: IndexError, DTypeError for integers.
Tensor softmax(const Operand& x, int axis = -1);
/// log(softmax(x)), computed without forming the softmax.
Tensor log_softmax(const Operand& x, int axis = -1);

/// (x - mean) / sqrt(variance + epsilon) * weight + bias over the last axis (Ba et al. 2016).
/// Shapes: x (..., C), weight and bias (C).
Tensor layer_norm(const Operand& x, const Tensor& weight, const Tensor& bias,
                  double epsilon = 1e-5);

struct BatchNormResult {
  Tensor y;
  Tensor running_mean;  ///< next values, (C); undefined if none were given
  Tensor running_variance;
};
/// Batch normalisation by the batch's own statistics (Ioffe and Szegedy 2015). The running
/// statistics move towards the batch's by `momentum`; the variance's is unbiased, as in PyTorch.
/// Shapes: x (B, C) or (B, C, ...), the others (C); running statistics may be undefined.
/// Errors: ShapeError for a single value per channel.
BatchNormResult batch_norm(const Operand& x, const Tensor& weight, const Tensor& bias,
                           const Tensor& running_mean = {}, const Tensor& running_variance = {},
                           double momentum = 0.1, double epsilon = 1e-5);
/// Batch normalisation by given statistics.
Tensor batch_norm_inference(const Operand& x, const Tensor& mean, const Tensor& variance,
                            const Tensor& weight, const Tensor& bias, double epsilon = 1e-5);

}  // namespace fathom
