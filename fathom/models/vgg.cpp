#include "fathom/models/vgg.h"

#include "fathom/core/error.h"
#include "fathom/ops/shape.h"

namespace fathom::models {

Tensor VGG::operator()(const Tensor& x) const {
  return classifier(flatten(adaptive_avg_pool2d(features(x), 7), 1));
}

namespace {

/// Convolutions of each of the five stages.
std::array<int, 5> stages_of(int depth, const Where& where) {
  switch (depth) {
    case 11:
      return {1, 1, 2, 2, 2};
    case 13:
      return {2, 2, 2, 2, 2};
    case 16:
      return {2, 2, 3, 3, 3};
    case 19:
      return {2, 2, 4, 4, 4};
    default:
      throw ValueError({.operation = "models::vgg",
                        .problem = "depth is " + std::to_string(depth),
                        .expected = "11, 13, 16 or 19",
                        .where = to_string(where)});
  }
}

}  // namespace

VGG vgg(int depth, bool batch_norm, std::int64_t classes, double dropout, Where where) {
  constexpr std::int64_t widths[] = {64, 128, 256, 512, 512};
  std::vector<nn::Layer> features;
  std::int64_t channels = 3;
  const auto stages = stages_of(depth, where);
  for (std::size_t s = 0; s < stages.size(); ++s) {
    for (int i = 0; i < stages[s]; ++i) {
      features.push_back(nn::Conv2d(channels, widths[s], 3, {.padding = 1}));
      channels = widths[s];
      if (batch_norm) features.push_back(nn::BatchNorm(channels));
      features.push_back(nn::ReLU{});
    }
    features.push_back(nn::MaxPool2d(2));
  }
  return drawn(
      VGG{nn::Sequential(std::move(features)),
          {nn::Linear(512 * 7 * 7, 4096), nn::ReLU{}, nn::Dropout(dropout), nn::Linear(4096, 4096),
           nn::ReLU{}, nn::Dropout(dropout), nn::Linear(4096, classes)}},
      {.convolution = he_normal, .linear = small_normal});
}

Entries vgg_entries() {
  Entries entries;
  for (const char* name :
       {"vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn"})
    entries.push_back({name, [](const std::string& wanted, const ModelOptions& o) -> nn::Layer {
                         return vgg(std::stoi(wanted.substr(3)), wanted.ends_with("_bn"),
                                    o.classes.value_or(1000), o.dropout.value_or(0.5));
                       }});
  return entries;
}

}  // namespace fathom::models
