// Adam and its relatives: moving averages of the gradient and, mostly, of its square.
#pragma once
#include "fathom/optim/optimizer.h"

namespace fathom::optim {

/// Adam (Kingma and Ba 2015), torch.optim.Adam.
struct Adam {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;  ///< L2: added to the gradient
  bool amsgrad = false;     ///< divide by the largest second moment so far (Reddi et al. 2018)
  bool maximize = false;    ///< climb instead of descend
  Groups<Adam> groups{};
  State state{};

  template <class M> void step(M& net, const M& gradients, Where where = Where::current()) {
    optim::step(*this, net, gradients, where);
  }
};

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019), torch.optim.AdamW.
struct AdamW {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 1e-2;
  bool amsgrad = false;
  bool maximize = false;  ///< climb instead of descend
  Groups<AdamW> groups{};
  State state{};

  template <class M> void step(M& net, const M& gradients, Where where = Where::current()) {
    optim::step(*this, net, gradients, where);
  }
};

/// Adam of tables of which a step sees few rows, such as embeddings, torch.optim.SparseAdam: a row
/// whose gradient is all 0 stays as it is, averages too.
struct SparseAdam {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  bool maximize = false;  ///< climb instead of descend
  Groups<SparseAdam> groups{};
  State state{};

  template <class M> void step(M& net, const M& gradients, Where where = Where::current()) {
    optim::step(*this, net, gradients, where);
  }
};

/// Adam by the infinity norm (Kingma and Ba 2015), torch.optim.Adamax.
struct Adamax {
  double learning_rate = 2e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  bool maximize = false;  ///< climb instead of descend
  Groups<Adamax> groups{};
  State state{};

  template <class M> void step(M& net, const M& gradients, Where where = Where::current()) {
    optim::step(*this, net, gradients, where);
  }
};

/// Adam with Nesterov momentum (Dozat 2016), torch.optim.NAdam.
struct NAdam {
  double learning_rate = 2e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  double momentum_decay = 4e-3;
  bool decoupled_weight_decay = false;  ///< as AdamW's
  bool maximize = false;                ///< climb instead of descend
  Groups<NAdam> groups{};
  State state{};

  template <class M> void step(M& net, const M& gradients, Where where = Where::current()) {
    optim::step(*this, net, gradients, where);
  }
};

/// Adam with a rectified variance (Liu et al. 2020), torch.optim.RAdam.
struct RAdam {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  bool decoupled_weight_decay = false;  ///< as AdamW's
  bool maximize = false;                ///< climb instead of descend
  Groups<RAdam> groups{};
  State state{};

  template <class M> void step(M& net, const M& gradients, Where where = Where::current()) {
    optim::step(*this, net, gradients, where);
  }
};

/// Lion (Chen et al. 2023): steps by the sign of an average, with decoupled weight decay.
struct Lion {
  double learning_rate = 1e-4;
  double beta1 = 0.9;
  double beta2 = 0.99;
  double weight_decay = 0;
  bool maximize = false;  ///< climb instead of descend
  Groups<Lion> groups{};
  State state{};

  template <class M> void step(M& net, const M& gradients, Where where = Where::current()) {
    optim::step(*this, net, gradients, where);
  }
};

/// Adam whose step on each parameter is as long as the parameter, for very large batches: LAMB (You
/// et al. 2020).
struct Lamb {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-6;
  double weight_decay = 0;  ///< of the parameter, added to the step before its length is taken
  bool maximize = false;    ///< climb instead of descend
  Groups<Lamb> groups{};
  State state{};

  template <class M> void step(M& net, const M& gradients) { optim::step(*this, net, gradients); }
};

}  // namespace fathom::optim
