// A model's weights in a file and back.
#include "fathom/io/weights.h"

#include <doctest/doctest.h>

#include "fathom/nn/layers.h"
#include "fathom/nn/sequential.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "tests/io/support.h"

using namespace fathom;
using test::error_text;
using test::TemporaryFolder;

namespace {

struct Net {
  nn::Linear hidden{3, 4};
  nn::BatchNorm norm{4};
  std::vector<nn::Linear> heads{nn::Linear(4, 2), nn::Linear(4, 1)};
};
struct Wider {
  nn::Linear hidden{3, 5};
  nn::BatchNorm norm{5};
};

std::vector<float> numbers(const auto& net) {
  std::vector<float> all;
  for (const auto& [name, tensor] : io::weights_of(net))
    for (const float x : cast(tensor, DType::f32).template to_vector<float>()) all.push_back(x);
  return all;
}

}  // namespace

TEST_CASE("weights: saved and loaded by name, bit for bit, buffers too") {
  const TemporaryFolder folder;
  const std::string path = folder / "net.safetensors";
  seed(1);
  Net net;
  net.norm.running_mean.value = tensor<float>({1, 2, 3, 4});
  io::save_weights(path, net, {{"made", "by a test"}});
  seed(2);
  Net other;
  CHECK(numbers(other) != numbers(net));
  io::load_weights(path, other);
  CHECK(numbers(other) == numbers(net));
  const io::Safetensors file = io::load_safetensors(path);
  CHECK(file.metadata.at("made") == "by a test");
  CHECK(file.find("heads.1.weight"));
  CHECK(file.find("norm.running_var"));
  // The same weights, the same bytes.
  io::save_weights(folder / "again.safetensors", other, {{"made", "by a test"}});
  CHECK(io::read_file(path) == io::read_file(folder / "again.safetensors"));
}

TEST_CASE("weights: what does not fit is listed, and nothing changes") {
  const TemporaryFolder folder;
  const std::string path = folder / "net.safetensors";
  io::save_weights(path, Net());
  Wider wider;
  const std::vector<float> before = numbers(wider);
  const std::string text = error_text<FormatError>([&] { io::load_weights(path, wider); });
  CHECK(text.find(path) != text.npos);
  CHECK(text.find("mismatched hidden.weight: f32 (4, 3), the model has f32 (5, 3)") != text.npos);
  CHECK(text.find("unexpected heads.0.bias") != text.npos);
  CHECK(numbers(wider) == before);
  CHECK_THROWS_AS(io::load_weights(folder / "none.safetensors", wider), IoError);
}
