// Activations as layers: the functions of ops/activation.h with their options as fields, for
// Sequential and for summaries. Shapes: that of x, unless said otherwise.
#pragma once
#include <cstdint>

#include "fathom/nn/linear.h"

namespace fathom::nn {

/// max(x, 0).
struct ReLU {
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// min(max(x, 0), 6).
struct ReLU6 {
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// x for x > 0, else negative_slope * x.
struct LeakyReLU {
  double negative_slope = 0.01;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// A leaky ReLU whose slopes are drawn from [lower, upper) while training, their mean otherwise.
/// Errors: ValueError while training without a random key: open a scope with nn::training(rng).
struct RReLU {
  double lower = 1.0 / 8;
  double upper = 1.0 / 3;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// x for x > 0, else alpha * (exp(x) - 1).
struct ELU {
  double alpha = 1;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// elu, scaled so that a normalised network stays so.
struct SELU {
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// x for x > 0, else alpha * (exp(x / alpha) - 1).
struct CELU {
  double alpha = 1;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// x * sigmoid(x).
struct SiLU {
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// x * tanh(softplus(x)).
struct Mish {
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// log(1 + exp(beta * x)) / beta.
struct Softplus {
  double beta = 1;
  double threshold = 20;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// x moved by lambda towards 0.
struct Softshrink {
  double lambda = 0.5;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// x, and 0 within [-lambda, lambda].
struct Hardshrink {
  double lambda = 0.5;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// x - tanh(x).
struct Tanhshrink {
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// x / (1 + |x|).
struct Softsign {
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// min(max(x, min_val), max_val).
struct Hardtanh {
  double min_val = -1;
  double max_val = 1;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// relu6(x + 3) / 6.
struct Hardsigmoid {
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// x * hardsigmoid(x).
struct Hardswish {
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// 1 / (1 + exp(-x)).
struct Sigmoid {
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// log(sigmoid(x)).
struct LogSigmoid {
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// The hyperbolic tangent.
struct Tanh {
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// x for x > threshold, else value.
struct Threshold {
  double threshold = 0;
  double value = 0;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// a * sigmoid(b) of the halves along an axis, which is halved.
struct GLU {
  int dim = -1;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// silu(a) * b of the halves along an axis, which is halved.
struct SwiGLU {
  int dim = -1;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// gelu(a) * b of the halves along an axis, which is halved.
struct GeGLU {
  int dim = -1;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// softmax(-x) along an axis.
struct Softmin {
  int dim = -1;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// exp(x) / sum(exp(x)) along an axis.
struct Softmax {
  int dim = -1;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// log(softmax(x)) along an axis.
struct LogSoftmax {
  int dim = -1;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// x * Phi(x), or its approximation by tanh.
struct GELU {
  enum class Approximate : std::uint8_t { none, tanh };
  Approximate approximate = Approximate::none;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// softmax over the channels of pictures. Shapes: (B, C, H, W) or (C, H, W).
struct Softmax2d {
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// x for x > 0, else weight * x.
///
/// Shapes      (B, C, ...) -> same
/// Parameters  weight (1) or (C), 0.25
class PReLU {
 public:
  explicit PReLU(std::int64_t num_parameters = 1, double init = 0.25,
                 Where where = Where::current());
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;

  Param weight;
  static constexpr auto members() { return fathom::members<&PReLU::weight>(); }
};

}  // namespace fathom::nn
