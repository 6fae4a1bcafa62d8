// Twenty-five steps of every optimizer on given gradients against PyTorch, on both backends.
#include <doctest/doctest.h>

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

/// Sets the options that PyTorch's optimizers share by name.
template <class Optimizer> Optimizer common(const json& o) {
  Optimizer made;
  if (!o.at("lr").is_null()) made.learning_rate = o["lr"].get<double>();
  made.maximize = o.value("maximize", false);
  if constexpr (requires { made.weight_decay; }) made.weight_decay = o.at("weight_decay");
  if constexpr (requires { made.epsilon; }) made.epsilon = o.at("eps");
  if constexpr (requires { made.beta2; }) {
    made.beta1 = o.at("betas")[0];
    made.beta2 = o.at("betas")[1];
  }
  if constexpr (requires { made.amsgrad; }) made.amsgrad = o.at("amsgrad");
  if constexpr (requires { made.momentum; }) made.momentum = o.at("momentum");
  if constexpr (requires { made.decoupled_weight_decay; })
    made.decoupled_weight_decay = o.at("decoupled_weight_decay");
  if constexpr (requires { made.epsilon2; }) made.epsilon2 = o.at("eps")[1];
  return made;
}

void check_case(const io::Safetensors& file, const json& test) {
  const json& o = test["options"];
  const std::string kind = test["optimizer"];
  if (kind == "SGD") {
    auto sgd = common<optim::Sgd>(o);
    sgd.dampening = o["dampening"];
    sgd.nesterov = o["nesterov"];
    check(file, test, sgd);
  } else if (kind == "Adam") {
    check(file, test, common<optim::Adam>(o));
  } else if (kind == "AdamW") {
    check(file, test, common<optim::AdamW>(o));
  } else if (kind == "Adamax") {
    check(file, test, common<optim::Adamax>(o));
  } else if (kind == "NAdam") {
    auto nadam = common<optim::NAdam>(o);
    nadam.momentum_decay = o["momentum_decay"];
    check(file, test, nadam);
  } else if (kind == "RAdam") {
    check(file, test, common<optim::RAdam>(o));
  } else if (kind == "Lion") {
    check(file, test, common<optim::Lion>(o));
  } else if (kind == "RMSprop") {
    auto rmsprop = common<optim::RmsProp>(o);
    rmsprop.alpha = o["alpha"];
    rmsprop.centered = o["centered"];
    check(file, test, rmsprop);
  } else if (kind == "Adagrad") {
    auto adagrad = common<optim::Adagrad>(o);
    adagrad.learning_rate_decay = o["lr_decay"];
    adagrad.initial_accumulator = o["initial_accumulator_value"];
    check(file, test, adagrad);
  } else if (kind == "Adadelta") {
    auto adadelta = common<optim::Adadelta>(o);
    adadelta.rho = o["rho"];
    check(file, test, adadelta);
  } else if (kind == "Rprop") {
    auto rprop = common<optim::Rprop>(o);
    rprop.eta_minus = o["etas"][0];
    rprop.eta_plus = o["etas"][1];
    rprop.smallest_step = o["step_sizes"][0];
    rprop.largest_step = o["step_sizes"][1];
    check(file, test, rprop);
  } else if (kind == "ASGD") {
    auto asgd = common<optim::Asgd>(o);
    asgd.lambda = o["lambd"];
    asgd.alpha = o["alpha"];
    asgd.t0 = o["t0"];
    check(file, test, asgd);
  } else if (kind == "Adafactor") {
    auto adafactor = common<optim::Adafactor>(o);
    adafactor.beta2_decay = o["beta2_decay"];
    adafactor.d = o["d"];
    if (!o["eps"][0].is_null()) adafactor.epsilon1 = o["eps"][0].get<double>();
    check(file, test, adafactor);
  } else if (kind == "Muon") {
    auto muon = common<optim::Muon>(o);
    muon.nesterov = o["nesterov"];
    muon.ns_coefficients = o["ns_coefficients"].get<std::array<double, 3>>();
    muon.ns_steps = o["ns_steps"];
    if (o["adjust_lr_fn"] == "match_rms_adamw")
      muon.adjust_lr = optim::Muon::AdjustLr::match_rms_adamw;
    if (o["adjust_lr_fn"] == "spectral_unclamped")
      muon.adjust_lr = optim::Muon::AdjustLr::spectral_unclamped;
    check(file, test, muon);
  } else {
    REQUIRE(kind == "HfAdafactor");
    auto hf = common<optim::HfAdafactor>(o);
    hf.epsilon1 = o["eps"][0];
    hf.clip_threshold = o["clip_threshold"];
    hf.decay_rate = o["decay_rate"];
    if (!o["beta1"].is_null()) hf.beta1 = o["beta1"].get<double>();
    hf.scale_parameter = o["scale_parameter"];
    hf.relative_step = o["relative_step"];
    hf.warmup_init = o["warmup_init"];
    check(file, test, hf);
  }
}

}  // namespace

TEST_CASE("twenty-five steps of every optimizer equal PyTorch's") {
  int checked = 0;
  for (const Device device : {Device::cpu, Device::reference}) {
    const DeviceScope scope(device);
    for (const char* optimizer :
         {"sgd", "adam", "adamw", "adamax", "nadam", "radam", "lion", "rmsprop", "adagrad",
          "adadelta", "rprop", "asgd", "adafactor", "hf_adafactor"}) {
      const io::Safetensors file = io::load_safetensors(FATHOM_TEST_SOURCE "/golden/optim/" +
                                                        std::string(optimizer) + ".safetensors");
      for (const json& test : json::parse(file.metadata.at("cases"))) {
        check_case(file, test);
        ++checked;
      }
    }
  }
  CHECK(checked == 2 * 2 * 47);
}
