#include "fathom/models/xception.h"

#include "fathom/ops/elementwise.h"

namespace fathom::models {

Tensor SeparableConv::operator()(const Tensor& x) const { return pointwise(conv1(x)); }

Tensor XceptionBlock::operator()(const Tensor& x) const {
  return rep(x) + (skip ? (*skipbn)((*skip)(x)) : x);
}

Tensor Xception::operator()(const Tensor& x) const {
  Tensor y = relu(bn2(conv2(relu(bn1(conv1(x))))));
  for (const XceptionBlock* block : {&block1, &block2, &block3, &block4, &block5, &block6, &block7,
                                     &block8, &block9, &block10, &block11, &block12})
    y = (*block)(y);
  return fc(pooled(relu(bn4(conv4(relu(bn3(conv3(y))))))));
}

namespace {

SeparableConv separable(std::int64_t in, std::int64_t out) {
  return {nn::Conv2d(in, in, 3, {.padding = 1, .groups = in, .bias = false}),
          nn::Conv2d(in, out, 1, {.bias = false})};
}

/// Convolutions with the given numbers of channels; the first ReLU may be left out.
XceptionBlock xception_block(const std::vector<std::int64_t>& channels, bool halves,
                             bool starts_with_relu = true) {
  std::vector<nn::Layer> rep;
  for (std::size_t i = 1; i < channels.size(); ++i) {
    if (i > 1 || starts_with_relu) rep.push_back(nn::ReLU{});
    rep.push_back(separable(channels[i - 1], channels[i]));
    rep.push_back(nn::BatchNorm(channels[i]));
  }
  if (!halves) return {{}, {}, nn::Sequential(std::move(rep))};
  rep.push_back(nn::MaxPool2d(3, {.stride = 2, .padding = 1}));
  return {nn::Conv2d(channels.front(), channels.back(), 1, {.stride = 2, .bias = false}),
          nn::BatchNorm(channels.back()), nn::Sequential(std::move(rep))};
}
XceptionBlock middle_block() { return xception_block({728, 728, 728, 728}, false); }

}  // namespace

Xception xception(std::int64_t classes) {
  return drawn(Xception{nn::Conv2d(3, 32, 3, {.stride = 2, .bias = false}),
                        nn::BatchNorm(32),
                        nn::Conv2d(32, 64, 3, {.bias = false}),
                        nn::BatchNorm(64),
                        xception_block({64, 128, 128}, true, false),
                        xception_block({128, 256, 256}, true),
                        xception_block({256, 728, 728}, true),
                        middle_block(),
                        middle_block(),
                        middle_block(),
                        middle_block(),
                        middle_block(),
                        middle_block(),
                        middle_block(),
                        middle_block(),
                        xception_block({728, 728, 1024}, true),
                        separable(1024, 1536),
                        nn::BatchNorm(1536),
                        separable(1536, 2048),
                        nn::BatchNorm(2048),
                        nn::Linear(2048, classes)},
               {.convolution = he_normal, .zero_bias = false});
}

Entries xception_entries() {
  return {{"xception", [](const std::string&, const ModelOptions& o) -> nn::Layer {
             return xception(o.classes.value_or(1000));
           }}};
}

}  // namespace fathom::models
