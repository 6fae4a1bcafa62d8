// Twenty steps of every optimizer on given gradients against PyTorch, on both backends.
#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "fathom/fathom.h"
#include "fathom/io/safetensors.h"

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
  const double tolerance = dtype == "f64" ? 1e-13 : 3e-6;
  Pair net{*file.find(dtype + ".init.w"), *file.find(dtype + ".init.b")};
  for (int step = 1; step <= 20; ++step) {
    const std::string gradient = dtype + ".grad" + std::to_string(step);
    optimizer.step(net, Pair{*file.find(gradient + ".w"), *file.find(gradient + ".b")});
    const std::string after = name + ".step" + std::to_string(step);
    if (const Tensor* w = file.find(after + ".w")) CHECK(difference(net.w, *w) <= tolerance);
    if (const Tensor* b = file.find(after + ".b")) CHECK(difference(net.b, *b) <= tolerance);
  }
}

bool known(const json& options) {
  return !options.value("maximize", false) && !options.value("amsgrad", false) &&
         !options.value("centered", false);
}

int check_file(const char* optimizer) {
  const io::Safetensors file = io::load_safetensors(FATHOM_TEST_SOURCE "/golden/optim/" +
                                                    std::string(optimizer) + ".safetensors");
  int checked = 0;
  for (const json& test : json::parse(file.metadata.at("cases"))) {
    const json& o = test["options"];
    if (!known(o)) continue;
    const std::string kind = test["optimizer"];
    if (kind == "SGD") {
      check(file, test,
            optim::Sgd{.learning_rate = o["lr"],
                       .momentum = o["momentum"],
                       .dampening = o["dampening"],
                       .weight_decay = o["weight_decay"],
                       .nesterov = o["nesterov"]});
    } else if (kind == "Adam" || kind == "AdamW") {
      const double beta1 = o["betas"][0], beta2 = o["betas"][1];
      if (kind == "Adam")
        check(file, test, optim::Adam{o["lr"], beta1, beta2, o["eps"], o["weight_decay"], {}});
      else
        check(file, test, optim::AdamW{o["lr"], beta1, beta2, o["eps"], o["weight_decay"], {}});
    } else if (kind == "RMSprop") {
      if (o["momentum"] != 0) continue;
      check(file, test,
            optim::RmsProp{.learning_rate = o["lr"],
                           .alpha = o["alpha"],
                           .epsilon = o["eps"],
                           .weight_decay = o["weight_decay"]});
    } else {
      if (o.value("initial_accumulator_value", 0.0) != 0) continue;
      check(file, test,
            optim::Adagrad{.learning_rate = o["lr"],
                           .learning_rate_decay = o["lr_decay"],
                           .epsilon = o["eps"],
                           .weight_decay = o["weight_decay"]});
    }
    ++checked;
  }
  return checked;
}

}  // namespace

TEST_CASE("twenty steps of every optimizer equal PyTorch's") {
  for (const Device device : {Device::cpu, Device::reference}) {
    const DeviceScope scope(device);
    CHECK(check_file("sgd") >= 5);
    CHECK(check_file("adam") >= 3);
    CHECK(check_file("adamw") >= 2);
    CHECK(check_file("rmsprop") >= 2);
    CHECK(check_file("adagrad") >= 2);
  }
}
