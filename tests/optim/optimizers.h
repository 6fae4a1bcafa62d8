// Every optimizer, for tests that run over all of them: a new one needs its lines here.
#pragma once
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "fathom/optim/adam.h"
#include "fathom/optim/adaptive.h"
#include "fathom/optim/muon.h"
#include "fathom/optim/sgd.h"

namespace fathom::test {

using nlohmann::json;

/// Calls check(name, optimizer) for every optimizer, with options that use all of its state.
template <class F> void for_each_optimizer(F&& check) {
  check("sgd", optim::Sgd{.momentum = 0.9, .weight_decay = 0.1, .nesterov = true});
  check("asgd", optim::Asgd{.t0 = 2});
  check("rprop", optim::Rprop{});
  check("adam", optim::Adam{.weight_decay = 0.1});
  check("amsgrad", optim::Adam{.amsgrad = true});
  check("adamw", optim::AdamW{.maximize = true});
  check("sparse_adam", optim::SparseAdam{});
  check("adamax", optim::Adamax{});
  check("nadam", optim::NAdam{});
  check("radam", optim::RAdam{});
  check("lion", optim::Lion{.weight_decay = 0.1});
  check("lamb", optim::Lamb{.weight_decay = 0.1});
  check("adagrad", optim::Adagrad{.initial_accumulator = 0.1});
  check("adadelta", optim::Adadelta{});
  check("rmsprop", optim::RmsProp{.momentum = 0.9, .centered = true});
  check("adafactor", optim::Adafactor{});
  check("hf_adafactor", optim::HfAdafactor{.beta1 = 0.9});
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

/// Calls check(optimizer) with PyTorch's optimizer of a name and its options.
template <class F> void with_optimizer(const std::string& kind, const json& o, F&& check) {
  if (kind == "SGD") {
    auto sgd = common<optim::Sgd>(o);
    sgd.dampening = o["dampening"];
    sgd.nesterov = o["nesterov"];
    check(sgd);
  } else if (kind == "Adam") {
    check(common<optim::Adam>(o));
  } else if (kind == "AdamW") {
    check(common<optim::AdamW>(o));
  } else if (kind == "SparseAdam") {
    check(common<optim::SparseAdam>(o));
  } else if (kind == "Adamax") {
    check(common<optim::Adamax>(o));
  } else if (kind == "NAdam") {
    auto nadam = common<optim::NAdam>(o);
    nadam.momentum_decay = o["momentum_decay"];
    check(nadam);
  } else if (kind == "RAdam") {
    check(common<optim::RAdam>(o));
  } else if (kind == "Lion") {
    check(common<optim::Lion>(o));
  } else if (kind == "Lamb") {
    check(common<optim::Lamb>(o));
  } else if (kind == "RMSprop") {
    auto rmsprop = common<optim::RmsProp>(o);
    rmsprop.alpha = o["alpha"];
    rmsprop.centered = o["centered"];
    check(rmsprop);
  } else if (kind == "Adagrad") {
    auto adagrad = common<optim::Adagrad>(o);
    adagrad.learning_rate_decay = o["lr_decay"];
    adagrad.initial_accumulator = o["initial_accumulator_value"];
    check(adagrad);
  } else if (kind == "Adadelta") {
    auto adadelta = common<optim::Adadelta>(o);
    adadelta.rho = o["rho"];
    check(adadelta);
  } else if (kind == "Rprop") {
    auto rprop = common<optim::Rprop>(o);
    rprop.eta_minus = o["etas"][0];
    rprop.eta_plus = o["etas"][1];
    rprop.smallest_step = o["step_sizes"][0];
    rprop.largest_step = o["step_sizes"][1];
    check(rprop);
  } else if (kind == "ASGD") {
    auto asgd = common<optim::Asgd>(o);
    asgd.lambda = o["lambd"];
    asgd.alpha = o["alpha"];
    asgd.t0 = o["t0"];
    check(asgd);
  } else if (kind == "Adafactor") {
    auto adafactor = common<optim::Adafactor>(o);
    adafactor.beta2_decay = o["beta2_decay"];
    adafactor.d = o["d"];
    if (!o["eps"][0].is_null()) adafactor.epsilon1 = o["eps"][0].get<double>();
    check(adafactor);
  } else if (kind == "Muon") {
    auto muon = common<optim::Muon>(o);
    muon.nesterov = o["nesterov"];
    muon.ns_coefficients = o["ns_coefficients"].get<std::array<double, 3>>();
    muon.ns_steps = o["ns_steps"];
    if (o["adjust_lr_fn"] == "match_rms_adamw")
      muon.adjust_lr = optim::Muon::AdjustLr::match_rms_adamw;
    if (o["adjust_lr_fn"] == "spectral_unclamped")
      muon.adjust_lr = optim::Muon::AdjustLr::spectral_unclamped;
    check(muon);
  } else {
    if (kind != "HfAdafactor") throw std::runtime_error("no optimizer " + kind);
    auto hf = common<optim::HfAdafactor>(o);
    hf.epsilon1 = o["eps"][0];
    hf.clip_threshold = o["clip_threshold"];
    hf.decay_rate = o["decay_rate"];
    if (!o["beta1"].is_null()) hf.beta1 = o["beta1"].get<double>();
    hf.scale_parameter = o["scale_parameter"];
    hf.relative_step = o["relative_step"];
    hf.warmup_init = o["warmup_init"];
    check(hf);
  }
}

}  // namespace fathom::test
