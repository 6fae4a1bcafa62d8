// Random numbers against what their distributions promise: Kolmogorov and Smirnov's test where the
// distribution function is at hand, mean and variance, and counts. The keys are fixed, so the
// tests give the same answer always; the bounds are those of one chance in a million.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

#include "fathom/fathom.h"
#include "tests/ops/compare.h"

namespace fathom::test {
namespace {

constexpr std::int64_t count = 40000;

/// The largest distance of the empirical distribution, times the root of n.
double distance(const Tensor& x, const std::function<double(double)>& cdf) {
  std::vector<double> v = to_doubles(x);
  std::sort(v.begin(), v.end());
  const auto n = static_cast<double>(v.size());
  double most = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    const double f = cdf(v[i]);
    most = std::max({most, std::abs(f - static_cast<double>(i) / n),
                     std::abs(f - static_cast<double>(i + 1) / n)});
  }
  return most * std::sqrt(n);
}
void check_distribution(const Tensor& x, const std::function<double(double)>& cdf) {
  CHECK(distance(x, cdf) < 2.7);
}
void check_moments(const Tensor& x, double m, double v, double kurtosis = 9) {
  const auto n = static_cast<double>(x.size());
  CHECK(std::abs(mean(x).item() - m) < 5 * std::sqrt(v / n));
  CHECK(std::abs(var(x).item() - v) < 5 * v * std::sqrt(kurtosis / n));
}
double phi(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

}  // namespace

TEST_CASE("continuous distributions follow their distribution functions") {
  const Shape s{count};
  const auto key = [](std::uint64_t k) { return make_key(5, k); };
  check_distribution(random_exponential(s, key(0), 2.0),
                     [](double x) { return 1 - std::exp(-2 * x); });
  check_distribution(random_laplace(s, key(1), 1.0, 2.0), [](double x) {
    const double t = std::exp(-std::abs(x - 1) / 2) / 2;
    return x < 1 ? t : 1 - t;
  });
  check_distribution(random_gumbel(s, key(2), 1.0, 2.0),
                     [](double x) { return std::exp(-std::exp(-(x - 1) / 2)); });
  check_distribution(random_cauchy(s, key(3), 1.0, 2.0),
                     [](double x) { return 0.5 + std::atan((x - 1) / 2) / std::numbers::pi; });
  check_distribution(random_log_normal(s, key(4), 1.0, 0.5),
                     [](double x) { return phi((std::log(x) - 1) / 0.5); });
  check_distribution(random_weibull(s, key(5), 2.0, 1.5),
                     [](double x) { return 1 - std::exp(-std::pow(x / 2, 1.5)); });
  check_distribution(random_gamma(s, key(6), 1.0, 2.0),
                     [](double x) { return 1 - std::exp(-2 * x); });
  check_distribution(random_gamma(s, key(7), 2.0),
                     [](double x) { return 1 - std::exp(-x) * (1 + x); });
  check_distribution(random_gamma(s, key(8), 0.5), [](double x) { return std::erf(std::sqrt(x)); });
  check_distribution(random_chi_squared(s, key(9), 2.0),
                     [](double x) { return 1 - std::exp(-x / 2); });
  check_distribution(random_student_t(s, key(10), 2.0),
                     [](double x) { return 0.5 + x / (2 * std::sqrt(2 + x * x)); });
  check_distribution(random_beta(s, key(11), 2.0, 1.0), [](double x) { return x * x; });
  check_distribution(rand_like(zeros(s), key(12)), [](double x) { return x; });
  check_distribution(randn_like(zeros(s), key(13)), phi);
  check_distribution(random_half_normal(s, key(30), 2.0),
                     [](double x) { return 2 * phi(x / 2) - 1; });
  check_distribution(random_half_cauchy(s, key(31), 2.0),
                     [](double x) { return 2 * std::atan(x / 2) / std::numbers::pi; });
  check_distribution(random_logistic(s, key(32), 1.0, 2.0),
                     [](double x) { return 1 / (1 + std::exp(-(x - 1) / 2)); });
  check_distribution(random_pareto(s, key(33), 2.0, 1.5),
                     [](double x) { return 1 - std::pow(2 / x, 1.5); });
  check_distribution(random_inverse_gamma(s, key(34), 1.0, 2.0),
                     [](double x) { return std::exp(-2 / x); });
  check_distribution(random_kumaraswamy(s, key(35), 2.0, 3.0),
                     [](double x) { return 1 - std::pow(1 - x * x, 3); });
  check_distribution(random_fisher_snedecor(s, key(36), 2.0, 4.0),
                     [](double x) { return 1 - std::pow(1 + x / 2, -2); });
  const Tensor factor = tensor<float>({{2, 0}, {1, 3}});
  const Tensor pairs = random_multivariate_normal(s, key(37), tensor<float>({1, -1}), factor);
  check_distribution(select(pairs, 1, 0), [](double x) { return phi((x - 1) / 2); });
  check_distribution(select(pairs, 1, 1), [](double x) { return phi((x + 1) / std::sqrt(10.0)); });
  CHECK(std::abs(select(select(cov(transpose(pairs)), 0, 0), 0, 1).item() - 2) < 0.3);
  check_distribution(random_von_mises(s, key(40), 0.5, 1e-7),
                     [](double x) { return (x + std::numbers::pi) / (2 * std::numbers::pi); });
  for (const auto& [concentration, mean_cosine] :
       {std::pair{0.5, 0.242500}, {2.0, 0.697775}, {50.0, 0.989949}}) {  // I1 / I0
    const Tensor x = random_von_mises(s, key(41), 3.0, concentration);
    CHECK(max(abs(x)).item() < 3.1416);
    CHECK(std::abs(mean(cos(x - 3)).item() - mean_cosine) < 0.02 / std::sqrt(concentration));
    CHECK(std::abs(mean(sin(x - 3)).item()) < 0.02 / std::sqrt(concentration));
  }
  const Tensor wishart = random_wishart(s, key(42), 4.0, factor);
  for (int i = 0; i < 2; ++i)
    check_distribution(select(select(wishart, 1, i), 1, i) / (i == 0 ? 4 : 10),
                       [](double x) { return 1 - std::exp(-x / 2) * (1 + x / 2); });
  check_moments(select(select(wishart, 1, 1), 1, 0), 4 * 2, 4 * (2 * 2 + 4 * 10), 30);
  check_distribution(select(select(random_lkj_cholesky(s, key(43), 2), 1, 1), 1, 0),
                     [](double x) { return (x + 1) / 2; });
  const Tensor lkj = random_lkj_cholesky(s, key(44), 3);
  const Tensor correlations = matmul(lkj, transpose(lkj));
  for (const auto& [i, j] : {std::pair{1, 0}, {2, 0}, {2, 1}})
    check_distribution(select(select(correlations, 1, i), 1, j), [](double x) {
      return 0.5 + (x * std::sqrt(1 - x * x) + std::asin(x)) / std::numbers::pi;
    });
  CHECK(allclose(diagonal(correlations, 0, 1, 2), 1));
  const double intervals[][2] = {{-1, 3},  {0.5, 1}, {-0.5, 0.7}, {2, 9},
                                 {-8, -3}, {-9, 9},  {3, 3.1}};
  std::uint64_t k = 14;
  for (const auto& [low, high] : intervals) {
    INFO(low, " ", high);
    const double a = phi(low), b = phi(high);
    const double upper_a = phi(-low), upper_b = phi(-high);
    check_distribution(random_truncated_normal(s, key(k++), 0, 1, low, high), [&](double x) {
      return low > 0 ? (upper_a - phi(-x)) / (upper_a - upper_b) : (phi(x) - a) / (b - a);
    });
  }
}

TEST_CASE("discrete distributions have their mean, variance and probabilities") {
  std::uint64_t k = 0;
  const auto key = [&] { return make_key(6, k++); };
  for (const double rate : {0.3, 4.0, 9.9, 10.5, 80.0}) {
    INFO(rate);
    check_moments(random_poisson(full({count}, rate), key()), rate, rate);
  }
  for (const auto& [n, p] : std::vector<std::pair<double, double>>{
           {1, 0.3}, {10, 0.1}, {50, 0.9}, {100, 0.5}, {1000, 0.02}}) {
    INFO(n, " ", p);
    check_moments(random_binomial(full({count}, n), p, key()), n * p, n * p * (1 - p));
  }
  check_moments(random_geometric({count}, key(), 0.3), 0.7 / 0.3, 0.7 / 0.09);
  check_moments(random_negative_binomial({count}, key(), 3, 0.4), 2, 2 / 0.6);
  check_moments(bernoulli(full({count}, 0.2), key()), 0.2, 0.16);
  check_moments(cast(randint(-3, 7, {count}, key()), DType::f32), 1.5, 8.25);
  const Tensor classes = multinomial(tensor<float>({1, 0, 3, 4}), count, key(), true);
  double seen[4] = {};
  for (const std::int64_t c : classes.eval().data<std::int64_t>()) ++seen[c];
  CHECK(seen[1] == 0);
  for (const auto& [c, p] : {std::pair{0, 0.125}, {2, 0.375}, {3, 0.5}})
    CHECK(std::abs(seen[c] / count - p) < 5 * std::sqrt(p * (1 - p) / count));
  const Tensor points = random_dirichlet(expand(tensor<float>({1, 2, 3}), {count, 3}), key());
  CHECK(std::abs(mean(select(points, 1, 2)).item() - 0.5) < 0.01);
}

TEST_CASE("draws without replacement hold each index once, the first in proportion to its weight") {
  const Tensor weights = expand(tensor<float>({1, 2, 0, 5}), {count, 4});
  const Tensor drawn = multinomial(weights, 3, make_key(7, 1));
  double first[4] = {};
  const auto v = drawn.eval().data<std::int64_t>();
  for (std::int64_t i = 0; i < count; ++i) {
    const std::set<std::int64_t> row(v.begin() + 3 * i, v.begin() + 3 * i + 3);
    REQUIRE(row == std::set<std::int64_t>{0, 1, 3});
    ++first[v[static_cast<std::size_t>(3 * i)]];
  }
  CHECK(std::abs(first[3] / count - 0.625) < 0.012);
  CHECK(std::abs(first[0] / count - 0.125) < 0.009);

  const auto order = randperm(1000, make_key(7, 2)).to_vector<std::int64_t>();
  CHECK(std::set<std::int64_t>(order.begin(), order.end()).size() == 1000);
  int fixed = 0;
  for (std::size_t i = 0; i < order.size(); ++i) fixed += order[i] == static_cast<std::int64_t>(i);
  CHECK(fixed < 9);  // one is expected
}

}  // namespace fathom::test
