#include "fathom/nn/norm.h"

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/nn/mode.h"
#include "fathom/nn/require.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/norm.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom::nn {

using graph::ModuleScope;

namespace {
/// The initial values of a layer with running statistics.
template <class Norm>
void start(Norm& norm, const char* layer, std::int64_t features, const Where& where) {
  require_positive(layer, "features", features, where);
  if (norm.options.affine) {
    norm.weight = ones({features});
    norm.bias = zeros({features});
  }
  if (norm.options.track_running_stats) {
    norm.running_mean = zeros({features});
    norm.running_var = ones({features});
    norm.num_batches_tracked = Buffer(zeros({}, DType::i64));
  }
}
}  // namespace

BatchNorm::BatchNorm(std::int64_t features, BatchNormOptions options, Where where)
    : options(options) {
  start(*this, "nn::BatchNorm", features, where);
}

Tensor BatchNorm::by_batch(const Tensor& x, Where where) const {
  if (!running_mean.value.defined())
    return batch_norm(Operand(x, where), weight, bias, {}, {}, 0, options.epsilon).y;
  // By momentum 1 the next values are the batch's own: what a plain average is made of.
  const bool average = !options.momentum;
  BatchNormResult r = batch_norm(Operand(x, where), weight, bias, running_mean, running_var,
                                 options.momentum.value_or(1.0), options.epsilon);
  const Tensor count = num_batches_tracked.value + 1;
  if (average) {
    const Tensor share = 1 / cast(count, r.running_mean.dtype());
    const auto towards = [&](const Tensor& old, const Tensor& batch) {
      return old + (batch - old) * share;
    };
    r.running_mean = towards(running_mean, r.running_mean);
    r.running_variance = towards(running_var, r.running_variance);
  }
  running_mean.update(std::move(r.running_mean));
  running_var.update(std::move(r.running_variance));
  num_batches_tracked.update(count);
  return r.y;
}

Tensor BatchNorm::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::BatchNorm", where);
  if (!running_mean.value.defined() || (is_training() && !running_mean.frozen))
    return scope.result(by_batch(x, where));
  return scope.result(batch_norm_inference(Operand(x, where), running_mean, running_var, weight,
                                           bias, options.epsilon));
}

LayerNorm::LayerNorm(const Shape& normalized, LayerNormOptions options, Where where)
    : normalized(normalized), epsilon(options.epsilon) {
  for (const std::int64_t extent : normalized)
    require_positive("nn::LayerNorm", "features", extent, where);
  if (options.elementwise_affine) weight = ones(normalized);
  if (options.elementwise_affine && options.bias) bias = zeros(normalized);
}
Tensor LayerNorm::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::LayerNorm", where);
  return scope.result(layer_norm(Operand(x, where), normalized, weight, bias, epsilon));
}

GroupNorm::GroupNorm(std::int64_t groups, std::int64_t channels, GroupNormOptions options,
                     Where where)
    : groups(groups), epsilon(options.epsilon) {
  require_positive("nn::GroupNorm", "groups", groups, where);
  require_positive("nn::GroupNorm", "channels", channels, where);
  if (channels % groups != 0)
    throw ValueError(
        {.operation = "nn::GroupNorm",
         .problem = std::to_string(groups) + " groups of " + std::to_string(channels) + " channels",
         .expected = "groups that divide the channels",
         .where = to_string(where)});
  if (!options.affine) return;
  weight = ones({channels});
  bias = zeros({channels});
}
Tensor GroupNorm::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::GroupNorm", where);
  return scope.result(group_norm(Operand(x, where), groups, weight, bias, epsilon));
}

InstanceNorm::InstanceNorm(std::int64_t features, InstanceNormOptions options, Where where)
    : options(options) {
  start(*this, "nn::InstanceNorm", features, where);
}
Tensor InstanceNorm::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::InstanceNorm", where);
  const bool tracked = running_mean.value.defined();
  if (tracked && (!is_training() || running_mean.frozen))
    return scope.result(batch_norm_inference(Operand(x, where), running_mean, running_var, weight,
                                             bias, options.epsilon));
  const Tensor y = instance_norm(Operand(x, where), weight, bias, options.epsilon);
  if (tracked) {
    // The running statistics move towards the means of the samples' own; PyTorch does not count.
    const Tensor positions = flatten(stop_gradient(x), 2, -1);
    const auto towards = [&](const Buffer& old, const Tensor& batch) {
      old.update(old.value * (1 - options.momentum) + mean(batch, 0) * options.momentum);
    };
    towards(running_mean, mean(positions, 2));
    towards(running_var, var(positions, 2));
  }
  return scope.result(y);
}

RMSNorm::RMSNorm(const Shape& normalized, RmsNormOptions options, Where where)
    : normalized(normalized), epsilon(options.epsilon) {
  for (const std::int64_t extent : normalized)
    require_positive("nn::RMSNorm", "features", extent, where);
  if (options.elementwise_affine) weight = ones(normalized);
}
Tensor RMSNorm::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::RMSNorm", where);
  return scope.result(rms_norm(Operand(x, where), normalized, weight, epsilon));
}

Tensor LocalResponseNorm::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::LocalResponseNorm", where);
  return scope.result(local_response_norm(Operand(x, where), size, alpha, beta, k));
}

}  // namespace fathom::nn
