#include "fathom/train/model_folder.h"

#include <fmt/format.h>

#include <algorithm>

#include "fathom/graph/context.h"
#include "fathom/io/sha256.h"
#include "fathom/io/weights.h"
#include "fathom/nn/mode.h"
#include "fathom/ops/norm.h"
#include "fathom/train/classification_json.h"
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
  Json json = {{"format", "fathom model"}, {"model", c.model}};
  if (c.texts) {
    json.update(Json{{"dim", c.text_config.dim},
                     {"ngrams", c.texts->ngrams},
                     {"most_words", c.texts->most_words},
                     {"column", c.texts->column},
                     {"class_names", c.class_names},
                     {"vocabulary", c.texts->vocab.words()}});
    return json;
  }
  if (!c.pictures) {
    json.update(Json{{"in_features", c.config.in_features},
                     {"hidden", c.config.hidden},
                     {"classes", c.config.classes},
                     {"batch_norm", c.config.batch_norm},
                     {"relu", c.config.relu},
                     {"dropout", c.config.dropout}});
  }
  json.update(Json{
      {"sample_shape", std::vector<std::int64_t>(c.sample_shape.begin(), c.sample_shape.end())},
      {"largest_pixel", c.largest_pixel},
      {"class_names", c.class_names},
      {"feature_names", c.feature_names}});
  if (c.pictures) {
    json["preprocessing"] = preprocessing_json(*c.pictures);
    if (c.options.dropout) json["dropout"] = *c.options.dropout;
    if (c.options.classifier_padding) json["classifier_padding"] = *c.options.classifier_padding;
  } else {
    json["preprocessing"] = {{"offset", json_of(c.preprocessing.offset)},
                             {"scale", json_of(c.preprocessing.scale)}};
  }
  return json;
}

Classifier perceptron_from(const Json& json) {
  models::MlpConfig config{.in_features = json.at("in_features").get<std::int64_t>(),
                           .hidden = json.at("hidden").get<std::vector<std::int64_t>>(),
                           .classes = json.at("classes").get<std::int64_t>(),
                           .batch_norm = json.at("batch_norm").get<bool>(),
                           .relu = json.at("relu").get<bool>(),
                           .dropout = json.at("dropout").get<double>()};
  const auto name = json.at("model").get<std::string>();
  const auto sample = json.at("sample_shape").get<std::vector<std::int64_t>>();
  const Json& preprocessing = json.at("preprocessing");
  return {.model = name,
          .config = config,
          .net = models::create_mlp(name, config),
          .sample_shape = Shape(std::span<const std::int64_t>(sample)),
          .largest_pixel = json.at("largest_pixel").get<double>(),
          .class_names = json.at("class_names").get<std::vector<std::string>>(),
          .preprocessing = {tensor_from(preprocessing.at("offset"), config.in_features),
                            tensor_from(preprocessing.at("scale"), config.in_features)},
          .feature_names = json.value("feature_names", std::vector<std::string>()),
          .pictures = {},
          .options = {}};
}

Classifier network_from(const Json& json) {
  const vision::ImageClassification pictures = preprocessing_from(json.at("preprocessing"));
  const auto class_names = json.at("class_names").get<std::vector<std::string>>();
  models::ModelOptions options{.classes = static_cast<std::int64_t>(class_names.size())};
  if (json.contains("dropout")) options.dropout = json.at("dropout").get<double>();
  if (json.contains("classifier_padding"))
    options.classifier_padding = json.at("classifier_padding").get<std::int64_t>();
  const auto name = json.at("model").get<std::string>();
  return {.model = name,
          .config = {},
          .net = models::create(name, options),
          .sample_shape = {pictures.channels, pictures.crop_size, pictures.crop_size},
          .largest_pixel = 255,
          .class_names = class_names,
          .preprocessing = {},
          .feature_names = {},
          .pictures = pictures,
          .options = options};
}

