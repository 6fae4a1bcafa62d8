// From the JSON of a model to its steps.
#include <algorithm>
#include <set>

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/keras/model.h"

namespace fathom::keras {
namespace detail {
namespace {

using Json = nlohmann::json;

[[noreturn]] void cannot(const std::string& problem, const std::string& what,
                         const std::string& hint = "") {
  throw UnsupportedError({.operation = "keras",
                          .problem = problem,
                          .received = {{"model", what}},
                          .expected = "Sequential and Functional models of Keras' own layers",
                          .hint = hint});
}

// Copies of JSON, and its text, are made by recursion: what is nested deeper than any model is
// refused before there is a whole one.
Json parse_json(const std::string& text) {
  constexpr int most_levels = 200;
  return Json::parse(text, [](int depth, Json::parse_event_t, Json&) {
    if (depth > most_levels)
      bad_keras("config", "nested too deep", std::to_string(depth) + " levels",
                "at most " + std::to_string(most_levels));
    return true;
  });
}

// What a call of a layer takes: (layer, call) pairs, wherever they stand in what Keras 2 ([name,
// call, output, {}]) and Keras 3 ({"keras_history": [name, call, output]}) wrote.
void sources_in(const Json& json, std::vector<std::pair<std::string, std::size_t>>& sources,
                int level = 0) {
  if (level > 32) bad_keras("config", "nested too deep", "an inbound node", "at most 32 levels");
  if (json.is_object()) {
    if (const auto history = json.find("keras_history"); history != json.end())
      return sources_in(*history, sources, level + 1);
    for (const char* key : {"args", "config"})
      if (const auto inner = json.find(key); inner != json.end())
        sources_in(*inner, sources, level + 1);
    return;
  }
  if (!json.is_array()) return;
  if (json.size() >= 3 && json[0].is_string() && json[1].is_number_unsigned())
    return sources.emplace_back(json[0].get<std::string>(), json[1].get<std::size_t>()), void();
  for (const Json& part : json) sources_in(part, sources, level + 1);
}

class ModelBuilder {
 public:
  ModelBuilder(const ModelConfig& config, const WeightsOf& weights)
      : config_(config), weights_(weights) {}

  Model run() {
    check_types();
    if (config_.functional)
      functional();
    else
      sequential();
    return std::move(model_);
  }

 private:
  void check_types() const {
    std::set<std::string> unknown;
    for (const LayerConfig& layer : config_.layers)
      if (!weight_count(layer)) unknown.insert(layer.type);
    const auto masks = [](const LayerConfig& layer) {
      return layer.type == "Embedding" &&
             layer.config.value("mask_zero", Json(false)) == Json(true);
    };
    if (std::ranges::any_of(config_.layers, masks) &&
        std::ranges::any_of(config_.layers, reads_masks))
      cannot("an embedding's mask that recurrent layers would read", "mask_zero");
    if (unknown.empty()) return;
    std::string list;
    for (const std::string& type : unknown) list += (list.empty() ? "" : ", ") + type;
    cannot("layers that Fathom has not", list);
  }

  // Makes a layer once; its calls share it.
  Model::Step step_of(const LayerConfig& layer) {
    Built built = build_layer(layer, weights_(layer, *weight_count(layer)));
    if (built.layer) model_.layers.insert_or_assign(layer.name, std::move(*built.layer));
    built.step.name = layer.name;
    return std::move(built.step);
  }
  std::size_t add(Model::Step step) {
    model_.steps.push_back(std::move(step));
    return model_.steps.size() - 1;
  }

  void sequential() {
    std::size_t last = 0;
    if (config_.layers.empty() || config_.layers[0].type != "InputLayer")
      last = add({.name = "input"});
    for (const LayerConfig& layer : config_.layers) {
      Model::Step step = step_of(layer);
      if (!model_.steps.empty()) step.inputs = {last};
      last = add(std::move(step));
    }
    model_.inputs = {0};
    model_.outputs = {last};
  }

  // Layers stand in any order: those whose sources are there are taken until none is left.
  void functional() {
    std::vector<Call> calls;
    for (const LayerConfig& layer : config_.layers) {
      const Model::Step step = step_of(layer);
      if (layer.inbound.empty()) calls.push_back({layer.name, 0, step, {}});
      for (std::size_t i = 0; i < layer.inbound.size(); ++i) {
        Call call{layer.name, i, step, {}};
        sources_in(layer.inbound[i], call.sources);
        calls.push_back(std::move(call));
      }
    }
    while (!calls.empty()) {
      const std::size_t before = calls.size();
      std::erase_if(calls, [&](Call& call) { return take(call); });
      if (calls.size() == before)
        bad_keras("config", "a layer whose inputs are not there", calls[0].layer,
                  "layers that earlier ones feed");
    }
    for (const Json* ends : {&config_.inputs, &config_.outputs}) {
      std::vector<std::pair<std::string, std::size_t>> names;
      sources_in(*ends, names);
      for (const auto& name : names)
        (ends == &config_.inputs ? model_.inputs : model_.outputs).push_back(place(name));
    }
  }

