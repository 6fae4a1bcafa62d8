#include "fathom/models/resnet_cifar.h"

#include "fathom/core/error.h"
#include "fathom/nn/init.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"

namespace fathom::models {

Tensor CifarBlock::operator()(const Tensor& x) const {
  Tensor around = x;
  if (new_channels > 0) {
    around = slice(slice(x, 2, 0, x.shape()[2], 2), 3, 0, x.shape()[3], 2);
    around = pad(around, {{new_channels / 2, new_channels / 2}, {0, 0}, {0, 0}});
  }
  return relu(bn2(conv2(relu(bn1(conv1(x))))) + around);
}

Tensor CifarResNet::operator()(const Tensor& x) const {
  return linear(pooled(layer3(layer2(layer1(relu(bn1(conv1(x))))))));
}

namespace {

nn::Conv2d cifar_conv(std::int64_t in, std::int64_t out, std::int64_t stride = 1) {
  return {in, out, 3, {.stride = stride, .padding = 1, .bias = false}};
}

nn::Sequential cifar_stage(std::int64_t in, std::int64_t out, int blocks) {
  std::vector<nn::Layer> layers;
  for (int i = 0; i < blocks; ++i) {
    const bool changes = i == 0 && in != out;
    layers.push_back(CifarBlock{cifar_conv(i == 0 ? in : out, out, changes ? 2 : 1),
                                nn::BatchNorm(out), cifar_conv(out, out), nn::BatchNorm(out),
                                changes ? out - in : 0});
  }
  return nn::Sequential(std::move(layers));
}

Tensor he_by_inputs(const Shape& shape) { return nn::init::kaiming_normal(shape); }

}  // namespace

CifarResNet resnet_cifar(int depth, std::int64_t classes, Where where) {
  if (depth < 8 || depth % 6 != 2)
    throw ValueError({.operation = "models::resnet_cifar",
                      .problem = "depth is " + std::to_string(depth),
                      .expected = "6 n + 2, such as 20, 32, 44, 56, 110",
                      .where = to_string(where)});
  const int blocks = (depth - 2) / 6;
  return drawn(CifarResNet{cifar_conv(3, 16), nn::BatchNorm(16), cifar_stage(16, 16, blocks),
                           cifar_stage(16, 32, blocks), cifar_stage(32, 64, blocks),
                           nn::Linear(64, classes)},
               {.convolution = he_by_inputs, .linear = he_by_inputs, .zero_bias = false});
}

Entries resnet_cifar_entries() {
  Entries entries;
  for (const char* name :
       {"resnet20_cifar", "resnet32_cifar", "resnet44_cifar", "resnet56_cifar", "resnet110_cifar"})
    entries.push_back({name, [](const std::string& wanted, const ModelOptions& o) -> nn::Layer {
                         return resnet_cifar(std::stoi(wanted.substr(6)), o.classes.value_or(10));
                       }});
  return entries;
}

}  // namespace fathom::models
