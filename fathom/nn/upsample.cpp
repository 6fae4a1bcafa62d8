#include "fathom/nn/upsample.h"

#include "fathom/graph/context.h"

namespace fathom::nn {

using graph::ModuleScope;

Tensor Upsample::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::Upsample", where);
  return scope.result(interpolate(Operand(x, where), options));
}
Tensor UpsamplingNearest2d::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::UpsamplingNearest2d", where);
  return scope.result(interpolate(Operand(x, where), {.scale_factor = {scale_factor}}));
}
Tensor UpsamplingBilinear2d::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::UpsamplingBilinear2d", where);
  return scope.result(interpolate(
      Operand(x, where),
      {.scale_factor = {scale_factor}, .mode = InterpolateMode::bilinear, .align_corners = true}));
}

}  // namespace fathom::nn
