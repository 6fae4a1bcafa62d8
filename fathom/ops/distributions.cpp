#include "fathom/ops/distributions.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "fathom/graph/op.h"
#include "fathom/ops/check.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/diagonal.h"
#include "fathom/ops/distance.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom {

using DrawKind = op::Draw::Kind;

namespace {

/// (0, 1]: what a logarithm takes. Sites tell apart what one key is used for.
Tensor unit(const Shape& shape, const Tensor& key, std::int64_t site = 0) {
  return 1 - graph::apply(op::Random{op::Random::Kind::uniform, shape, site}, {key}, {});
}

Tensor draw(DrawKind kind, const Shape& shape, const Tensor& key,
            std::initializer_list<const Operand*> parameters, std::int64_t site = 0) {
  graph::Tensors inputs{key};
  std::source_location where;
  for (const Operand* p : parameters) {
    where = p->where();
    const Tensor value = stop_gradient(ops::as_tensor(*p, DType::f32));
    inputs.push_back(expand(Operand(value, where), shape));
  }
  return graph::apply(op::Draw{kind, shape, 0, 0, site}, std::move(inputs), where);
}

/// Of a parameter that is above 0.
constexpr double smallest = std::numeric_limits<double>::denorm_min();
constexpr op::Within positive(std::string_view what) {
  return {smallest, std::numeric_limits<double>::infinity(), what, "a number above 0"};
}

/// Gamma numbers of scale 1.
Tensor gamma(const Shape& shape, const Tensor& key, const Operand& concentration,
             std::int64_t site = 0) {
  return draw(DrawKind::gamma, shape, key, {&concentration}, site);
}

}  // namespace

Tensor rand_like(const Tensor& x, const Tensor& key, Where where) {
  const graph::CallScope call("rand_like", where);
  return cast(random_uniform(x.shape(), key), ops::floating(x.dtype()));
}
Tensor randn_like(const Tensor& x, const Tensor& key, Where where) {
  const graph::CallScope call("randn_like", where);
  return cast(random_normal(x.shape(), key), ops::floating(x.dtype()));
}
Tensor randint_like(const Tensor& x, std::int64_t low, std::int64_t high, const Tensor& key,
                    Where where) {
  const graph::CallScope call("randint_like", where);
  return cast(randint(low, high, x.shape(), key), x.dtype());
}

Tensor randint(std::int64_t low, std::int64_t high, const Shape& shape, const Tensor& key,
               Where where) {
  const graph::CallScope call("randint", where);
  if (low >= high)
    ops::fail<ValueError>({.problem = "the range [" + std::to_string(low) + ", " +
                                      std::to_string(high) + ") is empty",
                           .expected = "low < high"},
                          where);
  return graph::apply(op::Draw{DrawKind::integer, shape, low, high}, {key}, where);
}

Tensor bernoulli(const Operand& p, const Tensor& key) {
  const graph::CallScope call("bernoulli", p.where());
  const Tensor t = ops::as_tensor(p);
  const Tensor u = graph::apply(op::Random{op::Random::Kind::uniform, t.shape()}, {key}, p.where());
  return ops::checked(cast(u < stop_gradient(t), ops::floating(t.dtype())),
                      p.is_tensor() ? Operand(t, p.where()) : p, ops::probability("p"));
}

Tensor random_truncated_normal(const Shape& shape, const Tensor& key, double mean,
                               double standard_deviation, double low, double high, Where where) {
  const graph::CallScope call("random_truncated_normal", where);
  if (!(low < high) || !(standard_deviation > 0))
    ops::fail<ValueError>(
        {.problem = "the interval [" + graph::print_field(low) + ", " + graph::print_field(high) +
                    "] with deviation " + graph::print_field(standard_deviation),
         .expected = "low < high and a positive deviation"},
        where);
  const Operand a = (low - mean) / standard_deviation, b = (high - mean) / standard_deviation;
  const Tensor x = draw(DrawKind::truncated_normal, shape, key, {&a, &b});
  return clamp(x * standard_deviation + mean, low, high);  // where rounding left the interval
}