Classifier texts_from(const Json& json) {
  TextReader reader{.vocab = text::Vocab::of(json.at("vocabulary").get<std::vector<std::string>>()),
                    .ngrams = json.at("ngrams").get<std::int64_t>(),
                    .most_words = json.at("most_words").get<std::int64_t>(),
                    .column = json.at("column").get<std::string>()};
  if (reader.ngrams < 1 || reader.most_words < 1)
    throw FormatError({.operation = "load model",
                       .problem = "ngrams or most_words is below 1",
                       .received = {{"ngrams", std::to_string(reader.ngrams)},
                                    {"most_words", std::to_string(reader.most_words)}}});
  return Classifier::for_texts(std::move(reader), json.at("dim").get<std::int64_t>(),
                               json.at("class_names").get<std::vector<std::string>>());
}

Classifier classifier_from(const Json& json) {
  const std::string model = json.value("model", "");
  if (model == text_model) return texts_from(json);
  const auto& networks = models::list();
  const bool is_network = std::ranges::find(networks, model) != networks.end();
  Classifier c = is_network ? network_from(json) : perceptron_from(json);
  if (!is_network &&
      (c.sample_shape.size() != c.config.in_features || c.classes() != c.config.classes ||
       (!c.feature_names.empty() &&
        static_cast<std::int64_t>(c.feature_names.size()) != c.config.in_features)))
    throw FormatError(
        {.operation = "load model",
         .problem = "sample_shape, class_names or feature_names do not fit the model"});
  return c;
}

void require_rows(const Classifier& c, const Shape& rows) {
  if (c.texts && rows.rank() == 2) return;
  const bool fits = c.pictures ? rows.rank() == 4 && rows[1] == c.sample_shape[0]
                               : rows.rank() == 2 && rows[1] == c.config.in_features;
  if (fits) return;
  throw ShapeError(
      {.operation = "classify",
       .problem = "the rows do not fit the model",
       .received = {{"rows", to_string(rows)}},
       .expected = c.texts      ? "terms of texts (N, L)"
                   : c.pictures ? "pictures (N, " + std::to_string(c.sample_shape[0]) + ", H, W)"
                                : std::to_string(c.config.in_features) + " features in a row"});
}

}  // namespace

Tensor Classifier::logits(const Tensor& rows) const {
  require_rows(*this, rows.shape());
  const nn::ModeScope scope = nn::inference();
  return net(pictures || texts ? rows : preprocessing(rows));
}

Tensor Classifier::probabilities(const Tensor& rows) const { return softmax(logits(rows)); }

data::Dataset Classifier::adapt(const data::Dataset& dataset) const {
  require_rows(*this, {dataset.size(), dataset.features()});
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

data::Source<data::Batch> Classifier::adapt(
    const data::Pictures& photos,
    std::function<Tensor(const Tensor&, const Tensor&)> prepare) const {
  data::Pictures counted = photos;
  if (photos.class_names != class_names) {
    const std::vector<std::int64_t> to =
        data::class_numbers(photos.name, photos.class_names, class_names);
    for (std::int64_t& label : counted.labels) label = to[static_cast<std::size_t>(label)];
  }
  if (!prepare) prepare = [p = *pictures](const Tensor& x, const Tensor&) { return p(x); };
  return data::source(counted, prepare);
}

data::Source<data::Batch> Classifier::adapt(const data::Texts& labelled) const {
  return texts->source(data::relabel(labelled, class_names));
}

Classifier Classifier::for_texts(TextReader reader, std::int64_t dim,
                                 std::vector<std::string> class_names) {
  const models::TextBagConfig config{.terms = static_cast<std::int64_t>(reader.vocab.size()),
                                     .dim = dim,
                                     .classes = static_cast<std::int64_t>(class_names.size())};
  return {.model = text_model,
          .config = {},
          .net = models::text_bag(config),
          .sample_shape = {},
          .largest_pixel = 0,
          .class_names = std::move(class_names),
          .preprocessing = {},
          .feature_names = {},
          .pictures = {},
          .options = {},
          .texts = std::move(reader),
          .text_config = config};
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
  Classifier c = io::read_json<Json>(io::read_text(config), config, classifier_from);
  io::load_weights(at + "/model.safetensors", c.net);
  return c;
}

std::string model_file(const std::string& folder) {
  const std::string inner = folder + "/model/model.safetensors";
  return io::exists(inner) ? inner : folder + "/model.safetensors";
}

std::string fingerprint(const nn::Layer& net) {
  return io::sha256(io::safetensors_bytes(io::weights_of(net)));
}

}  // namespace fathom::train
