// Gradients of every row of the sample table against central differences, in f64 on the reference
// backend; and of the rows that say so, the gradient of the gradient.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "fathom/ops/elementwise.h"
#include "fathom/ops/gradient.h"
#include "fathom/ops/reduce.h"
#include "tests/ops/compare.h"

namespace fathom::test {
namespace {

using Loss = std::function<Tensor(In)>;

Tensor weighted(const std::string& name, const Tensor& y) {
  return sum(y * make_numbers(name, {y.shape(), y.dtype()}));
}

std::vector<std::size_t> floating_inputs(const Tensors& inputs) {
  std::vector<std::size_t> list;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (is_floating(inputs[i].dtype())) list.push_back(i);
  return list;
}

Tensors gradients_of(const Loss& loss, const Tensors& inputs) {
  Tensors wrt;
  for (const std::size_t i : floating_inputs(inputs)) wrt.push_back(inputs[i]);
  return gradients(loss(inputs), wrt);
}

/// Compares up to 24 elements of each input's gradient with (loss(x + h) - loss(x - h)) / 2h.
void check_against_differences(const Loss& loss, const Tensors& inputs) {
  const Tensors analytic = gradients_of(loss, inputs);
  eval(analytic);
  const std::vector<std::size_t> floating = floating_inputs(inputs);
  for (std::size_t g = 0; g < floating.size(); ++g) {
    const std::size_t input = floating[g];
    const std::vector<double> gradient = to_doubles(analytic[g]);
    CHECK(analytic[g].shape() == inputs[input].shape());
    double scale = 1;
    for (const double v : gradient) scale = std::max(scale, std::abs(v));
    const std::vector<double> values = to_doubles(inputs[input]);
    const std::size_t stride = std::max<std::size_t>(1, values.size() / 24);
    for (std::size_t e = 0; e < values.size(); e += stride) {
      const double h = 1e-5;
      double moved[2];
      for (int side = 0; side < 2; ++side) {
        std::vector<double> changed = values;
        changed[e] += side ? h : -h;
        Tensors at = inputs;
        at[input] = Tensor::from(changed, inputs[input].shape());
        moved[side] = loss(at).item();
      }
      const double numeric = (moved[1] - moved[0]) / (2 * h);
      INFO("input ", input, ", element ", e, ": gradient ", gradient[e], ", central difference ",
           numeric);
      CHECK(std::abs(gradient[e] - numeric) <= 1e-6 * scale);
    }
  }
}

}  // namespace

TEST_CASE("samples: gradients against central differences") {
  const DeviceScope scope(Device::reference);
  for_each_sample([](const Sample& s) {
    if (!s.options.gradient || s.options.large) return;
    const Loss loss = [&](In x) { return weighted(s.name + ".first", s.build(x)); };
    check_against_differences(loss, make_inputs(s, true));
  });
}

TEST_CASE("samples: gradients of gradients against central differences") {
  const DeviceScope scope(Device::reference);
  for_each_sample([](const Sample& s) {
    if (!s.options.second) return;
    const Loss loss = [&](In x) { return weighted(s.name + ".first", s.build(x)); };
    const Loss slope = [&](In x) {
      const Tensors g = gradients_of(loss, {x.begin(), x.end()});
      Tensor total;
      for (std::size_t i = 0; i < g.size(); ++i) {
        const Tensor part = weighted(s.name + ".second" + std::to_string(i), g[i]);
        total = total.defined() ? total + part : part;
      }
      return total;
    };
    check_against_differences(slope, make_inputs(s, true));
  });
}

}  // namespace fathom::test
