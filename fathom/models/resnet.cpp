#include "fathom/models/resnet.h"

#include <map>

#include "fathom/ops/elementwise.h"

namespace fathom::models {

Tensor BasicBlock::operator()(const Tensor& x) const {
  const Tensor y = bn2(conv2(relu(bn1(conv1(x)))));
  return relu(y + (downsample ? (*downsample)(x) : x));
}
Tensor Bottleneck::operator()(const Tensor& x) const {
  const Tensor y = relu(bn2(conv2(relu(bn1(conv1(x))))));
  return relu(bn3(conv3(y)) + (downsample ? (*downsample)(x) : x));
}

Tensor ResNet::operator()(const Tensor& x) const {
  const Tensor y = max_pool2d(relu(bn1(conv1(x))), 3, {.stride = 2, .padding = 1});
  return fc(pooled(layer4(layer3(layer2(layer1(y))))));
}

namespace {

nn::Conv2d conv1x1(std::int64_t in, std::int64_t out, std::int64_t stride = 1) {
  return {in, out, 1, {.stride = stride, .bias = false}};
}
nn::Conv2d conv3x3(std::int64_t in, std::int64_t out, std::int64_t stride = 1,
                   std::int64_t groups = 1) {
  return {in, out, 3, {.stride = stride, .padding = 1, .groups = groups, .bias = false}};
}

/// Stages one after the other: each begins where the last has ended.
class Stages {
 public:
  explicit Stages(const ResNetConfig& config) : config_(config) {}
  nn::Sequential next(std::int64_t planes, int depth, std::int64_t stride) {
    std::vector<nn::Layer> blocks;
    for (int i = 0; i < depth; ++i) blocks.push_back(block(planes, i == 0 ? stride : 1));
    return nn::Sequential(std::move(blocks));
  }
  std::int64_t channels() const { return channels_; }

 private:
  nn::Layer block(std::int64_t planes, std::int64_t stride) {
    const std::int64_t in = channels_, out = config_.bottleneck ? 4 * planes : planes;
    channels_ = out;
    std::optional<nn::Sequential> downsample;
    if (stride != 1 || in != out)
      downsample = nn::Sequential{conv1x1(in, out, stride), nn::BatchNorm(out)};
    if (!config_.bottleneck)
      return BasicBlock{conv3x3(in, out, stride), nn::BatchNorm(out), conv3x3(out, out),
                        nn::BatchNorm(out), downsample};
    const std::int64_t width = planes * config_.width_per_group / 64 * config_.groups;
    return Bottleneck{conv1x1(in, width),
                      nn::BatchNorm(width),
                      conv3x3(width, width, stride, config_.groups),
                      nn::BatchNorm(width),
                      conv1x1(width, out),
                      nn::BatchNorm(out),
                      downsample};
  }

  const ResNetConfig& config_;
  std::int64_t channels_ = 64;
};

const std::map<std::string, ResNetConfig>& published() {
  static const std::map<std::string, ResNetConfig> configs{
      {"resnet18", {{2, 2, 2, 2}, false}},
      {"resnet34", {{3, 4, 6, 3}, false}},
      {"resnet50", {{3, 4, 6, 3}}},
      {"resnet101", {{3, 4, 23, 3}}},
      {"resnet152", {{3, 8, 36, 3}}},
      {"resnext50_32x4d", {{3, 4, 6, 3}, true, 32, 4}},
      {"resnext101_32x8d", {{3, 4, 23, 3}, true, 32, 8}},
      {"resnext101_64x4d", {{3, 4, 23, 3}, true, 64, 4}},
      {"wide_resnet50_2", {{3, 4, 6, 3}, true, 1, 128}},
      {"wide_resnet101_2", {{3, 4, 23, 3}, true, 1, 128}}};
  return configs;
}

}  // namespace

ResNet resnet(const ResNetConfig& config) {
  Stages stages(config);
  const auto stage = [&](std::size_t i, std::int64_t planes, std::int64_t stride) {
    return stages.next(planes, config.depths[i], stride);
  };
  // In this order: a stage begins with the channels of the one before.
  nn::Sequential layer1 = stage(0, 64, 1), layer2 = stage(1, 128, 2), layer3 = stage(2, 256, 2),
                 layer4 = stage(3, 512, 2);
  return drawn(ResNet{nn::Conv2d(3, 64, 7, {.stride = 2, .padding = 3, .bias = false}),
                      nn::BatchNorm(64), std::move(layer1), std::move(layer2), std::move(layer3),
                      std::move(layer4), nn::Linear(stages.channels(), config.classes)},
               {.convolution = he_normal, .zero_bias = false});
}

Entries resnet_entries() {
  Entries entries;
  for (const auto& [name, config] : published())
    entries.push_back({name, [](const std::string& wanted, const ModelOptions& o) -> nn::Layer {
                         ResNetConfig c = published().at(wanted);
                         c.classes = o.classes.value_or(c.classes);
                         return resnet(c);
                       }});
  return entries;
}

}  // namespace fathom::models
