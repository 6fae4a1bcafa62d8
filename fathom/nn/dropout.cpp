#include "fathom/nn/dropout.h"

#include "fathom/core/error.h"
#include "fathom/graph/op.h"
#include "fathom/nn/mode.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/dropout.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/shape.h"

namespace fathom::nn {

using graph::ModuleScope;

namespace {

double require_probability(const char* layer, double probability, const Where& where) {
  if (probability >= 0 && probability <= 1) return probability;
  throw ValueError({.operation = layer,
                    .problem = "probability is " + graph::print_field(probability),
                    .expected = "a number in [0, 1]",
                    .where = to_string(where)});
}

using Drop = Tensor (*)(const Operand&, double, const Tensor&, std::int64_t);

/// What all forms do: nothing in inference, else `drop` with the next site of the step's key.
Tensor drop_by(Drop drop, const ModuleScope& scope, const Tensor& x, double probability) {
  if (!is_training() || probability == 0) return scope.result(x);
  const RandomSite site = next_random_site(scope.type, scope.where);
  return scope.result(drop(Operand(x, scope.where), probability, site.key, site.site));
}

/// Channels of samples, or of one sample: its batch axis is added and taken away again.
Tensor drop_channels(const ModuleScope& scope, const Tensor& x, double probability, int batched,
                     int single) {
  if (x.rank() != batched && x.rank() != single)
    ops::fail<ShapeError>(
        {.operation = scope.type,
         .problem = "x has " + std::to_string(x.rank()) + " axes",
         .received = {{"x", graph::describe(x)}},
         .expected = std::to_string(batched) + " or " + std::to_string(single) + " axes"},
        scope.where);
  if (x.rank() == batched || batched == 4) return drop_by(feature_dropout, scope, x, probability);
  return scope.result(squeeze(drop_by(feature_dropout, scope, unsqueeze(x, 0), probability), 0));
}

}  // namespace

Dropout::Dropout(double probability, Where where)
    : probability(require_probability("nn::Dropout", probability, where)) {}
Tensor Dropout::operator()(const Tensor& x, Where where) const {
  return drop_by(dropout, ModuleScope(this, "nn::Dropout", where), x, probability);
}

Dropout1d::Dropout1d(double probability, Where where)
    : probability(require_probability("nn::Dropout1d", probability, where)) {}
Tensor Dropout1d::operator()(const Tensor& x, Where where) const {
  return drop_channels(ModuleScope(this, "nn::Dropout1d", where), x, probability, 3, 2);
}

Dropout2d::Dropout2d(double probability, Where where)
    : probability(require_probability("nn::Dropout2d", probability, where)) {}
Tensor Dropout2d::operator()(const Tensor& x, Where where) const {
  return drop_channels(ModuleScope(this, "nn::Dropout2d", where), x, probability, 4, 3);
}

Dropout3d::Dropout3d(double probability, Where where)
    : probability(require_probability("nn::Dropout3d", probability, where)) {}
Tensor Dropout3d::operator()(const Tensor& x, Where where) const {
  return drop_channels(ModuleScope(this, "nn::Dropout3d", where), x, probability, 5, 4);
}

AlphaDropout::AlphaDropout(double probability, Where where)
    : probability(require_probability("nn::AlphaDropout", probability, where)) {}
Tensor AlphaDropout::operator()(const Tensor& x, Where where) const {
  return drop_by(alpha_dropout, ModuleScope(this, "nn::AlphaDropout", where), x, probability);
}

FeatureAlphaDropout::FeatureAlphaDropout(double probability, Where where)
    : probability(require_probability("nn::FeatureAlphaDropout", probability, where)) {}
Tensor FeatureAlphaDropout::operator()(const Tensor& x, Where where) const {
  return drop_by(feature_alpha_dropout, ModuleScope(this, "nn::FeatureAlphaDropout", where), x,
                 probability);
}

GaussianNoise::GaussianNoise(double std_dev) : std_dev(std_dev) {
  if (!(std_dev >= 0))
    throw ValueError({.operation = "nn::GaussianNoise",
                      .problem = "std_dev is " + std::to_string(std_dev),
                      .expected = "a number from 0 on"});
}
Tensor GaussianNoise::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::GaussianNoise", where);
  if (!is_training() || std_dev == 0) return scope.result(x);
  const RandomSite site = next_random_site(scope.type, where);
  const op::Random normal{op::Random::Kind::normal, x.shape(), site.site};
  const Tensor noise = graph::apply(normal, {site.key}, where) * std_dev;
  return scope.result(x + cast(noise, x.dtype()));
}

}  // namespace fathom::nn
