// Values and gradients of the operations against PyTorch's, on both backends:
// tests/golden/ops/*.safetensors, described in tools/golden/README.md.
#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "fathom/fathom.h"
#include "fathom/graph/op.h"
#include "fathom/io/safetensors.h"
#include "tests/ops/compare.h"
#include "tests/ops/golden_calls.h"

namespace fathom::test {
namespace {

using nlohmann::json;

/// Cases that a single-precision definition cannot meet as closely: a mean that lies a thousand
/// deviations from 0 is itself rounded; the gradient of a constant 0 is PyTorch's rounding noise.
double room_for(const std::string& name) {
  if (name == "batch_norm_far_mean") return 300;
  if (name == "layer_norm_size1") return 3;
  // PyTorch's own factors are rounded to single precision.
  if (name == "hardsigmoid_f64" || name == "celu_alpha_f64") return 1e5;
  if (name.starts_with("f16_")) return 0x1p-10 / 4e-6;  // the last bit of a half
  if (name.starts_with("bf16_")) return 0x1p-7 / 4e-6;
  if (name.starts_with("grid_bicubic_")) return 4;  // weights' derivatives cancel
  if (name.starts_with("linalg_")) return 100;  // the condition of a matrix magnifies rounding
  return 1;
}

/// "" if equal up to rounding: relative to the element, or to 1 where sums cancel.
std::string golden_difference(const Tensor& got, const Tensor& wanted, double room) {
  if (got.shape() != wanted.shape() || got.dtype() != wanted.dtype())
    return "got " + graph::describe(got) + ", wanted " + graph::describe(wanted);
  const double tolerance = (got.dtype() == DType::f32   ? 4e-6
                            : got.dtype() == DType::f64 ? 1e-12
                                                        : 0) *
                           room;
  const std::vector<double> a = to_doubles(got);
  const std::vector<double> b = to_doubles(wanted);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))) continue;
    if (!std::isfinite(a[i]) || !std::isfinite(b[i]) ||
        std::abs(a[i] - b[i]) > tolerance * std::max(1.0, std::abs(b[i])))
      return "element " + std::to_string(i) + ": got " + std::to_string(a[i]) + ", wanted " +
             std::to_string(b[i]);
  }
  return "";
}

class GoldenCase {
 public:
  GoldenCase(const io::Safetensors& file, const json& description) : file_(file), d_(description) {
    while (const Tensor* input = find("in", inputs_.size())) inputs_.push_back(*input);
  }

  /// False if Fathom lacks an option of the case.
  bool check() const {
    const double room = room_for(d_["name"]);
    const Tensors outputs = golden_calls().at(d_["op"])(inputs_, d_["attrs"]);
    if (outputs.empty()) return false;
    Tensor loss;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      INFO("output ", i);
      if (const Tensor* upstream = find("grad_out", i)) {
        const Tensor part = sum(outputs[i] * *upstream);
        loss = loss.defined() ? loss + part : part;
      }
    }
    const Tensors gradients = loss.defined() ? gradients_of(loss) : Tensors();
    Tensors all = outputs;
    all.insert(all.end(), gradients.begin(), gradients.end());
    eval(all);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      INFO("output ", i);
      const Tensor* wanted = find("out", i);
      REQUIRE(wanted);
      CHECK(golden_difference(outputs[i], *wanted, room) == "");
    }
    CHECK(!find("out", outputs.size()));
    std::size_t next = 0;
    for (std::size_t i = 0; i < inputs_.size() && !gradients.empty(); ++i) {
      INFO("gradient of input ", i);
      if (const Tensor* wanted = find("grad_in", i))
        CHECK(golden_difference(gradients[next++], *wanted, room) == "");
    }
    return true;
  }

 private:
  /// "NAME.in0" and so on; nullptr if the case has none.
  const Tensor* find(const char* what, std::size_t i) const {
    return file_.find(d_["name"].get<std::string>() + "." + what + std::to_string(i));
  }
  Tensors gradients_of(const Tensor& loss) const {
    Tensors wrt;
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      if (find("grad_in", i)) wrt.push_back(inputs_[i]);
    return wrt.empty() ? wrt : gradients(loss, wrt);
  }

  const io::Safetensors& file_;
  const json& d_;
  Tensors inputs_;
};

}  // namespace

TEST_CASE("operations against PyTorch") {
  int checked = 0;
  int lacking = 0;
  for (const Device device : {Device::reference, Device::cpu}) {
    const DeviceScope scope(device);
    for (const auto& entry :
         std::filesystem::directory_iterator(FATHOM_TEST_SOURCE "/golden/ops")) {
      const io::Safetensors file = io::load_safetensors(entry.path().string());
      const json cases = json::parse(file.metadata.at("cases"));
      for (const json& description : cases) {
        const std::string name = description["name"];
        INFO(std::string(device == Device::cpu ? "cpu, " : "reference, "),
             entry.path().filename().string(), ": ", name);
        try {
          ++(GoldenCase(file, description).check() ? checked : lacking);
        } catch (const std::exception& e) {
          FAIL_CHECK(std::string(e.what()));
        }
      }
    }
  }
  MESSAGE(checked, " cases checked, ", lacking, " with options that Fathom lacks");
  CHECK(checked > 2900);
  CHECK(lacking == 0);
}

}  // namespace fathom::test