  struct Call {
    std::string layer;
    std::size_t number;
    Model::Step step;
    std::vector<std::pair<std::string, std::size_t>> sources;
  };
  bool take(Call& call) {
    for (const auto& source : call.sources)
      if (!places_.contains(source)) return false;
    for (const auto& source : call.sources) call.step.inputs.push_back(places_.at(source));
    places_[{call.layer, call.number}] = add(std::move(call.step));
    return true;
  }
  std::size_t place(const std::pair<std::string, std::size_t>& name) const {
    const auto found = places_.find(name);
    if (found == places_.end())
      bad_keras("config", "no such layer", name.first, "a layer of the model");
    return found->second;
  }

  const ModelConfig& config_;
  const WeightsOf& weights_;
  Model model_;
  std::map<std::pair<std::string, std::size_t>, std::size_t> places_;
};

LayerConfig layer_config(const Json& json, int major) {
  LayerConfig layer{.type = json.at("class_name").get<std::string>(), .config = json.at("config")};
  layer.major = major;
  layer.name = layer.config.value("name", json.value("name", layer.type));
  layer.inbound = json.value("inbound_nodes", Json::array());
  if (layer.type == "Sequential" || layer.type == "Functional" || layer.type == "Model")
    cannot("a model in a model", layer.name, "save the models one by one");
  return layer;
}

}  // namespace

ModelConfig parse_model(const std::string& text, const std::string& source) {
  ModelConfig model;
  try {
    const Json json = parse_json(text);
    model.type = json.at("class_name").get<std::string>();
    model.functional = model.type == "Functional" || model.type == "Model";
    if (!model.functional && model.type != "Sequential")
      cannot("a class of the user's", model.type, "its program is not in the file");
    const std::string version = json.value("keras_version", json.contains("module") ? "3" : "2");
    const int major = version.starts_with('3') || json.contains("module") ? 3 : 2;
    const Json& config = json.at("config");  // Keras before 2.2.3 had the layers themselves here
    for (const Json& layer : config.is_array() ? config : config.at("layers"))
      model.layers.push_back(layer_config(layer, major));
    if (model.functional) {
      model.inputs = config.at("input_layers");
      model.outputs = config.at("output_layers");
    }
  } catch (const Json::exception& error) {
    throw FormatError({.operation = "keras",
                       .problem = "a model's description that is not Keras'",
                       .received = {{"path", source}, {"reason", error.what()}},
                       .hint = "was the file cut off or damaged?"});
  }
  return model;
}

Model build_model(const ModelConfig& config, const WeightsOf& weights, const std::string& source) {
  try {
    return ModelBuilder(config, weights).run();
  } catch (const Json::exception& error) {
    throw FormatError({.operation = "keras",
                       .problem = "a layer's description that is not Keras'",
                       .received = {{"path", source}, {"reason", error.what()}}});
  }
}

}  // namespace detail

Tensor Model::operator()(const Tensor& x, Where where) const {
  if (outputs.size() != 1)
    throw ValueError({.operation = "keras::Model",
                      .problem = "the model has several outputs",
                      .received = {{"outputs", std::to_string(outputs.size())}},
                      .hint = "call it with a vector of inputs: it gives a vector",
                      .where = to_string(where)});
  return (*this)(std::vector<Tensor>{x}, where)[0];
}

std::vector<Tensor> Model::operator()(const std::vector<Tensor>& given, Where where) const {
  const graph::CallScope call(where);
  if (given.size() != inputs.size())
    throw ValueError({.operation = "keras::Model",
                      .problem = "a wrong number of inputs",
                      .received = {{"inputs", std::to_string(given.size())}},
                      .expected = std::to_string(inputs.size())});
  std::vector<Tensor> values(steps.size());
  for (std::size_t i = 0; i < given.size(); ++i) values[inputs[i]] = given[i];
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    if (step.inputs.empty()) continue;
    std::vector<Tensor> sources;
    for (const std::size_t source : step.inputs) sources.push_back(values[source]);
    Tensor x = step.merge ? step.merge(sources) : sources[0];
    if (step.before) x = step.before(x);
    if (const auto layer = layers.find(step.name); layer != layers.end()) x = layer->second(x);
    values[i] = step.after ? step.after(x) : std::move(x);
  }
  std::vector<Tensor> results;
  for (const std::size_t output : outputs) results.push_back(values[output]);
  return results;
}

Model model_from_json(const std::string& json, const std::vector<Tensor>& weights, Where where) {
  const graph::CallScope call(where);
  std::size_t taken = 0;
  Model model = detail::build_model(
      detail::parse_model(json, "(memory)"),
      [&](const detail::LayerConfig& layer, std::size_t count) {
        if (count > weights.size() - taken)
          detail::bad_keras("layer " + layer.name, "too few weights",
                            std::to_string(weights.size()) + " in all",
                            std::to_string(taken + count) + " up to here");
        taken += count;
        return std::vector<Tensor>(weights.begin() + static_cast<std::ptrdiff_t>(taken - count),
                                   weights.begin() + static_cast<std::ptrdiff_t>(taken));
      },
      "(memory)");
  if (taken != weights.size())
    detail::bad_keras("the model", "more weights than the model has",
                      std::to_string(weights.size()), std::to_string(taken));
  return model;
}

}  // namespace fathom::keras