Tensor random_log_normal(const Shape& shape, const Tensor& key, const Operand& mean,
                         const Operand& standard_deviation) {
  const graph::CallScope call("random_log_normal", mean.where());
  return exp(random_normal(shape, key, mean, standard_deviation));
}
Tensor random_exponential(const Shape& shape, const Tensor& key, const Operand& rate) {
  const graph::CallScope call("random_exponential", rate.where());
  const ops::Kept kept_rate(rate);
  return ops::checked(-log(unit(shape, key)) / kept_rate, kept_rate, positive("rate"));
}
Tensor random_laplace(const Shape& shape, const Tensor& key, const Operand& location,
                      const Operand& scale) {
  const graph::CallScope call("random_laplace", location.where());
  const ops::Kept kept_scale(scale);
  // A sign and an exponential.
  const Tensor side = where(unit(shape, key, 1) > 0.5, 1.0, -1.0);
  return ops::checked(location - kept_scale * (side * log(unit(shape, key))), kept_scale,
                      positive("scale"));
}
Tensor random_gumbel(const Shape& shape, const Tensor& key, const Operand& location,
                     const Operand& scale) {
  const graph::CallScope call("random_gumbel", location.where());
  const ops::Kept kept_scale(scale);
  // The smallest -log(u) that is not 0 keeps the outer logarithm finite.
  const Tensor e = maximum(-log(unit(shape, key)), 0x1p-25);
  return ops::checked(location - kept_scale * log(e), kept_scale, positive("scale"));
}
Tensor random_cauchy(const Shape& shape, const Tensor& key, const Operand& median,
                     const Operand& scale) {
  const graph::CallScope call("random_cauchy", median.where());
  const ops::Kept kept_scale(scale);
  // From the middles of the unit's cells: the ends, at infinity, are never reached.
  const Tensor angle = (unit(shape, key) - (0.5 + 0x1p-25)) * std::numbers::pi;
  return ops::checked(median + kept_scale * (sin(angle) / cos(angle)), kept_scale,
                      positive("scale"));
}
Tensor random_weibull(const Shape& shape, const Tensor& key, const Operand& scale,
                      const Operand& concentration) {
  const graph::CallScope call("random_weibull", scale.where());
  const ops::Kept kept_scale(scale);
  const ops::Kept kept_concentration(concentration);
  const Tensor x = kept_scale * pow(-log(unit(shape, key)), 1 / kept_concentration);
  return ops::checked(ops::checked(x, kept_scale, positive("scale")), kept_concentration,
                      positive("concentration"));
}

Tensor random_gamma(const Shape& shape, const Tensor& key, const Operand& concentration,
                    const Operand& rate) {
  const graph::CallScope call("random_gamma", concentration.where());
  const ops::Kept kept_rate(rate);
  return ops::checked(gamma(shape, key, concentration) / kept_rate, kept_rate, positive("rate"));
}
Tensor random_chi_squared(const Shape& shape, const Tensor& key, const Operand& degrees) {
  const graph::CallScope call("random_chi_squared", degrees.where());
  return 2 * gamma(shape, key, degrees * 0.5);
}
Tensor random_student_t(const Shape& shape, const Tensor& key, const Operand& degrees) {
  const graph::CallScope call("random_student_t", degrees.where());
  return random_normal(shape, key) / sqrt(random_chi_squared(shape, key, degrees) / degrees);
}
Tensor random_beta(const Shape& shape, const Tensor& key, const Operand& a, const Operand& b) {
  const graph::CallScope call("random_beta", a.where());
  const Tensor x = gamma(shape, key, a, 1);
  return x / (x + gamma(shape, key, b, 2));
}
Tensor random_dirichlet(const Operand& concentration, const Tensor& key) {
  const graph::CallScope call("random_dirichlet", concentration.where());
  const Tensor c = ops::as_tensor(concentration);
  if (c.rank() == 0)
    ops::fail<ShapeError>(
        {.operation = "random_dirichlet", .problem = "the concentration is a scalar"},
        concentration.where());
  const Tensor x = gamma(c.shape(), key, Operand(c, concentration.where()));
  return x / sum(x, -1, true);
}

