#include "fathom/models/regnet.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "fathom/ops/elementwise.h"

namespace fathom::models {

Tensor RegNetTransform::operator()(const Tensor& x) const {
  const Tensor y = b(a(x));
  return c(se ? (*se)(y) : y);
}
Tensor RegNetBlock::operator()(const Tensor& x) const {
  return relu((proj ? (*proj)(x) : x) + f(x));
}
Tensor RegNet::operator()(const Tensor& x) const { return fc(pooled(trunk_output(stem(x)))); }

namespace {

struct RegNetStage {
  std::int64_t width;
  int blocks;
};

/// Section 3.3 of the paper: widths on a line, rounded to powers of the step, then to multiples of
/// 8; equal ones are a stage, whose width the groups then have to divide.
std::vector<RegNetStage> stages_of(const RegNetConfig& c) {
  std::vector<RegNetStage> stages;
  for (int i = 0; i < c.depth; ++i) {
    const double on_line = c.first_width + c.slope * i;
    const double power = std::nearbyint(std::log(on_line / c.first_width) / std::log(c.step));
    const double exact = c.first_width * std::pow(c.step, power);
    const auto width = static_cast<std::int64_t>(std::nearbyint(exact / 8)) * 8;
    if (stages.empty() || stages.back().width != width) stages.push_back({width, 0});
    ++stages.back().blocks;
  }
  for (RegNetStage& s : stages)
    s.width = make_divisible(static_cast<double>(s.width), std::min(c.group_width, s.width));
  return stages;
}

RegNetBlock regnet_block(std::int64_t in, std::int64_t out, std::int64_t stride,
                         const RegNetConfig& c) {
  std::optional<nn::Sequential> proj;
  if (in != out || stride != 1)
    proj = conv_norm(in, out, {.kernel_size = 1, .stride = stride, .activation = {}});
  std::optional<SqueezeExcitation> se;
  if (c.squeezes) {
    const double quarter = static_cast<double>(in) / 4;
    se = squeeze_excitation(out, static_cast<std::int64_t>(std::nearbyint(quarter)));
  }
  const std::int64_t groups = out / std::min(c.group_width, out);
  return {std::move(proj),
          {conv_norm(in, out, {.kernel_size = 1}),
           conv_norm(out, out, {.stride = stride, .groups = groups}), std::move(se),
           conv_norm(out, out, {.kernel_size = 1, .activation = {}})}};
}

const std::map<std::string, RegNetConfig>& published_regnets() {
  static const std::map<std::string, RegNetConfig> configs{
      {"regnet_x_400mf", {22, 24, 24.48, 2.54, 16}},
      {"regnet_x_800mf", {16, 56, 35.73, 2.28, 16}},
      {"regnet_x_1_6gf", {18, 80, 34.01, 2.25, 24}},
      {"regnet_x_3_2gf", {25, 88, 26.31, 2.25, 48}},
      {"regnet_x_8gf", {23, 80, 49.56, 2.88, 120}},
      {"regnet_x_16gf", {22, 216, 55.59, 2.1, 128}},
      {"regnet_x_32gf", {23, 320, 69.86, 2.0, 168}},
      {"regnet_y_400mf", {16, 48, 27.89, 2.09, 8, true}},
      {"regnet_y_800mf", {14, 56, 38.84, 2.4, 16, true}},
      {"regnet_y_1_6gf", {27, 48, 20.71, 2.65, 24, true}},
      {"regnet_y_3_2gf", {21, 80, 42.63, 2.66, 24, true}},
      {"regnet_y_8gf", {17, 192, 76.82, 2.19, 56, true}},
      {"regnet_y_16gf", {18, 200, 106.23, 2.48, 112, true}},
      {"regnet_y_32gf", {20, 232, 115.89, 2.53, 232, true}},
      {"regnet_y_128gf", {27, 456, 160.83, 2.52, 264, true}}};
  return configs;
}

}  // namespace

RegNet regnet(const RegNetConfig& config) {
  std::int64_t channels = 32;
  std::vector<nn::NamedLayer> trunk;
  for (const RegNetStage& stage : stages_of(config)) {
    const std::string name = "block" + std::to_string(trunk.size() + 1);
    std::vector<nn::NamedLayer> blocks;
    for (int i = 0; i < stage.blocks; ++i) {
      blocks.push_back({name + "-" + std::to_string(i),
                        regnet_block(channels, stage.width, i == 0 ? 2 : 1, config)});
      channels = stage.width;
    }
    trunk.push_back({name, nn::NamedSequential(std::move(blocks))});
  }
  return drawn(RegNet{conv_norm(3, 32, {.stride = 2}), nn::NamedSequential(std::move(trunk)),
                      nn::Linear(channels, config.classes)},
               {.convolution = he_normal, .linear = small_normal});
}

Entries regnet_entries() {
  Entries entries;
  for (const auto& [name, config] : published_regnets())
    entries.push_back({name, [](const std::string& wanted, const ModelOptions& o) -> nn::Layer {
                         RegNetConfig c = published_regnets().at(wanted);
                         c.classes = o.classes.value_or(c.classes);
                         return regnet(c);
                       }});
  return entries;
}

}  // namespace fathom::models
