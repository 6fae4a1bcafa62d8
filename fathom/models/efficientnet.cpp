#include "fathom/models/efficientnet.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "fathom/nn/init.h"

namespace fathom::models {

Tensor MBConv::operator()(const Tensor& x) const { return residual(x, block(x)); }
Tensor EfficientNet::operator()(const Tensor& x) const { return classifier(pooled(features(x))); }

namespace {

MBConv mb_conv(const EfficientNetStage& s, std::int64_t in, std::int64_t stride,
               const nn::BatchNormOptions& norm, double stochastic_depth) {
  const std::int64_t wide = make_divisible(static_cast<double>(in * s.expansion));
  const ConvNorm pointwise{.kernel_size = 1, .activation = nn::SiLU{}, .norm = norm};
  const ConvNorm last{.kernel_size = 1, .activation = {}, .norm = norm};
  ConvNorm spatial{
      .kernel_size = s.kernel, .stride = stride, .activation = nn::SiLU{}, .norm = norm};
  std::vector<nn::Layer> layers;
  if (s.fused) {
    layers.push_back(conv_norm(in, wide == in ? s.out : wide, spatial));
    if (wide != in) layers.push_back(conv_norm(wide, s.out, last));
  } else {
    if (wide != in) layers.push_back(conv_norm(in, wide, pointwise));
    spatial.groups = wide;
    layers.push_back(conv_norm(wide, wide, spatial));
    layers.push_back(squeeze_excitation(wide, std::max<std::int64_t>(1, in / 4), nn::SiLU{}));
    layers.push_back(conv_norm(wide, s.out, last));
  }
  return {nn::Sequential(std::move(layers)),
          {.added = stride == 1 && in == s.out, .stochastic_depth = {stochastic_depth}}};
}

Tensor by_outputs(const Shape& shape) {
  const double bound = 1 / std::sqrt(static_cast<double>(shape[0]));
  return nn::init::uniform(shape, -bound, bound);
}

/// B0 with its channels and blocks multiplied.
EfficientNetConfig scaled(double width, double depth, double dropout,
                          const nn::BatchNormOptions& norm = {}) {
  EfficientNetConfig c{.stages = {{false, 1, 3, 1, 32, 16, 1},
                                  {false, 6, 3, 2, 16, 24, 2},
                                  {false, 6, 5, 2, 24, 40, 2},
                                  {false, 6, 3, 2, 40, 80, 3},
                                  {false, 6, 5, 1, 80, 112, 3},
                                  {false, 6, 5, 2, 112, 192, 4},
                                  {false, 6, 3, 1, 192, 320, 1}},
                       .norm = norm,
                       .dropout = dropout};
  for (EfficientNetStage& s : c.stages) {
    s.in = make_divisible(static_cast<double>(s.in) * width);
    s.out = make_divisible(static_cast<double>(s.out) * width);
    s.blocks = static_cast<int>(std::ceil(s.blocks * depth));
  }
  c.last_channels = 4 * c.stages.back().out;
  return c;
}
EfficientNetConfig version2(std::vector<EfficientNetStage> stages, double dropout) {
  return {.stages = std::move(stages),
          .last_channels = 1280,
          .norm = {.epsilon = 1e-3},
          .dropout = dropout};
}

const std::map<std::string, EfficientNetConfig>& published_efficientnets() {
  static const nn::BatchNormOptions slow{.epsilon = 0.001, .momentum = 0.01};
  static const std::map<std::string, EfficientNetConfig> configs{
      {"efficientnet_b0", scaled(1.0, 1.0, 0.2)},
      {"efficientnet_b1", scaled(1.0, 1.1, 0.2)},
      {"efficientnet_b2", scaled(1.1, 1.2, 0.3)},
      {"efficientnet_b3", scaled(1.2, 1.4, 0.3)},
      {"efficientnet_b4", scaled(1.4, 1.8, 0.4)},
      {"efficientnet_b5", scaled(1.6, 2.2, 0.4, slow)},
      {"efficientnet_b6", scaled(1.8, 2.6, 0.5, slow)},
      {"efficientnet_b7", scaled(2.0, 3.1, 0.5, slow)},
      {"efficientnet_v2_s", version2({{true, 1, 3, 1, 24, 24, 2},
                                      {true, 4, 3, 2, 24, 48, 4},
                                      {true, 4, 3, 2, 48, 64, 4},
                                      {false, 4, 3, 2, 64, 128, 6},
                                      {false, 6, 3, 1, 128, 160, 9},
                                      {false, 6, 3, 2, 160, 256, 15}},
                                     0.2)},
      {"efficientnet_v2_m", version2({{true, 1, 3, 1, 24, 24, 3},
                                      {true, 4, 3, 2, 24, 48, 5},
                                      {true, 4, 3, 2, 48, 80, 5},
                                      {false, 4, 3, 2, 80, 160, 7},
                                      {false, 6, 3, 1, 160, 176, 14},
                                      {false, 6, 3, 2, 176, 304, 18},
                                      {false, 6, 3, 1, 304, 512, 5}},
                                     0.3)},
      {"efficientnet_v2_l", version2({{true, 1, 3, 1, 32, 32, 4},
                                      {true, 4, 3, 2, 32, 64, 7},
                                      {true, 4, 3, 2, 64, 96, 7},
                                      {false, 4, 3, 2, 96, 192, 10},
                                      {false, 6, 3, 1, 192, 224, 19},
                                      {false, 6, 3, 2, 224, 384, 25},
                                      {false, 6, 3, 1, 384, 640, 7}},
                                     0.4)}};
  return configs;
}

}  // namespace

EfficientNet efficientnet(const EfficientNetConfig& config) {
  int blocks = 0, block = 0;
  for (const EfficientNetStage& s : config.stages) blocks += s.blocks;
  std::vector<nn::Layer> features{conv_norm(
      3, config.stages.front().in, {.stride = 2, .activation = nn::SiLU{}, .norm = config.norm})};
  for (const EfficientNetStage& s : config.stages) {
    std::vector<nn::Layer> stage;
    for (int i = 0; i < s.blocks; ++i, ++block)
      stage.push_back(mb_conv(s, i == 0 ? s.in : s.out, i == 0 ? s.stride : 1, config.norm,
                              config.stochastic_depth * block / blocks));
    features.push_back(nn::Sequential(std::move(stage)));
  }
  features.push_back(conv_norm(config.stages.back().out, config.last_channels,
                               {.kernel_size = 1, .activation = nn::SiLU{}, .norm = config.norm}));
  return drawn(
      EfficientNet{nn::Sequential(std::move(features)),
                   {nn::Dropout(config.dropout), nn::Linear(config.last_channels, config.classes)}},
      {.convolution = he_normal, .linear = by_outputs});
}

Entries efficientnet_entries() {
  Entries entries;
  for (const auto& [name, config] : published_efficientnets())
    entries.push_back({name, [](const std::string& wanted, const ModelOptions& o) -> nn::Layer {
                         EfficientNetConfig c = published_efficientnets().at(wanted);
                         c.classes = o.classes.value_or(c.classes);
                         c.dropout = o.dropout.value_or(c.dropout);
                         c.stochastic_depth = o.stochastic_depth.value_or(c.stochastic_depth);
                         return efficientnet(c);
                       }});
  return entries;
}

}  // namespace fathom::models
