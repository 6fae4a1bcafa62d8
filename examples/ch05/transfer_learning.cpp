// A network that has learnt from ImageNet learns CIFAR-10: its head alone, or all of it
//
// Chapter 5. With --feature-extraction all but the head is frozen: its features are computed once,
// and the head is trained on them. With --fine-tune all layers go on learning. Without either, both
// are done and compared. The network is MobileNetV3-Small if --weights has its weights, else
// SqueezeNet 1.1. Needs FATHOM_DATA (cifar10/ and imagenet/ in it). Writes transfer_learning.svg.
//
// Usage: [--feature-extraction] [--fine-tune] [--weights FILE] [--epochs N] [--limit N]
#include <fathom/fathom.h>

#include <cstdio>
#include <cstdlib>

#include "examples/arguments.h"
#include "fathom/figure/figure.h"
#include "fathom/models/mobilenet_v3.h"
#include "fathom/models/published.h"
#include "fathom/models/squeezenet.h"

using namespace fathom;

/// What others have trained, and a new head for ten classes.
struct Net {
  nn::Sequential features;
  nn::Linear head;
  Tensor operator()(const Tensor& x) const { return head(models::pooled(features(x))); }
};

/// MobileNetV3-Small with the weights of a file, or SqueezeNet 1.1 with those of the data folder.
Net network(const std::string& weights) {
  seed(0);
  if (!weights.empty()) {
    models::MobileNetV3 learnt = models::mobilenet_v3(false);
    load(learnt, weights);
    return {learnt.features, nn::Linear(576, 10)};
  }
  models::SqueezeNet learnt = models::squeezenet(true);
  load(learnt, std::string(std::getenv("FATHOM_DATA")) + "/imagenet/squeezenet1_1.safetensors",
       {.convert = true});
  return {learnt.features, nn::Linear(512, 10)};
}

/// The first pictures as the network takes them, every other one mirrored if `varied`.
data::Source<data::Batch> pictures(const data::Dataset& dataset, int limit, bool varied,
                                   const vision::ImageClassification& as) {
  return data::source(data::first(data::pictures_of(dataset), limit),
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
  const int epochs = arguments.number("--epochs", 5), limit = arguments.number("--limit", 500);
  const std::string weights = arguments.text("--weights", "");
  const auto [train, test] = data::cifar10();
  // SqueezeNet's weights are those of its authors, who count colours otherwise.
  const auto as = weights.empty() ? models::published("squeezenet1_1", "c532e0cf").preprocessing
                                  : models::published("mobilenet_v3_small").preprocessing;
  const auto testing = pictures(test, limit, false, as);
  std::printf("%s on pictures of CIFAR-10 at %lld x %lld\n",
              weights.empty() ? "SqueezeNet 1.1" : "MobileNetV3-Small",
              static_cast<long long>(as.crop_size), static_cast<long long>(as.crop_size));

  figure::Figure picture(1, 1, {.width = 640, .height = 400});
  figure::Axes& axes = picture.axes();
  axes.title("Accuracy on the test pictures, %").x_label("epoch");
  if (both || arguments.has("--feature-extraction")) {
    Net net = network(weights);
    // What is frozen gives the same every time: once is enough, and nothing flows back into it.
    const auto features = [&](const Tensor& x) { return models::pooled(net.features(x)); };
    const auto cached = train::cache_features(features, pictures(train, limit, false, as));
    const auto cached_test = train::cache_features(features, testing);
    std::printf("feature extraction: %lld of %lld parameters are trained\n",
                static_cast<long long>(nn::parameter_count(net.head)),
                static_cast<long long>(nn::parameter_count(net)));
    axes.line(trained("features ", net.head, cached, cached_test, epochs, 1e-3),
              {.label = "feature extraction"});
  }
  if (both || arguments.has("--fine-tune")) {
    Net net = network(weights);
    axes.line(trained("fine-tune", net, pictures(train, limit, true, as), testing, epochs, 1e-4),
              {.label = "fine-tuning"});
  }
  picture.save("transfer_learning.svg");
  std::printf("drawn in transfer_learning.svg\n");
  return 0;
}
