#include "fathom/optim/adam.h"

#include <numeric>

#include "fathom/ops/reduce.h"
#include "fathom/optim/step.h"
#include "fathom/optim/update_rules.h"

namespace fathom {

namespace op {
/// Numbers {1 - beta1, beta2, 1 - beta2, epsilon, weight decay, lr, 1 / (1 - beta1^t),
/// 1 / sqrt(1 - beta2^t)}; slots m, v.
struct LambUpdate {
  static bool fits(std::size_t slots) { return slots == 2; }
};
}  // namespace op

template <> struct graph::Rules<op::LambUpdate> : graph::UpdateRules<op::LambUpdate> {
  static constexpr std::string_view name = "lamb_update";
  static Tensors next(const op::LambUpdate&, const optim::UpdateInputs& in) {
    const Tensor m = optim::moved(in.slot(0), in.g, in.number(0));
    const Tensor v = in.slot(1) * in.number(1) + in.g * in.g * in.number(2);
    const Tensor step =
        m * in.number(6) / (sqrt(v) * in.number(7) + in.number(3)) + in.p * in.number(4);
    const Tensor of_p = sqrt(sum(in.p * in.p)), of_step = sqrt(sum(step * step));
    const Tensor ratio = where(of_p * of_step > 0, of_p / of_step, 1.0);
    return {in.p - step * (ratio * in.number(5)), m, v};
  }
};
FATHOM_UPDATE(LambUpdate);

template <> struct graph::Rules<op::SparseAdamUpdate> : graph::UpdateRules<op::SparseAdamUpdate> {
  static constexpr std::string_view name = "sparse_adam_update";
  static Tensors next(const op::SparseAdamUpdate&, const optim::UpdateInputs& in) {
    Tensor seen = in.g != 0;
    if (in.g.rank() > 1) {
      std::vector<int> inner(static_cast<std::size_t>(in.g.rank() - 1));
      std::iota(inner.begin(), inner.end(), 1);
      seen = any(seen, inner, true);
    }
    const Tensor m = optim::moved(in.slot(0), in.g, in.number(0));
    const Tensor v = optim::moved(in.slot(1), in.g * in.g, in.number(1));
    const Tensor p = in.p - in.number(3) * m / (sqrt(v) + in.number(2));
    return {where(seen, p, in.p), where(seen, m, in.slot(0)), where(seen, v, in.slot(1))};
  }
};
FATHOM_ROW_UPDATE(SparseAdamUpdate);

namespace optim {
namespace {

template <class Adam> void check_adam(const Adam& o, const char* self) {
  require_positive_or_zero(self, "learning_rate", o.learning_rate);
  require_fraction(self, "beta1", o.beta1);
  require_fraction(self, "beta2", o.beta2);
  if constexpr (requires { o.weight_decay; })
    require_positive_or_zero(self, "weight_decay", o.weight_decay);
  if constexpr (requires { o.epsilon; }) require_positive_or_zero(self, "epsilon", o.epsilon);
  if constexpr (requires { o.momentum_decay; })
    require_positive_or_zero(self, "momentum_decay", o.momentum_decay);
}

/// 1 - beta^t: what a moving average that starts at 0 has seen.
double seen(double beta, std::int64_t t) { return 1 - std::pow(beta, static_cast<double>(t)); }

/// What L2 decay adds of the parameter to the gradient, what decoupled decay keeps of it.
struct Decay {
  double added, kept;
};
template <class O> Decay decay(const O& o, bool decoupled) {
  return decoupled ? Decay{0, 1 - o.learning_rate * o.weight_decay} : Decay{o.weight_decay, 1};
}

template <class O> std::array<double, 8> adam_numbers(const O& o, std::int64_t t, Decay decay) {
  return {1 - o.beta1,
          o.beta2,
          1 - o.beta2,
          o.epsilon,
          decay.added,
          decay.kept,
          o.learning_rate / seen(o.beta1, t),
          1 / std::sqrt(seen(o.beta2, t))};
}

std::vector<Tensor> zero_states(int count, const Tensor& p) {
  std::vector<Tensor> slots;
  while (count-- > 0) slots.push_back(zero_state(p));
  return slots;
}

}  // namespace

template <> struct Rule<Adam> {
  static op::AdamUpdate update(const Adam& o, bool) { return {o.amsgrad}; }
  static std::array<double, 8> numbers(const Adam& o, std::int64_t t) {
    check_adam(o, "optim::Adam");
    return adam_numbers(o, t, decay(o, false));
  }
  static std::vector<Tensor> slots(const Adam& o, const Tensor& p) {
    return zero_states(o.amsgrad ? 3 : 2, p);
  }
};
template void detail::step(Adam&, Visit, void*, void*);

template <> struct Rule<AdamW> {
  static op::AdamUpdate update(const AdamW& o, bool) { return {o.amsgrad}; }
  static std::array<double, 8> numbers(const AdamW& o, std::int64_t t) {
    check_adam(o, "optim::AdamW");
    return adam_numbers(o, t, decay(o, true));
  }
  static std::vector<Tensor> slots(const AdamW& o, const Tensor& p) {
    return zero_states(o.amsgrad ? 3 : 2, p);
  }
};
template void detail::step(AdamW&, Visit, void*, void*);

template <> struct Rule<SparseAdam> {
  static op::SparseAdamUpdate update(const SparseAdam&, bool) { return {}; }
  static std::array<double, 4> numbers(const SparseAdam& o, std::int64_t t) {
    check_adam(o, "optim::SparseAdam");
    return {1 - o.beta1, 1 - o.beta2, o.epsilon,
            o.learning_rate * std::sqrt(seen(o.beta2, t)) / seen(o.beta1, t)};
  }
  static std::vector<Tensor> slots(const SparseAdam&, const Tensor& p) { return zero_states(2, p); }
};
template void detail::step(SparseAdam&, Visit, void*, void*);

template <> struct Rule<Adamax> {
  static op::AdamaxUpdate update(const Adamax&, bool) { return {}; }
  static std::array<double, 5> numbers(const Adamax& o, std::int64_t t) {
    check_adam(o, "optim::Adamax");
    return {1 - o.beta1, o.beta2, o.epsilon, o.weight_decay, o.learning_rate / seen(o.beta1, t)};
  }
  static std::vector<Tensor> slots(const Adamax&, const Tensor& p) { return zero_states(2, p); }
};
template void detail::step(Adamax&, Visit, void*, void*);

template <> struct Rule<NAdam> {
  static op::NAdamUpdate update(const NAdam&, bool) { return {}; }
  static std::array<double, 10> numbers(const NAdam& o, std::int64_t t) {
    check_adam(o, "optim::NAdam");
    const Decay d = decay(o, o.decoupled_weight_decay);
    const auto mu = [&](std::int64_t step) {
      return o.beta1 * (1 - 0.5 * std::pow(0.96, static_cast<double>(step) * o.momentum_decay));
    };
    return {1 - o.beta1, o.beta2,         1 - o.beta2, seen(o.beta2, t), o.epsilon, d.added,
            d.kept,      o.learning_rate, mu(t),       mu(t + 1)};
  }
  static std::vector<Tensor> slots(const NAdam&, const Tensor& p) {
    std::vector<Tensor> slots = zero_states(2, p);
    slots.push_back(ones({}, DType::f64));
    return slots;
  }
};
template void detail::step(NAdam&, Visit, void*, void*);

template <> struct Rule<RAdam> {
  static op::RAdamUpdate update(const RAdam&, bool) { return {}; }
  static std::array<double, 8> numbers(const RAdam& o, std::int64_t t) {
    check_adam(o, "optim::RAdam");
    const Decay d = decay(o, o.decoupled_weight_decay);
    const double correction = seen(o.beta2, t);
    const double limit = 2 / (1 - o.beta2) - 1;  // length of the average in the long run, and now
    const double length = limit - 2 * static_cast<double>(t) * (1 - correction) / correction;
    const double rectification = length > 5
                                     ? std::sqrt((length - 4) * (length - 2) * limit /
                                                 ((limit - 4) * (limit - 2) * length) * correction)
                                     : 0;
    return {1 - o.beta1,
            o.beta2,
            1 - o.beta2,
            o.epsilon,
            d.added,
            d.kept,
            o.learning_rate / seen(o.beta1, t),
            rectification};
  }
  static std::vector<Tensor> slots(const RAdam&, const Tensor& p) { return zero_states(2, p); }
};
template void detail::step(RAdam&, Visit, void*, void*);

template <> struct Rule<Lion> {
  static op::LionUpdate update(const Lion&, bool) { return {}; }
  static std::array<double, 5> numbers(const Lion& o, std::int64_t) {
    check_adam(o, "optim::Lion");
    return {o.beta1, 1 - o.beta1, o.beta1 - o.beta2, o.learning_rate,
            1 - o.learning_rate * o.weight_decay};
  }
  static std::vector<Tensor> slots(const Lion&, const Tensor& p) { return {zero_state(p)}; }
};
template void detail::step(Lion&, Visit, void*, void*);

template <> struct Rule<Lamb> {
  static op::LambUpdate update(const Lamb&, bool) { return {}; }
  static std::array<double, 8> numbers(const Lamb& o, std::int64_t t) {
    check_adam(o, "optim::Lamb");
    return {1 - o.beta1,    o.beta2,         1 - o.beta2,          o.epsilon,
            o.weight_decay, o.learning_rate, 1 / seen(o.beta1, t), 1 / std::sqrt(seen(o.beta2, t))};
  }
  static std::vector<Tensor> slots(const Lamb&, const Tensor& p) { return zero_states(2, p); }
};
template void detail::step(Lamb&, Visit, void*, void*);

}  // namespace optim
}  // namespace fathom
