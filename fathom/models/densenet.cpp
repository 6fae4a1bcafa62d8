#include "fathom/models/densenet.h"

#include <map>

#include "fathom/nn/init.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"

namespace fathom::models {

Tensor DenseLayer::operator()(const Tensor& x) const {
  const Tensor few = conv1(relu(norm1(x)));
  return concat({x, dropout(conv2(relu(norm2(few))))}, 1);
}
Tensor Transition::operator()(const Tensor& x) const { return avg_pool2d(conv(relu(norm(x))), 2); }

Tensor DenseNet::operator()(const Tensor& x) const { return classifier(pooled(relu(features(x)))); }

namespace {

DenseLayer layer(std::int64_t in, const DenseNetConfig& config) {
  const std::int64_t few = 4 * config.growth;
  return {nn::BatchNorm(in), nn::Conv2d(in, few, 1, {.bias = false}), nn::BatchNorm(few),
          nn::Conv2d(few, config.growth, 3, {.padding = 1, .bias = false}),
          nn::Dropout(config.dropout)};
}

Tensor he_by_inputs_of(const Shape& shape) { return nn::init::kaiming_normal(shape); }

const std::map<std::string, DenseNetConfig>& published_densenets() {
  static const std::map<std::string, DenseNetConfig> configs{
      {"densenet121", {{6, 12, 24, 16}}},
      {"densenet161", {{6, 12, 36, 24}, 48, 96}},
      {"densenet169", {{6, 12, 32, 32}}},
      {"densenet201", {{6, 12, 48, 32}}}};
  return configs;
}

}  // namespace

DenseNet densenet(const DenseNetConfig& config) {
  std::int64_t channels = config.first_channels;
  std::vector<nn::NamedLayer> features{
      {"conv0", nn::Conv2d(3, channels, 7, {.stride = 2, .padding = 3, .bias = false})},
      {"norm0", nn::BatchNorm(channels)},
      {"relu0", nn::ReLU{}},
      {"pool0", nn::MaxPool2d(3, {.stride = 2, .padding = 1})}};
  for (std::size_t b = 0; b < config.depths.size(); ++b) {
    const std::string number = std::to_string(b + 1);
    std::vector<nn::NamedLayer> layers;
    for (int i = 0; i < config.depths[b]; ++i) {
      layers.push_back({"denselayer" + std::to_string(i + 1), layer(channels, config)});
      channels += config.growth;
    }
    features.push_back({"denseblock" + number, nn::NamedSequential(std::move(layers))});
    if (b + 1 == config.depths.size()) break;
    features.push_back({"transition" + number,
                        Transition{nn::BatchNorm(channels),
                                   nn::Conv2d(channels, channels / 2, 1, {.bias = false})}});
    channels /= 2;
  }
  features.push_back({"norm5", nn::BatchNorm(channels)});
  return drawn(
      DenseNet{nn::NamedSequential(std::move(features)), nn::Linear(channels, config.classes)},
      {.convolution = he_by_inputs_of});
}

Entries densenet_entries() {
  Entries entries;
  for (const auto& [name, config] : published_densenets())
    entries.push_back({name, [](const std::string& wanted, const ModelOptions& o) -> nn::Layer {
                         DenseNetConfig c = published_densenets().at(wanted);
                         c.classes = o.classes.value_or(c.classes);
                         c.dropout = o.dropout.value_or(c.dropout);
                         return densenet(c);
                       }});
  return entries;
}

}  // namespace fathom::models
