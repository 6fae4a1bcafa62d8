#include "fathom/backend/cpu/kernels/optim.h"

#include "fathom/backend/cpu/kernels/math.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

// torch's vector loops fuse the product into the sum in add_ with alpha and in lerp_; its addcmul_ and
// addcdiv_ multiply by the scalar first: a + (alpha x) y, a + (alpha x) / y. So do these.

/// The gradient with L2 decay: g.add(p, alpha=weight_decay).
FATHOM_MATH float decayed(float g, float p, float weight_decay) {
  return math::fma(weight_decay, p, g);
}

void sgd(const Sgd& a, float* __restrict p, const float* __restrict g, float* __restrict momentum,
         int64_t n) {
  const float lr = -a.lr, wd = a.weight_decay, mu = a.momentum, keep = 1.0f - a.dampening;
  const bool decay = wd != 0.0f;
  if (mu == 0.0f) {
    for (int64_t i = 0; i < n; ++i) p[i] = math::fma(lr, decay ? decayed(g[i], p[i], wd) : g[i], p[i]);
    return;
  }
  for (int64_t i = 0; i < n; ++i) {
    const float d = decay ? decayed(g[i], p[i], wd) : g[i];
    const float b = a.first ? d : math::fma(keep, d, momentum[i] * mu);
    momentum[i] = b;
    p[i] = math::fma(lr, a.nesterov ? math::fma(mu, b, d) : b, p[i]);
  }
}

/// The common part of Adam: both averages, then p -= step_size m / (sqrt(v) / sqrt(1 - beta2^t) + eps).
/// That inner division by a scalar is a product here: the divider sets the pace of this loop.
struct Moments {
  float m, v;
};
FATHOM_MATH Moments moments(const Adam& a, float g, float m, float v) {
  return {math::fma(a.one_minus_beta1, g - m, m),
          math::fma(a.one_minus_beta2 * g, g, v * a.beta2)};
}
FATHOM_MATH float step(const Adam& a, float p, float m, float v) {
  return p + -a.step_size * m / (math::sqrt(v) * a.inv_bias2_sqrt + a.eps);
}

void adam(const Adam& settings, float* __restrict p, const float* __restrict g, float* __restrict m,
          float* __restrict v, int64_t n) {
  const Adam a = settings;
  const bool decay = a.weight_decay != 0.0f;
  for (int64_t i = 0; i < n; ++i) {
    const float d = decay ? decayed(g[i], p[i], a.weight_decay) : g[i];
    const Moments now = moments(a, d, m[i], v[i]);
    m[i] = now.m;
    v[i] = now.v;
    p[i] = step(a, p[i], now.m, now.v);
  }
}

void adamw(const Adam& settings, float* __restrict p, const float* __restrict g,
           float* __restrict m, float* __restrict v, int64_t n) {
  const Adam a = settings;
  for (int64_t i = 0; i < n; ++i) {
    const Moments now = moments(a, g[i], m[i], v[i]);
    m[i] = now.m;
    v[i] = now.v;
    p[i] = step(a, p[i] * a.decay, now.m, now.v);
  }
}

void amsgrad(const Adam& settings, float* __restrict p, const float* __restrict g,
             float* __restrict m, float* __restrict v, float* __restrict v_max, int64_t n) {
  const Adam a = settings;
  const bool decay = a.weight_decay != 0.0f;
  for (int64_t i = 0; i < n; ++i) {
    const float d = decay ? decayed(g[i], p[i], a.weight_decay) : g[i];
    const Moments now = moments(a, d, m[i], v[i]);
    m[i] = now.m;
    v[i] = now.v;
    v_max[i] = now.v > v_max[i] ? now.v : v_max[i];
    p[i] = step(a, p[i], now.m, v_max[i]);
  }
}

template <bool kCentred, bool kMomentum>
void rmsprop_loop(const RmsProp& settings, float* __restrict p, const float* __restrict g,
                  float* __restrict square, float* __restrict mean_g, float* __restrict momentum,
                  int64_t n) {
  const RmsProp a = settings;
  const bool decay = a.weight_decay != 0.0f;
  for (int64_t i = 0; i < n; ++i) {
    const float d = decay ? decayed(g[i], p[i], a.weight_decay) : g[i];
    const float s = math::fma(a.one_minus_alpha * d, d, square[i] * a.alpha);
    square[i] = s;
    float root;
    if constexpr (kCentred) {
      const float mean = math::fma(a.one_minus_alpha, d - mean_g[i], mean_g[i]);
      mean_g[i] = mean;
      root = math::sqrt(math::fma(-mean, mean, s));
    } else {
      root = math::sqrt(s);
    }
    if constexpr (kMomentum) {
      const float b = momentum[i] * a.momentum + d / (root + a.eps);
      momentum[i] = b;
      p[i] = math::fma(-a.lr, b, p[i]);
    } else {
      p[i] += -a.lr * d / (root + a.eps);
    }
  }
}

void rmsprop(const RmsProp& a, float* p, const float* g, float* square, float* mean_g,
             float* momentum, int64_t n) {
  const bool moving = a.momentum > 0.0f;
  const auto loop = mean_g ? (moving ? rmsprop_loop<true, true> : rmsprop_loop<true, false>)
                           : (moving ? rmsprop_loop<false, true> : rmsprop_loop<false, false>);
  loop(a, p, g, square, mean_g, momentum, n);
}

void adagrad(const Adagrad& settings, float* __restrict p, const float* __restrict g,
             float* __restrict sum, int64_t n) {
  const Adagrad a = settings;
  const bool decay = a.weight_decay != 0.0f;
  for (int64_t i = 0; i < n; ++i) {
    const float d = decay ? decayed(g[i], p[i], a.weight_decay) : g[i];
    const float s = math::fma(d, d, sum[i]);
    sum[i] = s;
    p[i] += -a.step_size * d / (math::sqrt(s) + a.eps);
  }
}

}  // namespace

extern const OptimKernels optim_kernels;
const OptimKernels optim_kernels = {sgd, adam, adamw, amsgrad, rmsprop, adagrad};

}  // namespace fathom::cpu::FATHOM_ISA
