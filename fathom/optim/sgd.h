// Optimizers that follow the gradient or its sign, without second moments.
#pragma once
#include "fathom/optim/optimizer.h"

namespace fathom::optim {

/// Stochastic gradient descent, torch.optim.SGD.
struct Sgd {
  double learning_rate = 1e-3;
  double momentum = 0;
  double dampening = 0;     ///< share of the gradient that momentum leaves out
  double weight_decay = 0;  ///< L2: added to the gradient
  bool nesterov = false;    ///< needs momentum and no dampening
  bool maximize = false;    ///< climb instead of descend
  Groups<Sgd> groups{};
  State state{};

  template <class M> void step(M& net, const M& gradients, Where where = Where::current()) {
    optim::step(*this, net, gradients, where);
  }
};

/// Averaged stochastic gradient descent (Polyak and Juditsky 1992), torch.optim.ASGD. The average
/// is slot 0 of a parameter's state.
struct Asgd {
  double learning_rate = 1e-2;
  double lambda = 1e-4;  ///< decay of the parameters, and of the learning rate
  double alpha = 0.75;   ///< power of the learning rate's decay
  double t0 = 1e6;       ///< step at which averaging begins
  double weight_decay = 0;
  bool maximize = false;  ///< climb instead of descend
  Groups<Asgd> groups{};
  State state{};

  template <class M> void step(M& net, const M& gradients, Where where = Where::current()) {
    optim::step(*this, net, gradients, where);
  }
};

/// Resilient propagation (Riedmiller and Braun 1993), torch.optim.Rprop: a step size for each
/// element, which grows while the gradient keeps its sign. For full batches.
struct Rprop {
  double learning_rate = 1e-2;  ///< the first step size
  double eta_minus = 0.5;
  double eta_plus = 1.2;
  double smallest_step = 1e-6;
  double largest_step = 50;
  bool maximize = false;  ///< climb instead of descend
  Groups<Rprop> groups{};
  State state{};

  template <class M> void step(M& net, const M& gradients, Where where = Where::current()) {
    optim::step(*this, net, gradients, where);
  }
};

// As PyTorch writes them.
using SGD = Sgd;
using ASGD = Asgd;

}  // namespace fathom::optim
