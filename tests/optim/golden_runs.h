// What tests of ten-step runs against PyTorch share: their files.
#pragma once
#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "fathom/fathom.h"
#include "fathom/io/safetensors.h"

namespace fathom::test {

/// A file of tests/golden/training.
struct Golden {
  io::Safetensors file;
  explicit Golden(const std::string& name)
      : file(io::load_safetensors(FATHOM_TEST_SOURCE "/golden/training/" + name + ".safetensors")) {
  }
  const Tensor& operator[](const std::string& name) const {
    const Tensor* t = file.find(name);
    REQUIRE_MESSAGE(t, name);
    return *t;
  }
  /// The batch of a step: they take turns.
  static Tensor batch(const Tensor& batches, int step) {
    return select(batches, 0, step % static_cast<int>(batches.size(0)));
  }
  /// The state before the first step; what f16 holds exactly, the file has in f16.
  std::vector<std::pair<std::string, Tensor>> initial() const {
    const std::string prefix = "init.";
    std::vector<std::pair<std::string, Tensor>> list;
    for (const auto& [name, tensor] : file.tensors)
      if (name.starts_with(prefix))
        list.emplace_back(name.substr(prefix.size()),
                          tensor.dtype() == DType::f16 ? cast(tensor, DType::f32) : tensor);
    return list;
  }
};

}  // namespace fathom::test
