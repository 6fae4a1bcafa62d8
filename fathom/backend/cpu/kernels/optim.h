// The updates of the optimizers, one pass over memory, in place, on elements [0, n) of whatever
// range the caller points at. Formulas and order of operations are those of PyTorch 2's
// single-tensor implementations (torch/optim/*.py).
#pragma once
#include <cstdint>

namespace fathom::cpu {

// The settings are an update's numbers (fathom/optim/updates.h) in their order, rounded.

struct Sgd {
  float lr, decay, momentum, one_minus_dampening;
};

struct Adam {
  float one_minus_beta1, beta2, one_minus_beta2, eps;
  float decay;           ///< L2: g += decay p
  float keep;            ///< decoupled: p *= keep
  float step_size;       ///< lr / (1 - beta1^t)
  float inv_bias2_sqrt;  ///< 1 / sqrt(1 - beta2^t)
};

struct SparseAdam {
  float one_minus_beta1, one_minus_beta2, eps, step_size;
};

struct RmsProp {
  float lr, alpha, one_minus_alpha, eps, decay, momentum;
};

struct Adagrad {
  float step_size, eps, decay;
};

/// p: parameters, g: gradients. State that an option adds is null without it.
struct OptimKernels {
  /// The first step sets the momentum buffer to the gradient, without dampening.
  void (*sgd)(const Sgd& a, bool nesterov, bool first, float* p, const float* g, float* momentum,
              int64_t n);
  /// `v_max`: the maximum of all v so far, for the denominator (AMSGrad).
  void (*adam)(const Adam& a, float* p, const float* g, float* m, float* v, float* v_max,
               int64_t n);
  void (*sparse_adam)(const SparseAdam& a, float* p, const float* g, float* m, float* v, int64_t n);
  /// `mean_g` given makes it the centred form.
  void (*rmsprop)(const RmsProp& a, float* p, const float* g, float* square, float* mean_g,
                  float* momentum, int64_t n);
  void (*adagrad)(const Adagrad& a, float* p, const float* g, float* sum, int64_t n);
};

namespace avx2 {
extern const OptimKernels optim_kernels;
}
namespace avx512 {
extern const OptimKernels optim_kernels;
}

}  // namespace fathom::cpu
