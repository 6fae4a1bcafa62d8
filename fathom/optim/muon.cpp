#include "fathom/optim/muon.h"

#include "fathom/optim/step.h"

namespace fathom::optim {

template <> struct Rule<Muon> {
  static op::MuonUpdate update(const Muon& o, bool) {
    return {o.nesterov, o.ns_steps, static_cast<int>(o.adjust_lr)};
  }
  static std::array<double, 8> numbers(const Muon& o, std::int64_t) {
    constexpr const char* self = "optim::Muon";
    require_positive_or_zero(self, "learning_rate", o.learning_rate);
    require_positive_or_zero(self, "weight_decay", o.weight_decay);
    require_positive_or_zero(self, "momentum", o.momentum);
    require_positive_or_zero(self, "epsilon", o.epsilon);
    require_option(o.ns_steps >= 0 && o.ns_steps < 100, self, "ns_steps",
                   static_cast<double>(o.ns_steps), "at least 0 and below 100");
    return {o.momentum,           1 - o.momentum,
            o.learning_rate,      1 - o.learning_rate * o.weight_decay,
            o.ns_coefficients[0], o.ns_coefficients[1],
            o.ns_coefficients[2], o.epsilon};
  }
  static std::vector<Tensor> slots(const Muon&, const Tensor& p) {
    if (p.rank() != 2)
      throw ShapeError({.operation = "optim::Muon",
                        .problem = "a parameter is no matrix",
                        .received = {{"parameter", graph::describe(p)}},
                        .expected = "parameters of two axes",
                        .hint = "freeze the others and step them by AdamW"});
    return {zero_state(p)};
  }
};
template void detail::step(Muon&, Visit, void*, void*);

}  // namespace fathom::optim
