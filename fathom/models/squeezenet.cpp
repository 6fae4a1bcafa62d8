#include "fathom/models/squeezenet.h"

#include "fathom/nn/init.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"
#include "fathom/ops/shape.h"

namespace fathom::models {

Tensor Fire::operator()(const Tensor& x) const {
  const Tensor few = relu(squeeze(x));
  return concat({relu(expand1x1(few)), relu(expand3x3(few))}, 1);
}

Tensor SqueezeNet::operator()(const Tensor& x) const { return flatten(classifier(features(x)), 1); }

namespace {

Fire fire(std::int64_t in, std::int64_t squeezed, std::int64_t expanded) {
  return {nn::Conv2d(in, squeezed, 1), nn::Conv2d(squeezed, expanded, 1),
          nn::Conv2d(squeezed, expanded, 3, {.padding = 1})};
}

Tensor he_uniform(const Shape& shape) { return nn::init::kaiming_uniform(shape); }

}  // namespace

SqueezeNet squeezenet(bool version_1_1, std::int64_t classes, double dropout,
                      std::int64_t classifier_padding) {
  const nn::MaxPool2d pool(3, {.stride = 2, .ceil_mode = true});
  nn::Sequential features = version_1_1 ? nn::Sequential{nn::Conv2d(3, 64, 3, {.stride = 2}),
                                                         nn::ReLU{},
                                                         pool,
                                                         fire(64, 16, 64),
                                                         fire(128, 16, 64),
                                                         pool,
                                                         fire(128, 32, 128),
                                                         fire(256, 32, 128),
                                                         pool,
                                                         fire(256, 48, 192),
                                                         fire(384, 48, 192),
                                                         fire(384, 64, 256),
                                                         fire(512, 64, 256)}
                                        : nn::Sequential{nn::Conv2d(3, 96, 7, {.stride = 2}),
                                                         nn::ReLU{},
                                                         pool,
                                                         fire(96, 16, 64),
                                                         fire(128, 16, 64),
                                                         fire(128, 32, 128),
                                                         pool,
                                                         fire(256, 32, 128),
                                                         fire(256, 48, 192),
                                                         fire(384, 48, 192),
                                                         fire(384, 64, 256),
                                                         pool,
                                                         fire(512, 64, 256)};
  nn::Conv2d last = drawn(nn::Conv2d(512, classes, 1, {.padding = classifier_padding}),
                          {.convolution = small_normal});
  return {drawn(std::move(features), {.convolution = he_uniform}),
          {nn::Dropout(dropout), std::move(last), nn::ReLU{}, nn::AdaptiveAvgPool2d(1)}};
}

Entries squeezenet_entries() {
  const auto make = [](const std::string& name, const ModelOptions& o) -> nn::Layer {
    return squeezenet(name == "squeezenet1_1", o.classes.value_or(1000), o.dropout.value_or(0.5),
                      o.classifier_padding.value_or(0));
  };
  return {{"squeezenet1_0", make}, {"squeezenet1_1", make}};
}

}  // namespace fathom::models
