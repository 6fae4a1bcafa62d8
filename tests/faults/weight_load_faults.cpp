// Foreign weights that do not fit a model, rules that meet nothing, models of Keras that cannot
// run.
#include "fathom/io/weights.h"
#include "fathom/keras/keras.h"
#include "tests/faults/faults.h"

namespace fathom::test {
namespace {

io::TensorFile file_of(std::vector<io::NamedTensor> tensors) {
  return {.format = "test", .tensors = std::move(tensors)};
}

}  // namespace

Faults weight_load_faults() {
  return {
      fault<FormatError>(
          "weights with a prefix",
          [] {
            nn::Linear layer(2, 1);
            io::load_weights(
                file_of({{"module.weight", zeros({1, 2})}, {"module.bias", zeros({1})}}), layer);
          },
          R"(load: the tensors do not fit the model
  file: (memory)
  expected the model's own names and shapes:
    unexpected module.weight: f32 (1, 2)
    unexpected module.bias: f32 (1,)
    missing bias: f32 (1,)
    missing weight: f32 (1, 2)
  hint: every name begins with "module.": load with that as the prefix
  in: @)"),
      fault<ValueError>(
          "a prefix that no name has",
          [] {
            nn::Linear layer(2, 1);
            io::load_weights(file_of({{"weight", zeros({1, 2})}}), layer, {.prefix = "net."});
          },
          R"(load_weights: no tensor's name begins with the prefix
  file: (memory)     prefix: net.
  expected as in weight
  in: @)"),
      fault<ValueError>(
          "a rename rule that meets nothing",
          [] {
            nn::Linear layer(2, 1);
            io::load_weights(file_of({{"w", zeros({1, 2})}}), layer, {.rename = {{"fc.*", "*"}}});
          },
          R"(rename: a rule that meets no name
  pattern: fc.*
  expected as in w
  hint: * stands for a part without a dot, ** for any text
  in: @)"),
      fault<ValueError>(
          "a rename rule that makes two of one name",
          [] {
            const std::vector<io::Rename> rules{{"*", "w"}};
            io::renamed({{"a", zeros({1})}, {"b", zeros({1})}}, rules);
          },
          R"(rename: two tensors of one name
  name: w
  in: @)"),
      fault<FormatError>(
          "an automatic match in doubt",
          [] {
            nn::Linear layer(2, 1);
            io::load_weights(file_of({{"a.weight", zeros({1, 2})},
                                      {"b.weight", zeros({1, 2})},
                                      {"a.bias", zeros({1})}}),
                             layer, {.match = io::MatchBy::automatic});
          },
          R"(load: the tensors do not fit the model
  file: (memory)
  expected the model's own names and shapes:
    missing weight: f32 (1, 2)
  in: @)"),
      fault<IoError>(
          "a file to load that is not there",
          [] {
            nn::Linear layer(2, 1);
            load(layer, "/nothing.pt");
          },
          not_there("/nothing.pt")),
      fault<IoError>(
          "a model of Keras that is not there", [] { keras::load_model("/nothing.keras"); },
          not_there("/nothing.keras")),
      fault<UnsupportedError>(
          "layers of Keras that are not known",
          [] {
            keras::model_from_json(
                R"({"class_name": "Sequential", "config": {"layers": [)"
                R"({"class_name": "Mine", "config": {}}, {"class_name": "ConvLSTM2D", "config": {}}]}})",
                {});
          },
          R"(keras: layers that Fathom has not
  model: ConvLSTM2D, Mine
  expected Sequential and Functional models of Keras' own layers
  in: @)"),
      fault<FormatError>(
          "a model of Keras with too few weights",
          [] {
            keras::model_from_json(
                R"({"class_name": "Sequential", "config": {"layers": [)"
                R"({"class_name": "Dense", "config": {"name": "out", "units": 2}}]}})",
                {});
          },
          R"(keras: too few weights
  at: layer out     got: 0 in all
  expected 2 up to here
  in: @)"),
      fault<ValueError>(
          "two inputs for a model of one",
          [] {
            const keras::Model net = keras::model_from_json(
                R"({"class_name": "Sequential", "config": {"layers": [)"
                R"({"class_name": "Flatten", "config": {"name": "flat"}}]}})",
                {});
            net(std::vector<Tensor>{zeros({1, 2}), zeros({1, 2})});
          },
          R"(keras::Model: a wrong number of inputs
  inputs: 2
  expected 1
  in: @)"),
  };
}

}  // namespace fathom::test
