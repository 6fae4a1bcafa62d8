// What a network looks at: outputs of layers, saliency and Grad-CAM, on networks whose answers are
// known.
#include "fathom/train/attribution.h"

#include <doctest/doctest.h>

#include "fathom/fathom.h"
#include "tests/io/support.h"

using namespace fathom;

namespace {

/// Class c is the mean of channel c of what the convolution gives: by its weight, channel c of x.
struct ConvNet {
  nn::Conv2d conv{2, 2, 1, {.bias = false}};
  nn::AdaptiveAvgPool2d pool{1};
  Tensor operator()(const Tensor& x) const { return flatten(pool(conv(x)), 1); }
};
ConvNet channels_apart() {
  ConvNet net;
  net.conv.weight = Tensor::from(std::vector<float>{1, 0, 0, 1}, {2, 2, 1, 1});
  return net;
}
/// Channel 0 is bright at the upper left, channel 1 at the lower right.
Tensor two_places() {
  std::vector<float> pixels(2 * 4 * 4);
  pixels[0] = 2;
  pixels[16 + 15] = 3;
  return Tensor::from(pixels, {1, 2, 4, 4});
}

}  // namespace

TEST_CASE("attribution: the outputs of the layers, by their paths") {
  const ConvNet net = channels_apart();
  const Tensor x = two_places();
  const auto outputs = train::layer_outputs(net, x);
  REQUIRE(outputs.size() == 2);
  CHECK(outputs[0].layer == "conv");
  CHECK(outputs[1].layer == "pool");
  CHECK(outputs[1].value.shape() == Shape{1, 2, 1, 1});
  CHECK(equal(train::layer_output(net, x, "conv"), x));
  CHECK_THROWS_AS(train::layer_output(net, x, "norm"), ValueError);
  // Inside of a layer of any type too, as models::create gives it.
  const nn::Layer any = models::create("squeezenet1_1", {.classes = 3});
  const Tensor maps = train::layer_output(any, zeros({1, 3, 32, 32}), "features.0");
  CHECK(maps.shape() == Shape{1, 64, 15, 15});
}

TEST_CASE("attribution: saliency is the gradient of the class's score") {
  const Tensor map = train::saliency(channels_apart(), two_places(), 1);
  CHECK(map.shape() == Shape{1, 4, 4});
  for (const float change : map.to_vector<float>()) CHECK(change == 1.0F / 16);
  CHECK_THROWS_AS(train::saliency(channels_apart(), two_places(), 2), IndexError);
}

TEST_CASE("attribution: Grad-CAM finds where a class is") {
  const ConvNet net = channels_apart();
  for (const std::int64_t label : {0, 1}) {
    const Tensor map = train::grad_cam(net, two_places(), label);
    CHECK(map.shape() == Shape{1, 4, 4});
    const auto values = map.to_vector<float>();
    for (std::size_t i = 0; i < values.size(); ++i)
      CHECK(values[i] == (i == (label == 0 ? 0U : 15U) ? 1.0F : 0.0F));
  }
  CHECK(
      equal(train::grad_cam(net, two_places(), 0, "conv"), train::grad_cam(net, two_places(), 0)));
  CHECK_THROWS_AS(train::grad_cam(net, two_places(), 0, "pool"), ValueError);
  CHECK_THROWS_AS(train::grad_cam(net, two_places(), 5), IndexError);
  // Nothing speaks for a class of a black picture.
  CHECK(max(train::grad_cam(net, zeros({2, 2, 4, 4}), 0)).item() == 0);
}

TEST_CASE("cache_features: training on them is training behind a frozen prefix, bit for bit") {
  struct Parts {
    nn::Linear body{64, 16};
    nn::Linear head{16, 10};
    Tensor operator()(const Tensor& x) const { return head(relu(body(x))); }
  };
  const data::Dataset train = data::digits().train;
  seed(1);
  Parts whole;
  nn::freeze(whole.body);
  nn::Linear head = whole.head;
  const auto features =
      train::cache_features([&](const Tensor& x) { return relu(whole.body(x)); }, train);
  CHECK(features.size == train.size());
  train::FitOptions<Parts, data::Batch> options{
      .epochs = 2, .batch_size = 100, .seed = 4, .verbose = train::Verbose::silent};
  train::fit(whole, train, options);
  train::fit(head, features,
             {.epochs = 2, .batch_size = 100, .seed = 4, .verbose = train::Verbose::silent});
  CHECK(equal(whole.head.weight, head.weight));
  CHECK(equal(whole.head.bias, head.bias));
}
