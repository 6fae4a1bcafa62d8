#include "fathom/models/mlp.h"

#include "fathom/ops/elementwise.h"

namespace fathom::models {

Tensor MlpBlock::operator()(const Tensor& x) const {
  Tensor y = linear(x);
  if (norm) y = (*norm)(y);
  if (activated) y = relu(y);
  if (dropout) y = (*dropout)(y);
  return y;
}

Tensor Mlp::operator()(const Tensor& x) const {
  Tensor y = x;
  for (const MlpBlock& block : hidden) y = block(y);
  return out(y);
}

Mlp mlp(const MlpConfig& config) {
  std::vector<MlpBlock> hidden;
  std::int64_t features = config.in_features;
  for (const std::int64_t width : config.hidden) {
    MlpBlock block{
        .linear = nn::Linear(features, width), .norm = {}, .activated = config.relu, .dropout = {}};
    if (config.batch_norm) block.norm.emplace(width);
    if (config.dropout > 0) block.dropout.emplace(config.dropout);
    hidden.push_back(std::move(block));
    features = width;
  }
  return {std::move(hidden), nn::Linear(features, config.classes)};
}

}  // namespace fathom::models
