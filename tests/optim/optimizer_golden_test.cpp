// Twenty-five steps of every optimizer on given gradients against PyTorch, on both backends.
#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "fathom/fathom.h"
#include "fathom/io/safetensors.h"
#include "tests/optim/optimizers.h"

using namespace fathom;
using nlohmann::json;

namespace {

struct Pair {
  Param w, b;
};

double difference(const Tensor& a, const Tensor& b) {
  return max(abs(cast(a, DType::f64) - cast(b, DType::f64))).item();
}

template <class Optimizer>
void check(const io::Safetensors& file, const json& test, Optimizer optimizer) {
  const std::string name = test["name"];
  const std::string dtype = test["dtype"];
  INFO(name);
  const bool in_bf16 = std::is_same_v<Optimizer, optim::Muon>;
  const double tolerance = in_bf16 ? 2e-3 : dtype == "f64" ? 1e-13 : 3e-6;
  Pair net{*file.find(dtype + ".init.w"), *file.find(dtype + ".init.b")};
  int compared = 0;
  for (int step = 1; step <= 25; ++step) {
    INFO("step ", step);
    const std::string gradient = dtype + ".grad" + std::to_string(step);
    optimizer.step(net, Pair{*file.find(gradient + ".w"), *file.find(gradient + ".b")});
    const std::string after = name + ".step" + std::to_string(step);
    if (const Tensor* w = file.find(after + ".w")) {
      CHECK(difference(net.w, *w) <= tolerance);
      CHECK(difference(net.b, *file.find(after + ".b")) <= tolerance);
      ++compared;
    }
  }
  CHECK(compared == 5);
}

}  // namespace

TEST_CASE("twenty-five steps of every optimizer equal PyTorch's") {
  int checked = 0;
  for (const Device device : {Device::cpu, Device::reference}) {
    const DeviceScope scope(device);
    for (const auto& entry :
         std::filesystem::directory_iterator(FATHOM_TEST_SOURCE "/golden/optim")) {
      const std::string path = entry.path();
      if (path.find("lbfgs") != path.npos || path.find("schedules") != path.npos) continue;
      const io::Safetensors file = io::load_safetensors(path);
      for (const json& row : json::parse(file.metadata.at("cases"))) {
        test::with_optimizer(row["optimizer"], row["options"],
                             [&](auto optimizer) { check(file, row, optimizer); });
        ++checked;
      }
    }
  }
  CHECK(checked >= 2 * 2 * 47);
}
