// Models of Keras against what Keras made of the same input.
#include "fathom/keras/keras.h"

#include <doctest/doctest.h>

#include "fathom/io/gzip.h"
#include "fathom/io/idx.h"
#include "fathom/io/npy.h"
#include "fathom/io/weights.h"
#include "fathom/nn/mode.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/rearrange.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"
#include "tests/io/support.h"

using namespace fathom;
using test::error_text;

namespace {

const std::string folder = FATHOM_TEST_SOURCE "/golden/keras/";

double worst(const Tensor& a, const Tensor& b) {
  REQUIRE(a.shape() == b.shape());
  return max(abs(cast(a, DType::f64) - cast(b, DType::f64))).item();
}

std::string names_of(const io::TensorFile& file, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count && i < file.tensors.size(); ++i)
    text += file.tensors[i].first + " ";
  return text;
}

}  // namespace

TEST_CASE("keras: Sequential and Functional models of both formats give what Keras gave") {
  for (const char* name : {"sequential", "functional", "recurrent"})
    for (const char* ending : {".keras", ".h5"}) {
      const std::string path = folder + name + ending;
      CAPTURE(path);
      const keras::Model model = keras::load_model(path);
      const io::Safetensors expected =
          io::load_safetensors(folder + name + ".expected.safetensors");
      CHECK(worst(model(*expected.find("x")), *expected.find("y")) < 1e-6);
      CHECK(keras::is_keras_file(path));
    }
  CHECK(!keras::is_keras_file(folder + "functional.expected.safetensors"));
}

TEST_CASE("keras: weights as named tensors, and a model's parameters by name") {
  const io::TensorFile archive = keras::load_tensors(folder + "functional.keras");
  CHECK(archive.format == "keras");
  CHECK(archive.wrapper == "layers");
  CHECK(names_of(archive, 3) ==
        "layers/batch_normalization/vars/0 layers/batch_normalization/vars/1 "
        "layers/batch_normalization/vars/2 ");
  CHECK(archive.weights()[0].first == "batch_normalization/vars/0");
  const io::TensorFile h5 = keras::load_tensors(folder + "functional.h5");
  CHECK(h5.format == "keras (h5)");
  CHECK(h5.wrapper == "model_weights");
  const keras::Model model = keras::load_model(folder + "functional.keras");
  const auto named = nn::named_tensors(model);
  CHECK(named.size() == 4 + 5);
  CHECK(named[0].name == "batch_normalization_1.weight");
  CHECK(nn::parameter_count(model) > 0);
}

TEST_CASE("keras: what cannot run is said at once") {
  const std::string wrong = R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "ConvLSTM2D", "config": {"name": "a"}}, {"class_name": "Mine", "config": {}}]}})";
  CHECK(error_text<UnsupportedError>([&] { keras::model_from_json(wrong, {}); }) ==
        "keras: layers that Fathom has not\n  model: ConvLSTM2D, Mine\n  expected Sequential and "
        "Functional models of Keras' own layers");
  const std::string state = R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "GRU", "config": {"name": "a", "units": 1, "stateful": true}}]}})";
  const std::vector<Tensor> weights{zeros({1, 3}), zeros({1, 3}), zeros({3})};
  CHECK(error_text<UnsupportedError>([&] { keras::model_from_json(state, weights); }) ==
        "keras: a recurrent layer with the option stateful\n  layer: a");
  const std::string mask = R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "Embedding", "config": {"name": "e", "mask_zero": true}},
      {"class_name": "GRU", "config": {"name": "a", "units": 1}}]}})";
  CHECK(error_text<UnsupportedError>([&] {
          keras::model_from_json(mask, weights);
        }).starts_with("keras: an embedding's mask that recurrent layers would read"));
  CHECK(error_text<UnsupportedError>([&] {
          keras::model_from_json(R"({"class_name": "Net", "config": {}})", {});
        }).starts_with("keras: a class of the user's\n  model: Net"));
  CHECK(error_text<FormatError>([&] {
          keras::model_from_json("{", {});
        }).starts_with("keras: a model's description that is not Keras'"));
  CHECK(error_text<FormatError>([&] {
          keras::model_from_json(R"({"class_name": "Sequential", "config": {"layers": [
              {"class_name": "Dense", "config": {"name": "d", "units": 2}}]}})",
                                 {});
        }) == "keras: too few weights\n  at: layer d     got: 0 in all\n  expected 2 up to here");
  const test::TemporaryFolder temporary;
  for (const char* ending : {".keras", ".h5"}) {
    const io::Bytes whole = io::read_file(folder + "functional" + ending);
    for (const std::size_t length : {std::size_t{100}, whole.size() / 2}) {
      io::write_atomically(temporary / "cut.h5", io::ByteView(whole).first(length));
      CHECK_THROWS_AS(keras::load_model(temporary / "cut.h5"), FormatError);
    }
  }
}

TEST_CASE("keras: the models of the data folder") {
  const std::string data = test::data_file("models of Keras", "");
  if (data.empty()) return;
  // Weights beside the JSON of the architecture.
  const keras::Model dense = keras::load_model(data + "keras/fastml/KERAS_3layer.json",
                                               data + "keras/fastml/KERAS_3layer_weights.h5");
  CHECK(nn::parameter_count(dense) == 16 * 64 + 64 + 64 * 32 + 32 + 32 * 32 + 32 + 32 * 5 + 5);
  // Pictures, against what Keras' arithmetic gives.
  const Tensor digits = io::load_idx(data + "mnist/t10k-images-idx3-ubyte.gz");
  const Tensor x = reshape(cast(slice(digits, 0, 0, 64), DType::f32) / 255.0, {64, 28, 28, 1});
  for (const auto& [model, golden] :
       {std::pair("mnist-cnn.keras", "keras_mnist-cnn.keras_softmax_first64.npy"),
        std::pair("mnist-cnn.h5", "keras_mnist-cnn_softmax_first64.npy")})
    CHECK(worst(keras::load_model(data + "keras/" + model)(x),
                io::load_npy(data + "golden/" + golden)) < 1e-4);
  const io::Bytes records = io::read_maybe_gzip(data + "cifar10/test_exact200.bin.gz");
  const Tensor rows = Tensor::from(std::vector<std::uint8_t>(records), {200, 3073});
  const Tensor colours = reshape(slice(rows, 1, 1, 3073), {200, 3, 32, 32});
  CHECK(worst(keras::load_model(data + "keras/resnet8-cifar10.h5")(
                  cast(permute(colours, {0, 2, 3, 1}), DType::f32)),
              io::load_npy(data + "golden/keras_resnet8_softmax_test200.npy")) < 1e-3);
  const Tensor person = io::load_npy(data + "golden/vww_astronaut_96_u8.npy");
  const Tensor seen = keras::load_model(data + "keras/vww_96.h5")(
      reshape(cast(person, DType::f32) / 255.0, {1, 96, 96, 3}));
  CHECK(worst(ravel(seen), ravel(io::load_npy(data + "golden/vww_astronaut_softmax.npy"))) < 1e-4);
  CHECK(error_text<UnsupportedError>([&] {
          keras::load_model(data + "keras/nested-container.keras");
        }).find("a class of the user's") != std::string::npos);
  CHECK(keras::load_tensors(data + "keras/nested-container.keras").tensors.size() == 5);
}
