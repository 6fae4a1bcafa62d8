// Private to fathom/keras: one layer's configuration, and what it becomes.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "fathom/keras/keras.h"

namespace fathom::keras::detail {

using Json = nlohmann::json;

/// A layer as the JSON of a model describes it.
struct LayerConfig {
  std::string name, type;  ///< type: "Dense"
  Json config;
  Json inbound;   ///< inbound_nodes of a Functional model
  int major = 2;  ///< the version of Keras: some activations differ
};

/// The weights of one layer, taken one after another in Keras' order.
class LayerWeights {
 public:
  LayerWeights(std::string layer, std::vector<Tensor> all)
      : layer_(std::move(layer)), all_(std::move(all)) {}
  /// The next one, which has `rank` axes. Errors: FormatError.
  Tensor next(const char* what, int rank);
  /// Errors: FormatError if some are left.
  void end() const;

 private:
  std::string layer_;
  std::vector<Tensor> all_;
  std::size_t taken_ = 0;
};

/// How many weights a layer has in Keras; none if Fathom has no such layer.
std::optional<std::size_t> weight_count(const LayerConfig& layer);

/// What a layer of a known type becomes; Model::Step without name and inputs.
struct Built {
  std::optional<nn::Layer> layer;
  Model::Step step;
};
Built build_layer(const LayerConfig& layer, std::vector<Tensor> weights);

/// A whole number or a list of them, one an axis.
std::vector<std::int64_t> per_axis(const Json& value, std::size_t axes);
/// Whether the layer's channels are the last axis.
bool channels_last(const LayerConfig& layer);
/// {low, high} for each axis of positions: 1, [1, 2] or [[1, 2], [3, 4]].
std::vector<std::pair<std::int64_t, std::int64_t>> ends_of(const Json& value, std::size_t axes);
/// The function of a name, empty for "linear". Errors: UnsupportedError.
std::function<Tensor(const Tensor&)> activation(const LayerConfig& layer, const Json& name);
/// One after the other; either may be empty.
std::function<Tensor(const Tensor&)> then(std::function<Tensor(const Tensor&)> first,
                                          std::function<Tensor(const Tensor&)> second);

/// How many axes of positions a type has: 2 for "ZeroPadding2D"; 0 if it is not `start` with a
/// number.
std::size_t axes_of(const std::string& type, std::string_view start);

/// Convolutions and pooling; none where the type is no such.
std::optional<std::size_t> conv_weight_count(const LayerConfig& layer);
Built build_conv(const LayerConfig& layer, LayerWeights weights);
/// Recurrent layers, and wrappers around layers; none where the type is no such.
std::optional<std::size_t> recurrent_weight_count(const LayerConfig& layer);
Built build_recurrent(const LayerConfig& layer, std::vector<Tensor> weights);
/// Where a .keras file has a layer's weights, below its group: an equal number in each place.
std::vector<std::string> recurrent_weight_places(const LayerConfig& layer);
/// Whether a layer takes notice of the mask that an Embedding may make.
bool reads_masks(const LayerConfig& layer);
/// Layers of positions: padding, cropping, repeating, pooling over all.
std::optional<Built> build_spatial(const LayerConfig& layer);
/// Layers that merge several inputs.
std::optional<Built> build_merge(const LayerConfig& layer);

[[noreturn]] void bad_keras(const std::string& where, const std::string& problem,
                            const std::string& got, const std::string& expected);

}  // namespace fathom::keras::detail
