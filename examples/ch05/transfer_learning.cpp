// A network that has learnt from other pictures learns CIFAR-10: its head alone, or all of it
//
// Chapter 5. With --feature-extraction all but the head is frozen: its features are computed once,
// and the head is trained on them. With --fine-tune all layers go on learning. Without either, both
// are done and compared. MobileNetV3-Small begins with the weights of --weights, or with random
// ones. Needs FATHOM_DATA (cifar10/ in it). Writes transfer_learning.svg.
//
// Usage: [--feature-extraction] [--fine-tune] [--weights FILE] [--epochs N] [--limit N]
#include <fathom/fathom.h>

#include <cstdio>

#include "examples/arguments.h"
#include "fathom/figure/figure.h"
#include "fathom/models/mobilenet_v3.h"

using namespace fathom;

constexpr std::int64_t side = 224;

/// MobileNetV3-Small for ten classes; the head is new.
models::MobileNetV3 network(const std::string& weights) {
  seed(0);
  models::MobileNetV3 net = models::mobilenet_v3(false, 10);
  if (weights.empty()) return net;
  models::MobileNetV3 learnt = models::mobilenet_v3(false, 1000);
  load(learnt, weights);
  net.features = learnt.features;
  return net;
}

/// The first pictures as the network takes them, each mirrored every other time if `varied`.
data::Source<data::Batch> pictures(const data::Dataset& dataset, int limit, bool varied) {
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < std::min<std::int64_t>(limit, dataset.size()); ++i)
    rows.push_back(i);
  const vision::ImageClassification as{.resize_size = side, .crop_size = side};
  return data::source(data::select(data::pictures_of(dataset), rows),
                      [=](const Tensor& picture, const Tensor& key) {
                        const vision::RandomHorizontalFlip flip{.p = varied ? 0.5 : 0.0};
                        return as(flip(picture, key));
                      });
}

/// Accuracy in per cent on the test pictures, after each epoch.
template <class M>
figure::Values trained(const char* how, M& net, const data::Source<data::Batch>& train,
                       const data::Source<data::Batch>& test, int epochs, double rate) {
  const train::History history = train::fit(net, train,
                                            {.optimizer = optim::Adam{.learning_rate = rate},
                                             .metrics = {metrics::accuracy()},
                                             .validation = test,
                                             .epochs = epochs,
                                             .batch_size = 50,
                                             .workers = 1,
                                             .verbose = train::Verbose::bar});
  figure::Values accuracies;
  for (const double share : history["val_accuracy"]) {
    accuracies.push_back(100 * share);
    std::printf("%s  epoch %2zu  test accuracy %5.2f %%\n", how, accuracies.size(), 100 * share);
  }
  return accuracies;
}

int main(int argc, char** argv) {
  const examples::Arguments arguments(argc, argv, {"--feature-extraction", "--fine-tune"},
                                      {"--weights", "--epochs", "--limit"});
  const bool both = !arguments.has("--feature-extraction") && !arguments.has("--fine-tune");
  const int epochs = arguments.number("--epochs", 5), limit = arguments.number("--limit", 1000);
  const std::string weights = arguments.text("--weights", "");
  const data::Split parts = data::cifar10();
  const auto test = pictures(parts.test, limit, false);
  std::printf("MobileNetV3-Small with %s, %lld pictures of CIFAR-10 at %lld x %lld\n",
              weights.empty() ? "random weights" : weights.c_str(),
              static_cast<long long>(pictures(parts.train, limit, false).size),
              static_cast<long long>(side), static_cast<long long>(side));

  figure::Figure picture(1, 1, {.width = 640, .height = 400});
  figure::Axes& axes = picture.axes();
  axes.title("Accuracy on the test pictures, %").x_label("epoch");
  if (both || arguments.has("--feature-extraction")) {
    models::MobileNetV3 net = network(weights);
    nn::freeze(net.features);
    std::printf("feature extraction: %lld of %lld parameters are trained\n",
                static_cast<long long>(nn::parameter_count(net.classifier)),
                static_cast<long long>(nn::parameter_count(net)));
    // What is frozen gives the same every time: once is enough, and nothing flows back into it.
    const auto features = [&](const Tensor& x) { return models::pooled(net.features(x)); };
    const auto train_features =
        train::cache_features(features, pictures(parts.train, limit, false));
    const auto test_features = train::cache_features(features, test);
    axes.line(trained("features ", net.classifier, train_features, test_features, epochs, 1e-3),
              {.label = "feature extraction"});
  }
  if (both || arguments.has("--fine-tune")) {
    models::MobileNetV3 net = network(weights);
    axes.line(trained("fine-tune", net, pictures(parts.train, limit, true), test, epochs, 1e-3),
              {.label = "fine-tuning"});
  }
  picture.save("transfer_learning.svg");
  std::printf("drawn in transfer_learning.svg\n");
  return 0;
}
