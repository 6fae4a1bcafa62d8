#include "fathom/models/shufflenet_v2.h"

#include <map>

#include "fathom/ops/join.h"
#include "fathom/ops/rearrange.h"

namespace fathom::models {

Tensor ShuffleUnit::operator()(const Tensor& x) const {
  if (branch1) return channel_shuffle(concat({(*branch1)(x), branch2(x)}, 1), 2);
  const std::vector<Tensor> halves = chunk(x, 2, 1);
  return channel_shuffle(concat({halves[0], branch2(halves[1])}, 1), 2);
}

Tensor ShuffleNetV2::operator()(const Tensor& x) const {
  const Tensor stem = max_pool2d(conv1(x), 3, {.stride = 2, .padding = 1});
  return fc(pooled(conv5(stage4(stage3(stage2(stem))))));
}

namespace {

/// 1x1, depthwise, 1x1 with `first`, else without the first 1x1.
nn::Sequential branch(std::int64_t in, std::int64_t out, std::int64_t stride, bool first) {
  const std::int64_t mid = first ? out : in;
  std::vector<nn::Layer> layers;
  if (first) layers = conv_norm(in, mid, {.kernel_size = 1}).layers;
  const auto append = [&](const nn::Sequential& more) {
    layers.insert(layers.end(), more.layers.begin(), more.layers.end());
  };
  append(conv_norm(mid, mid, {.stride = stride, .groups = mid, .activation = {}}));
  append(conv_norm(mid, out, {.kernel_size = 1}));
  return nn::Sequential(std::move(layers));
}

nn::Sequential shuffle_stage(std::int64_t in, std::int64_t out, int units) {
  std::vector<nn::Layer> layers{
      ShuffleUnit{branch(in, out / 2, 2, false), branch(in, out / 2, 2, true)}};
  for (int i = 1; i < units; ++i)
    layers.push_back(ShuffleUnit{{}, branch(out / 2, out / 2, 1, true)});
  return nn::Sequential(std::move(layers));
}

using Channels = std::array<std::int64_t, 5>;
const std::map<std::string, Channels>& published_widths() {
  static const std::map<std::string, Channels> widths{
      {"shufflenet_v2_x0_5", {24, 48, 96, 192, 1024}},
      {"shufflenet_v2_x1_0", {24, 116, 232, 464, 1024}},
      {"shufflenet_v2_x1_5", {24, 176, 352, 704, 1024}},
      {"shufflenet_v2_x2_0", {24, 244, 488, 976, 2048}}};
  return widths;
}

}  // namespace

ShuffleNetV2 shufflenet_v2(const std::array<std::int64_t, 5>& c, std::int64_t classes) {
  return {conv_norm(3, c[0], {.stride = 2}),
          shuffle_stage(c[0], c[1], 4),
          shuffle_stage(c[1], c[2], 8),
          shuffle_stage(c[2], c[3], 4),
          conv_norm(c[3], c[4], {.kernel_size = 1}),
          nn::Linear(c[4], classes)};
}

Entries shufflenet_v2_entries() {
  Entries entries;
  for (const auto& [name, channels] : published_widths())
    entries.push_back({name, [](const std::string& wanted, const ModelOptions& o) -> nn::Layer {
                         return shufflenet_v2(published_widths().at(wanted),
                                              o.classes.value_or(1000));
                       }});
  return entries;
}

}  // namespace fathom::models
