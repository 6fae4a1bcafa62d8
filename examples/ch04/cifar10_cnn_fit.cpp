// The convolutional network of cifar10_cnn through fit: layers in a list, pictures varied
//
// Chapter 4. Every picture is turned, moved and mirrored at random before it is learnt from, and
// all are normalised by the mean and deviation of the training pictures. Needs FATHOM_DATA
// (cifar10/ in it). Writes cifar10_cnn_fit.svg.
//
// Usage: [--epochs N] [--limit N]
#include <fathom/fathom.h>

#include <cstdio>

#include "examples/arguments.h"

using namespace fathom;

/// Convolution, batch norm, GELU: twice; then half the size, and whole channels dropped.
nn::Sequential stage(std::int64_t in, std::int64_t out, std::int64_t padding, double dropout) {
  return {nn::Conv2d(in, out, 3, {.padding = padding}),
          nn::BatchNorm(out),
          nn::GELU{},
          nn::Conv2d(out, out, 3, {.padding = padding}),
          nn::BatchNorm(out),
          nn::GELU{},
          nn::MaxPool2d(2),
          nn::Dropout2d(dropout)};
}

nn::Sequential network() {
  return {stage(3, 32, 1, 0.2), stage(32, 64, 1, 0.3), stage(64, 128, 1, 0.4), nn::Flatten{},
          nn::Linear(2048, 10)};
}

/// Mean and deviation of each channel over all pictures, as parts of white.
vision::Normalize normalization(const data::Dataset& train) {
  const Tensor pixels = cast(train.inputs, DType::f32) / 255;  // (N, 3, 32, 32)
  vision::Normalize z;
  for (const float m : mean(pixels, {0, 2, 3}).to_vector<float>()) z.mean.push_back(m);
  for (const float s : std_dev(pixels, {0, 2, 3}).to_vector<float>()) z.std.push_back(s);
  return z;
}

int main(int argc, char** argv) {
  const examples::Arguments arguments(argc, argv, {}, {"--epochs", "--limit"});
  const int epochs = arguments.number("--epochs", 50), limit = arguments.number("--limit", 50000);
  const auto [train, test] = data::cifar10();
  const vision::Normalize z = normalization(train);
  const vision::ToDtype unit{.scale = true};
  const vision::Compose varied{vision::RandomAffine{.degrees = {15}, .translate = {{0.1, 0.1}}},
                               vision::RandomHorizontalFlip{}, vision::RandomVerticalFlip{}, unit,
                               z};
  const auto training =
      data::source(data::first(data::pictures_of(train), limit),
                   [=](const Tensor& p, const Tensor& key) { return varied(p, key); });
  const auto testing = data::source(data::first(data::pictures_of(test), limit),
                                    [=](const Tensor& p) { return z(unit(p)); });

  seed(0);
  nn::Sequential net = network();
  std::printf("%s", nn::summary(net, Shape{50, 3, 32, 32}).str().c_str());
  const train::History history =
      train::fit(net, training,
                 {.optimizer = optim::AdamW{.learning_rate = 1e-3},
                  .metrics = {metrics::accuracy()},
                  .validation = testing,
                  .epochs = epochs,
                  .batch_size = 50,
                  .workers = 1,
                  .callbacks = {train::CurvePlot{.path = "cifar10_cnn_fit.svg"}},
                  .verbose = train::Verbose::bar});
  for (const train::Record& r : history.epochs)
    std::printf("epoch %2lld  %s\n", static_cast<long long>(r.epoch),
                train::to_string(r.values).c_str());
  std::printf("drawn in cifar10_cnn_fit.svg\n");
  return 0;
}
