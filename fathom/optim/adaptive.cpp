#include "fathom/optim/adaptive.h"

#include <limits>

#include "fathom/optim/step.h"

namespace fathom::optim {
namespace {

template <class O> void check_adaptive(const O& o, const char* self) {
  if constexpr (std::is_same_v<decltype(o.learning_rate), double>)
    require_positive_or_zero(self, "learning_rate", o.learning_rate);
  if constexpr (requires { o.epsilon; }) require_positive_or_zero(self, "epsilon", o.epsilon);
  if constexpr (requires { o.epsilon2; }) require_positive_or_zero(self, "epsilon2", o.epsilon2);
  require_positive_or_zero(self, "weight_decay", o.weight_decay);
}

/// Means of squares by row and by column; of fewer than two axes by element.
std::vector<Tensor> factored_state(const Tensor& p) {
  const Tensor whole = zero_state(p);
  if (p.rank() < 2) return {whole};
  return {zeros(p.shape().with(p.rank() - 1, 1), whole.dtype()),
          zeros(p.shape().with(p.rank() - 2, 1), whole.dtype())};
}

}  // namespace

template <> struct Rule<Adagrad> {
  static op::AdagradUpdate update(const Adagrad&, bool) { return {}; }
  static std::array<double, 3> numbers(const Adagrad& o, std::int64_t t) {
    constexpr const char* self = "optim::Adagrad";
    check_adaptive(o, self);
    require_positive_or_zero(self, "learning_rate_decay", o.learning_rate_decay);
    require_positive_or_zero(self, "initial_accumulator", o.initial_accumulator);
    return {o.learning_rate / (1 + static_cast<double>(t - 1) * o.learning_rate_decay), o.epsilon,
            o.weight_decay};
  }
  static std::vector<Tensor> slots(const Adagrad& o, const Tensor& p) {
    const Tensor zero = zero_state(p);
    return {o.initial_accumulator == 0 ? zero
                                       : full(p.shape(), o.initial_accumulator, zero.dtype())};
  }
};
template void detail::step(Adagrad&, Visit, void*, void*);

template <> struct Rule<Adadelta> {
  static op::AdadeltaUpdate update(const Adadelta&, bool) { return {}; }
  static std::array<double, 5> numbers(const Adadelta& o, std::int64_t) {
    constexpr const char* self = "optim::Adadelta";
    check_adaptive(o, self);
    require_option(o.rho >= 0 && o.rho <= 1, self, "rho", o.rho, "from 0 to 1");
    return {o.learning_rate, o.rho, 1 - o.rho, o.epsilon, o.weight_decay};
  }
  static std::vector<Tensor> slots(const Adadelta&, const Tensor& p) {
    return {zero_state(p), zero_state(p)};
  }
};
template void detail::step(Adadelta&, Visit, void*, void*);

template <> struct Rule<RmsProp> {
  static op::RmsPropUpdate update(const RmsProp& o, bool) { return {o.centered, o.momentum > 0}; }
  static std::array<double, 6> numbers(const RmsProp& o, std::int64_t) {
    constexpr const char* self = "optim::RmsProp";
    check_adaptive(o, self);
    require_positive_or_zero(self, "momentum", o.momentum);
    require_positive_or_zero(self, "alpha", o.alpha);
    return {o.learning_rate, o.alpha, 1 - o.alpha, o.epsilon, o.weight_decay, o.momentum};
  }
  static std::vector<Tensor> slots(const RmsProp& o, const Tensor& p) {
    std::vector<Tensor> slots{zero_state(p)};
    if (o.centered) slots.push_back(zero_state(p));
    if (o.momentum > 0) slots.push_back(zero_state(p));
    return slots;
  }
};
template void detail::step(RmsProp&, Visit, void*, void*);

template <> struct Rule<Adafactor> {
  static op::AdafactorUpdate update(const Adafactor&, bool) { return {}; }
  static std::array<double, 6> numbers(const Adafactor& o, std::int64_t t) {
    constexpr const char* self = "optim::Adafactor";
    check_adaptive(o, self);
    require_option(o.beta2_decay <= 0, self, "beta2_decay", o.beta2_decay, "at most 0");
    require_option(o.d >= 1, self, "d", o.d, "at least 1");
    if (o.epsilon1) require_positive_or_zero(self, "epsilon1", *o.epsilon1);
    const double step = static_cast<double>(t);
    return {std::pow(step, o.beta2_decay),
            std::min(o.learning_rate, 1 / std::sqrt(step)),
            1 - o.learning_rate * o.weight_decay,
            o.epsilon1.value_or(-1),
            o.epsilon2,
            o.d};
  }
  static std::vector<Tensor> slots(const Adafactor&, const Tensor& p) { return factored_state(p); }
};
template void detail::step(Adafactor&, Visit, void*, void*);

template <> struct Rule<HfAdafactor> {
  static op::HfAdafactorUpdate update(const HfAdafactor& o, bool) {
    return {o.scale_parameter, o.beta1.has_value()};
  }
  static std::array<double, 9> numbers(const HfAdafactor& o, std::int64_t t) {
    constexpr const char* self = "optim::HfAdafactor";
    check_adaptive(o, self);
    require_positive_or_zero(self, "epsilon1", o.epsilon1);
    require_option(o.clip_threshold > 0, self, "clip_threshold", o.clip_threshold, "above 0");
    require_option(o.decay_rate <= 0, self, "decay_rate", o.decay_rate, "at most 0");
    if (o.beta1) require_fraction(self, "beta1", *o.beta1);
    if (o.learning_rate) require_positive_or_zero(self, "learning_rate", *o.learning_rate);
    if (o.learning_rate.has_value() == o.relative_step)
      throw ValueError({.operation = self,
                        .problem = "the learning rate is given twice or not at all",
                        .expected = "either learning_rate or relative_step"});
    if (o.warmup_init && !o.relative_step)
      throw ValueError({.operation = self, .problem = "warmup_init needs relative_step"});
    const double step = static_cast<double>(t);
    const double most = o.warmup_init ? 1e-6 * step : 1e-2;
    const double beta2 = 1 - std::pow(step, o.decay_rate);
    const double beta1 = o.beta1.value_or(0);
    return {beta2,
            1 - beta2,
            o.relative_step ? std::min(most, 1 / std::sqrt(step)) : *o.learning_rate,
            o.weight_decay,
            o.epsilon1,
            o.epsilon2,
            o.clip_threshold,
            beta1,
            1 - beta1};
  }
  static std::vector<Tensor> slots(const HfAdafactor& o, const Tensor& p) {
    std::vector<Tensor> slots = factored_state(p);
    if (o.beta1) slots.push_back(zero_state(p));
    return slots;
  }
};
template void detail::step(HfAdafactor&, Visit, void*, void*);

}  // namespace fathom::optim
