// Convolutions with one filter per channel: lines of every length, however they are cut into groups
// of pixels and vectors of channels, have the numbers of their definition.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "fathom/backend/cpu/isa.h"
#include "fathom/backend/cpu/pool.h"
#include "fathom/graph/plan.h"
#include "fathom/ops/conv.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/gradient.h"
#include "fathom/ops/reduce.h"
#include "tests/ops/compare.h"

namespace fathom::test {
namespace {

constexpr std::int64_t kHeight = 4;

struct DepthwiseLayer {
  std::int64_t channels, width, taps, stride, padding, dilation;

  std::int64_t reach() const { return dilation * (taps - 1) + 1; }
  bool fits() const { return padding < reach() && width + 2 * padding >= reach(); }
  std::int64_t outputs() const { return 1 + (width + 2 * padding - reach()) / stride; }
  ConvOptions<2> options() const {
    return {.stride = {1, stride},
            .padding = {1, padding},
            .dilation = {1, dilation},
            .groups = channels};
  }
  std::string name() const {
    std::string text;
    for (const std::int64_t n : {channels, width, taps, stride, padding, dilation})
      text += std::to_string(n) + " ";
    return text;
  }
  Tensor x() const { return make_numbers(name() + "x", {{2, channels, kHeight, width}}); }
  Tensor weight() const { return make_numbers(name() + "w", {{channels, 1, 3, taps}}); }
  Tensor bias() const { return make_numbers(name() + "b", {{channels}}); }
};

template <class Use> void for_each_layer(Use&& use) {
  for (const std::int64_t channels : {3, 8, 21, 40})
    for (const std::int64_t taps : {1, 2, 3, 5, 7})
      for (const std::int64_t stride : {1, 2, 3})
        for (const std::int64_t dilation : {1, 2})
          for (const std::int64_t padding : {0, 1, 2, 4})
            for (std::int64_t width = 1; width <= 19; width += channels == 21 ? 1 : 3) {
              const DepthwiseLayer layer{channels, width, taps, stride, padding, dilation};
              if (!layer.fits()) continue;
              CAPTURE(layer.name());
              use(layer);
            }
}

/// One chain of fused multiply-adds over the taps that meet inputs, then the bias.
std::vector<float> by_definition(const DepthwiseLayer& l) {
  const Tensor tensors[] = {l.x().eval(), l.weight().eval(), l.bias().eval()};
  const auto x = tensors[0].to_vector<float>(), weight = tensors[1].to_vector<float>(),
             bias = tensors[2].to_vector<float>();
  std::vector<float> y;
  for (std::int64_t plane = 0; plane < 2 * l.channels; ++plane) {
    const std::int64_t channel = plane % l.channels;
    for (std::int64_t row = 0; row < kHeight; ++row) {
      for (std::int64_t column = 0; column < l.outputs(); ++column) {
        float sum = 0;
        for (std::int64_t r = 0; r < 3; ++r) {
          for (std::int64_t k = 0; k < l.taps; ++k) {
            const std::int64_t i = row + r - 1;
            const std::int64_t j = column * l.stride + k * l.dilation - l.padding;
            if (i < 0 || i >= kHeight || j < 0 || j >= l.width) continue;
            sum = std::fma(x[static_cast<std::size_t>((plane * kHeight + i) * l.width + j)],
                           weight[static_cast<std::size_t>((channel * 3 + r) * l.taps + k)], sum);
          }
        }
        y.push_back(sum + bias[static_cast<std::size_t>(channel)]);
      }
    }
  }
  return y;
}

/// Value, and gradients by x and weight.
Tensors results(const DepthwiseLayer& l, DType dtype) {
  const Tensor x = cast(l.x(), dtype), weight = cast(l.weight(), dtype);
  const Tensor y = conv2d(x, weight, cast(l.bias(), dtype), l.options());
  const Tensor dy = cast(make_numbers(l.name() + "dy", {y.shape()}), dtype);
  Tensors all = gradients(sum(y * dy), {x, weight});
  all.insert(all.begin(), y);
  eval(all);
  return all;
}

}  // namespace

TEST_CASE("depthwise: a line of any length has the bits of its definition") {
  for_each_layer([](const DepthwiseLayer& l) {
    const Tensor y = conv2d(l.x(), l.weight(), l.bias(), l.options());
    CHECK(y.to_vector<float>() == by_definition(l));
  });
}

TEST_CASE("depthwise: gradients are near those of doubles, the same bits on any threads") {
  const int threads = cpu::threads();
  for_each_layer([](const DepthwiseLayer& l) {
    cpu::set_threads(1);
    const Tensors got = results(l, DType::f32);
    const Tensors wanted = on_device(Device::reference, [&] { return results(l, DType::f64); });
    for (std::size_t i = 0; i < got.size(); ++i)
      CHECK(difference(cast(got[i], DType::f64), wanted[i], 1e-6) == "");
    cpu::set_threads(3);
    const Tensors again = results(l, DType::f32);
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(bit_difference(again[i], got[i]) == "");
  });
  cpu::set_threads(threads);
}

TEST_CASE("depthwise: a weight that meets only padding is not multiplied") {
  constexpr std::int64_t kChannels = 16, kWidth = 10;
  const float inf = std::numeric_limits<float>::infinity();
  std::vector<float> weight, wanted;
  for (std::int64_t c = 0; c < kChannels; ++c) {
    // The first tap of the middle row meets inputs from the third output on.
    for (int tap = 0; tap < 15; ++tap) weight.push_back(tap == 5 ? inf : 1.0F);
    for (const float y : {3.0F, 4.0F, inf, inf, inf, inf, inf, inf, inf, inf}) wanted.push_back(y);
  }
  const Tensor x =
      Tensor::from(std::vector<float>(kChannels * kWidth, 1.0F), {1, kChannels, 1, kWidth});
  const Tensor y = conv2d(x, Tensor::from(weight, {kChannels, 1, 3, 5}), {},
                          {.padding = {1, 2}, .groups = kChannels});
  CHECK(y.to_vector<float>() == wanted);
}

}  // namespace fathom::test
