#include "fathom/models/create.h"

#include <algorithm>

#include "fathom/core/error.h"
#include "fathom/io/sha256.h"
#include "fathom/io/weights.h"
#include "fathom/models/alexnet.h"
#include "fathom/models/convnext.h"
#include "fathom/models/densenet.h"
#include "fathom/models/efficientnet.h"
#include "fathom/models/googlenet.h"
#include "fathom/models/inception_v3.h"
#include "fathom/models/lenet.h"
#include "fathom/models/mnasnet.h"
#include "fathom/models/mobilenet_v1.h"
#include "fathom/models/mobilenet_v2.h"
#include "fathom/models/mobilenet_v3.h"
#include "fathom/models/published.h"
#include "fathom/models/regnet.h"
#include "fathom/models/resnet.h"
#include "fathom/models/resnet_cifar.h"
#include "fathom/models/shufflenet_v2.h"
#include "fathom/models/squeezenet.h"
#include "fathom/models/vgg.h"
#include "fathom/models/xception.h"
#include "fathom/ops/gradient.h"

namespace fathom::models {

namespace {

const Entries& entries() {
  static const Entries all = [] {
    Entries found;
    for (const auto family :
         {alexnet_entries, convnext_entries, densenet_entries, efficientnet_entries,
          googlenet_entries, inception_v3_entries, lenet_entries, mnasnet_entries,
          mobilenet_v1_entries, mobilenet_v2_entries, mobilenet_v3_entries, regnet_entries,
          resnet_entries, resnet_cifar_entries, shufflenet_v2_entries, squeezenet_entries,
          vgg_entries, xception_entries})
      for (Entry& entry : family()) found.push_back(std::move(entry));
    return found;
  }();
  return all;
}

}  // namespace

const std::vector<std::string>& list() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> found;
    for (const Entry& entry : entries()) found.push_back(entry.name);
    return found;
  }();
  return names;
}

void require_name(std::string_view name, Where where) {
  if (std::ranges::find(list(), name) == list().end())
    throw ValueError({.operation = "models::create",
                      .problem = "there is no model " + std::string(name),
                      .hint = "models::list() names all of them",
                      .where = to_string(where)});
}

nn::Layer create(std::string_view name, const ModelOptions& options, Where where) {
  require_name(name, where);
  const auto entry = std::ranges::find(entries(), name, &Entry::name);
  if (options.classes && *options.classes < 1)
    throw ValueError({.operation = "models::create",
                      .problem = "there are " + std::to_string(*options.classes) + " classes",
                      .expected = "at least 1",
                      .where = to_string(where)});
  const graph::RecordingScope lazy;  // what is drawn here is computed when somebody looks
  if (options.weights.empty()) return entry->make(entry->name, options);
  ModelOptions fitting = options;
  // Only the SqueezeNets have weights of another shape than their name's.
  if (!options.classifier_padding && name.starts_with("squeezenet"))
    fitting.classifier_padding =
        published(name, io::sha256_file(options.weights, where)).options.classifier_padding;
  nn::Layer model = entry->make(entry->name, fitting);
  io::load_weights(options.weights, model, {.convert = true, .find_prefix = true}, where);
  return model;
}

const std::vector<std::string>& names() {
  static const std::vector<std::string> names = {"mlp", "linear"};
  return names;
}

nn::Layer create_mlp(std::string_view name, const MlpConfig& config) {
  if (name == "mlp") return mlp(config);
  if (name == "linear") {
    MlpConfig linear = config;
    linear.hidden.clear();
    return mlp(linear);
  }
  throw ValueError({.operation = "models::create_mlp",
                    .problem = "there is no model " + std::string(name),
                    .expected = "mlp or linear"});
}

}  // namespace fathom::models
