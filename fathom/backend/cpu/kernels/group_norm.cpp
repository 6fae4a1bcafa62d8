#include "fathom/backend/cpu/kernels/group_norm.h"

#include "fathom/backend/cpu/kernels/lanes.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

/// out[i] = f(c, i) for the numbers i of a group, c their channel in it. Without positions the
/// vectors run over the channels.
template <class F>
FATHOM_MATH void each(int64_t channels, int64_t length, float* __restrict out, F f) {
  if (length == 1) {
    for (int64_t c = 0; c < channels; ++c) out[c] = f(c, c);
    return;
  }
  for (int64_t c = 0; c < channels; ++c) {
    for (int64_t i = c * length; i < (c + 1) * length; ++i) out[i] = f(c, i);
  }
}

void forward(const GroupNorm& a, int64_t begin, int64_t end) {
  const int64_t channels = a.channels / a.groups, width = channels * a.length;
  for (int64_t r = begin; r < end; ++r) {
    const float* x = a.x + r * width;
    Lanes sum[1] = {all_lanes(0)}, square[1] = {all_lanes(0)};
    sweep(width, sum, [=](Vector* s, int64_t i, auto load) FATHOM_LAMBDA { *s += load(x + i); });
    const float mean = fold(sum[0], Add{}) / float(width);
    sweep(width, square, [=, m = splat(mean)](Vector* s, int64_t i, auto load) FATHOM_LAMBDA {
      const Vector d = load(x + i) - m;
      *s = fma(d, d, *s);
    });
    const float rstd = 1.0f / math::sqrt(fold(square[0], Add{}) / float(width) + a.eps);
    a.mean[r] = mean;
    a.rstd[r] = rstd;
    const int64_t first = r % a.groups * channels;
    const float *gamma = a.gamma + first, *beta = a.beta + first;
    each(channels, a.length, a.y + r * width, [=](int64_t c, int64_t i) FATHOM_LAMBDA {
      return math::fma(x[i] - mean, gamma[c] * rstd, beta[c]);
    });
  }
}

/// With h = (x - mean) rstd and u = dy gamma: dx = rstd (u - mean(u) - h mean(u h)).
void backward(const GroupNormGrad& a, int64_t begin, int64_t end) {
  const int64_t channels = a.channels / a.groups, length = a.length, width = channels * length;
  for (int64_t r = begin; r < end; ++r) {
    const int64_t first = r % a.groups * channels;
    const float *x = a.x + r * width, *dy = a.dy + r * width, *gamma = a.gamma + first;
    const float mean = a.mean[r], rstd = a.rstd[r];
    float* dgamma = a.partial + r / a.groups * 2 * a.channels + first;
    float* dbeta = dgamma + a.channels;
    float sum_u = 0, sum_uh = 0;
    for (int64_t c = 0; c < channels; ++c) {
      Lanes sums[2] = {all_lanes(0), all_lanes(0)};
      const float *xc = x + c * length, *gc = dy + c * length;
      sweep(length, sums,
            [=, m = splat(mean), s = splat(rstd)](Vector* t, int64_t i, auto load) FATHOM_LAMBDA {
              const Vector g = load(gc + i);
              t[0] = fma(g, (load(xc + i) - m) * s, t[0]);
              t[1] += g;
            });
      dgamma[c] = fold(sums[0], Add{});
      dbeta[c] = fold(sums[1], Add{});
      sum_uh = math::fma(gamma[c], dgamma[c], sum_uh);
      sum_u = math::fma(gamma[c], dbeta[c], sum_u);
    }
    const float mean_u = sum_u / float(width), mean_uh = sum_uh / float(width);
    each(channels, length, a.dx + r * width, [=](int64_t c, int64_t i) FATHOM_LAMBDA {
      const float h = (x[i] - mean) * rstd;
      return rstd * math::fma(-h, mean_uh, math::fma(dy[i], gamma[c], -mean_u));
    });
  }
}

}  // namespace

extern const GroupNormKernels group_norm_kernels;
const GroupNormKernels group_norm_kernels = {forward, backward};

}  // namespace fathom::cpu::FATHOM_ISA
