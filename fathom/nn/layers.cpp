#include "fathom/nn/layers.h"

#include <cmath>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/nn/mode.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/norm.h"
#include "fathom/ops/random.h"
#include "fathom/ops/shape.h"

namespace fathom::nn {
namespace {

using graph::ModuleScope;

void require_positive(const char* layer, const char* what, std::int64_t n) {
  if (n > 0) return;
  throw ValueError({.operation = layer,
                    .problem = std::string(what) + " is " + std::to_string(n),
                    .expected = "a positive number"});
}

Tensor uniform(const Shape& shape, double bound) {
  return random_uniform(shape, next_key(), -bound, bound);
}

}  // namespace

// PyTorch draws both from kaiming_uniform(a = sqrt(5)), which is this bound.
Linear::Linear(std::int64_t in_features, std::int64_t out_features, bool with_bias) {
  require_positive("nn::Linear", "in_features", in_features);
  require_positive("nn::Linear", "out_features", out_features);
  const double bound = 1 / std::sqrt(static_cast<double>(in_features));
  weight = uniform({out_features, in_features}, bound);
  if (with_bias) bias = uniform({out_features}, bound);
}
Tensor Linear::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::Linear", where);
  return linear(Operand(x, where), weight, bias);
}

BatchNorm::BatchNorm(std::int64_t features, BatchNormOptions options) : options(options) {
  require_positive("nn::BatchNorm", "features", features);
  weight = ones({features});
  bias = zeros({features});
  running_mean = zeros({features});
  running_var = ones({features});
  num_batches_tracked = Buffer(zeros({}, DType::i64));
}
Tensor BatchNorm::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::BatchNorm", where);
  if (!is_training())
    return batch_norm_inference(Operand(x, where), running_mean, running_var, weight, bias,
                                options.epsilon);
  BatchNormResult r = batch_norm(Operand(x, where), weight, bias, running_mean, running_var,
                                 options.momentum, options.epsilon);
  running_mean.update(std::move(r.running_mean));
  running_var.update(std::move(r.running_variance));
  num_batches_tracked.update(num_batches_tracked.value + 1);
  return r.y;
}

LayerNorm::LayerNorm(std::int64_t features, double epsilon) : epsilon(epsilon) {
  require_positive("nn::LayerNorm", "features", features);
  weight = ones({features});
  bias = zeros({features});
}
Tensor LayerNorm::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::LayerNorm", where);
  return layer_norm(Operand(x, where), weight, bias, epsilon);
}

Dropout::Dropout(double probability) : probability(probability) {
  if (!(probability >= 0 && probability <= 1))
    throw ValueError({.operation = "nn::Dropout",
                      .problem = "probability is " + std::to_string(probability),
                      .expected = "a number in [0, 1]"});
}
Tensor Dropout::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::Dropout", where);
  if (!is_training() || probability == 0) return x;
  graph::Context& c = graph::context();
  if (!c.dropout_key.defined())
    throw ValueError({.operation = "nn::Dropout",
                      .problem = "no random key while training",
                      .hint = "open a scope around the step: auto scope = nn::training(rng)",
                      .module = graph::current_module(),
                      .where = to_string(graph::user_line(where))});
  return dropout(Operand(x, where), probability, c.dropout_key, ++c.dropout_sites);
}

Embedding::Embedding(std::int64_t count, std::int64_t dim) {
  require_positive("nn::Embedding", "count", count);
  require_positive("nn::Embedding", "dim", dim);
  weight = random_normal({count, dim}, next_key());
}
Tensor Embedding::operator()(const Tensor& index, Where where) const {
  const ModuleScope scope(this, "nn::Embedding", where);
  return take(Operand(weight, where), index, 0);
}

Tensor Flatten::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::Flatten", where);
  return flatten(Operand(x, where), 1);
}

}  // namespace fathom::nn
