// Activations beyond those that are one scalar function (relu, gelu_tanh, silu, sigmoid, tanh, ...
// in elementwise.h). Names, arguments and defaults are those of torch.nn.functional.
//
// Shapes    that of x, unless said otherwise
// Dtypes    floating; integers become f32
// Errors    ValueError for an option out of its range
#pragma once
#include "fathom/core/tensor.h"
#include "fathom/ops/elementwise.h"

namespace fathom {

namespace op {
struct Gelu {};
}  // namespace op

/// x for x > 0, else slope * x (Maas et al. 2013).
Tensor leaky_relu(const Operand& x, double negative_slope = 0.01);
/// x for x > 0, else weight * x with a learnt weight (He et al. 2015). Shapes: x (B, C, ...),
/// weight (1) or (C). Errors: ShapeError.
Tensor prelu(const Operand& x, const Tensor& weight);
/// x for x >= 0, else a * x with each a drawn from [lower, upper) (Xu et al. 2015). `key` and
/// `site` name the numbers, as in dropout. Without a key a is the mean of both bounds, as in
/// inference.
Tensor rrelu(const Operand& x, double lower = 1.0 / 8, double upper = 1.0 / 3,
             const Tensor& key = {}, std::int64_t site = 0);
/// x for x > 0, else alpha * (exp(x) - 1) (Clevert et al. 2015).
Tensor elu(const Operand& x, double alpha = 1.0);
/// elu scaled so that a normalised network stays so (Klambauer et al. 2017).
Tensor selu(const Operand& x);
/// x for x > 0, else alpha * (exp(x / alpha) - 1): smooth for any alpha (Barron 2017).
Tensor celu(const Operand& x, double alpha = 1.0);
/// min(max(x, low), high); the gradient at the bounds is 0.
Tensor hardtanh(const Operand& x, double low = -1.0, double high = 1.0);
/// min(max(x, 0), 6) (Krizhevsky 2010).
Tensor relu6(const Operand& x);
/// relu6(x + 3) / 6 (Courbariaux et al. 2015).
Tensor hardsigmoid(const Operand& x);
/// x * hardsigmoid(x) (Howard et al. 2019).
Tensor hardswish(const Operand& x);
/// log(1 + exp(beta * x)) / beta; x itself where beta * x > threshold.
Tensor softplus(const Operand& x, double beta = 1.0, double threshold = 20.0);
/// x * Phi(x), Phi the Gaussian's distribution function (Hendrycks and Gimpel 2016).
Tensor gelu(const Operand& x);
/// x * tanh(log(1 + exp(x))) (Misra 2019).
Tensor mish(const Operand& x);
/// log(sigmoid(x)) without overflow.
Tensor log_sigmoid(const Operand& x);
/// x moved by lambda towards 0, and 0 within [-lambda, lambda].
Tensor softshrink(const Operand& x, double lambda = 0.5);
/// x, and 0 within [-lambda, lambda].
Tensor hardshrink(const Operand& x, double lambda = 0.5);
/// x - tanh(x).
Tensor tanhshrink(const Operand& x);
/// x / (1 + |x|).
Tensor softsign(const Operand& x);
/// x for x > threshold, else `value`.
Tensor threshold(const Operand& x, double threshold, double value);

/// softmax(-x).
Tensor softmin(const Operand& x, int axis = -1);
/// Samples of a relaxed one-hot distribution (Jang et al. 2016): softmax((logits + g) / tau) with
/// Gumbel noise g from (key, site). `hard` gives the one-hot of its largest element with the soft
/// one's gradient. Errors: ValueError for tau <= 0.
Tensor gumbel_softmax(const Operand& logits, const Tensor& key, double tau = 1.0, bool hard = false,
                      int axis = -1, std::int64_t site = 0);

/// a * sigmoid(b), where a and b are the halves of x along an axis (Dauphin et al. 2016).
/// Shapes: the axis' extent is halved. Errors: ShapeError if it is odd.
Tensor glu(const Operand& x, int axis = -1);
/// silu(a) * b of the halves: the gate is the first (Shazeer 2020). Shapes, errors: as glu.
Tensor swiglu(const Operand& x, int axis = -1);
/// gelu(a) * b of the halves: the gate is the first (Shazeer 2020). Shapes, errors: as glu.
Tensor geglu(const Operand& x, int axis = -1);

}  // namespace fathom
