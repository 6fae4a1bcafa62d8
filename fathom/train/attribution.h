// What a network looks at: the outputs of its layers, and which pixels and places a class's score
// depends on.
//
//   const Tensor x = stack({preprocessing(picture)});
//   const Tensor map = train::grad_cam(net, x, 281);                    // (1, H, W) from 0 to 1
//   const Tensor maps = train::layer_output(net, x, "features.0");      // (1, 96, h, w)
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "fathom/nn/gradient.h"
#include "fathom/nn/module.h"

namespace fathom::train {

/// What a layer gave, by its path in the model: "features.0".
struct LayerOutput {
  std::string layer;
  Tensor value;
};

namespace detail {
std::vector<LayerOutput> layer_outputs(void (*visit)(void*, nn::Visitor&), void* model,
                                       const std::function<Tensor()>& call);
Tensor layer_output(const std::vector<LayerOutput>& outputs, std::string_view layer,
                    const Where& where);
Tensor class_score(const Tensor& logits, std::int64_t label, const Where& where);
Tensor grad_cam(void (*visit)(void*, nn::Visitor&), void* model,
                const std::function<Tensor()>& call, const Shape& input, std::int64_t label,
                std::string_view layer, const Where& where);
Tensor largest_change(const Tensor& gradient);
}  // namespace detail

/// What all layers give for an input, in the order of their calls, in inference mode and lazy.
/// Layers are those of fathom/nn, and whatever else shows its result by a graph::ModuleScope.
template <class M> std::vector<LayerOutput> layer_outputs(const M& net, const Tensor& x) {
  return detail::layer_outputs(nn::detail::visit_erased<M>, nn::detail::erase(net),
                               [&]() -> Tensor { return net(x); });
}
/// The same of one layer: the feature maps of a convolution. Errors: ValueError for a path that is
/// none of a layer that was called.
template <class M>
Tensor layer_output(const M& net, const Tensor& x, std::string_view layer,
                    Where where = Where::current()) {
  return detail::layer_output(layer_outputs(net, x), layer, where);
}

/// How much the score of a class changes with each pixel: the largest size of the gradient over the
/// channels.
///
/// Shapes  x f32 (B, C, H, W), net(x) (B, classes) -> (B, H, W)
/// Errors  IndexError for a class that the net has not; those of the net
/// Source  Simonyan et al. 2014, Deep Inside Convolutional Networks
template <class M>
Tensor saliency(const M& net, const Tensor& x, std::int64_t label, Where where = Where::current()) {
  const nn::ModeScope mode = nn::inference();
  const auto score = [&](const Tensor& pixels) {
    return detail::class_score(net(pixels), label, where);
  };
  return detail::largest_change(grad(score, where)(x));
}

/// Where a layer finds what speaks for a class: its feature maps, weighted by the mean gradients of
/// the score by them; what speaks against it is 0. The most of each picture is 1, unless all is 0.
///
/// Shapes  x f32 (B, C, H, W), net(x) (B, classes), the layer's output (B, K, h, w) -> (B, H, W)
/// Layer   a path as layer_outputs names it; "": the last whose maps have more than one place
/// Errors  IndexError for a class that the net has not; ValueError for a layer that there is not or
///         without maps; those of the net
/// Source  Selvaraju et al. 2017, Grad-CAM
template <class M>
Tensor grad_cam(const M& net, const Tensor& x, std::int64_t label, std::string_view layer = "",
                Where where = Where::current()) {
  return detail::grad_cam(
      nn::detail::visit_erased<M>, nn::detail::erase(net), [&]() -> Tensor { return net(x); },
      x.shape(), label, layer, where);
}

}  // namespace fathom::train
