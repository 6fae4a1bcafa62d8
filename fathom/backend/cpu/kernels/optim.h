// The updates of the optimizers, one pass over memory, in place, on elements [0, n) of whatever range the
// caller points at. Formulas and order of operations are those of PyTorch 2's single-tensor
// implementations (torch/optim/*.py). Scalars that change per step are worked out by the caller, in
// double, as torch does, and handed over as the f32 that enters the arithmetic.
#pragma once
#include <cstdint>

namespace fathom::cpu {

struct Sgd {
  float lr, weight_decay, momentum, dampening;
  bool nesterov;
  bool first;  ///< the first step sets the momentum buffer to the gradient, without dampening
};

struct Adam {
  float beta1, beta2, eps;
  float weight_decay;      ///< adam: g += weight_decay p; adamw: decoupled
  float step_size;         ///< lr / (1 - beta1^t)
  float inv_bias2_sqrt;    ///< 1 / sqrt(1 - beta2^t)
  float one_minus_beta1;   ///< worked out in double, then rounded
  float one_minus_beta2;
  float decay;             ///< adamw: 1 - lr * weight_decay, worked out in double
};

struct RmsProp {
  float lr, alpha, one_minus_alpha, eps, weight_decay, momentum;
};

struct Adagrad {
  float eps, weight_decay;
  float step_size;  ///< lr / (1 + (t - 1) lr_decay)
};

/// p: parameters, g: gradients. A buffer that the settings do not use may be null.
struct OptimKernels {
  void (*sgd)(const Sgd& a, float* p, const float* g, float* momentum, int64_t n);
  void (*adam)(const Adam& a, float* p, const float* g, float* m, float* v, int64_t n);
  void (*adamw)(const Adam& a, float* p, const float* g, float* m, float* v, int64_t n);
  /// Adam with the maximum of all v so far in its denominator.
  void (*amsgrad)(const Adam& a, float* p, const float* g, float* m, float* v, float* v_max,
                  int64_t n);
  /// `mean_g` given makes it the centred form; `momentum` is used where a.momentum > 0.
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
