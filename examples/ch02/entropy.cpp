// Entropy, cross entropy and KL divergence: surprise measured, and what training makes of it
//
// Chapter 2: entropy is the mean surprise at what a distribution p brings; cross entropy the mean
// surprise of one who believes q; the difference is the KL divergence, which is never below 0.
// Drawn to entropy.svg: the entropy of a coin, the way of a belief to the truth, and what becomes
// of a belief that cannot reach it.
#include <fathom/fathom.h>

#include <cmath>
#include <cstdio>
#include <numbers>

#include "fathom/figure/figure.h"

using namespace fathom;

Tensor entropy(const Tensor& p) { return -sum(xlogy(p, p)); }
Tensor cross_entropy_of(const Tensor& p, const Tensor& q) { return -sum(xlogy(p, q)); }
Tensor kl(const Tensor& p, const Tensor& q) { return cross_entropy_of(p, q) - entropy(p); }

/// A normal distribution as probabilities of the places x, with its logarithms kept finite.
struct Normal {
  Tensor mean, log_deviation;
  Tensor operator()(const Tensor& x) const {
    return softmax(-0.5 * square((x - mean) / exp(log_deviation)));
  }
};

/// The normal distribution at which `divergence` is least, by gradient descent from a start.
template <class F> Normal fit(Normal q, const F& divergence) {
  for (int step = 0; step < 2000; ++step) {
    const Normal g = grad(divergence)(q);
    q.mean = (q.mean - 0.05 * g.mean).eval();
    q.log_deviation = (q.log_deviation - 0.05 * g.log_deviation).eval();
  }
  return q;
}

int main() {
  figure::Figure picture = figure::grid(1, 3, {.width = 1280, .height = 380});

  // A coin: surprise in bits is -log2 of the probability; a fair coin surprises most.
  const Tensor heads = linspace(0, 1, 201);
  const Tensor bits = -(xlogy(heads, heads) + xlogy(1 - heads, 1 - heads)) / std::log(2);
  std::printf("entropy of a fair coin: %.4f bits; of one that falls on heads 9 times of 10: %.4f\n",
              bits[100].item(), bits[180].item());
  picture.axes(0, 0)
      .title("Entropy of a coin")
      .x_label("probability of heads")
      .y_label("bits")
      .line(heads, bits);

  // Training lowers the cross entropy of the belief q; what is left is the entropy of the truth p.
  const Tensor p = tensor({0.5F, 0.25F, 0.15F, 0.1F});
  Tensor logits = tensor({-1.0F, 0.0F, 1.0F, 2.0F});
  figure::Values step, cross, least;
  for (int i = 0; i <= 30; ++i) {
    const auto [loss, gradient] = value_and_grad(
        [&](const Tensor& logits) { return cross_entropy_of(p, softmax(logits)); })(logits);
    if (i % 10 == 0)
      std::printf("step %2d: cross entropy %.4f = entropy %.4f + KL %.4f nats\n", i, loss.item(),
                  entropy(p).item(), kl(p, softmax(logits)).item());
    step.push_back(i);
    cross.push_back(loss.item());
    least.push_back(entropy(p).item());
    logits = (logits - 0.7 * gradient).eval();  // the gradient: belief minus truth
  }
  picture.axes(0, 1)
      .title("A belief learns the truth")
      .x_label("step")
      .y_label("nats")
      .band(step, least, cross, {.label = "KL divergence"})
      .line(step, cross, {.label = "cross entropy"})
      .line(step, least, {.label = "entropy of the truth", .dashed = true});

  // One normal distribution cannot have two peaks. KL(p || q) wants q wherever p is and covers
  // both; KL(q || p) wants q nowhere else and takes one.
  const Tensor x = linspace(-6, 6, 401);
  const auto peak = [&](double mean, double deviation) {
    return softmax(-0.5 * square((x - mean) / deviation));
  };
  const Tensor truth = 0.6 * peak(-2.5, 0.7) + 0.4 * peak(2.5, 0.9);
  const Normal start{tensor(-1.5F), tensor(-0.5F)};
  const Normal covers = fit(start, [&](const Normal& q) { return kl(truth, q(x)); });
  const Normal seeks = fit(start, [&](const Normal& q) { return kl(q(x), truth); });
  for (const auto& [name, q] : {std::pair{"KL(p || q)", covers}, std::pair{"KL(q || p)", seeks}})
    std::printf("least %s: mean %.3f, deviation %.3f; KL(p || q) %.3f, KL(q || p) %.3f\n", name,
                q.mean.item(), std::exp(q.log_deviation.item()), kl(truth, q(x)).item(),
                kl(q(x), truth).item());
  const double cell = 12.0 / 400;  // from probabilities to densities
  picture.axes(0, 2)
      .title("Two ways to be near")
      .x_label("x")
      .y_label("density")
      .band(x, zeros_like(x), truth / cell, {.label = "p", .color = figure::Color{120, 120, 120}})
      .line(x, covers(x) / cell, {.label = "least KL(p || q)"})
      .line(x, seeks(x) / cell, {.label = "least KL(q || p)", .dashed = true});
  picture.save("entropy.svg");
  std::printf("the picture is entropy.svg\n");
  return 0;
}
