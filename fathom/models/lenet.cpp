#include "fathom/models/lenet.h"

#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"

namespace fathom::models {

Tensor LeNet5::operator()(const Tensor& x) const {
  const Tensor first = avg_pool2d(tanh(conv1(x)), 2);
  const Tensor second = avg_pool2d(tanh(conv2(first)), 2);
  return fc3(tanh(fc2(tanh(fc1(flatten(second, 1))))));
}

LeNet5 lenet5(std::int64_t classes) {
  return {nn::Conv2d(1, 6, 5, {.padding = 2}), nn::Conv2d(6, 16, 5), nn::Linear(400, 120),
          nn::Linear(120, 84), nn::Linear(84, classes)};
}

Entries lenet_entries() {
  return {{"lenet5", [](const std::string&, const ModelOptions& o) -> nn::Layer {
             return lenet5(o.classes.value_or(10));
           }}};
}

}  // namespace fathom::models
