// Foreign files of the data folder against what PyTorch itself finds in them.
#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "fathom/io/sha256.h"
#include "fathom/io/tensor_file.h"
#include "fathom/ops/elementwise.h"
#include "tests/io/support.h"

using namespace fathom;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* folders[] = {"torch-files", "cifar10", "face", "imagenet", "safetensors"};
constexpr const char* endings[] = {".pt", ".pth", ".th", ".ptl", ".state_dict", ".safetensors"};

// Whether a description, in PyTorch's words or in those of safetensors, means this element type.
bool is_type(DType dtype, const std::string& word) {
  static const std::map<std::string, DType> words = {
      {"float64", DType::f64},   {"float32", DType::f32}, {"float16", DType::f16},
      {"bfloat16", DType::bf16}, {"int64", DType::i64},   {"int32", DType::i32},
      {"int16", DType::i32},     {"int8", DType::i8},     {"uint8", DType::u8},
      {"bool", DType::boolean},  {"F32", DType::f32},     {"F16", DType::f16},
      {"I64", DType::i64}};
  const auto known = words.find(word);
  return known != words.end() && known->second == dtype;
}

// The bytes as PyTorch has them: an int16 was widened.
std::string fingerprint(const Tensor& tensor, const std::string& dtype) {
  if (dtype != "int16")
    return io::sha256({static_cast<const std::uint8_t*>(tensor.raw_data()), tensor.bytes()});
  std::vector<std::int16_t> narrow;
  for (const std::int32_t x : tensor.to_vector<std::int32_t>())
    narrow.push_back(static_cast<std::int16_t>(x));
  return io::sha256({reinterpret_cast<const std::uint8_t*>(narrow.data()), narrow.size() * 2});
}

// Every tensor of the description, by its full name, is in the file; returns how many.
int compare(const Json& expected, const io::TensorFile& file, const std::string& name) {
  if (!expected.is_object()) return 0;
  if (expected.contains("sha256")) {
    const Tensor* tensor = file.find(name);
    CHECK_MESSAGE(tensor, name);
    if (!tensor) return 1;
    const auto shape = expected.at("shape").get<std::vector<std::int64_t>>();
    const auto dtype = expected.at("dtype").get<std::string>();
    CHECK(tensor->shape() == Shape(shape));
    CHECK(is_type(tensor->dtype(), dtype));
    CHECK_MESSAGE(fingerprint(*tensor, dtype) == expected.at("sha256").get<std::string>(), name);
    return 1;
  }
  int count = 0;
  for (const auto& [key, value] : expected.items())
    count += compare(value, file, name.empty() ? key : name + "." + key);
  return count;
}

void check_file(const std::string& path, const Json& expected) {
  CAPTURE(path);
  if (expected.contains("__error__")) {
    CHECK_THROWS_AS(io::load_tensors(path), FormatError);
    return;
  }
  const io::TensorFile file = io::load_tensors(path);
  const Json* root = &expected;
  for (const char* inner : {"parameters_and_buffers", "state_dict"})
    if (root->contains(inner) &&
        (root->contains("__torchscript__") || root->contains("__module__")))
      root = &root->at(inner);
  if (root->contains("tensors")) root = &root->at("tensors");
  CHECK(compare(*root, file, "") == static_cast<int>(file.tensors.size()));
}

}  // namespace

TEST_CASE("tensor files: those of the data folder hold what PyTorch finds in them") {
  const std::string data = test::data_file("foreign files against PyTorch", "");
  if (data.empty()) return;
  int files = 0;
  for (const char* folder : folders)
    for (const auto& entry : std::filesystem::recursive_directory_iterator(data + folder)) {
      const std::string path = entry.path().string();
      if (std::ranges::none_of(endings, [&](const char* e) { return path.ends_with(e); })) continue;
      const std::string expected = data + "expected/" + path.substr(data.size()) + ".json";
      if (!io::exists(expected)) continue;
      check_file(path, Json::parse(io::read_text(expected)));
      ++files;
    }
  CHECK(files >= 70);
}
