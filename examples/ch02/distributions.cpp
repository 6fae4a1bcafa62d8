// Probability distributions: drawn numbers against the formulas, and why sums become normal
//
// Chapter 2: five distributions that deep learning keeps meeting, 20000 draws of each beside the
// exact probabilities, and the central limit theorem: means of ever more uniform numbers. Drawn to
// distributions.svg.
#include <fathom/fathom.h>

#include <cmath>
#include <cstdio>
#include <numbers>
#include <string>
#include <vector>

#include "fathom/figure/figure.h"

using namespace fathom;

constexpr std::int64_t draws = 20000;

void report(const char* name, const Tensor& drawn, double mean_of, double variance_of) {
  const auto [variance, center] = var_mean(drawn);
  std::printf("%-24s %8.4f %8.4f   %8.4f %8.4f\n", name, center.item(), mean_of, variance.item(),
              variance_of);
}

/// Whole numbers: the share of each among the draws, beside its probability.
void draw_discrete(figure::Axes& axes, const char* title, const Tensor& drawn,
                   const Tensor& probability) {
  std::vector<std::string> names;
  for (std::int64_t k = 0; k < probability.size(); ++k) names.push_back(std::to_string(k));
  const Tensor counts = bincount(to(drawn, DType::i64), {}, probability.size());
  axes.title(title)
      .bars(names, counts[range(0, probability.size())] / static_cast<double>(draws),
            {.label = "draws"})
      .bars(names, probability, {.label = "probability"});
}

/// Real numbers: a histogram of the draws, below the density.
void draw_continuous(figure::Axes& axes, const std::string& title, const Tensor& drawn,
                     const Tensor& x, const Tensor& density) {
  axes.title(title)
      .histogram(drawn, {.label = "draws",
                         .bins = 32,
                         .range = {{min(x).item(), max(x).item()}},
                         .density = true})
      .line(x, density, {.label = "density"});
}

Tensor normal_density(const Tensor& x, double mean, double deviation) {
  return exp(-0.5 * square((x - mean) / deviation)) / (deviation * std::sqrt(2 * std::numbers::pi));
}

int main() {
  seed(0);
  figure::Figure picture = figure::grid(2, 4, {.width = 1280, .height = 600});
  std::printf("%-24s %8s %8s   %8s %8s\n", "20000 draws of", "mean", "exact", "variance", "exact");

  // Successes in 10 trials of probability 0.3: n over k, p^k (1 - p)^(n - k).
  const Tensor k = to(arange(11), DType::f32);
  const Tensor binomial = exp(std::lgamma(11.0) - lgamma(k + 1) - lgamma(11 - k) +
                              k * std::log(0.3) + (10 - k) * std::log(0.7));
  const Tensor successes = random_binomial(full({draws}, 10), full({draws}, 0.3), next_key());
  report("binomial(10, 0.3)", successes, 3, 2.1);
  draw_discrete(picture.axes(0, 0), "Binomial: 10 trials, p = 0.3", successes, binomial);

  // Rare events at a rate of 2.5: rate^k exp(-rate) / k!
  const Tensor poisson = exp(k * std::log(2.5) - 2.5 - lgamma(k + 1));
  const Tensor events = random_poisson(full({draws}, 2.5), next_key());
  report("Poisson(2.5)", events, 2.5, 2.5);
  draw_discrete(picture.axes(0, 1), "Poisson: rate 2.5", events, poisson);

  const Tensor normal = random_normal({draws}, next_key(), 1, 2);
  report("normal(1, 2^2)", normal, 1, 4);
  const Tensor wide = linspace(-6, 8, 121);
  draw_continuous(picture.axes(0, 2), "Normal: mean 1, deviation 2", normal, wide,
                  normal_density(wide, 1, 2));

  const Tensor exponential = random_exponential({draws}, next_key(), 1.5);
  report("exponential(1.5)", exponential, 1 / 1.5, 1 / 2.25);
  const Tensor positive = linspace(0, 4, 121);
  draw_continuous(picture.axes(0, 3), "Exponential: rate 1.5", exponential, positive,
                  1.5 * exp(-1.5 * positive));

  // The mean of n uniform numbers has the mean 1/2 and the variance 1 / (12 n), and soon the shape
  // of a normal distribution.
  const Tensor unit = linspace(0, 1, 121);
  int column = 0;
  for (const std::int64_t n : {1, 2, 4, 16}) {
    const Tensor means = mean(random_uniform({draws, n}, next_key()), 1);
    const double variance = 1 / (12.0 * static_cast<double>(n));
    const std::string name = "mean of " + std::to_string(n) + " uniform";
    report(name.c_str(), means, 0.5, variance);
    draw_continuous(picture.axes(1, column++),
                    n == 1 ? "Uniform" : "Mean of " + std::to_string(n) + " uniform", means, unit,
                    normal_density(unit, 0.5, std::sqrt(variance)));
  }
  for (figure::Axes& axes : picture.plots()) axes.legend(figure::LegendPlace::none);
  picture.axes(0, 0).legend(figure::LegendPlace::best);
  picture.axes(0, 2).legend(figure::LegendPlace::best);
  picture.axes(1, 0).legend(figure::LegendPlace::none);
  picture.save("distributions.svg");
  std::printf("the picture is distributions.svg; below, the line is the normal density\n");
  return 0;
}
