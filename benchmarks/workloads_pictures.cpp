// The rows about pictures: steps and answers of convolutional networks, photos read.
#include <filesystem>
#include <stdexcept>

#include "benchmarks/timing.h"
#include "benchmarks/workloads.h"
#include "fathom/fathom.h"
#include "fathom/io/image.h"
#include "fathom/models/create.h"
#include "fathom/models/mobilenet_v3.h"
#include "fathom/vision/transforms.h"

namespace fathom::benchmarks {
namespace {

/// The network of chapter 4.
nn::Layer cifar10_cnn() {
  std::vector<nn::Layer> layers;
  const auto block = [&](std::int64_t in, std::int64_t out, std::int64_t padding) {
    layers.emplace_back(nn::Conv2d(in, out, 3, {.padding = padding}));
    layers.emplace_back(nn::BatchNorm(out));
    layers.emplace_back(nn::GELU());
  };
  const auto pool = [&](double dropout) {
    layers.emplace_back(nn::MaxPool2d(2));
    layers.emplace_back(nn::Dropout2d(dropout));
  };
  block(3, 32, 1), block(32, 32, 1), pool(0.2);
  block(32, 64, 1), block(64, 64, 1), pool(0.3);
  block(64, 128, 0), block(128, 128, 0), pool(0.5);
  layers.emplace_back(nn::Flatten());
  layers.emplace_back(nn::Linear(512, 10));
  return nn::Sequential(std::move(layers));
}

/// A training step with Adam on one batch that stays the same; the loss is read.
template <class Net> std::vector<double> steps(Net net, const Shape& pictures, int runs) {
  const Tensor x = randn(pictures).eval();
  const Tensor labels = cast(floor(rand({pictures[0]}) * 10), DType::i64).eval();
  optim::Adam adam;
  nn::Rng rng;
  const auto loss_fn = [](const Net& net, const Tensor& x, const Tensor& labels) {
    return cross_entropy(net(x), labels);
  };
  const auto step = [&] {
    const auto scope = nn::training(rng);
    auto [loss, gradients] = value_and_grad(loss_fn)(net, x, labels);
    adam.step(net, gradients);
    loss.item();
  };
  return each(step, 3, runs, 1e3);
}

std::vector<double> fine_tuning(const Settings&) {
  return steps(models::mobilenet_v3(false, 10), {50, 3, 224, 224}, 7);
}
std::vector<double> feature_extraction(const Settings&) {
  models::MobileNetV3 net = models::mobilenet_v3(false, 10);
  nn::freeze(net.features);
  return steps(std::move(net), {50, 3, 224, 224}, 7);
}

Workload inference_row(std::string name, const char* model, std::int64_t batch) {
  return {std::move(name), "ms", 0, 0, [=](const Settings&) {
            const nn::Layer net = models::create(model);
            const Tensor x = rand({batch, 3, 224, 224}).eval();
            const auto scope = nn::inference();
            return each([&] { net(x).eval(); }, 4, 15, 1e3);
          }};
}

/// Photos to normalised tensors, the time of one.
std::vector<double> jpeg_224(const Settings& s) {
  std::vector<std::string> files;
  const std::string folder = s.data + "/detection/coco8/images";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".jpg") files.push_back(entry.path().string());
  if (files.empty()) throw std::runtime_error("no photos in " + folder);
  const vision::Compose transform =
      vision::Compose{vision::Resize{.size = {224, 224}}, vision::ToDtype{.scale = true},
                      vision::Normalize{{0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}}};
  return each(
      [&] {
        for (const std::string& file : files) transform(io::read_image(file), 0).eval();
      },
      2, 9, 1e3 / static_cast<double>(files.size()));
}

}  // namespace

std::vector<Workload> picture_workloads() {
  const auto cifar = [](const Settings&) { return steps(cifar10_cnn(), {50, 3, 32, 32}, 15); };
  const auto resnet = [](const Settings&) {
    return steps(models::create("resnet50"), {8, 3, 224, 224}, 5);
  };
  return {
      {"cifar10_cnn", "ms", 0, 0, cifar},
      {"mobilenet_v3_small_fine_tuning", "ms", 0, 0, fine_tuning},
      {"mobilenet_v3_small_features", "ms", 0, 0, feature_extraction},
      {"resnet50_step", "ms", 0, 0, resnet},
      inference_row("resnet50_b1", "resnet50", 1),
      inference_row("resnet50_b8", "resnet50", 8),
      inference_row("mobilenet_v3_small_b1", "mobilenet_v3_small", 1),
      {"jpeg_224", "ms", 0, 0, jpeg_224},
  };
}

}  // namespace fathom::benchmarks
