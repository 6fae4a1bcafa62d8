#include "fathom/nn/activation.h"

#include "fathom/graph/context.h"
#include "fathom/nn/mode.h"
#include "fathom/nn/require.h"
#include "fathom/ops/activation.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/norm.h"
#include "fathom/ops/operands.h"

namespace fathom::nn {

using graph::ModuleScope;

namespace {
/// A layer's call of `function` on x with the user's line.
template <class F>
Tensor activate(const void* self, const char* type, const Tensor& x, Where where, F function) {
  const ModuleScope scope(self, type, where);
  return scope.result(function(Operand(x, where)));
}
}  // namespace

Tensor ReLU::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::ReLU", x, where, [](const Operand& a) { return relu(a); });
}

Tensor ReLU6::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::ReLU6", x, where, [](const Operand& a) { return relu6(a); });
}

Tensor LeakyReLU::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::LeakyReLU", x, where,
                  [this](const Operand& a) { return leaky_relu(a, negative_slope); });
}

Tensor RReLU::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::RReLU", where);
  if (!is_training()) return scope.result(rrelu(Operand(x, where), lower, upper));
  const RandomSite site = next_random_site("nn::RReLU", where);
  return scope.result(rrelu(Operand(x, where), lower, upper, site.key, site.site));
}

Tensor ELU::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::ELU", x, where, [this](const Operand& a) { return elu(a, alpha); });
}

Tensor SELU::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::SELU", x, where, [](const Operand& a) { return selu(a); });
}

Tensor CELU::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::CELU", x, where, [this](const Operand& a) { return celu(a, alpha); });
}

Tensor SiLU::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::SiLU", x, where, [](const Operand& a) { return silu(a); });
}

Tensor Mish::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::Mish", x, where, [](const Operand& a) { return mish(a); });
}

Tensor Softplus::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::Softplus", x, where,
                  [this](const Operand& a) { return softplus(a, beta, threshold); });
}

Tensor Softshrink::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::Softshrink", x, where,
                  [this](const Operand& a) { return softshrink(a, lambda); });
}

Tensor Hardshrink::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::Hardshrink", x, where,
                  [this](const Operand& a) { return hardshrink(a, lambda); });
}

Tensor Tanhshrink::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::Tanhshrink", x, where, [](const Operand& a) { return tanhshrink(a); });
}

Tensor Softsign::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::Softsign", x, where, [](const Operand& a) { return softsign(a); });
}

Tensor Hardtanh::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::Hardtanh", x, where,
                  [this](const Operand& a) { return hardtanh(a, min_val, max_val); });
}

Tensor Hardsigmoid::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::Hardsigmoid", x, where,
                  [](const Operand& a) { return hardsigmoid(a); });
}

Tensor Hardswish::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::Hardswish", x, where, [](const Operand& a) { return hardswish(a); });
}

Tensor Sigmoid::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::Sigmoid", x, where, [](const Operand& a) { return sigmoid(a); });
}

Tensor LogSigmoid::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::LogSigmoid", x, where,
                  [](const Operand& a) { return log_sigmoid(a); });
}

Tensor Tanh::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::Tanh", x, where, [](const Operand& a) { return tanh(a); });
}

Tensor Threshold::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::Threshold", x, where,
                  [this](const Operand& a) { return fathom::threshold(a, threshold, value); });
}

Tensor GLU::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::GLU", x, where, [this](const Operand& a) { return glu(a, dim); });
}

Tensor SwiGLU::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::SwiGLU", x, where,
                  [this](const Operand& a) { return swiglu(a, dim); });
}

Tensor GeGLU::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::GeGLU", x, where, [this](const Operand& a) { return geglu(a, dim); });
}

Tensor Softmin::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::Softmin", x, where,
                  [this](const Operand& a) { return softmin(a, dim); });
}

Tensor Softmax::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::Softmax", x, where,
                  [this](const Operand& a) { return softmax(a, dim); });
}

Tensor LogSoftmax::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::LogSoftmax", x, where,
                  [this](const Operand& a) { return log_softmax(a, dim); });
}

Tensor GELU::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::GELU", x, where, [this](const Operand& a) {
    return approximate == Approximate::tanh ? gelu_tanh(a) : gelu(a);
  });
}

Tensor Softmax2d::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::Softmax2d", where);
  if (x.rank() != 3 && x.rank() != 4)
    ops::fail<ShapeError>({.operation = "nn::Softmax2d",
                           .problem = "x is no picture",
                           .received = {{"x", graph::describe(x)}},
                           .expected = "x (B, C, H, W) or (C, H, W)"},
                          where);
  return scope.result(softmax(Operand(x, where), -3));
}

PReLU::PReLU(std::int64_t num_parameters, double init, Where where) {
  require_positive("nn::PReLU", "num_parameters", num_parameters, where);
  weight = constant(init, {num_parameters});
}
Tensor PReLU::operator()(const Tensor& x, Where where) const {
  return activate(this, "nn::PReLU", x, where,
                  [this](const Operand& a) { return prelu(a, weight); });
}

}  // namespace fathom::nn
