#include "fathom/optim/sgd.h"

#include "fathom/optim/step.h"

namespace fathom::optim {

template <> struct Rule<Sgd> {
  static op::SgdUpdate update(const Sgd& o, bool first) { return {o.nesterov, first}; }
  static std::array<double, 4> numbers(const Sgd& o, std::int64_t) {
    constexpr const char* self = "optim::Sgd";
    require_positive_or_zero(self, "learning_rate", o.learning_rate);
    require_positive_or_zero(self, "momentum", o.momentum);
    require_positive_or_zero(self, "weight_decay", o.weight_decay);
    require_option(std::isfinite(o.dampening), self, "dampening", o.dampening, "a finite number");
    if (o.nesterov && (o.momentum <= 0 || o.dampening != 0))
      throw ValueError({.operation = self, .problem = "Nesterov needs momentum and no dampening"});
    return {o.learning_rate, o.weight_decay, o.momentum, 1 - o.dampening};
  }
  static std::vector<Tensor> slots(const Sgd& o, const Tensor& p) {
    return o.momentum != 0 ? std::vector{zero_state(p)} : std::vector<Tensor>{};
  }
};
template void detail::step(Sgd&, Visit, void*, void*);

template <> struct Rule<Asgd> {
  static op::AsgdUpdate update(const Asgd&, bool) { return {}; }
  static std::array<double, 4> numbers(const Asgd& o, std::int64_t t) {
    constexpr const char* self = "optim::Asgd";
    require_positive_or_zero(self, "learning_rate", o.learning_rate);
    require_positive_or_zero(self, "weight_decay", o.weight_decay);
    require_option(std::isfinite(o.lambda), self, "lambda", o.lambda, "a finite number");
    const double before = static_cast<double>(t - 1);  // torch's eta and mu are of the step before
    const double eta = o.learning_rate / std::pow(1 + o.lambda * o.learning_rate * before, o.alpha);
    return {1 - o.lambda * eta, eta, 1 / std::max(1.0, before - o.t0), o.weight_decay};
  }
  static std::vector<Tensor> slots(const Asgd&, const Tensor& p) { return {zero_state(p)}; }
};
template void detail::step(Asgd&, Visit, void*, void*);

template <> struct Rule<Rprop> {
  static op::RpropUpdate update(const Rprop&, bool) { return {}; }
  static std::array<double, 4> numbers(const Rprop& o, std::int64_t) {
    constexpr const char* self = "optim::Rprop";
    require_positive_or_zero(self, "learning_rate", o.learning_rate);
    require_option(o.eta_minus > 0 && o.eta_minus < 1, self, "eta_minus", o.eta_minus,
                   "above 0 and below 1");
    require_option(o.eta_plus > 1, self, "eta_plus", o.eta_plus, "above 1");
    require_option(o.smallest_step >= 0 && o.smallest_step <= o.largest_step, self, "smallest_step",
                   o.smallest_step, "at least 0 and at most largest_step");
    return {o.eta_minus, o.eta_plus, o.smallest_step, o.largest_step};
  }
  static std::vector<Tensor> slots(const Rprop& o, const Tensor& p) {
    const Tensor zero = zero_state(p);
    return {zero, full(p.shape(), o.learning_rate, zero.dtype())};
  }
};
template void detail::step(Rprop&, Visit, void*, void*);

}  // namespace fathom::optim
