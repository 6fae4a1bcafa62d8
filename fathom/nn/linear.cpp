#include "fathom/nn/linear.h"

#include <cmath>

#include "fathom/graph/context.h"
#include "fathom/nn/require.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/linalg.h"

namespace fathom::nn {

using graph::ModuleScope;

namespace {
// PyTorch draws weight and bias from kaiming_uniform(a = sqrt(5)), which is this bound.
Tensor uniform(const Shape& shape, std::int64_t fan_in) {
  const double bound = 1 / std::sqrt(static_cast<double>(fan_in));
  return random_uniform(shape, next_key(), -bound, bound);
}
}  // namespace

Linear::Linear(std::int64_t in_features, std::int64_t out_features, bool with_bias, Where where) {
  require_positive("nn::Linear", "in_features", in_features, where);
  require_positive("nn::Linear", "out_features", out_features, where);
  weight = uniform({out_features, in_features}, in_features);
  if (with_bias) bias = uniform({out_features}, in_features);
}
Tensor Linear::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::Linear", where);
  return scope.result(linear(Operand(x, where), weight, bias));
}

Bilinear::Bilinear(std::int64_t in1_features, std::int64_t in2_features, std::int64_t out_features,
                   bool with_bias, Where where) {
  require_positive("nn::Bilinear", "in1_features", in1_features, where);
  require_positive("nn::Bilinear", "in2_features", in2_features, where);
  require_positive("nn::Bilinear", "out_features", out_features, where);
  weight = uniform({out_features, in1_features, in2_features}, in1_features);
  if (with_bias) bias = uniform({out_features}, in1_features);
}
Tensor Bilinear::operator()(const Tensor& a, const Tensor& b, Where where) const {
  const ModuleScope scope(this, "nn::Bilinear", where);
  return scope.result(bilinear(Operand(a, where), Operand(b, where), weight, bias));
}

}  // namespace fathom::nn
