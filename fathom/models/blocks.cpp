#include "fathom/models/blocks.h"

#include <algorithm>

#include "fathom/nn/init.h"
#include "fathom/nn/mode.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/dropout.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"

namespace fathom::models {

namespace {

PerAxis<2> keeping(const PerAxis<2>& kernel_size) {
  return {(kernel_size[0] - 1) / 2, (kernel_size[1] - 1) / 2};
}

class Drawer final : public nn::Visitor {
 public:
  explicit Drawer(const FirstWeights& rules) : rules_(rules) {}
  void param(const nn::Path& path, Param& param) override {
    if (!param.defined()) return;
    const int rank = param.rank();
    if (path.name == "weight") {
      weight_of_product_ = rank == 2 || rank == 4;
      const auto rule = rank == 4 ? rules_.convolution : rank == 2 ? rules_.linear : nullptr;
      if (rule) param = rule(param.shape());
    } else if (path.name == "bias" && weight_of_product_ && rules_.zero_bias) {
      param = nn::init::zeros(param.shape());
    }
  }
  void buffer(const nn::Path&, Buffer&) override {}

 private:
  const FirstWeights& rules_;
  bool weight_of_product_ = false;
};

}  // namespace

nn::Sequential conv_norm(std::int64_t in, std::int64_t out, const ConvNorm& o) {
  std::vector<nn::Layer> layers{nn::Conv2d(in, out, o.kernel_size,
                                           {.stride = o.stride,
                                            .padding = keeping(o.kernel_size),
                                            .groups = o.groups,
                                            .bias = false}),
                                nn::BatchNorm(out, o.norm)};
  if (o.activation) layers.push_back(*o.activation);
  return nn::Sequential(std::move(layers));
}

Tensor BasicConv2d::operator()(const Tensor& x) const { return relu(bn(conv(x))); }

BasicConv2d basic_conv(std::int64_t in, std::int64_t out, PerAxis<2> kernel_size, PerAxis<2> stride,
                       PerAxis<2> padding) {
  return {nn::Conv2d(in, out, kernel_size, {.stride = stride, .padding = padding, .bias = false}),
          nn::BatchNorm(out, {.epsilon = 0.001})};
}

Tensor SqueezeExcitation::operator()(const Tensor& x) const {
  const Tensor average = adaptive_avg_pool2d(x, 1);
  return scale_activation(fc2(activation(fc1(average)))) * x;
}

SqueezeExcitation squeeze_excitation(std::int64_t channels, std::int64_t squeezed,
                                     const nn::Layer& activation,
                                     const nn::Layer& scale_activation) {
  return {nn::Conv2d(channels, squeezed, 1), nn::Conv2d(squeezed, channels, 1), activation,
          scale_activation};
}

Tensor StochasticDepth::operator()(const Tensor& x, Where where) const {
  if (!nn::is_training() || probability == 0) return x;
  const nn::RandomSite site = nn::next_random_site("models::StochasticDepth", where);
  Shape sample = x.shape();
  for (int i = 1; i < sample.rank(); ++i) sample[i] = 1;
  return x * dropout(ones(sample, x.dtype()), probability, site.key, site.site);
}

Tensor Residual::operator()(const Tensor& x, const Tensor& y) const {
  return added ? stochastic_depth(y) + x : y;
}

Tensor pooled(const Tensor& x) { return flatten(adaptive_avg_pool2d(x, 1), 1); }

std::int64_t make_divisible(double channels, std::int64_t divisor) {
  const auto d = static_cast<double>(divisor);
  const std::int64_t next =
      std::max(divisor, static_cast<std::int64_t>(channels + d / 2) / divisor * divisor);
  return static_cast<double>(next) < 0.9 * channels ? next + divisor : next;
}

Tensor he_normal(const Shape& shape) {
  return nn::init::kaiming_normal(shape, 0, nn::init::FanMode::fan_out);
}
Tensor small_normal(const Shape& shape) { return nn::init::normal(shape, 0, 0.01); }

namespace detail {
void draw(void (*visit)(void*, nn::Visitor&), void* model, const FirstWeights& rules) {
  Drawer drawer(rules);
  visit(model, drawer);
}
}  // namespace detail

}  // namespace fathom::models
