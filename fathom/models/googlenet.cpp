#include "fathom/models/googlenet.h"

#include "fathom/nn/init.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/join.h"
#include "fathom/ops/shape.h"

namespace fathom::models {

Tensor Inception::operator()(const Tensor& x) const {
  return concat({branch1(x), branch2(x), branch3(x), branch4(x)}, 1);
}

Tensor GoogLeNetAux::operator()(const Tensor& x) const {
  const Tensor few = flatten(conv(adaptive_avg_pool2d(x, 4)), 1);
  return fc2(dropout(relu(fc1(few))));
}

namespace {

Tensor halved(const Tensor& x, std::int64_t window = 3) {
  return max_pool2d(x, window, {.stride = 2, .ceil_mode = true});
}

Inception inception(std::int64_t in, std::int64_t of_1x1, std::int64_t before_3x3,
                    std::int64_t of_3x3, std::int64_t before_5x5, std::int64_t of_5x5,
                    std::int64_t of_pool) {
  return {basic_conv(in, of_1x1, 1),
          {basic_conv(in, before_3x3, 1), basic_conv(before_3x3, of_3x3, 3, 1, 1)},
          {basic_conv(in, before_5x5, 1), basic_conv(before_5x5, of_5x5, 3, 1, 1)},
          {nn::MaxPool2d(3, {.stride = 1, .padding = 1, .ceil_mode = true}),
           basic_conv(in, of_pool, 1)}};
}

GoogLeNetAux aux(std::int64_t in, const GoogLeNetConfig& config) {
  return {basic_conv(in, 128, 1), nn::Linear(2048, 1024), nn::Linear(1024, config.classes),
          nn::Dropout(config.dropout_aux)};
}

Tensor narrow_normal(const Shape& shape) { return nn::init::trunc_normal(shape, 0, 0.01); }

}  // namespace

Tensor GoogLeNet::third(const Tensor& x) const {
  const Tensor stem = halved(conv3(conv2(halved(conv1(x)))));
  return inception4a(halved(inception3b(inception3a(stem))));
}
Tensor GoogLeNet::two_thirds(const Tensor& third) const {
  return inception4d(inception4c(inception4b(third)));
}
Tensor GoogLeNet::end(const Tensor& two_thirds) const {
  const Tensor last = halved(inception4e(two_thirds), 2);
  return fc(dropout(pooled(inception5b(inception5a(last)))));
}

Tensor GoogLeNet::operator()(const Tensor& x) const { return end(two_thirds(third(x))); }
GoogLeNet::Outputs GoogLeNet::outputs(const Tensor& x) const {
  const Tensor first = third(x), second = two_thirds(first);
  return {end(second), aux2 ? (*aux2)(second) : Tensor(), aux1 ? (*aux1)(first) : Tensor()};
}

GoogLeNet googlenet(const GoogLeNetConfig& config) {
  std::optional<GoogLeNetAux> aux1, aux2;
  if (config.aux_logits) {
    aux1 = aux(512, config);
    aux2 = aux(528, config);
  }
  return drawn(
      GoogLeNet{
          basic_conv(3, 64, 7, 2, 3), basic_conv(64, 64, 1), basic_conv(64, 192, 3, 1, 1),
          inception(192, 64, 96, 128, 16, 32, 32), inception(256, 128, 128, 192, 32, 96, 64),
          inception(480, 192, 96, 208, 16, 48, 64), inception(512, 160, 112, 224, 24, 64, 64),
          inception(512, 128, 128, 256, 24, 64, 64), inception(512, 112, 144, 288, 32, 64, 64),
          inception(528, 256, 160, 320, 32, 128, 128), inception(832, 256, 160, 320, 32, 128, 128),
          inception(832, 384, 192, 384, 48, 128, 128), std::move(aux1), std::move(aux2),
          nn::Dropout(config.dropout), nn::Linear(1024, config.classes)},
      {.convolution = narrow_normal, .linear = narrow_normal, .zero_bias = false});
}

Entries googlenet_entries() {
  return {{"googlenet", [](const std::string&, const ModelOptions& o) -> nn::Layer {
             GoogLeNetConfig c{.classes = o.classes.value_or(1000)};
             c.dropout = o.dropout.value_or(c.dropout);
             c.dropout_aux = o.dropout.value_or(c.dropout_aux);
             return googlenet(c);
           }}};
}

}  // namespace fathom::models
