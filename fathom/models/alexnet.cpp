#include "fathom/models/alexnet.h"

#include "fathom/ops/shape.h"

namespace fathom::models {

Tensor AlexNet::operator()(const Tensor& x) const {
  return classifier(flatten(adaptive_avg_pool2d(features(x), 6), 1));
}

AlexNet alexnet(std::int64_t classes, double dropout) {
  const nn::MaxPool2d pool(3, {.stride = 2});
  return {
      {nn::Conv2d(3, 64, 11, {.stride = 4, .padding = 2}), nn::ReLU{}, pool,
       nn::Conv2d(64, 192, 5, {.padding = 2}), nn::ReLU{}, pool,
       nn::Conv2d(192, 384, 3, {.padding = 1}), nn::ReLU{}, nn::Conv2d(384, 256, 3, {.padding = 1}),
       nn::ReLU{}, nn::Conv2d(256, 256, 3, {.padding = 1}), nn::ReLU{}, pool},
      {nn::Dropout(dropout), nn::Linear(256 * 6 * 6, 4096), nn::ReLU{}, nn::Dropout(dropout),
       nn::Linear(4096, 4096), nn::ReLU{}, nn::Linear(4096, classes)}};
}

Entries alexnet_entries() {
  return {{"alexnet", [](const std::string&, const ModelOptions& o) -> nn::Layer {
             return alexnet(o.classes.value_or(1000), o.dropout.value_or(0.5));
           }}};
}

}  // namespace fathom::models