Tensor random_half_normal(const Shape& shape, const Tensor& key, const Operand& scale) {
  return abs(random_normal(shape, key)) * scale;
}
Tensor random_half_cauchy(const Shape& shape, const Tensor& key, const Operand& scale) {
  return abs(random_cauchy(shape, key)) * scale;
}
Tensor random_logistic(const Shape& shape, const Tensor& key, const Operand& location,
                       const Operand& scale) {
  const Tensor u = minimum(unit(shape, key), 1 - 0x1p-24);  // never 1, as it is never 0
  return location + scale * (log(u) - log1p(-u));
}
Tensor random_pareto(const Shape& shape, const Tensor& key, const Operand& scale,
                     const Operand& alpha) {
  return scale * exp(-log(unit(shape, key)) / alpha);
}
Tensor random_inverse_gamma(const Shape& shape, const Tensor& key, const Operand& concentration,
                            const Operand& rate) {
  return rate / gamma(shape, key, concentration);
}
Tensor random_kumaraswamy(const Shape& shape, const Tensor& key, const Operand& a,
                          const Operand& b) {
  return pow(-expm1(log(unit(shape, key)) / b), 1 / a);
}
Tensor random_fisher_snedecor(const Shape& shape, const Tensor& key, const Operand& degrees1,
                              const Operand& degrees2) {
  const Tensor n = ops::as_tensor(degrees1, DType::f32), m = ops::as_tensor(degrees2, DType::f32);
  return (gamma(shape, key, n * 0.5, 1) / n) / (gamma(shape, key, m * 0.5, 2) / m);
}
Tensor random_multivariate_normal(const Shape& shape, const Tensor& key, const Operand& mean,
                                  const Tensor& scale_tril) {
  const graph::CallScope call("random_multivariate_normal", mean.where());
  if (!is_floating(scale_tril.dtype()))
    ops::fail<DTypeError>({.operation = "random_multivariate_normal",
                           .problem = "the factor holds no floating-point numbers",
                           .received = {{"scale_tril", graph::describe(scale_tril)}},
                           .hint = "cast(scale_tril, DType::f32)"},
                          mean.where());
  const Tensor center = ops::as_tensor(mean);
  if (scale_tril.rank() < 2 || center.rank() < 1 || scale_tril.size(-1) != scale_tril.size(-2) ||
      center.size(-1) != scale_tril.size(-1))
    ops::fail<ShapeError>({.operation = "random_multivariate_normal",
                           .problem = "mean and scale_tril do not fit",
                           .received = {{"mean", graph::describe(center)},
                                        {"scale_tril", graph::describe(scale_tril)}},
                           .expected = "mean (..., n) and scale_tril (..., n, n)"},
                          mean.where());
  Shape whole = shape;
  whole.push_back(center.size(-1));
  const Tensor z = unsqueeze(cast(random_normal(whole, key), scale_tril.dtype()), -1);
  return center + squeeze(matmul(scale_tril, z), -1);
}

