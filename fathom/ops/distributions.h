// Random numbers of many distributions. Element i is a function of the key, i and its parameters,
// whatever the machine and the number of threads.
//
// Shapes    parameters broadcast to `shape`; an empty handle for the key is never drawn silently:
//           pass next_key() for this thread's generator.
// Dtypes    results are f32 unless said otherwise.
// Gradient  by the parameters where the numbers are an explicit function of them (normal, uniform,
//           exponential, laplace, gumbel, cauchy, logistic, log-normal, weibull, pareto and the
//           like; the scale of gamma). None by the others: of discrete numbers there is none, and
//           those that reject (gamma's concentration, and so beta, Dirichlet, chi-squared and t)
//           are not differentiated.
// Errors    ShapeError if parameters do not broadcast, ValueError, when evaluated, for parameters
//           outside their range.
#pragma once
#include <cstdint>

#include "fathom/core/tensor.h"

namespace fathom {

namespace op {
/// Numbers that take several random words each, from a stream of their own: (key, element, word).
/// Inputs: the key, then the parameters, each of the result's shape.
struct Draw {
  enum class Kind : std::uint8_t {
    integer,           // i64 in [low, high): the attributes, no parameters
    gamma,             // concentration, scale 1
    poisson,           // rate
    binomial,          // count, probability
    truncated_normal,  // standard normal within [a, b]
    von_mises,         // concentration, about 0
  };
  Kind kind;
  Shape shape;
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::int64_t site = 0;  // tells apart what one key is used for
};
/// 0, ..., n-1 in random order. Input: the key.
struct Shuffle {
  std::int64_t n;
};
/// Classes drawn by weights (..., n) -> i64 (..., count). Inputs: the weights, the key.
struct Multinomial {
  std::int64_t count;
  bool replacement;
};
}  // namespace op

/// Of x's shape: uniform in [0, 1), standard normal, whole numbers in [low, high).
Tensor rand_like(const Tensor& x, const Tensor& key, Where where = Where::current());
/// Of x's shape: standard normal.
Tensor randn_like(const Tensor& x, const Tensor& key, Where where = Where::current());
/// Of x's shape: whole numbers in [low, high).
Tensor randint_like(const Tensor& x, std::int64_t low, std::int64_t high, const Tensor& key,
                    Where where = Where::current());
/// i64 in [low, high), each equally likely to 2^-64. Errors: ValueError unless low < high.
Tensor randint(std::int64_t low, std::int64_t high, const Shape& shape, const Tensor& key,
               Where where = Where::current());
/// A permutation of 0, ..., n-1, i64. Errors: ValueError for n < 0.
Tensor randperm(std::int64_t n, const Tensor& key, Where where = Where::current());
/// Indices i64 drawn with probability in proportion to the weights of the last axis:
/// (..., n) -> (..., count). Without replacement by Efraimidis and Spirakis 2006. Errors:
/// ValueError for negative or infinite weights, for no positive one, and for more draws without
/// replacement than there are positive weights.
Tensor multinomial(const Operand& weights, std::int64_t count, const Tensor& key,
                   bool replacement = false);

/// 1 with probability p, else 0, of p's shape and type.
Tensor bernoulli(const Operand& p, const Tensor& key);
/// Low and high as random_uniform's; normal as random_normal's, cut to [low, high] (Robert 1995).
Tensor random_truncated_normal(const Shape& shape, const Tensor& key, double mean = 0,
                               double standard_deviation = 1, double low = -2, double high = 2,
                               Where where = Where::current());
/// exp of a normal number.
Tensor random_log_normal(const Shape& shape, const Tensor& key, const Operand& mean = 0.0,
                         const Operand& standard_deviation = 1.0);
/// Exponential, of mean 1 / rate.
Tensor random_exponential(const Shape& shape, const Tensor& key, const Operand& rate = 1.0);
/// Laplace's.
Tensor random_laplace(const Shape& shape, const Tensor& key, const Operand& location = 0.0,
                      const Operand& scale = 1.0);
/// Gumbel's, of largest values.
Tensor random_gumbel(const Shape& shape, const Tensor& key, const Operand& location = 0.0,
                     const Operand& scale = 1.0);
/// Cauchy's.
Tensor random_cauchy(const Shape& shape, const Tensor& key, const Operand& median = 0.0,
                     const Operand& scale = 1.0);
/// Weibull's: scale times an exponential number to the power 1 / concentration.
Tensor random_weibull(const Shape& shape, const Tensor& key, const Operand& scale,
                      const Operand& concentration);
/// Marsaglia and Tsang 2000; the density is in proportion to x^(concentration-1) exp(-rate x).
Tensor random_gamma(const Shape& shape, const Tensor& key, const Operand& concentration,
                    const Operand& rate = 1.0);
/// Chi-squared: the sum of squares of so many normal numbers, by gamma.
Tensor random_chi_squared(const Shape& shape, const Tensor& key, const Operand& degrees);
/// Student's t: a normal number over the root of chi-squared by its degrees.
Tensor random_student_t(const Shape& shape, const Tensor& key, const Operand& degrees);
/// Beta: a share of two gamma numbers.
Tensor random_beta(const Shape& shape, const Tensor& key, const Operand& a, const Operand& b);
/// Points of the simplex: concentration (..., n) -> (..., n).
Tensor random_dirichlet(const Operand& concentration, const Tensor& key);
/// The size of a normal number about 0.
Tensor random_half_normal(const Shape& shape, const Tensor& key, const Operand& scale = 1.0);
/// The size of a Cauchy number about 0.
Tensor random_half_cauchy(const Shape& shape, const Tensor& key, const Operand& scale = 1.0);
/// Logistic: location + scale log(u / (1 - u)) of a uniform u.
Tensor random_logistic(const Shape& shape, const Tensor& key, const Operand& location = 0.0,
                       const Operand& scale = 1.0);
/// At least `scale`; the density falls as x^-(alpha + 1).
Tensor random_pareto(const Shape& shape, const Tensor& key, const Operand& scale,
                     const Operand& alpha);
/// 1 / gamma.
Tensor random_inverse_gamma(const Shape& shape, const Tensor& key, const Operand& concentration,
                            const Operand& rate = 1.0);
/// (1 - u^(1/b))^(1/a) of a uniform u.
Tensor random_kumaraswamy(const Shape& shape, const Tensor& key, const Operand& a,
                          const Operand& b);
/// The ratio of two chi-squared numbers, each over its degrees: the F distribution.
Tensor random_fisher_snedecor(const Shape& shape, const Tensor& key, const Operand& degrees1,
                              const Operand& degrees2);
/// mean + scale_tril z of standard normal z, scale_tril the covariance's Cholesky factor.
/// Shapes: mean (..., n), scale_tril (..., n, n) -> (shape..., n), which they broadcast to.
/// Gradient: by both. Errors: ShapeError, DTypeError.
Tensor random_multivariate_normal(const Shape& shape, const Tensor& key, const Operand& mean,
                                  const Tensor& scale_tril);
/// Angles in [-pi, pi) about `location`, closer for a higher concentration (Best and Fisher 1979):
/// torch's VonMises. Gradient: by the location.
Tensor random_von_mises(const Shape& shape, const Tensor& key, const Operand& location,
                        const Operand& concentration);
/// Positive definite matrices about degrees times the covariance whose Cholesky factor is
/// scale_tril (Bartlett 1933): torch's Wishart. Shapes: degrees (...), scale_tril (..., n, n)
/// -> (shape..., n, n), which they broadcast to. Gradient: by scale_tril. Errors: ShapeError;
/// ValueError, when evaluated, unless degrees > n - 1.
Tensor random_wishart(const Shape& shape, const Tensor& key, const Operand& degrees,
                      const Tensor& scale_tril);
/// Cholesky factors of correlation matrices of n variables, whose density is in proportion to
/// det^(concentration - 1) (Lewandowski, Kurowicka and Joe 2009): torch's LKJCholesky.
/// Shapes: -> (shape..., n, n). Errors: ValueError for n < 2, and, when evaluated, unless
/// concentration > 0.
Tensor random_lkj_cholesky(const Shape& shape, const Tensor& key, std::int64_t n,
                           const Operand& concentration = 1.0);
/// Whole numbers as f32; by multiplication for small rates, Hormann 1993 (PTRS) for large ones.
Tensor random_poisson(const Operand& rate, const Tensor& key);
/// Successes in `count` trials; by waiting times for few, Hormann 1993 (BTRS) for many.
Tensor random_binomial(const Operand& count, const Operand& probability, const Tensor& key);
/// Successes before `count` failures, each trial succeeding with the given probability: torch's
/// NegativeBinomial.
Tensor random_negative_binomial(const Shape& shape, const Tensor& key, const Operand& count,
                                const Operand& probability);
/// Failures before the first success.
Tensor random_geometric(const Shape& shape, const Tensor& key, const Operand& probability);

}  // namespace fathom
