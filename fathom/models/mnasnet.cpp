#include "fathom/models/mnasnet.h"

#include <map>

#include "fathom/nn/init.h"

namespace fathom::models {

Tensor MnasBlock::operator()(const Tensor& x) const { return residual(x, layers(x)); }
Tensor MNASNet::operator()(const Tensor& x) const { return classifier(pooled(layers(x))); }

namespace {

const nn::BatchNormOptions slow_norm{.momentum = 1 - 0.9997};

void append(std::vector<nn::Layer>& layers, const nn::Sequential& more) {
  layers.insert(layers.end(), more.layers.begin(), more.layers.end());
}
/// Depthwise, then 1x1 without an activation.
void append_separable(std::vector<nn::Layer>& layers, std::int64_t in, std::int64_t out,
                      std::int64_t kernel, std::int64_t stride) {
  append(layers,
         conv_norm(in, in,
                   {.kernel_size = kernel, .stride = stride, .groups = in, .norm = slow_norm}));
  append(layers, conv_norm(in, out, {.kernel_size = 1, .activation = {}, .norm = slow_norm}));
}

MnasBlock mnas_block(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride,
                     std::int64_t expansion) {
  std::vector<nn::Layer> layers;
  append(layers, conv_norm(in, in * expansion, {.kernel_size = 1, .norm = slow_norm}));
  append_separable(layers, in * expansion, out, kernel, stride);
  return {nn::Sequential(std::move(layers)), {.added = stride == 1 && in == out}};
}

Tensor sigmoid_uniform(const Shape& shape) {
  return nn::init::kaiming_uniform(shape, 0, nn::init::FanMode::fan_out,
                                   nn::init::Nonlinearity::sigmoid);
}

const std::map<std::string, double>& published_alphas() {
  static const std::map<std::string, double> alphas{
      {"mnasnet0_5", 0.5}, {"mnasnet0_75", 0.75}, {"mnasnet1_0", 1.0}, {"mnasnet1_3", 1.3}};
  return alphas;
}

}  // namespace

MNASNet mnasnet(double alpha, std::int64_t classes, double dropout) {
  struct Stage {
    double channels;
    std::int64_t kernel, stride, expansion;
    int blocks;
  };
  constexpr Stage stages[] = {{24, 3, 2, 3, 3}, {40, 5, 2, 3, 3},  {80, 5, 2, 6, 3},
                              {96, 3, 1, 6, 2}, {192, 5, 2, 6, 4}, {320, 3, 1, 6, 1}};
  const std::int64_t stem = make_divisible(32 * alpha);
  std::int64_t channels = make_divisible(16 * alpha);
  std::vector<nn::Layer> layers = conv_norm(3, stem, {.stride = 2, .norm = slow_norm}).layers;
  append_separable(layers, stem, channels, 3, 1);
  for (const Stage& stage : stages) {
    const std::int64_t out = make_divisible(stage.channels * alpha);
    std::vector<nn::Layer> blocks;
    for (int i = 0; i < stage.blocks; ++i) {
      blocks.push_back(
          mnas_block(channels, out, stage.kernel, i == 0 ? stage.stride : 1, stage.expansion));
      channels = out;
    }
    layers.push_back(nn::Sequential(std::move(blocks)));
  }
  append(layers, conv_norm(channels, 1280, {.kernel_size = 1, .norm = slow_norm}));
  return drawn(
      MNASNet{nn::Sequential(std::move(layers)), {nn::Dropout(dropout), nn::Linear(1280, classes)}},
      {.convolution = he_normal, .linear = sigmoid_uniform});
}

Entries mnasnet_entries() {
  Entries entries;
  for (const auto& [name, alpha] : published_alphas())
    entries.push_back({name, [](const std::string& wanted, const ModelOptions& o) -> nn::Layer {
                         return mnasnet(published_alphas().at(wanted), o.classes.value_or(1000),
                                        o.dropout.value_or(0.2));
                       }});
  return entries;
}

}  // namespace fathom::models