Tensor random_von_mises(const Shape& shape, const Tensor& key, const Operand& location,
                        const Operand& concentration) {
  const graph::CallScope call("random_von_mises", location.where());
  const Tensor angle = draw(DrawKind::von_mises, shape, key, {&concentration});
  return remainder(location + angle + std::numbers::pi, 2 * std::numbers::pi) - std::numbers::pi;
}
Tensor random_wishart(const Shape& shape, const Tensor& key, const Operand& degrees,
                      const Tensor& scale_tril) {
  const graph::CallScope call("random_wishart", degrees.where(), "scale_tril");
  if (scale_tril.rank() < 2 || scale_tril.size(-1) != scale_tril.size(-2))
    ops::fail<ShapeError>({.operation = "random_wishart",
                           .problem = "scale_tril has no square matrices",
                           .received = {{"scale_tril", graph::describe(scale_tril)}}},
                          degrees.where());
  const std::int64_t n = scale_tril.size(-1);
  Shape rows = shape;
  rows.push_back(n);
  Shape matrices = rows;
  matrices.push_back(n);
  const Tensor left = unsqueeze(ops::as_tensor(degrees, DType::f32), -1) - arange(n, DType::f32);
  const Tensor roots = sqrt(random_chi_squared(rows, key, left));
  const Tensor factor = tril(random_normal(matrices, key), -1) + diag_embed(roots);
  const Tensor scaled = matmul(scale_tril, cast(factor, scale_tril.dtype()));
  return matmul(scaled, transpose(scaled));
}
Tensor random_lkj_cholesky(const Shape& shape, const Tensor& key, std::int64_t n,
                           const Operand& concentration) {
  const graph::CallScope call("random_lkj_cholesky", concentration.where());
  if (n < 2)
    ops::fail<ValueError>({.operation = "random_lkj_cholesky",
                           .problem = "n is " + std::to_string(n),
                           .expected = "2 variables and more"},
                          concentration.where());
  // The onion: row i has a direction among the i rows before it, and the share of its length that
  // lies there.
  Shape rows = shape;
  rows.push_back(n - 1);
  Shape matrices = rows;
  matrices.push_back(n);
  const Tensor c = ops::as_tensor(concentration, DType::f32);
  const Tensor half = arange(n - 1, DType::f32) * 0.5;
  const Tensor share =
      random_beta(rows, key, half + 0.5, unsqueeze(c, -1) + 0.5 * (n - 2.0) - half);
  const Tensor direction = normalize(tril(random_normal(matrices, key)), 2, -1);
  const Tensor inside = sqrt(unsqueeze(share, -1)) * direction;
  const Tensor first = zeros(matrices.with(shape.rank(), 1));
  const Tensor diagonal = concat({ones(rows.with(shape.rank(), 1)), sqrt(1 - share)}, -1);
  return concat({first, inside}, -2) + diag_embed(diagonal);
}

Tensor random_poisson(const Operand& rate, const Tensor& key) {
  const graph::CallScope call("random_poisson", rate.where());
  const Tensor r = ops::as_tensor(rate);
  const Operand located(r, rate.where());
  return draw(DrawKind::poisson, r.shape(), key, {&located});
}
Tensor random_binomial(const Operand& count, const Operand& probability, const Tensor& key) {
  const graph::CallScope call("random_binomial", count.where());
  const Tensor n = ops::as_tensor(count, DType::f32);
  const Tensor p = ops::as_tensor(probability, DType::f32);
  Shape shape;
  if (!broadcast(n.shape(), p.shape(), shape))
    ops::fail<ShapeError>(
        {.operation = "random_binomial",
         .problem = "shapes do not broadcast",
         .received = {{"count", graph::describe(n)}, {"probability", graph::describe(p)}}},
        count.where());
  const Operand a(n, count.where()), b(p, count.where());
  return draw(DrawKind::binomial, shape, key, {&a, &b});
}
Tensor random_negative_binomial(const Shape& shape, const Tensor& key, const Operand& count,
                                const Operand& probability) {
  const Tensor p = ops::as_tensor(probability, DType::f32);
  const Tensor rate = gamma(shape, key, count, 1) * (p / (1 - p));  // a Poisson rate, drawn itself
  const Operand located(rate, probability.where());
  return draw(DrawKind::poisson, shape, key, {&located}, 2);
}
Tensor random_geometric(const Shape& shape, const Tensor& key, const Operand& probability) {
  const graph::CallScope call("random_geometric", probability.where());
  const Tensor p = ops::as_tensor(probability, DType::f32);
  return ops::checked(floor(log(unit(shape, key)) / log1p(-p)),
                      probability.is_tensor() ? Operand(p, probability.where()) : probability,
                      {smallest, 1, "probability", "a number in (0, 1]"});
}

}  // namespace fathom
