#include "fathom/models/mobilenet_v2.h"

#include <algorithm>

namespace fathom::models {

Tensor InvertedResidualV2::operator()(const Tensor& x) const { return residual(x, conv(x)); }
Tensor MobileNetV2::operator()(const Tensor& x) const { return classifier(pooled(features(x))); }

namespace {

InvertedResidualV2 block(std::int64_t in, std::int64_t out, std::int64_t stride,
                         std::int64_t expansion) {
  const std::int64_t hidden = in * expansion;
  std::vector<nn::Layer> layers;
  if (expansion != 1)
    layers.push_back(conv_norm(in, hidden, {.kernel_size = 1, .activation = nn::ReLU6{}}));
  layers.push_back(
      conv_norm(hidden, hidden, {.stride = stride, .groups = hidden, .activation = nn::ReLU6{}}));
  layers.push_back(nn::Conv2d(hidden, out, 1, {.bias = false}));
  layers.push_back(nn::BatchNorm(out));
  return {nn::Sequential(std::move(layers)), {.added = stride == 1 && in == out}};
}

}  // namespace

MobileNetV2 mobilenet_v2(double width, std::int64_t classes, double dropout) {
  struct Stage {
    std::int64_t expansion, channels, blocks, stride;
  };
  constexpr Stage stages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                              {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
  std::int64_t channels = make_divisible(32 * width);
  const std::int64_t last = make_divisible(1280 * std::max(1.0, width));
  std::vector<nn::Layer> features{conv_norm(3, channels, {.stride = 2, .activation = nn::ReLU6{}})};
  for (const Stage& stage : stages) {
    const std::int64_t out = make_divisible(static_cast<double>(stage.channels) * width);
    for (std::int64_t i = 0; i < stage.blocks; ++i) {
      features.push_back(block(channels, out, i == 0 ? stage.stride : 1, stage.expansion));
      channels = out;
    }
  }
  features.push_back(conv_norm(channels, last, {.kernel_size = 1, .activation = nn::ReLU6{}}));
  return drawn(MobileNetV2{nn::Sequential(std::move(features)),
                           {nn::Dropout(dropout), nn::Linear(last, classes)}},
               {.convolution = he_normal, .linear = small_normal});
}

Entries mobilenet_v2_entries() {
  return {{"mobilenet_v2", [](const std::string&, const ModelOptions& o) -> nn::Layer {
             return mobilenet_v2(1.0, o.classes.value_or(1000), o.dropout.value_or(0.2));
           }}};
}

}  // namespace fathom::models
