#include "fathom/models/create.h"

#include <algorithm>

#include "fathom/core/error.h"
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

nn::Layer create(std::string_view name, const ModelOptions& options, Where where) {
  const auto entry = std::find_if(entries().begin(), entries().end(),
                                  [&](const Entry& e) { return e.name == name; });
  if (entry == entries().end())
    throw ValueError({.operation = "models::create",
                      .problem = "there is no model " + std::string(name),
                      .hint = "models::list() names all of them",
                      .where = to_string(where)});
  if (options.classes && *options.classes < 1)
    throw ValueError({.operation = "models::create",
                      .problem = "there are " + std::to_string(*options.classes) + " classes",
                      .expected = "at least 1",
                      .where = to_string(where)});
  const graph::RecordingScope lazy;  // what is drawn here is computed when somebody looks
  nn::Layer model = entry->make(entry->name, options);
  if (!options.weights.empty()) io::load_weights(options.weights, model, {}, where);
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
