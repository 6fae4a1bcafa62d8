// An MLP with batch norm reads MNIST digits: the training loop written out
//
// Chapter 3. Needs FATHOM_DATA (mnist/ in it). An argument sets the number of epochs, 20 by
// default.
#include <fathom/fathom.h>

#include <cstdio>
#include <cstdlib>

using namespace fathom;

struct Net {
  nn::Linear hidden{784, 100};
  nn::BatchNorm norm{100};
  nn::Linear out{100, 10};
  // (B, 784) -> (B, 10)
  Tensor operator()(const Tensor& x) const { return out(relu(norm(hidden(x)))); }
};

double accuracy(const Net& net, const data::Dataset& dataset) {
  const auto scope = nn::inference();
  std::int64_t correct = 0;
  for (const data::Batch& batch : data::loader(dataset, {.batch_size = 1000}))
    correct += sum(argmax(net(batch.inputs), 1) == batch.labels).item<std::int64_t>();
  return static_cast<double>(correct) / static_cast<double>(dataset.size());
}

int main(int argc, char** argv) {
  const int epochs = argc > 1 ? std::atoi(argv[1]) : 20;
  const auto [train, test] = data::mnist();
  seed(0);
  Net net;
  optim::Adam adam{.learning_rate = 1e-3};
  const auto loss_fn = [](const Net& net, const data::Batch& b) {
    return cross_entropy(net(b.inputs), b.labels);
  };

  data::Loader loader(train, {.batch_size = 100, .shuffle = true});
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    double loss_sum = 0;
    for (const data::Batch& batch : loader) {  // each pass is the next epoch, in another order
      const auto [loss, gradients] = value_and_grad(loss_fn)(net, batch);  // gradients is a Net
      adam.step(net, gradients);
      loss_sum += loss.item();
    }
    std::printf("epoch %2d  loss %.4f  test accuracy %.2f %%\n", epoch,
                loss_sum / static_cast<double>(loader.batches()), 100 * accuracy(net, test));
    std::fflush(stdout);
  }
  return 0;
}
