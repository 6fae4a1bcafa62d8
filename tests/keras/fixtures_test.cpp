// Single layers with the outputs that Keras gave, of the data folder.
#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "fathom/core/error.h"
#include "fathom/keras/keras.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"
#include "tests/io/support.h"

using namespace fathom;
using Json = nlohmann::json;

namespace {

Tensor tensor_of(const Json& array) {
  const auto extents = array.at("shape").get<std::vector<std::int64_t>>();
  std::vector<float> numbers;
  for (const Json& x : array.at("data")) numbers.push_back(x.get<float>());
  return Tensor::from(numbers, Shape(extents));
}

// The names of a constructor's positional arguments.
Json config_of(const Json& layer, int number) {
  static const std::map<std::string, std::vector<std::string>> names = {
      {"Activation", {"activation"}},
      {"Dense", {"units"}},
      {"Dropout", {"rate"}},
      {"Permute", {"dims"}},
      {"RepeatVector", {"n"}},
      {"Reshape", {"target_shape"}},
      {"Conv1D", {"filters", "kernel_size"}},
      {"Conv2D", {"filters", "kernel_size"}},
      {"Conv3D", {"filters", "kernel_size"}},
      {"SeparableConv2D", {"filters", "kernel_size"}},
      {"Conv2DTranspose", {"filters", "kernel_size"}},
      {"SimpleRNN", {"units"}},
      {"LSTM", {"units"}},
      {"GRU", {"units"}},
      {"Bidirectional", {"layer"}},
      {"TimeDistributed", {"layer"}}};
  const std::string type = layer.at("layer");
  Json config = layer.at("kwargs");
  config["name"] = "layer" + std::to_string(number);
  const Json& given = layer.at("args");
  if (const auto known = names.find(type); known != names.end())
    for (std::size_t i = 0; i < given.size(); ++i)
      config[known->second.at(i)] = given[i].is_object() ? config_of(given[i], number) : given[i];
  return {{"class_name", type}, {"config", config}};
}

// One after another; of the merging ones every Dense begins a branch.
Json model_of(const std::string& name, const Json& fixture) {
  const bool merging = name.starts_with("merge.");
  const Json input = {{"class_name", "InputLayer"}, {"config", {{"name", "input"}}}};
  Json layers = Json::array({input}), ends = Json::array();
  std::string last = "input";
  int number = 0;
  for (const Json& from : fixture.at("layers")) {
    Json layer = config_of(from, number++);
    const std::string own = layer["config"]["name"];
    if (!merging) {
      layers.push_back(layer);
      continue;
    }
    if (number == static_cast<int>(fixture.at("layers").size()) || from.at("layer") == "Dense") {
      if (number > 1) ends.push_back(Json::array({last, 0, 0, Json::object()}));
      last = "input";
    }
    layer["inbound_nodes"] =
        number == static_cast<int>(fixture.at("layers").size())
            ? Json::array({ends})
            : Json::array({Json::array({Json::array({last, 0, 0, Json::object()})})});
    layers.push_back(layer);
    last = own;
  }
  Json config = {{"name", name}, {"layers", layers}};
  if (merging) config["input_layers"] = Json::array({Json::array({"input", 0, 0})});
  if (merging) config["output_layers"] = Json::array({Json::array({last, 0, 0})});
  return {{"class_name", merging ? "Functional" : "Sequential"}, {"config", config}};
}

}  // namespace

TEST_CASE("keras: single layers give what Keras gave") {
  const std::string path = test::data_file("layers of Keras", "keras-layer-fixtures/fixtures.json");
  if (path.empty()) return;
  std::map<std::string, int> absent;
  int same = 0;
  const Json fixtures = Json::parse(io::read_text(path));
  for (const auto& [name, fixture] : fixtures.items()) {
    CAPTURE(name);
    std::vector<Tensor> weights;
    if (fixture.contains("weights"))
      for (const Json& weight : fixture.at("weights")) weights.push_back(tensor_of(weight));
    try {
      const keras::Model model = keras::model_from_json(model_of(name, fixture).dump(), weights);
      const Tensor x = unsqueeze(tensor_of(fixture.at("input")), 0);
      const Tensor y = model(x), expected = tensor_of(fixture.at("expected"));
      CHECK(y.size() == expected.size());
      if (y.size() != expected.size()) continue;
      CHECK(max(abs(reshape(y, expected.shape()) - expected)).item() < 1e-4);
      ++same;
    } catch (const UnsupportedError& error) {
      ++absent[name.substr(0, name.rfind('.'))];
    }
  }
  std::string list;
  for (const auto& [name, count] : absent) list += " " + name;
  MESSAGE(same, " layers agree; absent:", list);
  CHECK(same >= 187);
}
