// Files of PyTorch and NumPy against what those read from them; hostile pickles.
#include "fathom/io/tensor_file.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "fathom/io/npy.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "tests/io/support.h"

using namespace fathom;
using test::error_text;

namespace {

const std::string folder = FATHOM_TEST_SOURCE "/golden/weights/";

bool same(const Tensor& a, const Tensor& b) {
  return a.dtype() == b.dtype() && a.shape() == b.shape() &&
         std::equal(static_cast<const char*>(a.raw_data()),
                    static_cast<const char*>(a.raw_data()) + a.bytes(),
                    static_cast<const char*>(b.raw_data()));
}

const io::PlainValue* value_of(const io::TensorFile& file, std::string_view name) {
  for (const auto& [key, value] : file.values)
    if (key == name) return &value;
  return nullptr;
}

std::string text_of(const io::TensorFile& file, std::string_view name) {
  const io::PlainValue* value = value_of(file, name);
  return value ? io::to_string(*value) : "(absent)";
}

}  // namespace

TEST_CASE("tensor files: what PyTorch and NumPy wrote is read as they read it") {
  const std::pair<const char*, const char*> files[] = {
      {"stored.npz", "npz"},
      {"deflated.npz", "npz"},
      {"fortran.npy", "npy"},
      {"zip_protocol2.pt", "torch"},
      {"zip_protocol3.pt", "torch"},
      {"zip_protocol4.pt", "torch"},
      {"zip_protocol5.pt", "torch"},
      {"legacy_protocol2.pt", "torch (legacy)"},
      {"legacy_protocol3.pt", "torch (legacy)"},
      {"legacy_protocol4.pt", "torch (legacy)"},
      {"legacy_protocol5.pt", "torch (legacy)"},
      {"module.pt", "torch"},
      {"module_legacy.pt", "torch (legacy)"},
      {"script.pt", "TorchScript"},
      {"tensor.pt", "torch"},
      {"tensor.pt.expected.safetensors", "safetensors"}};
  for (const auto& [name, format] : files) {
    CAPTURE(std::string(name));
    const std::string path = folder + name;
    const io::TensorFile file = io::load_tensors(path);
    CHECK(file.format == format);
    if (path.ends_with(".safetensors")) continue;
    const io::Safetensors expected = io::load_safetensors(path + ".expected.safetensors");
    CHECK(file.tensors.size() == expected.tensors.size());
    for (const auto& [key, tensor] : expected.tensors) {
      CAPTURE(key);
      const Tensor* own = file.find(key);
      CHECK(own);
      if (own) CHECK(same(*own, tensor));
    }
    // From memory the same.
    const io::Bytes bytes = io::read_file(path);
    CHECK(io::parse_tensors(bytes).tensors.size() == file.tensors.size());
  }
  const Tensor bf16 = io::load_tensors(folder + "bf16.pt").tensors.at(0).second;
  CHECK(bf16.dtype() == DType::bf16);
  CHECK(cast(bf16, DType::f32).to_vector<float>() == std::vector<float>{0, 1, 2, 3, 4, 5});
}

TEST_CASE("tensor files: plain data, wrapper and notes") {
  for (const char* name : {"zip_protocol2.pt", "legacy_protocol4.pt"}) {
    const io::TensorFile file = io::load_tensors(folder + name);
    CHECK(file.wrapper == "state_dict");
    CHECK(file.weights().size() == 9);
    CHECK(file.weights()[0].first == "whole");
    CHECK(text_of(file, "epoch") == "12");
    CHECK(text_of(file, "accuracy") == "0.25");
    CHECK(text_of(file, "name") == "net");
    CHECK(text_of(file, "flags.0") == "True");
    CHECK(text_of(file, "flags.1") == "None");
    CHECK(text_of(file, "best") == "0.75");
    CHECK(text_of(file, "dtype") == "<torch.float16>");
    CHECK(text_of(file, "size.1") == "3");
    CHECK(std::ranges::find(file.notes, "types.int16: int16 became i32") != file.notes.end());
  }
  const io::TensorFile module = io::load_tensors(folder + "module.pt");
  CHECK(module.wrapper == "model");
  CHECK(module.weights()[0].first == "hidden.weight");
  CHECK(module.notes.at(0).starts_with("model is a pickled net.Net"));
  CHECK(!module.find("model.gone"));
}

TEST_CASE("npy and npz: a round trip of every type, the same bytes each time") {
  std::vector<io::NamedTensor> tensors;
  for (const DType dtype : {DType::f64, DType::f32, DType::f16, DType::i64, DType::i32, DType::i8,
                            DType::u8, DType::boolean})
    tensors.emplace_back("t." + std::string(name(dtype)),
                         cast(tensor<float>({{0, 1, 3}, {2, 1, 0}}), dtype));
  tensors.emplace_back("scalar", full({}, 2.5f));
  tensors.emplace_back("none", zeros({0, 3}));
  const test::TemporaryFolder folder;
  for (const bool compressed : {false, true}) {
    io::save_npz(folder / "a.npz", tensors, compressed);
    const auto read = io::load_npz(folder / "a.npz");
    CHECK(read.size() == tensors.size());
    for (std::size_t i = 0; i < read.size(); ++i) {
      CHECK(read[i].first == tensors[i].first);
      CHECK(same(read[i].second, tensors[i].second));
    }
    CHECK(io::npz_bytes(tensors, compressed) == io::read_file(folder / "a.npz"));
  }
  io::save_npy(folder / "a.npy", tensors[0].second);
  CHECK(same(io::load_npy(folder / "a.npy"), tensors[0].second));
  CHECK(error_text<UnsupportedError>([] { io::npy_bytes(zeros({1}, DType::bf16)); }) ==
        "save_npy: NumPy has no bf16\n  dtype: bf16\n  hint: cast to f32, or save as safetensors");
}

TEST_CASE("tensor files: truncated and damaged ones are refused, nothing worse") {
  for (const char* name : {"deflated.npz", "fortran.npy", "legacy_protocol4.pt", "tensor.pt"}) {
    CAPTURE(std::string(name));
    const io::Bytes seed = io::read_file(folder + name);
    CHECK(test::damage(seed, 2000, [](io::ByteView bytes) { io::parse_tensors(bytes); }) > 200);
  }
}
