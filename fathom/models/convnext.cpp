#include "fathom/models/convnext.h"

#include <map>

#include "fathom/nn/init.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/norm.h"
#include "fathom/ops/shape.h"

namespace fathom::models {

namespace {

constexpr double kNormEpsilon = 1e-6;

struct ChannelsLast {
  Tensor operator()(const Tensor& x) const { return permute(x, {0, 2, 3, 1}); }
};
struct ChannelsSecond {
  Tensor operator()(const Tensor& x) const { return permute(x, {0, 3, 1, 2}); }
};

}  // namespace

Tensor LayerNorm2d::operator()(const Tensor& x) const {
  const Tensor y = layer_norm(ChannelsLast{}(x), weight.shape(), weight, bias, kNormEpsilon);
  return ChannelsSecond{}(y);
}

Tensor ConvNeXtBlock::operator()(const Tensor& x) const {
  return stochastic_depth(layer_scale * block(x)) + x;
}

Tensor ConvNeXt::operator()(const Tensor& x) const {
  return classifier(adaptive_avg_pool2d(features(x), 1));
}

namespace {

LayerNorm2d channel_norm(std::int64_t channels) {
  return {nn::init::ones({channels}), nn::init::zeros({channels})};
}

ConvNeXtBlock convnext_block(std::int64_t width, double stochastic_depth) {
  return {{nn::Conv2d(width, width, 7, {.padding = 3, .groups = width}), ChannelsLast{},
           nn::LayerNorm(width, {.epsilon = kNormEpsilon}), nn::Linear(width, 4 * width),
           nn::GELU{}, nn::Linear(4 * width, width), ChannelsSecond{}},
          nn::init::constant({width, 1, 1}, 1e-6),
          {stochastic_depth}};
}

Tensor short_normal(const Shape& shape) { return nn::init::trunc_normal(shape, 0, 0.02); }

const std::map<std::string, ConvNeXtConfig>& published_convnexts() {
  static const std::map<std::string, ConvNeXtConfig> configs{
      {"convnext_tiny", {{96, 192, 384, 768}, {3, 3, 9, 3}, 0.1}},
      {"convnext_small", {{96, 192, 384, 768}, {3, 3, 27, 3}, 0.4}},
      {"convnext_base", {{128, 256, 512, 1024}, {3, 3, 27, 3}, 0.5}},
      {"convnext_large", {{192, 384, 768, 1536}, {3, 3, 27, 3}, 0.5}}};
  return configs;
}

}  // namespace

ConvNeXt convnext(const ConvNeXtConfig& config) {
  int blocks = 0, block = 0;
  for (const int depth : config.depths) blocks += depth;
  const std::vector<std::int64_t>& widths = config.widths;
  std::vector<nn::Layer> features{
      nn::Sequential{nn::Conv2d(3, widths[0], 4, {.stride = 4}), channel_norm(widths[0])}};
  for (std::size_t s = 0; s < widths.size(); ++s) {
    if (s > 0)
      features.push_back(nn::Sequential{channel_norm(widths[s - 1]),
                                        nn::Conv2d(widths[s - 1], widths[s], 2, {.stride = 2})});
    std::vector<nn::Layer> stage;
    for (int i = 0; i < config.depths[s]; ++i, ++block)
      stage.push_back(convnext_block(widths[s], config.stochastic_depth * block / (blocks - 1)));
    features.push_back(nn::Sequential(std::move(stage)));
  }
  return drawn(ConvNeXt{nn::Sequential(std::move(features)),
                        {channel_norm(widths.back()), nn::Flatten{},
                         nn::Linear(widths.back(), config.classes)}},
               {.convolution = short_normal, .linear = short_normal});
}

Entries convnext_entries() {
  Entries entries;
  for (const auto& [name, config] : published_convnexts())
    entries.push_back({name, [](const std::string& wanted, const ModelOptions& o) -> nn::Layer {
                         ConvNeXtConfig c = published_convnexts().at(wanted);
                         c.classes = o.classes.value_or(c.classes);
                         c.stochastic_depth = o.stochastic_depth.value_or(c.stochastic_depth);
                         return convnext(c);
                       }});
  return entries;
}

}  // namespace fathom::models
