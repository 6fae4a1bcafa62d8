// Optimizers that scale each element's step by what its gradients were, without momentum at heart.
#pragma once
#include <optional>

#include "fathom/optim/optimizer.h"

namespace fathom::optim {

/// Adagrad (Duchi et al. 2011), torch.optim.Adagrad.
struct Adagrad {
  double learning_rate = 1e-2;
  double learning_rate_decay = 0;
  double weight_decay = 0;
  double initial_accumulator = 0;  ///< what the sum of squares starts from
  double epsilon = 1e-10;
  bool maximize = false;  ///< climb instead of descend
  Groups<Adagrad> groups{};
  State state{};

  template <class M> void step(M& net, const M& gradients, Where where = Where::current()) {
    optim::step(*this, net, gradients, where);
  }
};

/// Adadelta (Zeiler 2012), torch.optim.Adadelta.
struct Adadelta {
  double learning_rate = 1;
  double rho = 0.9;
  double epsilon = 1e-6;
  double weight_decay = 0;
  bool maximize = false;  ///< climb instead of descend
  Groups<Adadelta> groups{};
  State state{};

  template <class M> void step(M& net, const M& gradients, Where where = Where::current()) {
    optim::step(*this, net, gradients, where);
  }
};

/// RMSprop (Tieleman and Hinton 2012), torch.optim.RMSprop.
struct RmsProp {
  double learning_rate = 1e-2;
  double alpha = 0.99;
  double epsilon = 1e-8;
  double weight_decay = 0;
  double momentum = 0;
  bool centered = false;  ///< divide by the deviation from the mean gradient
  bool maximize = false;  ///< climb instead of descend
  Groups<RmsProp> groups{};
  State state{};

  template <class M> void step(M& net, const M& gradients, Where where = Where::current()) {
    optim::step(*this, net, gradients, where);
  }
};

/// Adafactor (Shazeer and Stern 2018), torch.optim.Adafactor: of a matrix's squares only the means
/// of rows and columns are kept.
struct Adafactor {
  double learning_rate = 1e-2;
  double beta2_decay = -0.8;
  std::optional<double>
      epsilon1{};          ///< least square root of a variance; by default the type's epsilon
  double epsilon2 = 1e-3;  ///< least scale of a parameter
  double d = 1;            ///< largest root mean square of a step before scaling
  double weight_decay = 0;
  bool maximize = false;  ///< climb instead of descend
  Groups<Adafactor> groups{};
  State state{};

  template <class M> void step(M& net, const M& gradients, Where where = Where::current()) {
    optim::step(*this, net, gradients, where);
  }
};

/// Adafactor as Hugging Face Transformers has it (transformers.Adafactor). It differs from torch's:
/// epsilon1 is added to the squares instead of bounding them, the weight decays by the scaled
/// learning rate, the scale by the parameter can be turned off, the learning rate may follow the
/// step alone, and there may be a first moment.
struct HfAdafactor {
  std::optional<double> learning_rate{};  ///< undefined with relative_step, else needed
  double epsilon1 = 1e-30;
  double epsilon2 = 1e-3;
  double clip_threshold = 1;
  double decay_rate = -0.8;
  std::optional<double> beta1{};  ///< keeps a first moment
  double weight_decay = 0;
  bool scale_parameter = true;
  bool relative_step = true;  ///< the smaller of 1e-2 and 1 / sqrt(step)
  bool warmup_init = false;   ///< with relative_step: 1e-6 * step instead of 1e-2
  bool maximize = false;      ///< climb instead of descend
  Groups<HfAdafactor> groups{};
  State state{};

  template <class M> void step(M& net, const M& gradients, Where where = Where::current()) {
    optim::step(*this, net, gradients, where);
  }
};

using RMSprop = RmsProp;  // as PyTorch writes it

}  // namespace fathom::optim
