// A convolutional network tells ten kinds of things apart: the training loop written out
//
// Chapter 4. Needs FATHOM_DATA (cifar10/ in it); --limit takes the first pictures only. Draws
// cifar10_cnn.svg.
//
// Usage: [--epochs N] [--limit N] [--seed N]
#include <fathom/fathom.h>

#include <cstdio>

#include "examples/arguments.h"
#include "fathom/figure/figure.h"

using namespace fathom;

/// Convolution, batch norm, GELU.
struct Block {
  nn::Conv2d conv;
  nn::BatchNorm norm;
  Block(std::int64_t in, std::int64_t out, std::int64_t padding)
      : conv(in, out, 3, {.padding = padding}), norm(out) {}
  Tensor operator()(const Tensor& x) const { return gelu(norm(conv(x))); }
  static constexpr auto members() { return fathom::members<&Block::conv, &Block::norm>(); }
};

struct Net {
  Block conv1{3, 32, 1}, conv2{32, 32, 1}, conv3{32, 64, 1}, conv4{64, 64, 1};
  Block conv5{64, 128, 0}, conv6{128, 128, 0};
  nn::Dropout2d drop1{0.2}, drop2{0.3}, drop3{0.5};
  nn::Linear out{512, 10};
  // (B, 3, 32, 32) -> (B, 10)
  Tensor operator()(const Tensor& x) const {
    Tensor t = drop1(max_pool2d(conv2(conv1(x)), 2));  // (B, 32, 16, 16)
    t = drop2(max_pool2d(conv4(conv3(t)), 2));         // (B, 64, 8, 8)
    t = drop3(max_pool2d(conv6(conv5(t)), 2));         // (B, 128, 2, 2)
    return out(flatten(t, 1));
  }
};

/// Pixels as the network takes them: the mean and deviation of ImageNet's pictures are 0 and 1.
Tensor normalized(const Tensor& pixels) {
  const Tensor mean = reshape(tensor({0.485F, 0.456F, 0.406F}), {3, 1, 1});
  const Tensor deviation = reshape(tensor({0.229F, 0.224F, 0.225F}), {3, 1, 1});
  return (reshape(pixels, {-1, 3, 32, 32}) - mean) / deviation;
}

/// Every other picture mirrored, left to right and upside down.
Tensor flipped(const Tensor& x, nn::Rng& rng) {
  const Shape each{x.shape()[0], 1, 1, 1};
  const Tensor mirrored = where(random_uniform(each, rng.next()) < 0.5, flip(x, {3}), x);
  return where(random_uniform(each, rng.next()) < 0.5, flip(mirrored, {2}), mirrored);
}

double accuracy(const Net& net, const data::Dataset& dataset) {
  const auto scope = nn::inference();
  std::int64_t correct = 0;
  for (const data::Batch& batch : data::loader(dataset, {.batch_size = 50}))
    correct += sum(argmax(net(normalized(batch.inputs)), 1) == batch.labels).item<std::int64_t>();
  return static_cast<double>(correct) / static_cast<double>(dataset.size());
}

int main(int argc, char** argv) {
  const examples::Arguments arguments(argc, argv, {}, {"--epochs", "--limit", "--seed"});
  const int epochs = arguments.number("--epochs", 50), limit = arguments.number("--limit", 50000);
  const auto chosen = static_cast<std::uint64_t>(arguments.number("--seed", 1));
  const auto [all_train, all_test] = data::cifar10();
  const data::Dataset train = data::first(all_train, limit), test = data::first(all_test, limit);
  seed(chosen);
  Net net;
  optim::Adam adam{.learning_rate = 1e-3};
  nn::Rng rng{.seed = chosen};
  const auto loss_fn = [](const Net& net, const Tensor& x, const Tensor& labels) {
    return cross_entropy(net(x), labels);
  };

  figure::Values losses, accuracies;
  data::Loader loader(train, {.batch_size = 50, .shuffle = true, .seed = chosen});
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    double loss_sum = 0;
    for (const data::Batch& batch : loader) {
      const auto scope = nn::training(rng);
      const Tensor x = flipped(normalized(batch.inputs), rng);
      const auto [loss, gradients] = value_and_grad(loss_fn)(net, x, batch.labels);
      adam.step(net, gradients);
      loss_sum += loss.item();
    }
    losses.push_back(loss_sum / static_cast<double>(loader.batches()));
    accuracies.push_back(100 * accuracy(net, test));
    std::printf("epoch %2d  loss %.4f  test accuracy %.2f %%\n", epoch, losses.back(),
                accuracies.back());
    std::fflush(stdout);
  }

  figure::Figure picture(1, 2, {.width = 1000, .height = 400});
  picture.axes(0, 0).title("Loss of training").x_label("epoch").line(losses);
  picture.axes(0, 1).title("Accuracy on the test pictures, %").x_label("epoch").line(accuracies);
  picture.save("cifar10_cnn.svg");
  std::printf("drawn in cifar10_cnn.svg\n");
  return 0;
}
