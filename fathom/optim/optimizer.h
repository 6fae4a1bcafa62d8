// Optimizers: plain structs of settings and state. A step replaces a model's parameters by their
// next values and its buffers by the ones the gradients carry; the whole step is one plan.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "fathom/nn/module.h"

namespace fathom::optim {

/// What an optimizer remembers: per parameter, in the model's order, its slots (such as Adam's m
/// and v). A value: copying an optimizer is a snapshot.
struct State {
  std::int64_t steps = 0;
  std::vector<std::vector<Tensor>> slots;
};

/// Stochastic gradient descent, torch.optim.SGD.
struct Sgd {
  double learning_rate = 1e-3;
  double momentum = 0;
  double dampening = 0;
  double weight_decay = 0;
  bool nesterov = false;
  State state{};

  template <class M> void step(M& net, const M& gradients) {
    apply(nn::detail::visit_erased<M>, &net, nn::detail::erase(gradients));
  }

  void apply(void (*visit)(void*, nn::Visitor&), void* net, void* gradients);
};

/// Adam (Kingma and Ba 2015), torch.optim.Adam.
struct Adam {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;  ///< L2: added to the gradient
  State state{};

  template <class M> void step(M& net, const M& gradients) {
    apply(nn::detail::visit_erased<M>, &net, nn::detail::erase(gradients));
  }
  void apply(void (*visit)(void*, nn::Visitor&), void* net, void* gradients);
};

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019), torch.optim.AdamW.
struct AdamW {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 1e-2;
  State state{};

  template <class M> void step(M& net, const M& gradients) {
    apply(nn::detail::visit_erased<M>, &net, nn::detail::erase(gradients));
  }
  void apply(void (*visit)(void*, nn::Visitor&), void* net, void* gradients);
};

/// RMSprop (Tieleman and Hinton 2012), torch.optim.RMSprop.
struct RmsProp {
  double learning_rate = 1e-2;
  double alpha = 0.99;
  double epsilon = 1e-8;
  double weight_decay = 0;
  State state{};

  template <class M> void step(M& net, const M& gradients) {
    apply(nn::detail::visit_erased<M>, &net, nn::detail::erase(gradients));
  }
  void apply(void (*visit)(void*, nn::Visitor&), void* net, void* gradients);
};

/// Adagrad (Duchi et al. 2011), torch.optim.Adagrad.
struct Adagrad {
  double learning_rate = 1e-2;
  double learning_rate_decay = 0;
  double epsilon = 1e-10;
  double weight_decay = 0;
  State state{};

  template <class M> void step(M& net, const M& gradients) {
    apply(nn::detail::visit_erased<M>, &net, nn::detail::erase(gradients));
  }
  void apply(void (*visit)(void*, nn::Visitor&), void* net, void* gradients);
};

}  // namespace fathom::optim
