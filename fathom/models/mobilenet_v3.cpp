#include "fathom/models/mobilenet_v3.h"

namespace fathom::models {

Tensor InvertedResidualV3::operator()(const Tensor& x) const { return residual(x, block(x)); }
Tensor MobileNetV3::operator()(const Tensor& x) const { return classifier(pooled(features(x))); }

namespace {

constexpr double kEpsilon = 0.001, kMomentum = 0.01;

/// A row of tables 1 and 2 of the paper.
struct Row {
  std::int64_t kernel, expanded, out;
  bool squeezes, hardswish;
  std::int64_t stride;
};
constexpr Row large_rows[] = {
    {3, 16, 16, false, false, 1}, {3, 64, 24, false, false, 2}, {3, 72, 24, false, false, 1},
    {5, 72, 40, true, false, 2},  {5, 120, 40, true, false, 1}, {5, 120, 40, true, false, 1},
    {3, 240, 80, false, true, 2}, {3, 200, 80, false, true, 1}, {3, 184, 80, false, true, 1},
    {3, 184, 80, false, true, 1}, {3, 480, 112, true, true, 1}, {3, 672, 112, true, true, 1},
    {5, 672, 160, true, true, 2}, {5, 960, 160, true, true, 1}, {5, 960, 160, true, true, 1}};
constexpr Row small_rows[] = {
    {3, 16, 16, true, false, 2}, {3, 72, 24, false, false, 2}, {3, 88, 24, false, false, 1},
    {5, 96, 40, true, true, 2},  {5, 240, 40, true, true, 1},  {5, 240, 40, true, true, 1},
    {5, 120, 48, true, true, 1}, {5, 144, 48, true, true, 1},  {5, 288, 96, true, true, 2},
    {5, 576, 96, true, true, 1}, {5, 576, 96, true, true, 1}};

ConvNorm options(std::int64_t kernel, std::optional<nn::Layer> activation) {
  return {.kernel_size = kernel,
          .activation = std::move(activation),
          .norm = {.epsilon = kEpsilon, .momentum = kMomentum}};
}

InvertedResidualV3 block(std::int64_t in, const Row& row) {
  const nn::Layer activation = row.hardswish ? nn::Layer(nn::Hardswish{}) : nn::Layer(nn::ReLU{});
  std::vector<nn::Layer> layers;
  if (row.expanded != in) layers.push_back(conv_norm(in, row.expanded, options(1, activation)));
  ConvNorm depthwise = options(row.kernel, activation);
  depthwise.stride = row.stride;
  depthwise.groups = row.expanded;
  layers.push_back(conv_norm(row.expanded, row.expanded, depthwise));
  if (row.squeezes)
    layers.push_back(squeeze_excitation(row.expanded,
                                        make_divisible(static_cast<double>(row.expanded / 4)),
                                        nn::ReLU{}, nn::Hardsigmoid{}));
  layers.push_back(conv_norm(row.expanded, row.out, options(1, {})));
  return {nn::Sequential(std::move(layers)), {.added = row.stride == 1 && in == row.out}};
}

}  // namespace

MobileNetV3 mobilenet_v3(bool large, std::int64_t classes, double dropout) {
  const std::span<const Row> rows = large ? std::span<const Row>(large_rows) : small_rows;
  std::int64_t channels = 16;
  ConvNorm stem = options(3, nn::Hardswish{});
  stem.stride = 2;
  std::vector<nn::Layer> features{conv_norm(3, channels, stem)};
  for (const Row& row : rows) {
    features.push_back(block(channels, row));
    channels = row.out;
  }
  const std::int64_t wide = 6 * channels, last = large ? 1280 : 1024;
  features.push_back(conv_norm(channels, wide, options(1, nn::Hardswish{})));
  return drawn(MobileNetV3{nn::Sequential(std::move(features)),
                           {nn::Linear(wide, last), nn::Hardswish{}, nn::Dropout(dropout),
                            nn::Linear(last, classes)}},
               {.convolution = he_normal, .linear = small_normal});
}

Entries mobilenet_v3_entries() {
  const auto make = [](const std::string& name, const ModelOptions& o) -> nn::Layer {
    return mobilenet_v3(name == "mobilenet_v3_large", o.classes.value_or(1000),
                        o.dropout.value_or(0.2));
  };
  return {{"mobilenet_v3_large", make}, {"mobilenet_v3_small", make}};
}

}  // namespace fathom::models
