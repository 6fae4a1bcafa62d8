#include "fathom/optim/updates.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "fathom/ops/creation.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/reduce.h"
#include "fathom/optim/update_rules.h"

// The definitions are PyTorch's single-tensor formulas (torch/optim/*.py) unless a source is named.

namespace fathom::graph {

using optim::moved;
using optim::UpdateInputs;

template <> struct Rules<op::SgdUpdate> : UpdateRules<op::SgdUpdate> {
  static constexpr std::string_view name = "sgd_update";
  static Tensors next(const op::SgdUpdate& a, const UpdateInputs& in) {
    const Tensor g = in.g + in.p * in.number(1);
    if (in.slots() == 0) return {in.p - g * in.number(0)};
    const Tensor buffer = a.first ? g : in.slot(0) * in.number(2) + g * in.number(3);
    const Tensor step = a.nesterov ? g + buffer * in.number(2) : buffer;
    return {in.p - step * in.number(0), buffer};
  }
};

template <> struct Rules<op::AsgdUpdate> : UpdateRules<op::AsgdUpdate> {
  static constexpr std::string_view name = "asgd_update";
  static Tensors next(const op::AsgdUpdate&, const UpdateInputs& in) {
    const Tensor g = in.g + in.p * in.number(3);
    const Tensor p = in.p * in.number(0) - g * in.number(1);
    const Tensor mu = in.number(2);
    return {p, where(mu == 1, p, moved(in.slot(0), p, mu))};
  }
};

template <> struct Rules<op::RpropUpdate> : UpdateRules<op::RpropUpdate> {
  static constexpr std::string_view name = "rprop_update";
  static Tensors next(const op::RpropUpdate&, const UpdateInputs& in) {
    const Tensor same = sign(in.g * in.slot(0));
    const Tensor factor = where(same > 0, in.number(1), where(same < 0, in.number(0), 1.0));
    const Tensor size =
        minimum(maximum(in.slot(1) * cast(factor, in.p.dtype()), in.number(2)), in.number(3));
    const Tensor g = where(same < 0, zeros_like(in.g), in.g);  // after a change of sign: stay
    return {in.p - sign(g) * size, g, size};
  }
};

template <> struct Rules<op::AdamUpdate> : UpdateRules<op::AdamUpdate> {
  static constexpr std::string_view name = "adam_update";
  static Tensors next(const op::AdamUpdate& a, const UpdateInputs& in) {
    const Tensor g = in.g + in.p * in.number(4);
    const Tensor m = moved(in.slot(0), g, in.number(0));
    const Tensor v = in.slot(1) * in.number(1) + g * g * in.number(2);
    const Tensor most = a.amsgrad ? maximum(in.slot(2), v) : v;
    const Tensor p =
        in.p * in.number(5) - in.number(6) * m / (sqrt(most) * in.number(7) + in.number(3));
    return a.amsgrad ? Tensors{p, m, v, most} : Tensors{p, m, v};
  }
};

template <> struct Rules<op::AdamaxUpdate> : UpdateRules<op::AdamaxUpdate> {
  static constexpr std::string_view name = "adamax_update";
  static Tensors next(const op::AdamaxUpdate&, const UpdateInputs& in) {
    const Tensor g = in.g + in.p * in.number(3);
    const Tensor m = moved(in.slot(0), g, in.number(0));
    const Tensor norm = maximum(in.slot(1) * in.number(1), abs(g) + in.number(2));
    return {in.p - in.number(4) * m / norm, m, norm};
  }
};

template <> struct Rules<op::NAdamUpdate> : UpdateRules<op::NAdamUpdate> {
  static constexpr std::string_view name = "nadam_update";
  static Tensors next(const op::NAdamUpdate&, const UpdateInputs& in) {
    const DType d = in.p.dtype();
    const Tensor g = in.g + in.p * in.number(5);
    const Tensor m = moved(in.slot(0), g, in.number(0));
    const Tensor v = in.slot(1) * in.number(1) + g * g * in.number(2);
    const Tensor lr = in.double_number(7), mu = in.double_number(8), next_mu = in.double_number(9);
    const Tensor product = in.slot(2) * mu;
    const Tensor of_gradient = cast(lr * (1.0 - mu) / (1.0 - product), d);
    const Tensor of_mean = cast(lr * next_mu / (1.0 - product * next_mu), d);
    const Tensor root = sqrt(v / in.number(3)) + in.number(4);
    return {in.p * in.number(6) - of_gradient * g / root - of_mean * m / root, m, v, product};
  }
};

template <> struct Rules<op::RAdamUpdate> : UpdateRules<op::RAdamUpdate> {
  static constexpr std::string_view name = "radam_update";
  static Tensors next(const op::RAdamUpdate&, const UpdateInputs& in) {
    const Tensor g = in.g + in.p * in.number(4);
    const Tensor m = moved(in.slot(0), g, in.number(0));
    const Tensor v = in.slot(1) * in.number(1) + g * g * in.number(2);
    const Tensor rectified = in.number(7);
    const Tensor adapted = where(rectified > 0, rectified / (sqrt(v) + in.number(3)), 1.0);
    return {in.p * in.number(5) - m * in.number(6) * cast(adapted, in.p.dtype()), m, v};
  }
};

template <> struct Rules<op::LionUpdate> : UpdateRules<op::LionUpdate> {
  static constexpr std::string_view name = "lion_update";
  static Tensors next(const op::LionUpdate&, const UpdateInputs& in) {  // Chen et al. 2023
    const Tensor mixed = in.slot(0) * in.number(0) + in.g * in.number(1);
    // beta2 m + (1 - beta2) g, from the other mixture: both results then come from one pass.
    const Tensor m = mixed + (in.g - in.slot(0)) * in.number(2);
    return {in.p * in.number(4) - sign(mixed) * in.number(3), m};
  }
};

template <> struct Rules<op::AdagradUpdate> : UpdateRules<op::AdagradUpdate> {
  static constexpr std::string_view name = "adagrad_update";
  static Tensors next(const op::AdagradUpdate&, const UpdateInputs& in) {
    const Tensor g = in.g + in.p * in.number(2);
    const Tensor total = in.slot(0) + g * g;
    return {in.p - in.number(0) * g / (sqrt(total) + in.number(1)), total};
  }
};

template <> struct Rules<op::AdadeltaUpdate> : UpdateRules<op::AdadeltaUpdate> {
  static constexpr std::string_view name = "adadelta_update";
  static Tensors next(const op::AdadeltaUpdate&, const UpdateInputs& in) {
    const Tensor g = in.g + in.p * in.number(4);
    const auto average = [&](const Tensor& old, const Tensor& x) {
      return old * in.number(1) + x * x * in.number(2);
    };
    const Tensor squares = average(in.slot(0), g);
    const Tensor delta = sqrt(in.slot(1) + in.number(3)) / sqrt(squares + in.number(3)) * g;
    return {in.p - delta * in.number(0), squares, average(in.slot(1), delta)};
  }
};

template <> struct Rules<op::RmsPropUpdate> : UpdateRules<op::RmsPropUpdate> {
  static constexpr std::string_view name = "rmsprop_update";
  static Tensors next(const op::RmsPropUpdate& a, const UpdateInputs& in) {
    const Tensor g = in.g + in.p * in.number(4);
    const Tensor squares = in.slot(0) * in.number(1) + g * g * in.number(2);
    Tensors next{in.p, squares};
    Tensor variance = squares;
    if (a.centered) {
      next.push_back(moved(in.slot(1), g, in.number(2)));
      variance = squares - next.back() * next.back();
    }
    Tensor step = g / (sqrt(variance) + in.number(3));
    if (a.momentum) {
      step = in.slot(in.slots() - 1) * in.number(5) + step;
      next.push_back(step);
    }
    next[0] = in.p - step * in.number(0);
    return next;
  }
};

namespace {
Tensor root_mean_square(const Tensor& x) { return sqrt(mean(x * x)); }
}  // namespace

template <> struct Rules<op::AdafactorUpdate> : UpdateRules<op::AdafactorUpdate> {
  static constexpr std::string_view name = "adafactor_update";
  static Tensors next(const op::AdafactorUpdate&, const UpdateInputs& in) {
    const bool wide = in.p.dtype() == DType::f64;
    const double smallest = wide ? std::numeric_limits<double>::epsilon()
                                 : double{std::numeric_limits<float>::epsilon()};
    const Tensor weight = in.number(0), given = in.number(3);
    const Tensor epsilon1 = where(given >= 0, given, smallest);
    const Tensor squares = in.g * in.g;
    Tensors next{in.p};
    Tensor variance;
    if (in.p.rank() > 1) {
      next.push_back(moved(in.slot(0), mean(squares, {-1}, true), weight));
      next.push_back(moved(in.slot(1), mean(squares, {-2}, true), weight));
      variance = next[1] * next[2] / maximum(mean(next[1], {-2}, true), epsilon1);
    } else {
      next.push_back(moved(in.slot(0), squares, weight));
      variance = next[1];
    }
    const Tensor step = in.g / sqrt(maximum(variance, epsilon1 * epsilon1));
    const Tensor scale = maximum(in.number(4), root_mean_square(in.p)) * in.number(1);
    const Tensor clip = maximum(root_mean_square(step) / in.number(5), 1.0);
    next[0] = in.p * in.number(2) - step * (scale / clip);
    return next;
  }
};

// transformers.optimization.Adafactor: squares get epsilon1 before they are averaged, the weight
// decays by the scaled learning rate, and there may be a first moment.
template <> struct Rules<op::HfAdafactorUpdate> : UpdateRules<op::HfAdafactorUpdate> {
  static constexpr std::string_view name = "hf_adafactor_update";
  static Tensors next(const op::HfAdafactorUpdate& a, const UpdateInputs& in) {
    const auto average = [&](std::size_t slot, const Tensor& x) {
      return in.slot(slot) * in.number(0) + x * in.number(1);
    };
    const Tensor squares = in.g * in.g + in.number(4);
    Tensors next{in.p};
    Tensor step;
    if (in.p.rank() > 1) {
      next.push_back(average(0, mean(squares, {-1}, true)));
      next.push_back(average(1, mean(squares, {-2}, true)));
      step = in.g * rsqrt(next[1] / mean(next[1], {-2}, true)) * rsqrt(next[2]);
    } else {
      next.push_back(average(0, squares));
      step = in.g * rsqrt(next[1]);
    }
    Tensor lr = in.number(2);
    if (a.scaled) lr = lr * maximum(in.number(5), root_mean_square(in.p));
    step = step * (lr / maximum(root_mean_square(step) / in.number(6), 1.0));
    if (a.first_moment) {
      step = in.slot(in.slots() - 1) * in.number(7) + step * in.number(8);
      next.push_back(step);
    }
    next[0] = in.p - in.p * (in.number(3) * lr) - step;
    return next;
  }
};

template <> struct Rules<op::MuonUpdate> : UpdateRules<op::MuonUpdate> {
  static constexpr std::string_view name = "muon_update";
  static Tensors next(const op::MuonUpdate& a, const UpdateInputs& in) {
    const Tensor buffer = moved(in.slot(0), in.g, in.number(1));
    const Tensor direction = a.nesterov ? moved(in.g, buffer, in.number(0)) : buffer;
    const auto rows = static_cast<double>(in.p.shape()[0]);
    const auto columns = static_cast<double>(in.p.shape()[1]);
    const double ratios[] = {std::sqrt(std::max(1.0, rows / columns)),
                             0.2 * std::sqrt(std::max(rows, columns)), std::sqrt(rows / columns)};
    const Tensor step = orthogonal(direction, a.iterations, in) * (in.number(2) * ratios[a.adjust]);
    return {in.p * in.number(3) - step, buffer};
  }

 private:
  /// Singular values near 1, by iterating an odd polynomial; in f32, each result rounded to bf16.
  static Tensor orthogonal(const Tensor& direction, std::int64_t iterations,
                           const UpdateInputs& in) {
    const auto rounded = [](const Tensor& t) { return cast(cast(t, DType::bf16), DType::f32); };
    const auto number = [&](int i) { return cast(in.number(i), DType::f32); };
    const bool tall = direction.shape()[0] > direction.shape()[1];
    Tensor x = rounded(tall ? transpose(direction) : direction);
    x = rounded(x / maximum(rounded(sqrt(sum(x * x))), number(7)));
    for (std::int64_t i = 0; i < iterations; ++i) {
      const Tensor gram = rounded(matmul(x, transpose(x)));
      const Tensor update = rounded(number(5) * gram + number(6) * matmul(gram, gram));
      x = rounded(number(4) * x + matmul(update, x));
    }
    return cast(tall ? transpose(x) : x, in.p.dtype());
  }
};

}  // namespace fathom::graph

namespace fathom {

FATHOM_ROW_UPDATE(SgdUpdate);
FATHOM_UPDATE(AsgdUpdate);
FATHOM_UPDATE(RpropUpdate);
FATHOM_ROW_UPDATE(AdamUpdate);
FATHOM_UPDATE(AdamaxUpdate);
FATHOM_UPDATE(NAdamUpdate);
FATHOM_UPDATE(RAdamUpdate);
FATHOM_UPDATE(LionUpdate);
FATHOM_ROW_UPDATE(AdagradUpdate);
FATHOM_UPDATE(AdadeltaUpdate);
FATHOM_UPDATE(RmsPropUpdate);
FATHOM_UPDATE(AdafactorUpdate);
FATHOM_UPDATE(HfAdafactorUpdate);
FATHOM_UPDATE(MuonUpdate);

}  // namespace fathom
