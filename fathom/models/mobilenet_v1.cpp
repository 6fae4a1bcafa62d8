#include "fathom/models/mobilenet_v1.h"

namespace fathom::models {

Tensor MobileNetV1::operator()(const Tensor& x) const { return classifier(pooled(features(x))); }

MobileNetV1 mobilenet_v1(double width, std::int64_t classes, double dropout) {
  struct Row {
    std::int64_t channels, stride;
  };
  constexpr Row rows[] = {{64, 1},  {128, 2}, {128, 1}, {256, 2}, {256, 1},  {512, 2}, {512, 1},
                          {512, 1}, {512, 1}, {512, 1}, {512, 1}, {1024, 2}, {1024, 1}};
  std::int64_t channels = make_divisible(32 * width);
  std::vector<nn::Layer> features{conv_norm(3, channels, {.stride = 2})};
  for (const Row& row : rows) {
    const std::int64_t out = make_divisible(static_cast<double>(row.channels) * width);
    features.push_back(conv_norm(channels, channels, {.stride = row.stride, .groups = channels}));
    features.push_back(conv_norm(channels, out, {.kernel_size = 1}));
    channels = out;
  }
  return drawn(MobileNetV1{nn::Sequential(std::move(features)),
                           {nn::Dropout(dropout), nn::Linear(channels, classes)}},
               {.convolution = he_normal, .linear = small_normal});
}

Entries mobilenet_v1_entries() {
  return {{"mobilenet_v1", [](const std::string&, const ModelOptions& o) -> nn::Layer {
             return mobilenet_v1(1.0, o.classes.value_or(1000), o.dropout.value_or(0.001));
           }}};
}

}  // namespace fathom::models
