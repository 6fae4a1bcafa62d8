// Weights of keras.applications in Fathom's networks, against Keras' logits
// (tools/golden/keras_applications.py).
#include "fathom/keras/applications.h"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "fathom/io/safetensors.h"
#include "fathom/io/weights.h"
#include "fathom/models/create.h"
#include "fathom/nn/mode.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/reduce.h"
#include "tests/io/support.h"
#include "tests/models/uniform.h"

using namespace fathom;
using nlohmann::json;
using test::error_text;

namespace {

/// What `filled` of the script gives.
Tensor filled(const std::string& layer, const std::string& name, const Shape& shape) {
  const test::Uniform uniform(layer + "/" + name);
  double centre = 0, width = 0.1;
  if (name == "kernel")
    width = std::sqrt(6.0 * static_cast<double>(shape[shape.rank() - 1]) /
                      static_cast<double>(shape.size()));
  else if (name == "moving_variance")
    centre = 1, width = 0.5;
  else if (name == "gamma")
    centre = 1, width = 0.25;
  std::vector<float> values(static_cast<std::size_t>(shape.size()));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] =
        static_cast<float>(centre + width * double{static_cast<float>(uniform.at(i, -1, 1))});
  return Tensor::from(values, shape);
}

}  // namespace

TEST_CASE("keras: DenseNet121 of keras.applications gives Keras' logits") {
  const io::Safetensors golden =
      io::load_safetensors(FATHOM_TEST_SOURCE "/golden/keras_applications/densenet121.safetensors");
  const json shapes = json::parse(golden.metadata.at("layers"));
  const auto layer = [&](const std::string& name, const std::string&,
                         int) -> std::optional<std::vector<Tensor>> {
    if (!shapes.contains(name)) return std::nullopt;
    std::vector<Tensor> weights;
    for (const json& weight : shapes[name])
      weights.push_back(filled(name, weight[0], Shape(weight[1].get<std::vector<std::int64_t>>())));
    return weights;
  };
  const io::TensorFile file{
      .tensors = keras::detail::application_tensors("densenet121", layer, "densenet121.h5")};
  nn::Layer net = models::create("densenet121", {.classes = 10});
  io::load_weights(file, net);
  nn::eval(net);
  const Tensor y = net(test::golden_pictures("densenet121.x", {2, 3, 64, 64}));
  const Tensor& expected = *golden.find("y");
  CHECK((max(abs(y - expected)) / max(abs(expected))).item() < 1e-5);
}

TEST_CASE("keras: what comes behind a Flatten is turned from channels last") {
  // Two positions of three channels, one output: Keras has (position, channel), PyTorch (channel,
  // position).
  const Tensor kernel = Tensor::from(std::vector<float>{0, 1, 2, 10, 11, 12}, {6, 1});
  CHECK(keras::detail::after_flatten(kernel, 3).to_vector<float>() ==
        std::vector<float>{0, 10, 1, 11, 2, 12});
}

TEST_CASE("keras: networks that differ from those of keras.applications are refused") {
  const std::string file = FATHOM_TEST_SOURCE "/golden/keras/sequential.h5";
  CHECK(error_text<UnsupportedError>([&] { keras::load_application("resnet50", file); })
            .starts_with("keras: weights of Keras for a network that is another there: Keras has "
                         "the stride of a stage in its first convolution, of 1x1"));
  CHECK(error_text<UnsupportedError>([&] { keras::load_application("alexnet", file); })
            .starts_with("keras: weights of Keras for a network that is another there: "
                         "keras.applications has no such network"));
  CHECK(error_text<FormatError>([&] {
          keras::load_application("vgg16", file);
        }).starts_with("keras: these are not the weights of vgg16 of keras.applications"));
}
