#include "fathom/train/model_folder.h"

#include <fmt/format.h>

#include "fathom/graph/context.h"
#include "fathom/io/sha256.h"
#include "fathom/io/weights.h"
#include "fathom/nn/mode.h"
#include "fathom/ops/norm.h"
#include "fathom/train/json.h"

namespace fathom::train {
namespace {

Json json_of(const Tensor& tensor) {
  if (!tensor.defined()) return nullptr;
  if (tensor.rank() == 0) return tensor.item<float>();
  return tensor.to_vector<float>();
}

Tensor tensor_from(const Json& json, std::int64_t features) {
  if (json.is_null()) return {};
  if (json.is_number()) return Tensor::from(std::vector<float>{json.get<float>()}, {});
  return Tensor::from(json.get<std::vector<float>>(), {features});
}

Json json_of(const Classifier& c) {
  return {
      {"format", "fathom model"},
      {"model", c.model},
      {"in_features", c.config.in_features},
      {"hidden", c.config.hidden},
      {"classes", c.config.classes},
      {"batch_norm", c.config.batch_norm},
      {"relu", c.config.relu},
      {"dropout", c.config.dropout},
      {"sample_shape", std::vector<std::int64_t>(c.sample_shape.begin(), c.sample_shape.end())},
      {"largest_pixel", c.largest_pixel},
      {"class_names", c.class_names},
      {"feature_names", c.feature_names},
      {"preprocessing",
       {{"offset", json_of(c.preprocessing.offset)}, {"scale", json_of(c.preprocessing.scale)}}}};
}

Classifier classifier_from(const Json& json) {
  models::MlpConfig config{.in_features = json.at("in_features"),
                           .hidden = json.at("hidden"),
                           .classes = json.at("classes"),
                           .batch_norm = json.at("batch_norm"),
                           .relu = json.at("relu"),
                           .dropout = json.at("dropout")};
  const std::string name = json.at("model");
  const std::vector<std::int64_t> sample = json.at("sample_shape");
  const Json& preprocessing = json.at("preprocessing");
  return {.model = name,
          .config = config,
          .net = models::create_mlp(name, config),
          .sample_shape = Shape(std::span<const std::int64_t>(sample)),
          .largest_pixel = json.at("largest_pixel"),
          .class_names = json.at("class_names"),
          .preprocessing = {tensor_from(preprocessing.at("offset"), config.in_features),
                            tensor_from(preprocessing.at("scale"), config.in_features)},
          .feature_names = json.value("feature_names", std::vector<std::string>())};
}

void require_features(const Classifier& c, const Shape& rows) {
  if (rows.rank() == 2 && rows[1] == c.config.in_features) return;
  throw ShapeError({.operation = "classify",
                    .problem = "the rows do not fit the model",
                    .received = {{"rows", to_string(rows)}},
                    .expected = std::to_string(c.config.in_features) + " features in a row"});
}

}  // namespace

Tensor Classifier::probabilities(const Tensor& rows) const {
  require_features(*this, rows.shape());
  const nn::ModeScope scope = nn::inference();
  return softmax(net(preprocessing(rows)));
}

data::Dataset Classifier::adapt(const data::Dataset& dataset) const {
  require_features(*this, {dataset.size(), dataset.features()});
  if (!feature_names.empty() && !dataset.feature_names.empty() &&
      feature_names != dataset.feature_names)
    throw ValueError(
        {.operation = "classify",
         .problem = "the columns are not those that the model was trained on",
         .received = {{"columns", fmt::format("{}", fmt::join(dataset.feature_names, ", "))}},
         .expected = fmt::format("{}, in this order", fmt::join(feature_names, ", "))});
  data::Dataset adapted = data::relabel(dataset, class_names);
  adapted.preprocessing = preprocessing;
  return adapted;
}

void save_model(const std::string& folder, const Classifier& classifier, Where where) {
  const graph::CallScope call(where);
  io::save_weights(folder + "/model.safetensors", classifier.net);
  io::write_atomically(folder + "/config.json", json_of(classifier).dump(2) + "\n");
}

Classifier load_model(const std::string& folder, Where where) {
  const graph::CallScope call(where);
  std::string at = folder;
  if (io::exists(folder + "/model/config.json")) at = folder + "/model";
  if (!io::exists(at + "/model.safetensors") || !io::exists(at + "/config.json"))
    throw IoError(
        {.operation = "load model",
         .problem = io::exists(folder) ? "the folder holds no model" : "there is no such folder",
         .received = {{"folder", folder}},
         .expected = "model/config.json and model/model.safetensors, as `fathom train` leaves them",
         .hint = io::exists(folder + "/checkpoint.safetensors")
                     ? "the run is not finished: fathom train --resume " + folder
                     : ""});
  const std::string config = at + "/config.json";
  Classifier c = read_json(io::read_text(config), config, classifier_from);
  if (c.sample_shape.size() != c.config.in_features ||
      static_cast<std::int64_t>(c.class_names.size()) != c.config.classes ||
      (!c.feature_names.empty() &&
       static_cast<std::int64_t>(c.feature_names.size()) != c.config.in_features))
    throw FormatError({.operation = "load model",
                       .problem = "sample_shape, class_names or feature_names do not fit the model",
                       .received = {{"file", config}}});
  io::load_weights(at + "/model.safetensors", c.net);
  return c;
}

std::string fingerprint(const nn::Layer& net) {
  return io::sha256(io::safetensors_bytes(io::weights_of(net)));
}

}  // namespace fathom::train
