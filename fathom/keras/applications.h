// Weights of keras.applications for the networks of models::create, where both are the same
// network. Knows names and layouts; the networks themselves are fathom/models'.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fathom/io/tensor_file.h"

namespace fathom::keras {

/// Weights of a .keras file, of a .h5 file of save() or save_weights(), or of a .weights.h5: VGG16
/// and 19, DenseNet121, 169 and 201, under torchvision's names, with notes of what was done.
/// Kernels are turned into PyTorch's order, what follows VGG's Flatten also from channels last;
/// DenseNet's variances take up what Keras' epsilon is larger.
///
/// Errors  IoError; FormatError for a damaged file, and that names each layer that is missing or of
///         other weights; UnsupportedError, with the reason, for networks that differ: ResNet, the
///         MobileNets, EfficientNet, Inception v3, Xception, ConvNeXt, and all that Keras has not
io::TensorFile load_application(const std::string& network, const std::string& path,
                                Where where = Where::current());

namespace detail {

/// The weights of a layer by its name in Keras and its number among those of its class ("conv2d");
/// none if there is no such layer.
using LayerTensors = std::function<std::optional<std::vector<Tensor>>(
    const std::string& layer, const std::string& type, int number)>;

/// The tensors under torchvision's names. Errors: as load_application.
std::vector<io::NamedTensor> application_tensors(const std::string& network,
                                                 const LayerTensors& layers,
                                                 const std::string& source);

/// The weight (out, in) of a dense kernel (in, out) behind a Flatten of (positions..., channels),
/// for one of (channels, positions...).
Tensor after_flatten(const Tensor& kernel, std::int64_t channels);

}  // namespace detail
}  // namespace fathom::keras
