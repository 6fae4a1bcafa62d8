// Softmax and the normalisations. B batch, C channels or classes, L positions.
#pragma once
#include <cstdint>
#include <optional>

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
/// Over the last axis.
struct Sparsemax {};
/// Over the last axis. Inputs x, weight, bias; outputs y, mean, 1/sqrt(variance + epsilon).
struct LayerNorm {
  double epsilon;
};
/// Inputs dy, x, mean, rstd, weight; outputs dx, dweight, dbias.
struct LayerNormBackward {};
/// x (B, C, ...), or (B, ..., C) with channels last; statistics over all but the channels. Inputs
/// x, weight, bias and, to be updated, running mean and variance; outputs y, mean, 1/sqrt(biased
/// variance + epsilon) and the running statistics' next values.
struct BatchNorm {
  double epsilon;
  double momentum;
  bool channels_last = false;
};
/// Inputs dy, x, mean, rstd, weight; outputs dx, dweight, dbias.
struct BatchNormBackward {
  bool channels_last = false;
};
/// x (B, C, ...) by given statistics. Inputs x, mean, variance and, if there are any, weight and
/// bias.
struct BatchNormInference {
  double epsilon;
  bool weight, bias;
};
/// x (B, C, L), statistics of each sample's groups of channels. Inputs x, weight, bias; outputs y
/// and, of shape (B, groups), mean and 1/sqrt(biased variance + epsilon).
struct GroupNorm {
  std::int64_t groups;
  double epsilon;
};
/// Inputs dy, x, mean, rstd, weight; outputs dx, dweight, dbias.
struct GroupNormBackward {
  std::int64_t groups;
};
}  // namespace op

/// exp(x_i) / sum_j exp(x_j) along an axis; the maximum is subtracted first.
/// Gradient: y * (dy - sum(dy * y)). Errors: IndexError, DTypeError for integers.
Tensor softmax(const Operand& x, int axis = -1);
/// log(softmax(x)), computed without forming the softmax.
Tensor log_softmax(const Operand& x, int axis = -1);
/// The distribution nearest to x along an axis, max(x - t, 0) with t so that the sum is 1: most
/// classes get exactly 0 (Martins and Astudillo 2016). Gradient: dy less its mean, over the classes
/// above 0. Errors: IndexError, DTypeError for integers.
Tensor sparsemax(const Operand& x, int axis = -1);

/// (x - mean) / sqrt(variance + epsilon) * weight + bias over the last axes, as many as
/// `normalized` has (Ba et al. 2016). Shapes: x (..., normalized), weight and bias (normalized),
/// either may be undefined. Errors: ShapeError.
Tensor layer_norm(const Operand& x, const Shape& normalized, const Tensor& weight = {},
                  const Tensor& bias = {}, double epsilon = 1e-5);
/// The same over the last axis.
Tensor layer_norm(const Operand& x, const Tensor& weight, const Tensor& bias,
                  double epsilon = 1e-5);

/// What batch_norm() gives.
struct BatchNormResult {
  Tensor y;
  Tensor running_mean;  ///< next values, (C); undefined if none were given
  Tensor running_variance;
};
/// Batch normalisation by the batch's own statistics (Ioffe and Szegedy 2015). The running
/// statistics move towards the batch's by `momentum`; the variance's is unbiased, as in PyTorch.
/// Shapes: x (B, C) or (B, C, ...), the others (C); each of them may be undefined.
/// Errors: ShapeError for a single value per channel.
BatchNormResult batch_norm(const Operand& x, const Tensor& weight, const Tensor& bias,
                           const Tensor& running_mean = {}, const Tensor& running_variance = {},
                           double momentum = 0.1, double epsilon = 1e-5);
/// Batch normalisation by given statistics. Shapes: as batch_norm.
Tensor batch_norm_inference(const Operand& x, const Tensor& mean, const Tensor& variance,
                            const Tensor& weight, const Tensor& bias, double epsilon = 1e-5);

/// Normalisation of each sample over groups of channels and all positions (Wu and He 2018).
/// Shapes: x (B, C, ...), weight and bias (C) or undefined. Errors: ShapeError, ValueError if the
/// groups do not divide C.
Tensor group_norm(const Operand& x, std::int64_t groups, const Tensor& weight = {},
                  const Tensor& bias = {}, double epsilon = 1e-5);
/// Normalisation of each sample's channels over their positions (Ulyanov et al. 2016). Shapes: as
/// group_norm. Errors: ShapeError for one value per channel.
Tensor instance_norm(const Operand& x, const Tensor& weight = {}, const Tensor& bias = {},
                     double epsilon = 1e-5);
/// x / sqrt(mean(x^2) + epsilon) * weight over the last axes, as many as `normalized` has (Zhang
/// and Sennrich 2019). Without an epsilon it is that of the element type, of halves that of f32.
/// Shapes: x (..., normalized), weight (normalized) or undefined.
Tensor rms_norm(const Operand& x, const Shape& normalized, const Tensor& weight = {},
                std::optional<double> epsilon = {});
/// x / (k + alpha * mean of x^2 over `size` neighbouring channels)^beta (Krizhevsky et al. 2012).
/// Shapes: x (B, C, ...) -> same.
Tensor local_response_norm(const Operand& x, std::int64_t size, double alpha = 1e-4,
                           double beta = 0.75, double k = 1.0);

}  // namespace fathom
