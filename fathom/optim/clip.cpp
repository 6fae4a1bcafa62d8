#include "fathom/optim/clip.h"

#include <cmath>

#include "fathom/core/error.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/reduce.h"
#include "fathom/optim/step.h"

namespace fathom::optim::detail {
namespace {

/// Calls change(gradient) for every gradient that there is.
template <class F> void for_each_gradient(Visit visit, void* gradients, F change) {
  class Each final : public nn::Visitor {
   public:
    explicit Each(F& change) : change_(change) {}
    void param(const nn::Path&, Param& p) override {
      if (p.defined()) change_(p);
    }
    void buffer(const nn::Path&, Buffer&) override {}

   private:
    F& change_;
  } each(change);
  visit(gradients, each);
}

Tensor raised(const Tensor& x, double type) {
  if (type == 1) return x;
  return type == 2 ? x * x : pow(x, type);
}

}  // namespace

Tensor gradient_norm(Visit visit, void* gradients, const NormOptions& options) {
  const double type = options.type;
  require_option(type > 0, "gradient_norm", "type", type, "above 0, or infinity");
  Tensor total;
  for_each_gradient(visit, gradients, [&](const Param& g) {
    const Tensor wide = g.dtype() == DType::f64 ? Tensor(g) : cast(g, DType::f32);
    if (g.size() == 0) return;
    const Tensor part = std::isinf(type) ? max(abs(wide)) : sum(raised(abs(wide), type));
    total = !total.defined() ? part : std::isinf(type) ? maximum(total, part) : total + part;
  });
  if (!total.defined()) return zeros({});
  if (type == 2)
    total = sqrt(total);
  else if (type != 1 && !std::isinf(type))
    total = pow(total, 1 / type);
  if (options.error_if_nonfinite && !std::isfinite(total.item()))
    throw NumericError({.operation = "gradient_norm",
                        .problem = "the norm of the gradients is not finite",
                        .received = {{"norm", std::to_string(total.item())}},
                        .hint = "a smaller learning rate, or inputs without extreme values"});
  return total;
}

Tensor clip_norm(Visit visit, void* gradients, double most, const NormOptions& options) {
  require_positive_or_zero("clip_gradient_norm", "most", most);
  const Tensor norm = gradient_norm(visit, gradients, options);
  // As torch has it: a norm of 0 must not divide, and what is small enough keeps its bits.
  const Tensor scale = minimum(most / (norm + 1e-6), 1.0);
  for_each_gradient(visit, gradients, [&](Param& g) { g = g * cast(scale, g.dtype()); });
  return norm;
}

void clip_value(Visit visit, void* gradients, double most) {
  require_positive_or_zero("clip_gradient_value", "most", most);
  for_each_gradient(visit, gradients, [&](Param& g) { g = minimum(maximum(g, -most), most); });
}

}  // namespace fathom::optim::detail
