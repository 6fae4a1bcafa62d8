#include "fathom/keras/applications.h"

#include <algorithm>
#include <array>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/keras/file.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/rearrange.h"
#include "fathom/ops/shape.h"

namespace fathom::keras {
namespace detail {
namespace {

constexpr const char* conv = "conv2d";
constexpr const char* norm = "batch_normalization";
constexpr const char* kDense = "dense";

/// A layer in Keras and what it is called here.
struct LayerPair {
  std::string keras;
  const char* type;
  std::string own;
};

struct Difference {
  std::string_view name, reason;
};
constexpr const char* pads_otherwise =
    "Keras pads a stride of 2 at the end alone, this network at both ends";
constexpr Difference differences[] = {
    {"resnet",
     "Keras has the stride of a stage in its first convolution, of 1x1, this network in the 3x3"},
    {"mobilenet", pads_otherwise},
    {"efficientnet", pads_otherwise},
    {"xception", pads_otherwise},
    {"inception_v3", "Keras leaves padding out of its averages, this network counts it"},
    {"convnext", "Keras keeps parts of it as models within the model, which are not read"}};

[[noreturn]] void another_network(const std::string& network, const std::string& source) {
  std::string reason = "keras.applications has no such network";
  for (const Difference& difference : differences)
    if (network.starts_with(difference.name)) reason = difference.reason;
  if (network.ends_with("_cifar")) reason = "keras.applications has no such network";
  throw UnsupportedError(
      {.operation = "keras",
       .problem = "weights of Keras for a network that is another there: " + reason,
       .received = {{"path", source}, {"network", network}},
       .expected = "vgg16, vgg19, densenet121, densenet169 or densenet201",
       .hint = "keras::load_model runs a whole saved model as Keras does"});
}

std::vector<LayerPair> vgg_layers(const std::array<int, 5>& stages) {
  std::vector<LayerPair> layers;
  int place = 0;
  for (std::size_t s = 0; s < stages.size(); ++s) {
    for (int i = 0; i < stages[s]; ++i, place += 2)
      layers.push_back({"block" + std::to_string(s + 1) + "_conv" + std::to_string(i + 1), conv,
                        "features." + std::to_string(place)});
    ++place;  // pooling
  }
  layers.push_back({"fc1", kDense, "classifier.0"});
  layers.push_back({"fc2", kDense, "classifier.3"});
  layers.push_back({"predictions", kDense, "classifier.6"});
  return layers;
}

std::vector<LayerPair> densenet_layers(const std::array<int, 4>& depths) {
  std::vector<LayerPair> layers{{"conv1_conv", conv, "features.conv0"},
                                {"conv1_bn", norm, "features.norm0"}};
  for (std::size_t b = 0; b < depths.size(); ++b) {
    const std::string stage = std::to_string(b + 2), block = std::to_string(b + 1);
    for (int i = 1; i <= depths[b]; ++i) {
      const std::string from = "conv" + stage + "_block" + std::to_string(i);
      const std::string to = "features.denseblock" + block + ".denselayer" + std::to_string(i);
      layers.push_back({from + "_0_bn", norm, to + ".norm1"});
      layers.push_back({from + "_1_conv", conv, to + ".conv1"});
      layers.push_back({from + "_1_bn", norm, to + ".norm2"});
      layers.push_back({from + "_2_conv", conv, to + ".conv2"});
    }
    if (b + 1 == depths.size()) break;
    layers.push_back({"pool" + stage + "_bn", norm, "features.transition" + block + ".norm"});
    layers.push_back({"pool" + stage + "_conv", conv, "features.transition" + block + ".conv"});
  }
  layers.push_back({"bn", norm, "features.norm5"});
  layers.push_back({"predictions", kDense, "classifier"});
  return layers;
}

std::vector<LayerPair> layers_of(const std::string& network, const std::string& source) {
  if (network == "vgg16") return vgg_layers({2, 2, 3, 3, 3});
  if (network == "vgg19") return vgg_layers({2, 2, 4, 4, 4});
  if (network == "densenet121") return densenet_layers({6, 12, 24, 16});
  if (network == "densenet169") return densenet_layers({6, 12, 32, 32});
  if (network == "densenet201") return densenet_layers({6, 12, 48, 32});
  another_network(network, source);
}

// What Keras' epsilon of DenseNet's batch norms, 1.001e-5, is above this network's.
constexpr double more_epsilon = 1e-8;

// A layer's weights in Keras' order as PyTorch names and lays them out. False for others.
bool add_layer(const LayerPair& layer, const std::vector<Tensor>& weights,
               std::vector<io::NamedTensor>& tensors) {
  const bool is_norm = layer.type == norm;
  const int rank = is_norm ? 1 : layer.type == conv ? 4 : 2;
  if (is_norm ? weights.size() != 4 : weights.empty() || weights.size() > 2) return false;
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (weights[i].rank() != (i == 0 ? rank : 1) || !is_floating(weights[i].dtype())) return false;
  if (is_norm) {
    constexpr const char* names[] = {".weight", ".bias", ".running_mean"};
    for (std::size_t i = 0; i < 3; ++i) tensors.emplace_back(layer.own + names[i], weights[i]);
    tensors.emplace_back(layer.own + ".running_var", (weights[3] + more_epsilon).eval());
    return true;
  }
  constexpr std::int64_t flattened_channels = 512;
  const bool flattened = layer.keras == "fc1";
  if (flattened && weights[0].size(0) % flattened_channels != 0) return false;
  tensors.emplace_back(layer.own + ".weight",
                       flattened            ? after_flatten(weights[0], flattened_channels)
                       : layer.type == conv ? permute(weights[0], {3, 2, 0, 1}).eval()
                                            : transpose(weights[0]).eval());
  if (weights.size() == 2) tensors.emplace_back(layer.own + ".bias", weights[1]);
  return true;
}

}  // namespace

Tensor after_flatten(const Tensor& kernel, std::int64_t channels) {
  const std::int64_t positions = kernel.size(0) / channels, out = kernel.size(1);
  const Tensor apart = reshape(kernel, Shape{positions, channels, out});
  return reshape(permute(apart, {2, 1, 0}), Shape{out, channels * positions}).eval();
}

std::vector<io::NamedTensor> application_tensors(const std::string& network,
                                                 const LayerTensors& layers,
                                                 const std::string& source) {
  std::vector<io::NamedTensor> tensors;
  std::string missing, wrong;
  std::map<std::string, int> numbers;
  for (const LayerPair& layer : layers_of(network, source)) {
    const auto weights = layers(layer.keras, layer.type, numbers[layer.type]++);
    std::string* list = !weights                               ? &missing
                        : !add_layer(layer, *weights, tensors) ? &wrong
                                                               : nullptr;
    if (list) *list += (list->empty() ? "" : ", ") + layer.keras;
  }
  if (missing.empty() && wrong.empty()) return tensors;
  ErrorInfo info{
      .operation = "keras",
      .problem = "these are not the weights of " + network + " of keras.applications",
      .received = {{"path", source}},
      .hint = "weights without the top have no classifier; other sizes have another one"};
  if (!missing.empty()) info.received.emplace_back("missing", missing);
  if (!wrong.empty()) info.received.emplace_back("of other weights", wrong);
  throw FormatError(std::move(info));
}

}  // namespace detail

io::TensorFile load_application(const std::string& network, const std::string& path, Where where) {
  const graph::CallScope call(where);
  const detail::KerasFile file = detail::open_file(path);
  io::TensorFile found{.format = file.format};
  found.tensors = detail::application_tensors(
      network,
      [&](const std::string& layer, const std::string& type, int number) {
        return detail::layer_weights(file, layer, type, number, found.notes);
      },
      path);
  found.notes.push_back("layers of keras.applications, under torchvision's names");
  if (network.starts_with("densenet"))
    found.notes.push_back("batch norm's variances are 1e-08 larger: Keras' epsilon is so");
  return found;
}

}  // namespace fathom::keras
