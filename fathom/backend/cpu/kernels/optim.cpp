#include "fathom/backend/cpu/kernels/optim.h"

#include "fathom/math/elementary.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

// torch's vector loops fuse the product into the sum in add_ with alpha and in lerp_; its addcmul_
// and addcdiv_ multiply by the scalar first: a + (alpha x) y, a + (alpha x) / y. So do these.

/// The gradient with L2 decay: g.add(p, alpha=decay).
FATHOM_MATH float decayed(float g, float p, float decay) { return math::fma(decay, p, g); }

void sgd(const Sgd& a, bool nesterov, bool first, float* __restrict p, const float* __restrict g,
         float* __restrict momentum, int64_t n) {
  const float lr = -a.lr, wd = a.decay, mu = a.momentum, fresh = a.one_minus_dampening;
  const bool decay = wd != 0.0f;
  if (!momentum) {
    for (int64_t i = 0; i < n; ++i)
      p[i] = math::fma(lr, decay ? decayed(g[i], p[i], wd) : g[i], p[i]);
    return;
  }
  for (int64_t i = 0; i < n; ++i) {
    const float d = decay ? decayed(g[i], p[i], wd) : g[i];
    const float b = first ? d : math::fma(fresh, d, momentum[i] * mu);
    momentum[i] = b;
    p[i] = math::fma(lr, nesterov ? math::fma(mu, b, d) : b, p[i]);
  }
}

/// Both averages, then p -= step_size m / (sqrt(v) / sqrt(1 - beta2^t) + eps). That inner division
/// by a scalar is a product here: the divider sets the pace of this loop.
template <bool kMax>
void adam_loop(const Adam& settings, float* __restrict p, const float* __restrict g,
               float* __restrict m, float* __restrict v, float* __restrict v_max, int64_t n) {
  const Adam a = settings;
  for (int64_t i = 0; i < n; ++i) {
    const float d = decayed(g[i], p[i], a.decay);
    const float mean = math::fma(a.one_minus_beta1, d - m[i], m[i]);
    const float square = math::fma(a.one_minus_beta2 * d, d, v[i] * a.beta2);
    m[i] = mean;
    v[i] = square;
    float most = square;
    if constexpr (kMax) v_max[i] = most = square > v_max[i] ? square : v_max[i];
    p[i] = p[i] * a.keep - a.step_size * mean / (math::sqrt(most) * a.inv_bias2_sqrt + a.eps);
  }
}

void adam(const Adam& a, float* p, const float* g, float* m, float* v, float* v_max, int64_t n) {
  (v_max ? adam_loop<true> : adam_loop<false>)(a, p, g, m, v, v_max, n);
}

/// torch adds sparse tensors, which fuses nothing.
void sparse_adam(const SparseAdam& settings, float* __restrict p, const float* __restrict g,
                 float* __restrict m, float* __restrict v, int64_t n) {
  const SparseAdam a = settings;
  for (int64_t i = 0; i < n; ++i) {
    const float mean = m[i] + (g[i] - m[i]) * a.one_minus_beta1;
    const float square = v[i] + (g[i] * g[i] - v[i]) * a.one_minus_beta2;
    m[i] = mean;
    v[i] = square;
    p[i] -= a.step_size * mean / (math::sqrt(square) + a.eps);
  }
}

template <bool kCentred, bool kMomentum>
void rmsprop_loop(const RmsProp& settings, float* __restrict p, const float* __restrict g,
                  float* __restrict square, float* __restrict mean_g, float* __restrict momentum,
                  int64_t n) {
  const RmsProp a = settings;
  const bool decay = a.decay != 0.0f;
  for (int64_t i = 0; i < n; ++i) {
    const float d = decay ? decayed(g[i], p[i], a.decay) : g[i];
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
  const bool moving = momentum != nullptr;
  const auto loop = mean_g ? (moving ? rmsprop_loop<true, true> : rmsprop_loop<true, false>)
                           : (moving ? rmsprop_loop<false, true> : rmsprop_loop<false, false>);
  loop(a, p, g, square, mean_g, momentum, n);
}

void adagrad(const Adagrad& settings, float* __restrict p, const float* __restrict g,
             float* __restrict sum, int64_t n) {
  const Adagrad a = settings;
  const bool decay = a.decay != 0.0f;
  for (int64_t i = 0; i < n; ++i) {
    const float d = decay ? decayed(g[i], p[i], a.decay) : g[i];
    const float s = math::fma(d, d, sum[i]);
    sum[i] = s;
    p[i] += -a.step_size * d / (math::sqrt(s) + a.eps);
  }
}

}  // namespace

extern const OptimKernels optim_kernels;
const OptimKernels optim_kernels = {sgd, adam, sparse_adam, rmsprop, adagrad};

}  // namespace fathom::cpu::FATHOM_ISA
