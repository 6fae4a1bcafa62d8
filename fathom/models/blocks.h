// What the networks for pictures are built of, under torchvision's names, so that its checkpoints
// load.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fathom/models/options.h"
#include "fathom/nn/layers.h"
#include "fathom/nn/sequential.h"

namespace fathom::models {

/// A name and how its network is made; weights are left to the caller.
struct Entry {
  std::string name;
  nn::Layer (*make)(const std::string& name, const ModelOptions& options);
};
/// Those of a family.
using Entries = std::vector<Entry>;

/// Options of conv_norm.
struct ConvNorm {
  PerAxis<2> kernel_size = 3;
  PerAxis<2> stride = 1;
  std::int64_t groups = 1;
  std::optional<nn::Layer> activation = nn::ReLU{};
  nn::BatchNormOptions norm = {};
};
/// Convolution without bias that keeps the extents but for the stride, batch norm, activation.
/// Names: 0.weight, 1.weight, 1.bias and so on.
nn::Sequential conv_norm(std::int64_t in, std::int64_t out, const ConvNorm& options = {});

/// Convolution without bias, batch norm and ReLU under names of their own, as the Inception
/// networks have them. Names: conv.weight, bn.weight and so on.
struct BasicConv2d {
  nn::Conv2d conv;
  nn::BatchNorm bn;
  Tensor operator()(const Tensor& x) const;
};
/// One with fresh weights.
BasicConv2d basic_conv(std::int64_t in, std::int64_t out, PerAxis<2> kernel_size,
                       PerAxis<2> stride = 1, PerAxis<2> padding = 0);

/// Channels weighted by what they hold on average (Hu et al. 2018). Shapes: (B, C, H, W) -> same.
struct SqueezeExcitation {
  nn::Conv2d fc1, fc2;
  nn::Layer activation, scale_activation;
  Tensor operator()(const Tensor& x) const;
};
/// One with fresh weights.
SqueezeExcitation squeeze_excitation(std::int64_t channels, std::int64_t squeezed,
                                     const nn::Layer& activation = nn::ReLU{},
                                     const nn::Layer& scale_activation = nn::Sigmoid{});

/// While training whole samples are zeroed, the others scaled up (Huang et al. 2016). Shapes: that
/// of x. Errors: as nn::Dropout.
struct StochasticDepth {
  double probability = 0;
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
};

/// A block's output, added to its input where their shapes allow it.
struct Residual {
  bool added = false;
  StochasticDepth stochastic_depth = {};
  Tensor operator()(const Tensor& x, const Tensor& y) const;
};

/// The averages of the channels. Shapes: (B, C, H, W) -> (B, C).
Tensor pooled(const Tensor& x);

/// The multiple of 8 next to a number of channels, never more than 10 % below it.
std::int64_t make_divisible(double channels, std::int64_t divisor = 8);

/// How a network's first weights are drawn; of nothing is said here they stay as the layers'.
struct FirstWeights {
  Tensor (*convolution)(const Shape& shape) = nullptr;
  Tensor (*linear)(const Shape& shape) = nullptr;
  bool zero_bias = true;  ///< of both
};
/// Normal by the outputs' count of connections (He et al. 2015).
Tensor he_normal(const Shape& shape);
/// Normal with deviation 0.01.
Tensor small_normal(const Shape& shape);

namespace detail {
void draw(void (*visit)(void*, nn::Visitor&), void* model, const FirstWeights& rules);
}
/// The model with its first weights drawn by these rules.
template <class M> M drawn(M model, const FirstWeights& rules) {
  detail::draw(nn::detail::visit_erased<M>, &model, rules);
  return model;
}

}  // namespace fathom::models
