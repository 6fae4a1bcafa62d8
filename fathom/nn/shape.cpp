#include "fathom/nn/shape.h"

#include "fathom/graph/op.h"
#include "fathom/ops/operands.h"
#include "fathom/ops/shape.h"

namespace fathom::nn {

using graph::ModuleScope;

namespace {

void require(bool ok, const char* layer, const Tensor& x, const char* expected, Where where) {
  if (ok) return;
  ops::fail<ShapeError>({.operation = layer,
                         .problem = "x does not fit",
                         .received = {{"x", graph::describe(x)}},
                         .expected = expected},
                        where);
}

}  // namespace

Tensor Identity::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::Identity", where);
  return scope.result(x);
}

Tensor Flatten::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::Flatten", where);
  return scope.result(flatten(Operand(x, where), start_dim, end_dim));
}

Tensor Unflatten::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::Unflatten", where);
  const int axis = ops::normalize_axis("nn::Unflatten", dim, x.rank(), where, "dim");
  require(unflattened_size.size() == x.shape()[axis], "nn::Unflatten", x,
          "an axis with as many elements as unflattened_size", where);
  Shape shape;
  for (int i = 0; i < x.rank(); ++i) {
    if (i != axis)
      shape.push_back(x.shape()[i]);
    else
      for (const std::int64_t extent : unflattened_size) shape.push_back(extent);
  }
  return scope.result(reshape(Operand(x, where), shape));
}

Tensor PixelShuffle::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::PixelShuffle", where);
  const std::int64_t r = upscale_factor;
  require(r > 0 && x.rank() == 4 && x.shape()[1] % (r * r) == 0, "nn::PixelShuffle", x,
          "x (B, C r^2, H, W)", where);
  const std::int64_t b = x.shape()[0], c = x.shape()[1] / (r * r), h = x.shape()[2],
                     w = x.shape()[3];
  const Tensor parts = reshape(Operand(x, where), Shape{b, c, r, r, h, w});
  return scope.result(reshape(permute(parts, {0, 1, 4, 2, 5, 3}), Shape{b, c, h * r, w * r}));
}

Tensor PixelUnshuffle::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::PixelUnshuffle", where);
  const std::int64_t r = downscale_factor;
  require(r > 0 && x.rank() == 4 && x.shape()[2] % r == 0 && x.shape()[3] % r == 0,
          "nn::PixelUnshuffle", x, "x (B, C, H r, W r)", where);
  const std::int64_t b = x.shape()[0], c = x.shape()[1], h = x.shape()[2] / r, w = x.shape()[3] / r;
  const Tensor parts = reshape(Operand(x, where), Shape{b, c, h, r, w, r});
  return scope.result(reshape(permute(parts, {0, 1, 3, 5, 2, 4}), Shape{b, c * r * r, h, w}));
}

Tensor ChannelShuffle::operator()(const Tensor& x, Where where) const {
  const ModuleScope scope(this, "nn::ChannelShuffle", where);
  require(groups > 0 && x.rank() > 2 && x.shape()[1] % groups == 0, "nn::ChannelShuffle", x,
          "x (B, C, ...) with channels that the groups divide", where);
  const std::int64_t b = x.shape()[0], c = x.shape()[1];
  const std::int64_t positions = b * c == 0 ? 0 : x.size() / (b * c);
  const Tensor parts = reshape(Operand(x, where), Shape{b, groups, c / groups, positions});
  return scope.result(reshape(permute(parts, {0, 2, 1, 3}), x.shape()));
}

}  // namespace fathom::nn
