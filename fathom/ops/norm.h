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
/// x (B, C, L), statistics over B and L. Inputs x, weight, bias; outputs y, mean, biased variance.
struct BatchNorm {
  double epsilon;
};
/// Inputs dy, x, mean, variance, weight; outputs dx, dweight, dbias.
struct BatchNormBackward {
  double epsilon;
};
}  // namespace op

/// exp(x_i) / sum_j exp(x_j) along an axis; the maximum is subtracted first.
/// Gradient: y * (dy - sum(dy * y)). Errors: IndexError, DTypeError for integers.
Tensor softmax(const Operand& x, int axis = -1);
/// log(softmax(x)), computed without forming the softmax.
Tensor log_softmax(const Operand& x, int axis = -1);

/// (x - mean) / sqrt(variance + epsilon) * weight + bias over the last axis (Ba et al. 2016).
/// Shapes: x (..., C), weight and bias (C).
Tensor layer_norm(const Operand& x, const Tensor& weight, const Tensor& bias, double epsilon = 1e-5);

struct BatchNormResult {
  Tensor y;
  Tensor mean;      ///< of the batch, (C)
  Tensor variance;  ///< of the batch, biased, (C)
};
/// Batch normalisation by the batch's own statistics (Ioffe and Szegedy 2015).
/// Shapes: x (B, C) or (B, C, ...), weight and bias (C).
BatchNormResult batch_norm(const Operand& x, const Tensor& weight, const Tensor& bias, double epsilon = 1e-5);
/// Batch normalisation by given statistics.
Tensor batch_norm_inference(const Operand& x, const Tensor& mean, const Tensor& variance,
                            const Tensor& weight, const Tensor& bias, double epsilon = 1e-5);

}  // namespace fathom
