#include "fathom/nn/padding.h"

#include "fathom/graph/context.h"

namespace fathom::nn {

using graph::ModuleScope;

Tensor ConstantPad::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::ConstantPad", where);
  return scope.result(pad(Operand(x, where), padding, value));
}
Tensor ZeroPad::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::ZeroPad", where);
  return scope.result(pad(Operand(x, where), padding));
}
Tensor ReflectionPad::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::ReflectionPad", where);
  return scope.result(pad(Operand(x, where), padding, PadMode::reflect));
}
Tensor ReplicationPad::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::ReplicationPad", where);
  return scope.result(pad(Operand(x, where), padding, PadMode::replicate));
}
Tensor CircularPad::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::CircularPad", where);
  return scope.result(pad(Operand(x, where), padding, PadMode::circular));
}
Tensor Unfold::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::Unfold", where);
  return scope.result(unfold(Operand(x, where), windows));
}
Tensor Fold::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::Fold", where);
  return scope.result(fold(Operand(x, where), output_size, windows));
}

}  // namespace fathom::nn
