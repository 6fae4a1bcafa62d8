// What tests of layers against golden files share: a layer's stored state, the cases of a folder.
#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "fathom/core/tensor.h"
#include "fathom/graph/context.h"
#include "fathom/io/safetensors.h"
#include "fathom/nn/module.h"
#include "fathom/nn/state.h"
#include "fathom/ops/shape.h"

namespace fathom::test {

/// Makes a layer's floating state that of f64: the stored tensors replace tensors of their type.
class Widen final : public nn::Visitor {
 public:
  void param(const nn::Path&, Param& p) override {
    if (p.defined()) p = cast(p, DType::f64);
  }
  void buffer(const nn::Path&, Buffer& b) override {
    if (b.value.defined() && is_floating(b.value.dtype())) b.value = cast(b.value, DType::f64);
  }
};

/// Loads the tensors `name.state.*` of a file.
template <class M>
void load_golden_state(M& layer, const io::Safetensors& file, const std::string& name, bool wide) {
  const std::string prefix = name + ".state.";
  std::vector<std::pair<std::string, Tensor>> state;
  for (const auto& [key, tensor] : file.tensors)
    if (key.starts_with(prefix)) state.emplace_back(key.substr(prefix.size()), tensor);
  Widen widen;
  if (wide) nn::visit(layer, widen);
  nn::load_state(layer, state, name);
}

/// Calls check(file, description) for each case of tests/golden/FOLDER on both backends; returns
/// how many there are.
template <class F> int for_golden_cases(const std::string& folder, F&& check) {
  int checked = 0;
  for (const Device device : {Device::reference, Device::cpu}) {
    const DeviceScope scope(device);
    for (const auto& entry :
         std::filesystem::directory_iterator(FATHOM_TEST_SOURCE "/golden/" + folder)) {
      const io::Safetensors file = io::load_safetensors(entry.path().string());
      for (const nlohmann::json& d : nlohmann::json::parse(file.metadata.at("cases"))) {
        check(file, d);
        ++checked;
      }
    }
  }
  return checked;
}

}  // namespace fathom::test
