// Transfer learning through fit: the first layers frozen by position or by name
//
// Chapter 5. MobileNetV3-Small or another network for CIFAR-10: what is frozen gets no gradient,
// and its batch norm normalises by the statistics that it has. Needs FATHOM_DATA (cifar10/ in it).
// Writes transfer_learning_fit.svg.
//
// Usage: [--model NAME] [--weights FILE] [--from LAYER] [--freeze NAMES] [--epochs N] [--limit N]
#include <fathom/fathom.h>

#include <cstdio>

#include "examples/arguments.h"
#include "fathom/train/augmentation.h"

using namespace fathom;

int main(int argc, char** argv) {
  const examples::Arguments arguments(
      argc, argv, {}, {"--model", "--weights", "--from", "--freeze", "--epochs", "--limit"});
  const auto [train, test] = data::cifar10();
  const int limit = arguments.number("--limit", 1000);

  seed(0);
  train::NetworkReport report;
  train::Classifier network = train::load_network(
      arguments.text("--model", "mobilenet_v3_small"),
      {.weights = arguments.text("--weights", ""), .class_names = train.class_names}, &report);
  std::printf("%s", train::to_string(report).c_str());
  nn::Layer& net = network.net;
  if (arguments.has("--freeze"))
    nn::freeze(net, arguments.text("--freeze", ""));
  else
    nn::freeze_first(net, arguments.number("--from", 60) - 1);
  std::int64_t trained = 0;
  for (const nn::NamedTensor& t : nn::named_tensors(net))
    if (t.trainable) trained += t.tensor.size();
  std::printf("%lld of %lld parameters are trained\n", static_cast<long long>(trained),
              static_cast<long long>(nn::parameter_count(net)));

  const vision::ImageClassification as = *network.pictures;
  const vision::Transform varied = train::augmentation("flip", as);
  const auto training =
      network.adapt(data::first(data::pictures_of(train), limit),
                    [=](const Tensor& p, const Tensor& key) { return as.numbers(varied(p, key)); });
  const auto testing = network.adapt(data::first(data::pictures_of(test), limit),
                                     [=](const Tensor& p, const Tensor&) { return as(p); });
  const train::History history =
      train::fit(net, training,
                 {.optimizer = optim::Adam{.learning_rate = 1e-3},
                  .metrics = {metrics::accuracy()},
                  .validation = testing,
                  .epochs = arguments.number("--epochs", 5),
                  .batch_size = 50,
                  .workers = 1,
                  .callbacks = {train::CurvePlot{.path = "transfer_learning_fit.svg"}},
                  .verbose = train::Verbose::bar});
  for (const train::Record& r : history.epochs)
    std::printf("epoch %2lld  %s\n", static_cast<long long>(r.epoch),
                train::to_string(r.values).c_str());
  std::printf("drawn in transfer_learning_fit.svg\n");
  return 0;
}
